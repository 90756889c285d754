"""Believing: what the answers say of where a learner stands. Section 7.4."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .settings import LAUNCH, LEVEL_COUNT, TINY, Settings
from .tables import Bank, Prior


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the answers say. Positions are in logits, levels count from index 0."""

    settings: Settings
    answered_per_area: np.ndarray  # (areas,)
    area_probabilities: np.ndarray  # (areas, cells)
    area_mean: np.ndarray  # (areas,)
    covariance: np.ndarray  # (areas, areas)
    mean: float  # of the overall position: the mean of the areas
    sd: float
    prior_sd: float  # of the overall position before any answer
    factor_probabilities: np.ndarray  # (factor cells,)
    factor_mean: np.ndarray  # (factor cells, areas): area given the factor
    factor_variance: np.ndarray  # (factor cells, areas)

    @property
    def answer_count(self) -> int:
        return int(self.answered_per_area.sum())

    @cached_property
    def area_sd(self) -> np.ndarray:
        return np.sqrt(np.diagonal(self.covariance))

    @cached_property
    def area_is_precise(self) -> np.ndarray:
        """Areas (bool) of which one likeliest level may be named, not only a range."""
        return self.area_sd <= self.settings.area_precise_sd

    @cached_property
    def area_level_probabilities(self) -> np.ndarray:
        """(areas, 8)"""
        starts = self.settings.level_starts
        return np.add.reduceat(self.area_probabilities, starts, axis=1)

    @cached_property
    def level_probabilities(self) -> np.ndarray:
        """(8,): a mixture of normals over the values of the factor (section 7.4, 5)."""
        likely = self.factor_probabilities > 1e-8  # the rest cannot be seen
        weight = self.factor_probabilities[likely]
        mean = self.factor_mean[likely].mean(axis=1)
        areas = len(self.area_mean)
        spread = np.sqrt(self.factor_variance[likely].sum(axis=1)) / areas
        cuts = np.array(self.settings.cut_points)[:, None]
        below = np.empty(LEVEL_COUNT + 1)
        below[0], below[-1] = 0.0, 1.0
        below[1:-1] = _normal_below((cuts - mean) / spread) @ (weight / weight.sum())
        return below[1:] - below[:-1]


def _normal_below(values: np.ndarray) -> np.ndarray:
    """Return the share of a standard normal below each value, any shape."""
    halves = [math.erf(value) for value in (values * math.sqrt(0.5)).ravel().tolist()]
    return 0.5 + 0.5 * np.array(halves).reshape(values.shape)


def posterior(bank: Bank, items, scores, skipped, prior: Prior | None = None):
    """Return the Posterior after some answers, in whatever order they came.

    `items` are indexes into the bank, `scores` go from 0 to 1 (parts of an answer
    count), `skipped` marks "I don't know", whose score is taken as 0. `prior`
    replaces the bank's own, for a second attempt. Section 7.4.
    """
    items = np.asarray(items, dtype=int)
    skipped = np.asarray(skipped, dtype=bool)
    scores = np.where(skipped, 0.0, np.asarray(scores, dtype=float))
    areas = bank.area[items]
    log_likelihood = _log_likelihood(bank, items, areas, scores, skipped)
    counts = np.bincount(areas, minlength=bank.area_count)
    return _combine(bank, log_likelihood, counts, prior or bank.prior)


def _log_likelihood(bank, items, areas, scores, skipped) -> np.ndarray:
    """Return the log likelihood of each area's answers, up to a constant (areas, c)."""
    log_right = bank.log_right[items]
    share = guessing_share(bank.guessing[items], scores, skipped)
    if share < 1.0:
        luck = share * bank.guessing[items][:, None]
        knows, lacks = bank.knows[items], bank.lacks[items]
        log_right = np.log(np.maximum(knows + luck * lacks, TINY))
    belongs = areas == np.arange(bank.area_count)[:, None]
    log_wrong = bank.log_wrong[items]
    return (belongs * scores) @ log_right + (belongs * (1 - scores)) @ log_wrong


