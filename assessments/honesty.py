"""Honesty: are the ranges that learners see as sure as they say? Section 7.8.

Pure functions over arrays: no database, no clock, no request. Nobody knows where a
learner really stands; but what some answers announce can be held against others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .beliefs import Answers, Standing, standing
from .placement import Bank

BINS = 10
RATIO_LOW, RATIO_HIGH = 0.9, 1.1
NORMAL_90 = 1.6448536269514722
SURE = 2.0  # standard errors
FEWEST_ANSWERS = 12  # of an attempt that counts


@dataclass(frozen=True, eq=False)
class Reliability:
    """Predicted chances of a right answer, in tenths, beside what happened (10,)."""

    count: np.ndarray
    predicted: np.ndarray  # mean of the predicted chances; nan without answers
    happened: np.ndarray  # mean score; nan without answers

    @property
    def largest_gap(self) -> float:
        """Largest distance between the two, over tenths with at least 100 answers."""
        seen = self.count >= 100
        return float(np.abs(self.predicted - self.happened)[seen].max(initial=0))


def reliability(score, success) -> Reliability:
    """Compare predicted chances with scores (m,); `success` as `beliefs.Without`."""
    score, success = np.asarray(score, dtype=float), np.asarray(success, dtype=float)
    tenth = np.clip((success * BINS).astype(int), 0, BINS - 1)
    count = np.bincount(tenth, minlength=BINS)
    sums = [np.bincount(tenth, values, minlength=BINS) for values in (success, score)]
    means = [np.where(count > 0, s / np.maximum(count, 1), np.nan) for s in sums]
    return Reliability(count, *means)


@dataclass(frozen=True)
class SplitHalf:
    """Two halves of each attempt, held against each other."""

    count: int  # attempts
    ratio: float  # variance of the difference, seen over announced; 1 is honest
    held: float  # share of differences inside the announced 90 % range

    @property
    def is_honest(self) -> bool:
        return RATIO_LOW <= self.ratio <= RATIO_HIGH

    @property
    def is_surely_off(self) -> bool:
        """Not honest, and not by chance: with few attempts the ratio leaps about."""
        chance = math.sqrt(2 / self.count)
        return not self.is_honest and abs(self.ratio - 1) > SURE * chance


def split_half(bank: Bank, answers: Answers) -> SplitHalf | None:
    """Return whether the halves of attempts differ as much as they announce.

    Attempts with fewer than 12 answers are left out; None when all are. Both halves
    lean on the same prior, which ties their doubts: with covariances of the areas V₁
    and V₂ after the answers and T before, the difference has the covariance
    V₁ + V₂ - V₁ T⁻¹ V₂ - V₂ T⁻¹ V₁.
    """
    size = np.bincount(answers.person)[answers.person] if len(answers) else 0
    answers = answers[np.flatnonzero(size >= FEWEST_ANSWERS)]
    if not len(answers):
        return None
    half = _halves(bank, answers)
    one, other = (standing(bank, answers[half == number]) for number in (0, 1))
    announced = _announced(bank, one, other)
    seen = (one.mean - other.mean) ** 2
    return SplitHalf(
        count=len(seen),
        ratio=float(seen.sum() / announced.sum()),
        held=float((seen <= NORMAL_90**2 * announced).mean()),
    )


def _halves(bank: Bank, answers: Answers) -> np.ndarray:
    """Return 0 or 1 for each answer: every other one, area by area (m,)."""
    order = np.lexsort((answers.item, bank.area[answers.item], answers.person))
    person = answers.person[order]
    place = np.arange(len(person)) - np.searchsorted(person, person)
    result = np.empty(len(person), dtype=int)
    result[order] = place % 2
    return result


def _announced(bank: Bank, one: Standing, other: Standing) -> np.ndarray:
    """Return the announced variance of the difference of overall positions (P,)."""
    settings, areas = bank.settings, bank.area_count
    tied = settings.prior_correlation
    before = settings.prior_sd**2 * ((1 - tied) * np.eye(areas) + tied)
    mine, theirs = one.covariance.sum(axis=2), other.covariance.sum(axis=2)
    shared = np.einsum("pj,jk,pk->p", mine, np.linalg.inv(before), theirs)
    return (mine.sum(axis=1) + theirs.sum(axis=1) - 2 * shared) / areas**2


def doubt_factor(
    make_bank: Callable[[float], Bank], answers: Answers, most: float = 4.0
) -> float:
    """Return by how much the doubt about difficulties must be multiplied.

    `make_bank` builds the bank with that factor on the difficulties' standard
    deviations. 1 unless the halves of attempts are surely not honest; otherwise the
    factor, from 1/most to most, at which the ratio of `split_half` is nearest to 1.
    """
    found = split_half(make_bank(1.0), answers)
    if found is None or not found.is_surely_off:
        return 1.0
    low, high = (1.0, most) if found.ratio > 1 else (1 / most, 1.0)
    for _ in range(8):
        middle = math.sqrt(low * high)
        if split_half(make_bank(middle), answers).ratio > 1:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)
