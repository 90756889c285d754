"""The assumed world: questions and learners, drawn from the "standard generator".

Three-parameter logistic answers, authors whose levels are off by half a logit, slopes
that vary, six areas that go together. The engine is not told any of it: it sees the
authors' levels (or what calibration made of earlier answers) and the answers.

Positions are in logits. A "world" is one draw of questions; figures average over
several, because one draw can be lucky.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from assessments import placement
from assessments.placement import LAUNCH, Bank, Settings

AREA_COUNT = 6
LEARNER_SD = 1.25
AREA_CORRELATION = 0.7
AUTHOR_SD = 0.5
LOG_SLOPE_SD = 0.3
CHOICE_SHARE = 0.6
CHOICE_LUCK = 0.2


def success(luck, slope, difficulty, position):
    """Return the true probability of a right answer; numbers, or arrays alike."""
    logit = slope * (position - difficulty)
    return luck + (1 - luck) / (1 + np.exp(-logit))


@dataclass(frozen=True)
class World:
    """A bank as the engine sees it, and the truth that it does not see."""

    bank: Bank
    difficulty: np.ndarray  # (n,)
    slope: np.ndarray  # (n,)
    level: np.ndarray  # (n,), 1 to 8: what the authors say

    def success(self, question, position):
        """Return the true probability of a right answer; numbers, or arrays alike."""
        return success(
            self.bank.guessing[question],
            self.slope[question],
            self.difficulty[question],
            position,
        )

    def with_bank(self, bank: Bank) -> World:
        """Return the same truth, seen by an engine that knows other parameters."""
        return replace(self, bank=bank)


def spread(size: int, areas: int = AREA_COUNT) -> tuple[np.ndarray, np.ndarray]:
    """Return the area, from 0, and the level, 1 to 8, of `size` questions: (n,) each.

    All areas and levels have as many, but for a rest.
    """
    number = np.arange(size)
    area = number % areas
    return area, (number // areas + 3 * area) % placement.LEVEL_COUNT + 1


def draw_world(
    size: int, generator, settings: Settings = LAUNCH, areas: int = AREA_COUNT
) -> World:
    """Return `size` questions spread over the areas and the eight levels."""
    area, level = spread(size, areas)
    is_choice = generator.permutation(size) < round(CHOICE_SHARE * size)
    luck = np.where(is_choice, CHOICE_LUCK, 0.0)
    seeds = np.array([placement.author_difficulty(n, settings) for n in level])
    return World(
        bank=Bank.from_levels(area, level, luck, settings),
        difficulty=seeds + AUTHOR_SD * generator.standard_normal(size),
        slope=np.exp(LOG_SLOPE_SD * generator.standard_normal(size)),
        level=level,
    )


def draw_learners(
    count: int,
    generator,
    correlation: float = AREA_CORRELATION,
    areas: int = AREA_COUNT,
) -> np.ndarray:
    """Return true positions (learners, areas); the overall one is their mean."""
    common = generator.standard_normal((count, 1))
    own = generator.standard_normal((count, areas))
    return LEARNER_SD * (np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own)
