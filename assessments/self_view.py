"""Self-view: "I can…" statements beside a placement, and the gap between the two.

Pure functions over arrays, on the scale of `placement`: no database, no clock, no
request. The model (docs/placement.md): in each area the self-view stands at the
demonstrated position plus a gap. A statement is answered in three steps around the
place its author gave it; the doubt about that place is integrated out. The gaps of
the areas have a part in common, as the positions have.

Where the gap is zero rests on the authors' levels of the statements: no answer can
tell it. Say "compared with the level of the statements", over all areas with the
interval, and in one area only a question, where there is an arrow.

Figures come out in levels; those in logits are behind `Gap.in_logits`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from . import placement
from .placement import LAUNCH, TINY, Bank, Prior, Settings, SharedFactor, level_middle

ANSWERS = NOT_YET, WITH_HELP, ALONE = range(3)
ABOVE, BELOW = "above", "below"
FLAT_SD = 1e6  # logits: a prior so wide that only the answers speak
SEEN = 1e-6  # a share under this cannot be seen in any figure
FINER = 2  # the overall gap is narrower than that of one area


@dataclass(frozen=True)
class SelfViewSettings(SharedFactor):
    """Every constant of the self-view. Nothing computed with them is stored."""

    # A statement, in logits: its place (the middle of its level) and its two steps.
    step_distance: float = 0.6
    place_sd: float = 0.5
    place_nodes: int = 9
    # What is believed of the gaps before any statement is answered.
    gap_sd: float = 0.8
    gap_common: float = 0.6  # share of the variance, hence correlation of two areas
    # The gaps looked at, in cells of the scale on each side of zero.
    gap_cells: int = 25
    # The factor that the gaps share, in its own standard deviations.
    factor_low: float = -5.0
    factor_step: float = 0.5
    factor_cells: int = 21
    # What is said to the learner.
    certainty: float = 0.90
    arrow_certainty: float = 0.80


SELF_VIEW = SelfViewSettings()


class Statements:
    """The "I can…" statements as tables, built once for one version of the settings.

    `area` counts from 0 as in the bank, `level` goes from 1 to 8; both (n,). `scale`
    must be the settings of the bank that the answers are compared with.
    """

    def __init__(
        self,
        area,
        level,
        scale: Settings = LAUNCH,
        settings: SelfViewSettings = SELF_VIEW,
    ):
        self.scale, self.settings = scale, settings
        self.area = np.array(area, dtype=int)
        self.size = len(self.area)
        self.place = level_middle(level, scale)
        steps = np.arange(-settings.gap_cells, settings.gap_cells + 1)
        self.gaps = scale.scale_step * steps  # logits (gaps,)
        self.gap_density = self._gap_density()  # given the factor (factor cells, gaps)
        self.log_answers = self._log_answers()  # (n, 3, cells + gaps - 1)
        for table in vars(self).values():
            if isinstance(table, np.ndarray):
                table.flags.writeable = False

    @property
    def self_scale(self) -> np.ndarray:
        """Positions that a self-view can have: the scale, longer by the gaps."""
        low = self.scale.scale[0] + self.gaps[0]
        cells = self.scale.scale_cells + len(self.gaps) - 1
        return low + self.scale.scale_step * np.arange(cells)

    def _gap_density(self) -> np.ndarray:
        settings = self.settings
        tied = settings.gap_common
        centre = math.sqrt(tied) * settings.gap_sd * settings.factor[:, None]
        spread = math.sqrt(max(1 - tied, 1e-4)) * settings.gap_sd
        density = np.exp(-0.5 * ((self.gaps - centre) / spread) ** 2)
        return density / density.sum(axis=1, keepdims=True)

    def _log_answers(self) -> np.ndarray:
        settings = self.settings
        nodes, weights = np.polynomial.hermite_e.hermegauss(settings.place_nodes)
        chances = 0.0
        for node, weight in zip(nodes, weights / weights.sum(), strict=True):
            place = self.place + settings.place_sd * node
            distance = self.self_scale - place[:, None]
            chances += weight * answer_chances(distance, settings.step_distance)
        return np.log(np.maximum(chances, TINY)).transpose(1, 0, 2)


def answer_chances(distance, step_distance: float = SELF_VIEW.step_distance):
    """Return the chances of "not yet", "with help", "alone" (3, …), sum 1.

    `distance` (…) is the self-view less the statement's place, in logits. Partial
    credit (Masters 1982) with two steps, `step_distance` under and over the place.
    """
    distance = np.asarray(distance, dtype=float)
    steps = np.stack([0 * distance, distance + step_distance, 2 * distance])
    chances = np.exp(steps - steps.max(axis=0))
    return chances / chances.sum(axis=0)


@dataclass(frozen=True)
class Gap:
    """How far a self-view stands over (positive) or under what was demonstrated."""

    mean: float  # this and the next three in levels
    sd: float
    low: float  # the interval that holds the certainty asked for, 90 %
    high: float
    above: float  # probability that the gap is over 0
    below: float  # probability that it is under 0; the two sum to 1
    unit: float  # logits in one level

    @property
    def in_logits(self) -> Gap:
        """The same gap with its first four figures in logits."""
        figures = {
            name: getattr(self, name) * self.unit
            for name in ("mean", "sd", "low", "high")
        }
        return replace(self, **figures, unit=1.0)

    @property
    def side(self) -> str | None:
        """ABOVE or BELOW when the whole interval is on one side of 0, else None."""
        if self.low > 0:
            return ABOVE
        return BELOW if self.high < 0 else None


@dataclass(frozen=True, eq=False)
class SelfView:
    """What the statements and a placement say together; areas in the bank's order."""

    overall: Gap  # the mean of the gaps of all areas, answered or not
    areas: tuple[Gap, ...]
    arrows: tuple[str | None, ...]  # ABOVE, BELOW or None: nothing to say of the area
    statements_per_area: np.ndarray  # how many were answered (areas,)
    area_probabilities: np.ndarray  # of each gap of `Statements.gaps` (areas, gaps)


