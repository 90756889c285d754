"""Figures of one question: what a trainer sees of how it works. Section 6.4.

Pure functions over arrays: no database, no clock, no request, no learner's name. The
position of a learner is always the one that their other answers give, so that a
question is never its own witness. Levels are numbers on the scale of eight: 4.0 is
the middle of level 4.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from .beliefs import Answers, Without
from .placement import LAUNCH, LEVEL_COUNT, Settings, author_difficulty

FEWEST_TO_SHOW = 30
FEWEST_TO_JUDGE = 100
FEWEST_CHOOSERS = 20
FIT_LOW, FIT_HIGH = 0.8, 1.25
WEAK_LINK = 0.15
DEAD_SHARE = 0.05
NORMAL_90 = 1.6448536269514722
SURE = 2.0  # standard errors


class Flag(Enum):
    """Why a question deserves to be read again."""

    MISFIT = "misfit"  # answers surprise more, or less, than chance explains
    WEAK_LINK = "weak_link"  # success says little of the rest of the attempt
    DEAD_CHOICE = "dead_choice"  # almost nobody takes this choice
    TEMPTING_CHOICE = "tempting_choice"  # taken by learners who stand higher
    KEY_BEATEN = "key_beaten"  # the upper third prefers a wrong choice to the key


@dataclass(frozen=True)
class ChoiceFigures:
    choice: Hashable
    is_key: bool
    count: int
    share: float  # of all answers, "I don't know" included
    level: float | None  # mean of those who chose it
    correlation: float | None  # of choosing it with the position
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, eq=False)
class Curves:
    """Who chose what, by the learners' level; shares are nan where nobody is."""

    count: np.ndarray  # (8,) learners of each level
    right: np.ndarray  # (8,) mean score
    expected: np.ndarray  # (8,) mean score that the model expects
    skipped: np.ndarray  # (8,) share of "I don't know"
    chosen: np.ndarray  # (choices, 8) share of each choice


@dataclass(frozen=True)
class QuestionFigures:
    """Figures are None where they cannot be computed."""

    count: int
    right_share: float
    expected_share: float
    level: float  # the author's level that this difficulty is worth
    level_low: float  # ends of the 90 % interval
    level_high: float
    slope: float
    infit: float | None
    outfit: float | None
    rest_correlation: float | None
    expected_rest_correlation: float | None
    skip_share: float
    median_seconds: float | None
    choices: tuple[ChoiceFigures, ...]
    curves: Curves
    flags: tuple[Flag, ...]


def question_figures(
    answers: Answers,
    without: Without,
    item: int,
    difficulty: float,
    difficulty_sd: float,
    log_slope: float,
    *,
    chosen: Sequence[frozenset] | None = None,
    choices: Sequence[Hashable] = (),
    key: frozenset = frozenset(),
    seconds: np.ndarray | None = None,
    settings: Settings = LAUNCH,
) -> QuestionFigures | None:
    """Return the figures of the question `item`; None when it has no answers.

    The flags are those that these figures give; two more come from `fairness`.
    `without` comes from `beliefs.without_each` for the same rows as `answers`.
    `chosen` holds the set of choices made, and `seconds` the time taken (nan when
    unknown), both in the rows of `answers`; `choices` are those of the question, in
    its order, and `key` the correct ones. Leave out what the question does not have.
    """
    rows = answers.rows_of(item)
    if not rows.size:
        return None
    score, skipped = answers.score[rows], answers.skipped[rows]
    success, position = without.success[rows], without.position[rows]
    made = [chosen[row] for row in rows] if chosen is not None else []
    matrix = _choice_matrix(made, choices, len(rows))
    told = _choice_figures(matrix, choices, key, position, settings)
    fit = _fit_figures(score, success, position)
    return QuestionFigures(
        count=len(rows),
        right_share=float(score.mean()),
        expected_share=float(success.mean()),
        **_difficulty_figures(difficulty, difficulty_sd, log_slope, settings),
        **fit,
        skip_share=float(skipped.mean()),
        median_seconds=None if seconds is None else _median(np.asarray(seconds)[rows]),
        choices=told,
        curves=_curves(matrix, score, success, skipped, position, settings),
        flags=_flags(score, told, **fit),
    )


def _difficulty_figures(difficulty, difficulty_sd, log_slope, settings) -> dict:
    """Return the difficulty as a level with the ends of its interval, and the slope."""
    low, high = difficulty + NORMAL_90 * difficulty_sd * np.array([-1, 1])
    return {
        "level": level_of_difficulty(difficulty, settings),
        "level_low": level_of_difficulty(low, settings),
        "level_high": level_of_difficulty(high, settings),
        "slope": float(np.exp(log_slope)),
    }


def _fit_figures(score, success, position) -> dict:
    """Return how answers follow the model, and go with the rest of the attempt."""
    infit, outfit = fit_to_model(score, success)
    link, expected_link = rest_correlations(score, success, position)
    return {
        "infit": infit,
        "outfit": outfit,
        "rest_correlation": link,
        "expected_rest_correlation": expected_link,
    }


# --- Levels -------------------------------------------------------------------------


def level_of_difficulty(difficulty: float, settings: Settings = LAUNCH) -> float:
    """Return the author's level that a difficulty is worth, from 1 to 8."""
    first = author_difficulty(1, settings)
    return _on_scale(1 + (float(difficulty) - first) / settings.level_width)


