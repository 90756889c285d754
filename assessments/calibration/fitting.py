"""Both steps in turn until they agree: a full estimation on raw answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from assessments.beliefs import Answers
from assessments.placement import LAUNCH, Bank, Settings

from .estimates import Estimates
from .questions import SD_INFLATION, STEEPEST_LOG_SLOPE, maximise
from .sums import Population, Sums, expect


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
