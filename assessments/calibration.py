"""Calibration: answers in, what each question is worth out.

Pure functions over arrays: no database, no clock, no request. Each finished attempt
adds its beliefs to the sums of the questions that it answered; from the sums of all
attempts, `maximise` finds the difficulty and the slope of every question in one go.
Positions, difficulties and their standard deviations are in logits and never leave
the platform's own pages for trainers. Sections are those of docs/placement.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from . import placement
from .beliefs import Answers, Beliefs, in_blocks
from .placement import LAUNCH, TINY, Bank, Posterior, Prior, Settings

SD_INFLATION = 1.2  # the learners' positions are known only roughly
FEWEST_TO_PUBLISH = 30
SMALLEST_MOVE = 0.1
FEWEST_TO_LINK = 100
FEWEST_ATTEMPTS = 300  # before what is believed of learners is estimated
LOWEST_PRIOR_SD = 1.25
NORMAL_90 = 1.6448536269514722
STEEPEST_LOG_SLOPE = 2.5
SETTLED = 1e-5  # logits: the search for the most likely value ends


@dataclass(frozen=True, eq=False)
class Estimates:
    """Difficulty and log slope of n questions, each with its doubt (n,).

    As a prior, an infinite standard deviation says that nothing is known before the
    answers: what is found is then plain marginal maximum likelihood.
    """

    difficulty: np.ndarray
    difficulty_sd: np.ndarray
    log_slope: np.ndarray
    log_slope_sd: np.ndarray

    def __post_init__(self):
        for name, values in vars(self).items():
            object.__setattr__(self, name, np.asarray(values, dtype=float))
        if not (np.all(self.difficulty_sd > 0) and np.all(self.log_slope_sd > 0)):
            raise ValueError("A standard deviation is above 0; `slope` holds slopes.")

    def __len__(self) -> int:
        return len(self.difficulty)

    @classmethod
    def from_levels(cls, level, settings: Settings = LAUNCH) -> Estimates:
        """Return what the levels given by authors (1-8) are worth."""
        seeds = [placement.author_difficulty(int(n), settings) for n in level]
        whole = np.ones(len(seeds))
        return cls(
            np.array(seeds),
            settings.author_difficulty_sd * whole,
            0 * whole,
            settings.author_log_slope_sd * whole,
        )

    def bank(self, area, guessing, settings: Settings = LAUNCH) -> Bank:
        """Return the tables of these questions; a finite doubt is integrated out."""
        return Bank(
            area,
            self.difficulty,
            _or(settings.author_difficulty_sd, self.difficulty_sd),
            self.log_slope,
            _or(settings.author_log_slope_sd, self.log_slope_sd),
            guessing,
            settings,
        )


def _or(default: float, values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, default)


# --- Sums ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Sums:
    """What answers have said so far of n questions. Sections 6.2 and 7.8."""

    count: np.ndarray  # (n,) answers
    luck: np.ndarray  # (n,) sum of the learners' own shares of guessing
    expected: np.ndarray  # (n, cells) learners expected in each cell
    right: np.ndarray  # (n, cells) the same, each times the score

    def __len__(self) -> int:
        return len(self.count)

    def __add__(self, other: Sums) -> Sums:
        """Return the sums of both; they must be of the same questions."""
        if len(self) != len(other):
            raise ValueError(f"{len(self)} questions cannot be added to {len(other)}.")
        return Sums(*(mine + vars(other)[name] for name, mine in vars(self).items()))

    def __getitem__(self, items) -> Sums:
        """Return the sums of some questions."""
        return Sums(*(table[items] for table in vars(self).values()))

    @classmethod
    def zero(cls, size: int, settings: Settings = LAUNCH) -> Sums:
        tables = np.zeros((2, size, settings.scale_cells))
        return cls(np.zeros(size), np.zeros(size), *tables)

    def added(self, items, part: Sums) -> Sums:
        """Return these sums with `part`, whose rows belong to the questions `items`."""
        result = [table.copy() for table in vars(self).values()]
        for table, rows in zip(result, vars(part).values(), strict=True):
            np.add.at(table, np.asarray(items, dtype=int), rows)
        return Sums(*result)


def sums_of_attempt(
    bank: Bank, items, scores, skipped, believed: Posterior | None = None
) -> Sums:
    """Return what one finished attempt adds to each of its questions, in their order.

    Arguments as in `placement.posterior`; `believed` is its result where known.
    """
    items = np.asarray(items, dtype=int)
    skipped = np.asarray(skipped, dtype=bool)
    scores = np.where(skipped, 0.0, np.asarray(scores, dtype=float))
    if believed is None:
        believed = placement.posterior(bank, items, scores, skipped)
    share = 1.0
    if skips := int(skipped.sum()):
        tried = float((~skipped * (1 - scores) / (1 - bank.guessing[items])).sum())
        share = tried / (tried + skips)
    rows = believed.area_probabilities[bank.area[items]]
    whole = np.ones(len(items))
    return Sums(whole, share * whole, rows, scores[:, None] * rows)


@dataclass(frozen=True, eq=False)
class Population:
    """What the answers say of learners as a whole; `+` joins two groups of learners.

    `products` (6, 6) sums, over learners, the products of: 1, the position summed
    over areas, its square likewise, its product with the shared factor likewise, the
    factor, the factor's square; all as expected after the answers.
    """

    products: np.ndarray
    log_likelihood: float

    def __add__(self, other: Population) -> Population:
        return Population(
            self.products + other.products, self.log_likelihood + other.log_likelihood
        )

    @property
    def count(self) -> int:
        return int(self.products[0, 0])


def expect(
    bank: Bank, answers: Answers, prior: Prior | None = None, precision=np.float64
) -> tuple[Sums, Population]:
    """Return the sums of all questions and of all learners (the E step).

    `prior` replaces the bank's own. `precision` np.float32 takes half the time and
    gives four digits or more: for millions of answers.
    """
    count, luck = np.zeros((2, bank.size))
    sorted_by_area = np.zeros((2, bank.size, bank.settings.scale_cells))
    population = Population(np.zeros((6, 6)), 0.0)
    for block in in_blocks(bank, answers, prior, precision):
        item, share = block.answers.item, block.share[block.row]
        count += np.bincount(item, minlength=bank.size)
        luck += np.bincount(item, weights=share, minlength=bank.size)
        _add_block(*sorted_by_area, block)
        population += _population_of(bank.settings, block)
    tables = np.zeros_like(sorted_by_area)
    tables[:, np.argsort(bank.area, kind="stable")] = sorted_by_area
    return Sums(count, luck, *tables), population


def _add_block(expected, right, block: Beliefs):
    """Add what a block says to tables whose questions are sorted by area, in place."""
    for area, inside in enumerate(block.slices):
        believed = block.area_probabilities[area]
        expected[inside] += block.tried[area].T @ believed
        right[inside] += block.scored[area].T @ believed


def _population_of(settings: Settings, block: Beliefs) -> Population:
    scale, factor, weight = settings.scale, settings.factor, block.weight
    positions = block.area_probabilities.sum(axis=0)
    with_factor = (block.first / block.mass).sum(axis=0)
    moments = np.column_stack(
        [
            np.ones(len(weight)),
            positions @ scale,
            positions @ scale**2,
            (with_factor * weight) @ factor,
            weight @ factor,
            weight @ factor**2,
        ]
    )
    return Population(moments.T @ moments, float(block.log_evidence.sum()))


# --- Questions ----------------------------------------------------------------------


def maximise(
    sums: Sums,
    prior: Estimates,
    guessing,
    settings: Settings = LAUNCH,
    inflate: float = SD_INFLATION,
    slope: str = "own",
    start: Estimates | None = None,
) -> Estimates:
    """Return the most likely difficulty and slope of each question (the M step).

    `guessing` (n,) is the share of lucky guesses of someone who always guesses. With
    `slope` "shared" all questions have one slope, with "held" each keeps that of
    `prior`. The search begins at `start`, else at `prior`. A standard deviation is
    that found, times `inflate`, and never above that of `prior`. Fisher scoring, two
    unknowns a question, all questions at once. Section 7.8.
    """
    if slope not in ("own", "shared", "held"):
        raise ValueError(f'`slope` is "own", "shared" or "held", not {slope!r}.')
    luck = np.asarray(guessing) * sums.luck / np.maximum(sums.count, TINY)
    first = start or prior
    difficulty, log_slope = first.difficulty.copy(), first.log_slope.copy()
    end = abs(settings.scale_low)
    for turn in range(60):
        step = _Step(sums, prior, luck, settings, difficulty, log_slope, slope)
        damping = 1.0 if turn < 15 else 0.5
        before = difficulty, log_slope
        difficulty = np.clip(difficulty + damping * step.difficulty, -end, end)
        log_slope = log_slope + damping * step.log_slope
        log_slope = np.clip(log_slope, -STEEPEST_LOG_SLOPE, STEEPEST_LOG_SLOPE)
        moved = np.abs([difficulty - before[0], log_slope - before[1]])
        if moved.max(initial=0) < SETTLED:
            break
    return Estimates(
        difficulty,
        np.minimum(inflate * step.difficulty_sd, prior.difficulty_sd),
        log_slope,
        np.minimum(inflate * step.log_slope_sd, prior.log_slope_sd),
    )


class _Step:
    """One step of Fisher scoring, and the doubt that is left at its start."""

    def __init__(self, sums, prior, luck, settings, difficulty, log_slope, slope):
        steep, chance = np.exp(log_slope)[:, None], luck[:, None]
        logit = steep * settings.scale
        logit -= steep * difficulty[:, None]
        knows = 1 / (1 + np.exp(-logit))
        lacks = 1 - knows
        success = chance + (1 - chance) * knows
        told = knows / np.maximum(success, TINY)  # how much of success is knowing
        surprise = (sums.right - sums.expected * success) * told
        weight = sums.expected * ((1 - chance) * lacks) * (knows * told)

        steep = steep[:, 0]
        by_place = -steep * surprise.sum(axis=1)
        by_place -= (difficulty - prior.difficulty) / prior.difficulty_sd**2
        by_slope = np.einsum("ic,ic->i", surprise, logit)
        pull = (log_slope - prior.log_slope) / prior.log_slope_sd**2
        place = steep**2 * weight.sum(axis=1) + prior.difficulty_sd**-2.0
        place = np.maximum(place, TINY)
        both = -steep * np.einsum("ic,ic->i", weight, logit)
        weight *= logit
        own = np.einsum("ic,ic->i", weight, logit)

        # Difficulties are eliminated first, so that one slope may be shared by all.
        gradient = by_slope - both / place * by_place
        rest = np.maximum(own - both**2 / place, 0)
        certainty = prior.log_slope_sd**-2.0
        if slope == "shared":
            gradient, rest = gradient.sum() - pull.mean(), rest.sum() + certainty.mean()
        else:
            gradient, rest = gradient - pull, rest + certainty
        rest = np.maximum(rest, TINY)
        is_held = slope == "held"
        move = 0.0 if is_held else np.clip(gradient / rest, -0.5, 0.5)
        self.log_slope = np.broadcast_to(move, place.shape)
        self.difficulty = np.clip((by_place - both * move) / place, -1, 1)
        spread = 0.0 if is_held else 1 / rest
        self.difficulty_sd = np.sqrt(1 / place + (both / place) ** 2 * spread)
        sd = prior.log_slope_sd if is_held else np.sqrt(spread)
        self.log_slope_sd = np.broadcast_to(sd, place.shape)


def link(
    before: Estimates, after: Estimates, counts, is_first: bool, unchanged=None
) -> Estimates:
    """Return `after` moved as a whole so that the scale stays where it was.

    At the first calibration `before` holds the authors' levels, and the mean of the
    difficulties of questions with at least 100 answers is brought back to theirs.
    Later `before` is the version in force, and the same is done with the questions
    that are `unchanged` since (bool (n,), default all). Section 7.8.
    """
    chosen = np.asarray(counts) >= FEWEST_TO_LINK
    if not is_first and unchanged is not None:
        chosen = chosen & np.asarray(unchanged, dtype=bool)
    if not chosen.any():
        return after
    shift = float((after.difficulty - before.difficulty)[chosen].mean())
    return replace(after, difficulty=after.difficulty - shift)


def moves_something(before: Estimates, after: Estimates, counts) -> bool:
    """Return whether a question with at least 30 answers moved by more than 0.1."""
    moved = np.abs(after.difficulty - before.difficulty) > SMALLEST_MOVE
    return bool((moved & (np.asarray(counts) >= FEWEST_TO_PUBLISH)).any())


# --- Learners -----------------------------------------------------------------------


@dataclass(frozen=True)
class PopulationEstimate:
    """What learners are like, in logits; `correlation_low` ends its 90 % interval."""

    count: int
    mean: float
    sd: float
    correlation: float
    correlation_low: float

    def settings(self, settings: Settings = LAUNCH) -> Settings:
        """Return settings that believe it, with care. Section 7.4, last lines."""
        return replace(
            settings,
            prior_mean=self.mean,
            prior_sd=max(self.sd, LOWEST_PRIOR_SD),
            prior_correlation=self.correlation_low,
        )


def estimate_population(
    bank: Bank, answers: Answers, tolerance: float = 1e-3, rounds: int = 30
) -> PopulationEstimate | None:
    """Return the most likely mean, spread and tie between areas of the learners.

    `bank` should know the authors' levels alone: difficulties fitted under a prior
    lead back to that prior. None under 300 attempts. Each round is an E step: for
    millions of answers, give those of a few thousand attempts. Raises ValueError for
    a bank of one area.
    """
    if bank.area_count < 2:
        raise ValueError("The tie between areas cannot be seen in one area.")
    if len(np.unique(answers.person)) < FEWEST_ATTEMPTS:
        return None
    settings = bank.settings
    shape = _Shape.of(
        settings.prior_mean, settings.prior_sd, settings.prior_correlation
    )
    for _ in range(rounds):
        prior = Prior(shape.mean, shape.sd, shape.correlation, settings)
        _, population = expect(bank, answers, prior)
        shape, move, covariance = shape.improved(population, bank.area_count)
        if np.abs(move).max() < tolerance:
            break
    return PopulationEstimate(
        population.count,
        float(shape.mean),
        shape.sd,
        float(shape.correlation),
        shape.lowest_correlation(covariance),
    )


@dataclass(frozen=True)
class _Shape:
    """Position = mean + common × factor + own part of variance exp(log_own)."""

    mean: float
    common: float
    log_own: float

    @classmethod
    def of(cls, mean: float, sd: float, correlation: float) -> _Shape:
        correlation = min(max(correlation, 0.05), 0.95)
        own = sd**2 * (1 - correlation)
        return cls(mean, sd * correlation**0.5, float(np.log(own)))

    @property
    def sd(self) -> float:
        return float(np.sqrt(self.common**2 + np.exp(self.log_own)))

    @property
    def correlation(self) -> float:
        return self.common**2 / self.sd**2

    def improved(self, population: Population, areas: int):
        """Return a better shape, the move to it, and the covariance of its doubt.

        One step of scoring with the learners' own gradients, which are linear in what
        `Population.products` holds.
        """
        slopes = self._gradients(areas)
        gradient = slopes @ population.products[0]
        information = slopes @ population.products @ slopes.T
        information -= np.outer(gradient, gradient) / population.count
        covariance = np.linalg.inv(information)
        move = np.clip(covariance @ gradient, -0.5, 0.5)
        mean, common, log_own = np.array([self.mean, self.common, self.log_own]) + move
        return _Shape(mean, max(common, 0.05), log_own), move, covariance

    def _gradients(self, areas: int) -> np.ndarray:
        """Return how a learner's six sums make their gradient (3, 6)."""
        mean, common, own = self.mean, self.common, np.exp(self.log_own)
        by_mean = np.array([-areas * mean, 1, 0, 0, -areas * common, 0])
        by_common = np.array([0, 0, 0, 1, -areas * mean, -areas * common])
        squares = [
            areas * mean**2,
            -2 * mean,
            1,
            -2 * common,
            2 * areas * mean * common,
            areas * common**2,
        ]
        by_log_own = np.array(squares) / (2 * own)
        by_log_own[0] -= areas / 2
        return np.array([by_mean / own, by_common / own, by_log_own])

    def lowest_correlation(self, covariance: np.ndarray) -> float:
        """Return the lower end of the 90 % interval, found on the logit scale."""
        slope = np.array([0, 2 / self.common, -1])
        logit = 2 * np.log(self.common) - self.log_own
        low = logit - NORMAL_90 * np.sqrt(slope @ covariance @ slope)
        return float(1 / (1 + np.exp(-low)))


