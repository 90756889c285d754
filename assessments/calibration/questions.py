"""Sums in, the most likely difficulty and slope of each question out (the M step)."""

from __future__ import annotations

import numpy as np

from assessments.placement import LAUNCH, TINY, Settings

from .estimates import Estimates
from .sums import Sums

SD_INFLATION = 1.2  # the learners' positions are known only roughly
STEEPEST_LOG_SLOPE = 2.5
SETTLED = 1e-5  # logits: the search for the most likely value ends


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
