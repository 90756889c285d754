"""What learners are like as a whole: their mean, their spread, the tie of areas."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from assessments.beliefs import Answers
from assessments.placement import LAUNCH, Bank, Prior, Settings

from .sums import Population, expect

FEWEST_ATTEMPTS = 300  # before what is believed of learners is estimated
LOWEST_PRIOR_SD = 1.25
NORMAL_90 = 1.6448536269514722


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
