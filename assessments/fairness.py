"""Fairness: does a question treat two groups alike, and has it changed meanwhile?

Pure functions over arrays: no database, no clock, no request. Groups are numbers, a
language or a kind of organisation; never a person. Section 6.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

STRATA = 15
FEWEST_PER_GROUP = 200
FLAGGED_UNDER = 0.01
WATCHED_UNDER = 0.05
DELTA = -2.35  # from a log odds ratio to the delta scale of ETS
SMALL_DELTA, LARGE_DELTA = 1.0, 1.5
NORMAL_95 = 1.6448536269514722  # 95 % of a normal lies below
DRIFT_LIMIT = 2.81
SLOPE_OF_SUCCESS = 0.16  # of the chance of a right answer, per logit, on average


@dataclass(frozen=True)
class Difference:
    """How one question treats two groups of the same skill (Mantel and Haenszel).

    `delta` is in the units of ETS; below 0, the question is harder for the focal
    group. `shift` is the same as a difference of difficulty, in logits.
    """

    reference_count: int
    focal_count: int
    delta: float
    delta_sd: float
    p_value: float

    @property
    def shift(self) -> float:
        return self.delta / DELTA

    @property
    def ets_class(self) -> str:
        """ "A" negligible, "B" to watch, "C" large."""
        size = abs(self.delta)
        if size < SMALL_DELTA or self.p_value >= WATCHED_UNDER:
            return "A"
        is_surely_over = size - SMALL_DELTA > NORMAL_95 * self.delta_sd
        return "C" if size >= LARGE_DELTA and is_surely_over else "B"

    @property
    def is_flagged(self) -> bool:
        return self.p_value < FLAGGED_UNDER and self.ets_class == "C"


def compare(score, is_focal, position, strata: int = STRATA) -> Difference | None:
    """Return how learners of the same position, one per answer (m,), differ by group.

    Scores from 0 to 1. The positions must rest on this question too: without it,
    clean questions are flagged too often. None where no stratum holds both groups or
    all answered alike. Mantel and Haenszel 1959, with Mantel's variance for parts of
    an answer; standard deviation of Robins, Breslow and Greenland 1986.
    """
    score = np.asarray(score, dtype=float)
    group = np.asarray(is_focal, dtype=int)
    edges = np.quantile(position, np.arange(1, strata) / strata) if len(score) else []
    stratum = np.searchsorted(edges, position, side="right")
    spot = 2 * stratum + group
    size = np.bincount(spot, minlength=2 * strata).reshape(strata, 2)
    right = np.bincount(spot, score, minlength=2 * strata).reshape(strata, 2)
    square = np.bincount(stratum, score**2, minlength=strata)
    both = size.min(axis=1) > 0
    if not both.any():
        return None
    size, right, square = size[both], right[both], square[both]
    found = _common_odds(size, right)
    p_value = _p_value(size, right, square)
    if found is None or p_value is None:
        return None
    log_odds, log_odds_sd = found
    counts = [int((group == number).sum()) for number in (0, 1)]
    return Difference(*counts, DELTA * log_odds, abs(DELTA) * log_odds_sd, p_value)


def _common_odds(size, right) -> tuple[float, float] | None:
    """Return the log of the common odds ratio, reference over focal, and its SD."""
    whole, wrong = size.sum(axis=1), size - right
    agree = right[:, 0] * wrong[:, 1] / whole
    differ = wrong[:, 0] * right[:, 1] / whole
    above, below = agree.sum(), differ.sum()
    if above <= 0 or below <= 0:
        return None
    same = (right[:, 0] + wrong[:, 1]) / whole
    other = (wrong[:, 0] + right[:, 1]) / whole
    variance = (
        (same * agree).sum() / (2 * above**2)
        + (same * differ + other * agree).sum() / (2 * above * below)
        + (other * differ).sum() / (2 * below**2)
    )
    return math.log(above / below), math.sqrt(variance)


def _p_value(size, right, square) -> float | None:
    """Return how often chance alone makes two groups differ this much."""
    whole, total = size.sum(axis=1), right.sum(axis=1)
    expected = size[:, 0] * total / whole
    spread = whole * square - total**2
    product = size[:, 0] * size[:, 1] * spread
    variance = (product / (whole**2 * np.maximum(whole - 1, 1))).sum()
    if variance <= 0:
        return None
    away = max(abs(right[:, 0].sum() - expected.sum()) - 0.5, 0)
    return math.erfc(away / math.sqrt(2 * variance))


def compare_groups(score, group, position):
    """Yield (reference, focal, Difference) for each pair of groups large enough.

    `group` (m,) numbers the group of each answer to one question; a negative number is
    left out. A group needs 200 answers.
    """
    numbers, counts = np.unique(group[group >= 0], return_counts=True)
    large = numbers[counts >= FEWEST_PER_GROUP].tolist()
    for reference, focal in combinations(large, 2):
        pair = np.isin(group, (reference, focal))
        difference = compare(score[pair], group[pair] == focal, position[pair])
        if difference:
            yield reference, focal, difference


def drift(score, success, difficulty_sd: float) -> float | None:
    """Return how far the last answers to a question are from what was expected (z).

    `score` and `success` (n,) are the last answers and what the learners' other
    answers made one expect; the doubt about the difficulty is allowed for. Above 0
    the question has become easier. None without answers. Beyond 2.81 either way
    (`has_drifted`), the question has changed or its answer goes round.
    """
    score, success = np.asarray(score, dtype=float), np.asarray(success, dtype=float)
    if not len(score):
        return None
    chance = (success * (1 - success)).sum()
    doubt = (SLOPE_OF_SUCCESS * difficulty_sd * len(score)) ** 2
    spread = math.sqrt(chance + doubt)
    return float((score - success).sum() / spread) if spread else None


def has_drifted(z: float | None) -> bool:
    return z is not None and abs(z) > DRIFT_LIMIT