def compare(
    bank: Bank,
    items,
    scores,
    skipped,
    statements: Statements,
    answers: Mapping[int, int],
    prior: Prior | None = None,
) -> SelfView:
    """Return the gap between what a learner says and what an attempt has shown.

    `bank`, `items`, `scores`, `skipped` and `prior` are those of `placement.posterior`
    for that attempt. `answers` maps the index of a statement to NOT_YET, WITH_HELP or
    ALONE; those left unanswered are left out, and none at all gives the prior. An area
    gets an arrow only from answers of both kinds in it. Section 8.

    Raises ValueError when the statements were built for another scale, when there is
    no such answer, or when a statement is about an area that the bank does not have.
    """
    _check(bank, statements, answers)
    shown, asked = _shown(bank, items, scores, skipped)
    said, told = _said(bank, statements, answers)
    ability = (prior or bank.prior).density
    overall, areas = _distributions(statements, shown, said, ability, bank)
    gaps = tuple(_gap(statements.gaps, row, statements) for row in areas)
    return SelfView(
        overall=_gap(_fine_gaps(statements), overall, statements),
        areas=gaps,
        arrows=_arrows(gaps, (asked > 0) & (told > 0), statements.settings),
        statements_per_area=told,
        area_probabilities=areas,
    )


def _check(bank, statements, answers):
    if statements.scale != bank.settings:
        raise ValueError(
            "The statements were built for other settings: "
            "build them with the settings of the bank."
        )
    for index, answer in answers.items():
        if index not in range(statements.size) or answer not in ANSWERS:
            raise ValueError(f"Statement {index} cannot have the answer {answer}.")
        if statements.area[index] >= bank.area_count:
            raise ValueError(
                f"Statement {index} is about area {statements.area[index]}, "
                "of which the bank has no question: leave its answer out."
            )


def _shown(bank, items, scores, skipped) -> tuple[np.ndarray, np.ndarray]:
    """Return the likelihood of the answers to questions (areas, cells), counts."""
    flat = _flat_prior(bank.settings)
    found = placement.posterior(bank, items, scores, skipped, flat)
    return found.area_probabilities, found.answered_per_area


