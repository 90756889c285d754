"""Ending: when to stop, how much is left, and the range to say. Section 7.6."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from .believing import Posterior
from .settings import LAUNCH, TINY, Settings


def stop_reason(
    posterior: Posterior, answered_count: int, has_candidates, settings=LAUNCH
) -> str | None:
    """Return why to stop, or None to go on. Section 7.6.

    "precise", "end_of_scale" (surely level 1 or surely level 8), "longest" or
    "no_question". `has_candidates` is one bool, or one per area (`open_areas`): an
    area that has run out is not waited for.
    """
    if answered_count >= settings.minimum_questions:
        too_few = posterior.answered_per_area < settings.minimum_per_area
        waits = bool(np.any(too_few & np.asarray(has_candidates, dtype=bool)))
        if posterior.sd <= settings.precise_sd and not waits:
            return "precise"
        if _is_at_an_end(posterior, settings):
            return "end_of_scale"
    if answered_count >= settings.maximum_questions:
        return "longest"
    return None if np.any(has_candidates) else "no_question"


def _is_at_an_end(posterior: Posterior, settings: Settings) -> bool:
    """Return whether the overall level is surely the first or surely the last.

    Cantelli's inequality spares the sum over levels when the mean is too far inside
    for either end to hold that much.
    """
    sure = settings.end_of_scale
    reach = posterior.sd * math.sqrt((1 - sure) / sure) + settings.scale_step
    lowest, highest = settings.cut_points[0], settings.cut_points[-1]
    if lowest + reach < posterior.mean < highest - reach:
        return False
    levels = posterior.level_probabilities
    return bool(max(levels[0], levels[-1]) >= sure)


def questions_to_go(
    posterior: Posterior, answered_count: int, settings: Settings = LAUNCH
) -> int:
    """Return about how many questions remain; 0 only when the stop rule holds.

    Precision (1 / variance) grows by about the same amount with each answer: the
    learner's own pace so far, steadied by the usual pace, is prolonged.
    """
    if stop_reason(posterior, answered_count, True, settings):
        return 0
    start, reached = posterior.prior_sd**-2, posterior.sd**-2
    target = settings.precise_sd**-2
    usual = settings.questions_per_precision
    steadying = settings.minimum_questions
    pace = (reached - start + steadying / usual) / (answered_count + steadying)
    estimate = math.ceil((target - reached) / max(pace, TINY) - 1e-9)
    fewest = max(1, settings.minimum_questions - answered_count)
    return min(max(estimate, fewest), settings.maximum_questions - answered_count)


@dataclass(frozen=True)
class LevelRange:
    """Levels from 1 to 8: "between `low` and `high`, most likely `likeliest`"."""

    low: int
    high: int
    likeliest: int | None  # None in an area that is not known well enough
    probability: float | None  # of the likeliest level
    held: float  # by the whole range: at least the certainty asked for


def level_range(probabilities, certainty: float = 0.90, fewest: int = 1) -> LevelRange:
    """Return the smallest run of neighbouring levels that holds the certainty.

    Of several such runs, the one that holds most; never fewer than `fewest` levels:
    an area that is not known well enough shows two. Section 7.6.
    """
    probabilities = np.asarray(probabilities, dtype=float)
    below = np.concatenate([[0.0], np.cumsum(probabilities)])
    likeliest = int(probabilities.argmax())
    for length in range(fewest, len(probabilities) + 1):
        runs = below[length:] - below[:-length]
        low = int(runs.argmax())
        if runs[low] >= certainty - 1e-9 or length == len(probabilities):
            break
    return LevelRange(
        low=low + 1,
        high=low + length,
        likeliest=likeliest + 1,
        probability=float(probabilities[likeliest]),
        held=float(runs[low]),
    )


def area_range(posterior: Posterior, area: int) -> LevelRange:
    """Return the range to say of one area, counted from 0.

    Until the area is known well enough, no single level is named: neither as the
    likeliest, nor by a range of one. Section 7.6.
    """
    probabilities = posterior.area_level_probabilities[area]
    if posterior.area_is_precise[area]:
        return level_range(probabilities)
    found = level_range(probabilities, fewest=2)
    return replace(found, likeliest=None, probability=None)