# --- The whole ----------------------------------------------------------------------


@dataclass(frozen=True)
class Fit:
    estimates: Estimates
    sums: Sums
    population: Population
    rounds: int
    is_settled: bool


def fit(
    area,
    guessing,
    answers: Answers,
    prior: Estimates,
    settings: Settings = LAUNCH,
    slope: str = "own",
    is_certain: bool = False,
    inflate: float = SD_INFLATION,
    tolerance: float = 1e-3,
    rounds: int = 50,
    progress: Callable[[int, float], None] | None = None,
) -> Fit:
    """Return the estimates at which the E and the M step agree.

    `is_certain` takes each round's estimates as exact, as marginal maximum likelihood
    does; otherwise their doubt is integrated out, as for learners. Three steps make a
    round, the third one from where the first two seem to lead (Varadhan and Roland
    2008); `tolerance` is the largest move of a step at the end, in logits. `progress`
    hears of each round and its move.
    """
    work = _Work(area, guessing, answers, prior, settings, slope, is_certain)
    here = prior
    for number in range(1, rounds + 1):
        first = work.step(here)
        last = work.step(first.found)
        further = _extrapolated(here, last)
        if further is not None:
            leap = work.step(further)
            last = leap if leap.objective >= last.objective else last
        here, moved = last.found, _distance(last.start, last.found)
        if progress:
            progress(number, moved)
        if moved < tolerance:
            break
    found = maximise(last.sums, prior, guessing, settings, inflate, slope, here)
    return Fit(found, last.sums, last.population, number, moved < tolerance)