@lru_cache(maxsize=8)
def _flat_prior(settings: Settings) -> Prior:
    return Prior(0.0, FLAT_SD, 0.0, settings)


def _said(bank, statements, answers) -> tuple[np.ndarray, np.ndarray]:
    """Return the likelihood of the answers to statements, best 1, and counts.

    (areas, cells + gaps - 1): over `Statements.self_scale`. Answers are taken in the
    order of the statements, so that the order they came in changes no digit.
    """
    told = np.array(sorted(answers), dtype=int)
    chosen = np.array([answers[index] for index in told], dtype=int)
    belongs = statements.area[told] == np.arange(bank.area_count)[:, None]
    logs = belongs @ statements.log_answers[told, chosen]
    return np.exp(logs - logs.max(axis=1, keepdims=True)), belongs.sum(axis=1)


def _distributions(statements, shown, said, ability, bank):
    """Return the probabilities of the overall gap (fine gaps,) and of each area's.

    Given both factors, the one of the positions and the one of the gaps, areas are
    independent; the rest is a sum over the two.
    """
    windows = np.lib.stride_tricks.sliding_window_view(said, shown.shape[1], axis=1)
    joint = (windows * shown[:, None, :]) @ ability.transpose(0, 2, 1)
    gaps, density = statements.gaps, statements.gap_density
    # joint: (areas, gaps, ability factor); the next three (areas, gap factor, ability)
    mass = np.maximum(density @ joint, TINY)
    mean = (density * gaps) @ joint / mass
    variance = np.maximum((density * gaps**2) @ joint / mass - mean**2, 0.0)
    log_weight = np.log(mass).sum(axis=0)
    weight = np.exp(log_weight - log_weight.max()) * bank.settings.factor_weights
    weight *= statements.settings.factor_weights[:, None]
    weight /= weight.sum()
    shares = (weight / mass).transpose(0, 2, 1)
    areas = ((joint @ shares) * density.T).sum(axis=2)
    overall = _mixture(
        _fine_gaps(statements),
        weight,
        mean.mean(axis=0),
        np.sqrt(variance.sum(axis=0)) / len(mean),
    )
    return overall, areas / areas.sum(axis=1, keepdims=True)


def _fine_gaps(statements) -> np.ndarray:
    """Return the overall gaps looked at: two for each gap of one area, in logits."""
    gaps = statements.gaps
    return np.linspace(gaps[0], gaps[-1], FINER * (len(gaps) - 1) + 1)


def _mixture(values, weight, mean, spread) -> np.ndarray:
    """Return the probabilities of `values` under a mixture of normals, sum 1."""
    likely = weight > SEEN
    centre, spread = mean[likely][:, None], spread[likely][:, None]
    density = np.exp(-0.5 * ((values - centre) / spread) ** 2) / spread
    probabilities = weight[likely] @ density
    return probabilities / probabilities.sum()


def _gap(values, probabilities, statements) -> Gap:
    """Return the summary, in levels, of a distribution over `values` in logits."""
    unit = statements.scale.level_width
    mean = probabilities @ values
    sd = math.sqrt(max(probabilities @ (values - mean) ** 2, 0.0))
    # Each value is the middle of a cell: what is under an edge is known exactly.
    edges = values + (values[1] - values[0]) / 2
    tail = (1 - statements.settings.certainty) / 2
    below = np.cumsum(probabilities)
    low, high = np.interp([tail, 1 - tail], below, edges)
    under_zero = float(np.interp(0.0, edges, below))
    return Gap(
        mean=float(mean / unit),
        sd=sd / unit,
        low=float(low / unit),
        high=float(high / unit),
        above=1 - under_zero,
        below=under_zero,
        unit=unit,
    )


def _arrows(gaps, known, settings) -> tuple[str | None, ...]:
    """Return the side of each area that is likely enough and rests on answers."""
    sure = settings.arrow_certainty
    return tuple(
        (ABOVE if gap.above >= sure else BELOW if gap.below >= sure else None)
        if answered
        else None
        for gap, answered in zip(gaps, known, strict=True)
    )