def guessing_share(luck, scores, skipped) -> float:
    """Return how often this learner guesses when they do not know, from 0 to 1.

    Someone who never says "I don't know" is taken to guess always. Section 7.4, 1.
    """
    skip_count = int(skipped.sum())
    if not skip_count:
        return 1.0
    tried = float((~skipped * (1 - scores) / (1 - luck)).sum())
    return tried / (tried + skip_count)


def _combine(bank, log_likelihood, counts, prior) -> Posterior:
    """Join the areas through the factor they share. Section 7.4, 3 to 5."""
    settings = bank.settings
    likelihood = log_likelihood - log_likelihood.max(axis=1, keepdims=True)
    np.exp(likelihood, out=likelihood)  # (areas, cells)
    if len(prior.kernel) == 1:
        moments = likelihood @ prior.kernel[0].T
    else:
        moments = np.matmul(prior.kernel, likelihood[:, :, None])[:, :, 0]
    mass, first, second = moments.reshape(len(likelihood), 3, -1).transpose(1, 2, 0)
    mass = np.maximum(mass, TINY)
    mean = first / mass
    variance = np.maximum(second / mass - mean**2, 0.0)
    log_weight = np.log(mass).sum(axis=1)
    weight = settings.factor_weights * np.exp(log_weight - log_weight.max())
    weight /= weight.sum()

    area_mean = weight @ mean
    away = mean - area_mean
    covariance = (away * weight[:, None]).T @ away
    np.fill_diagonal(covariance, covariance.diagonal() + weight @ variance)
    return Posterior(
        settings=settings,
        answered_per_area=counts,
        area_probabilities=_area_probabilities(likelihood, prior, weight, mass),
        area_mean=area_mean,
        covariance=covariance,
        mean=float(area_mean.mean()),
        sd=math.sqrt(covariance.sum()) / len(area_mean),
        prior_sd=overall_prior_sd(settings, len(area_mean)),
        factor_probabilities=weight,
        factor_mean=mean,
        factor_variance=variance,
    )


def _area_probabilities(likelihood, prior, weight, mass) -> np.ndarray:
    """Return the probability of each cell of each area (areas, cells)."""
    shares = (weight[:, None] / mass).T  # (areas, factor cells)
    if len(prior.density) == 1:
        result = likelihood * (shares @ prior.density[0])
    else:
        result = likelihood * np.matmul(shares[:, None, :], prior.density)[:, 0]
    return result / result.sum(axis=1, keepdims=True)


def overall_prior_sd(settings: Settings, areas: int) -> float:
    """Return the standard deviation of the overall position before any answer."""
    tied = settings.prior_correlation
    return settings.prior_sd * math.sqrt((1 + (areas - 1) * tied) / areas)


# --- A second attempt ---------------------------------------------------------------


def prior_after(last: Posterior, settings: Settings = LAUNCH) -> Prior:
    """Return what a second attempt starts from: the last result, widened.

    Area by area; the learner may have moved by about one level. Section 7.7.
    """
    sd = widened(last.area_sd, settings)
    return Prior(last.area_mean, sd, settings.prior_correlation, settings)


def widened(sd, settings: Settings = LAUNCH) -> np.ndarray:
    """Return standard deviations to which the drift between attempts is added."""
    return np.sqrt(np.asarray(sd) ** 2 + settings.retake_drift_sd**2)


def probability_of_progress(first: Posterior, second: Posterior) -> float:
    """Return how likely the second overall position is above the first, 0 to 1.

    Both must come from the bank's own prior, else the first would count twice. Say
    "progress" from 0.9 on. Section 7.7.
    """
    spread = math.hypot(first.sd, second.sd)
    return float(_normal_below(np.array((second.mean - first.mean) / spread)))