def level_of_position(position: float, settings: Settings = LAUNCH) -> float:
    """Return a learner's position as a level, from 1 to 8."""
    from_first = float(position) - settings.level_one_middle
    return _on_scale(1 + from_first / settings.level_width)


def _on_scale(level: float) -> float:
    return min(max(level, 1.0), float(LEVEL_COUNT))


# --- Fit and link -------------------------------------------------------------------


def fit_to_model(score, success) -> tuple[float | None, float | None]:
    """Return infit and outfit: surprise seen over surprise expected, 1 when equal.

    Infit weighs each answer by how open it was, outfit weighs all the same. Both
    arguments (m,); None when no answer was open.
    """
    spread = np.asarray(success) * (1 - np.asarray(success))
    open_ones = spread > 1e-9
    if not open_ones.any():
        return None, None
    surprise = (np.asarray(score) - success)[open_ones] ** 2
    spread = spread[open_ones]
    return float(surprise.sum() / spread.sum()), float((surprise / spread).mean())


def rest_correlations(score, success, position) -> tuple[float | None, float | None]:
    """Return how the score goes with the position, and how the model expects it to.

    Questions chosen to suit the learner make both small. (m,) each; None when all
    scores or all positions are equal.
    """
    score_sd, position_sd = np.std(score), np.std(position)
    if score_sd < 1e-9 or position_sd < 1e-9:
        return None, None
    away = (position - np.mean(position)) / (position_sd * score_sd * len(position))
    return float(away @ score), float(away @ success)


def _correlation(one, other) -> float | None:
    return rest_correlations(one, one, other)[0]


def _median(seconds) -> float | None:
    known = seconds[~np.isnan(seconds)]
    return float(np.median(known)) if known.size else None


# --- Choices ------------------------------------------------------------------------


def _choice_matrix(made, choices, size: int) -> np.ndarray:
    """Return whether each choice was made in each answer, bool (choices, m)."""
    if not made:
        return np.zeros((0, size), dtype=bool)
    return np.array(
        [[choice in answer for answer in made] for choice in choices], dtype=bool
    ).reshape(len(choices), size)


def _choice_figures(matrix, choices, key, position, settings) -> tuple:
    """Return the figures of each choice, in order."""
    if not len(matrix):
        return ()
    is_key = np.array([choice in key for choice in choices])
    fully_right = (matrix == is_key[:, None]).all(axis=0)
    prefers = _upper_third(position)
    least_key = matrix[is_key][:, prefers].mean(axis=1).min() if is_key.any() else 1.0
    result = []
    for choice, made, keyed in zip(choices, matrix, is_key, strict=True):
        flags = [] if keyed else _wrong_flags(made, fully_right, position)
        if not keyed and _is_judged(made) and made[prefers].mean() > least_key:
            flags.append(Flag.KEY_BEATEN)
        if len(made) >= FEWEST_TO_JUDGE and made.mean() < DEAD_SHARE:
            flags.append(Flag.DEAD_CHOICE)
        mean = position[made].mean() if made.any() else None
        result.append(
            ChoiceFigures(
                choice=choice,
                is_key=bool(keyed),
                count=int(made.sum()),
                share=float(made.mean()),
                level=None if mean is None else level_of_position(mean, settings),
                correlation=_correlation(made.astype(float), position),
                flags=tuple(flags),
            )
        )
    return tuple(result)


def _is_judged(made) -> bool:
    return len(made) >= FEWEST_TO_SHOW


def _upper_third(position) -> np.ndarray:
    """Return the third of the answers whose learners stand highest, bool (m,)."""
    return position >= np.quantile(position, 2 / 3)


def _wrong_flags(made, fully_right, position) -> list[Flag]:
    """A wrong choice tempts when those who take it stand above those who are right."""
    if min(made.sum(), fully_right.sum()) < FEWEST_CHOOSERS:
        return []
    is_higher = position[made].mean() > position[fully_right].mean()
    return [Flag.TEMPTING_CHOICE] if is_higher else []


# --- Curves and flags ---------------------------------------------------------------


def _curves(matrix, score, success, skipped, position, settings) -> Curves:
    level = np.searchsorted(settings.cut_points, position, side="right")
    count = np.bincount(level, minlength=LEVEL_COUNT)

    def by_level(values):
        sums = np.bincount(level, weights=values, minlength=LEVEL_COUNT)
        return np.where(count > 0, sums / np.maximum(count, 1), np.nan)

    chosen = [by_level(made) for made in matrix]
    return Curves(
        count=count,
        right=by_level(score),
        expected=by_level(success),
        skipped=by_level(skipped),
        chosen=np.array(chosen).reshape(len(matrix), LEVEL_COUNT),
    )


def _flags(
    score, choices, infit, outfit, rest_correlation, expected_rest_correlation
) -> tuple[Flag, ...]:
    """Return the flags of the whole question and of its choices, each once."""
    found = {flag for choice in choices for flag in choice.flags}
    if len(score) >= FEWEST_TO_JUDGE:
        # Parts of an answer vary less than right and wrong: less surprise is no fault.
        has_parts = bool(((score > 0) & (score < 1)).any())
        for fit in (infit, outfit):
            if fit is not None and (
                fit > FIT_HIGH or (fit < FIT_LOW and not has_parts)
            ):
                found.add(Flag.MISFIT)
        if rest_correlation is not None:
            least = expected_rest_correlation - SURE / np.sqrt(len(score))
            if rest_correlation < min(WEAK_LINK, least):
                found.add(Flag.WEAK_LINK)
    return tuple(flag for flag in Flag if flag in found)