@dataclass(frozen=True)
class _Turn:
    """An E and an M step: from `start` to `found`; `objective` is that of `start`."""

    start: Estimates
    found: Estimates
    sums: Sums
    population: Population
    objective: float


@dataclass(frozen=True)
class _Work:
    """What stays the same from one step of a fit to the next."""

    area: np.ndarray
    guessing: np.ndarray
    answers: Answers
    prior: Estimates
    settings: Settings
    slope: str
    is_certain: bool

    def bank(self, estimates: Estimates) -> Bank:
        if not self.is_certain:
            return estimates.bank(self.area, self.guessing, self.settings)
        settings = replace(self.settings, slope_nodes=1, difficulty_nodes=1)
        place, log_slope = estimates.difficulty, estimates.log_slope
        return Bank(self.area, place, 0, log_slope, 0, self.guessing, settings)

    def step(self, start: Estimates) -> _Turn:
        sums, population = expect(self.bank(start), self.answers)
        found = maximise(
            sums,
            self.prior,
            self.guessing,
            self.settings,
            slope=self.slope,
            start=start,
        )
        objective = population.log_likelihood + self._log_prior(start)
        return _Turn(start, found, sums, population, objective)

    def _log_prior(self, at: Estimates) -> float:
        prior = self.prior
        place = (at.difficulty - prior.difficulty) / prior.difficulty_sd
        steep = (at.log_slope - prior.log_slope) / prior.log_slope_sd
        return -0.5 * float((place**2).sum() + (steep**2).sum())


def _extrapolated(here: Estimates, last: _Turn) -> Estimates | None:
    """Return where two steps seem to lead; None where they lead no further."""
    zero, one, two = (_both(e) for e in (here, last.start, last.found))
    bend = (two - one) - (one - zero)
    if np.abs(bend).max() < 1e-12:
        return None
    length = np.linalg.norm(one - zero) / np.linalg.norm(bend)
    if length <= 1:
        return None
    place, steep = zero + 2 * length * (one - zero) + length**2 * bend
    steep = np.clip(steep, -STEEPEST_LOG_SLOPE, STEEPEST_LOG_SLOPE)
    return replace(last.found, difficulty=place, log_slope=steep)


def _both(estimates: Estimates) -> np.ndarray:
    return np.array([estimates.difficulty, estimates.log_slope])


def _distance(one: Estimates, other: Estimates) -> float:
    return float(np.abs(_both(one) - _both(other)).max())
