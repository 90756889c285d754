"""Every constant of the placement, and what an author's level is worth."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from functools import cached_property

import numpy as np

TINY = 1e-300  # keeps a product that underflowed from becoming 0/0
LEVEL_COUNT = 8


class SharedFactor:
    """The factor that areas share, as cells; for settings with the three fields."""

    factor_low: float
    factor_step: float
    factor_cells: int

    @cached_property
    def factor(self) -> np.ndarray:
        """Values of the factor, in its own standard deviations (factor cells,)."""
        return self.factor_low + self.factor_step * np.arange(self.factor_cells)

    @cached_property
    def factor_weights(self) -> np.ndarray:
        """Prior weight of each value of the factor, sum 1 (factor cells,)."""
        weights = np.exp(-0.5 * self.factor**2)
        return weights / weights.sum()


@dataclass(frozen=True)
class Settings(SharedFactor):
    """Every constant of the engine, versioned and stored with each attempt."""

    version: int = 2  # from 2 on, `choose` does not see the last digits
    # The scale: midpoints of cells, in logits. Cut points must fall on cell edges.
    scale_low: float = -8.0
    scale_step: float = 0.16
    scale_cells: int = 100
    cut_points: tuple[float, ...] = (-2.4, -1.6, -0.8, 0.0, 0.8, 1.6, 2.4)
    # The factor that the areas share, in its own standard deviations.
    factor_low: float = -5.0
    factor_step: float = 0.25
    factor_cells: int = 41
    # What is believed of a learner before the first answer.
    prior_mean: float = 0.0
    prior_sd: float = 1.5
    prior_correlation: float = 0.5
    # What an author's level is worth before a question has been calibrated.
    level_one_middle: float = -2.8
    level_width: float = 0.8
    middle_success: float = 0.62
    author_difficulty_sd: float = 0.5
    author_log_slope_sd: float = 0.3
    slope_nodes: int = 5
    difficulty_nodes: int = 9
    # When to stop, in questions and in logits of the overall position.
    resume_under: int = 6
    minimum_questions: int = 12
    minimum_per_area: int = 2
    maximum_questions: int = 36
    precise_sd: float = 0.45
    area_precise_sd: float = 0.60
    end_of_scale: float = 0.95
    questions_per_precision: float = 7.0
    # How to choose the next question.
    shortlist_size: int = 5
    easy_start_questions: int = 3
    easy_start_success: float = 0.60
    easy_start_cells: int = 10
    # How often one question may be seen.
    exposure_target: float = 0.35
    exposure_growth: float = 1.25
    exposure_floor: float = 0.02
    exposure_window: int = 1000
    # What is said to the learner.
    certainty: float = 0.90
    # What a second attempt starts from.
    retake_drift_sd: float = 0.8
    retake_days: int = 365  # an older result says nothing of today
    # A closer look at one area: questions of its first and of its second round.
    closer_first: int = 8
    closer_second: int = 7
    # A question of which only the wording changed.
    wording_difficulty_sd: float = 0.3

    def to_dict(self) -> dict:
        """Return plain values that JSON can hold; `from_dict` reads them back."""
        return asdict(self) | {"cut_points": list(self.cut_points)}

    @classmethod
    def from_dict(cls, values: dict) -> Settings:
        """Rebuild settings; a name this version does not know is an error."""
        unknown = set(values) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"Unknown placement settings: {sorted(unknown)}.")
        cut_points = values.get("cut_points", cls.cut_points)
        return cls(**values | {"cut_points": tuple(cut_points)})

    @cached_property
    def scale(self) -> np.ndarray:
        """Midpoints of the cells of the scale, in logits (cells,)."""
        return self.scale_low + self.scale_step * (np.arange(self.scale_cells) + 0.5)

    @cached_property
    def level_starts(self) -> np.ndarray:
        """First cell of each level (8,)."""
        edges = (np.array(self.cut_points) - self.scale_low) / self.scale_step
        cells = np.rint(edges)
        if np.abs(edges - cells).max() > 1e-6 or len(cells) != LEVEL_COUNT - 1:
            raise ValueError("Seven cut points are needed, each on the edge of a cell.")
        return np.concatenate([[0], cells.astype(int)])


LAUNCH = Settings()


def level_middle(level, settings: Settings = LAUNCH):
    """Return the middle of a level (1-8), in logits; a number, or an array alike."""
    level = np.asarray(level, dtype=int)
    if ((level < 1) | (level > LEVEL_COUNT)).any():
        raise ValueError(f"Level {level} is not between 1 and {LEVEL_COUNT}.")
    return settings.level_one_middle + settings.level_width * (level - 1)


def author_difficulty(level: int, settings: Settings = LAUNCH) -> float:
    """Return the difficulty, in logits, of a question its author calls `level` (1-8).

    A learner in the middle of that level answers it correctly 62 times in 100.
    """
    odds = settings.middle_success / (1 - settings.middle_success)
    return float(level_middle(level, settings)) - math.log(odds)


def guessing(kind: str, choices: float) -> float:
    """Return the share of lucky guesses of a kind of question, 0 to 1.

    One right answer among `choices`: 1/choices ("single", "spots"; "linked", whose
    `choices` is the mean number of choices of its parts). 0 for the other kinds.
    """
    return 1.0 / choices if kind in ("single", "spots", "linked") and choices else 0.0
