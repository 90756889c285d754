"""What is believed of questions, before and after answers, on one scale."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from assessments.placement import LAUNCH, Bank, Settings, author_difficulty

FEWEST_TO_PUBLISH = 30
SMALLEST_MOVE = 0.1
FEWEST_TO_LINK = 100


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
        seeds = [author_difficulty(int(n), settings) for n in level]
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


def moved(before: Estimates, after: Estimates, counts) -> np.ndarray:
    """Return which questions with 30 answers moved by more than 0.1, bool (n,)."""
    is_far = np.abs(after.difficulty - before.difficulty) > SMALLEST_MOVE
    return is_far & (np.asarray(counts) >= FEWEST_TO_PUBLISH)
