"""The engine beside plain integration, written another way: fine grids, plain sums.

The tests compare more, with a library too; this puts the largest difference into
every report.
"""

from __future__ import annotations

import numpy as np

from assessments import placement
from assessments.placement import LAUNCH, Bank

ATTEMPTS = 12
ANSWERS = 24
SIZE = 96
PARTS = np.linspace(-6, 6, 61)  # of an uncertainty, in its standard deviations
DISTANCES = np.linspace(-16, 16, 3201)  # from a difficulty, in logits


def largest_difference(areas: int, seed: int) -> float:
    """Return the largest difference of a mean or SD, in logits, with 1 or 2 areas.

    Over attempts from nearly all wrong to nearly all right.
    """
    axis = np.linspace(-9, 9, {1: 3601, 2: 301}[areas])
    points = np.stack(np.meshgrid(*[axis] * areas, indexing="ij"), axis=-1)
    points, known = points.reshape(-1, areas), _known_at_distances()
    numbers = np.arange(SIZE)
    area = numbers % areas
    level = numbers // areas % placement.LEVEL_COUNT + 1
    luck = np.where(numbers % 5 < 3, 0.2, 0.0)
    bank = Bank.from_levels(area, level, luck)
    generator, largest = np.random.default_rng([seed, areas]), 0.0
    for share in np.linspace(0.05, 0.95, ATTEMPTS):
        items = generator.choice(SIZE, ANSWERS, replace=False)
        right = generator.random(ANSWERS) < share
        found = placement.posterior(bank, items, right, np.zeros(ANSWERS, bool))
        weight = _log_prior(points)
        for item, was_right in zip(items, right, strict=True):
            place = placement.author_difficulty(level[item])
            knows = np.interp(points[:, area[item]] - place, DISTANCES, known)
            success = luck[item] + (1 - luck[item]) * knows
            weight += np.log(success if was_right else 1 - success)
        mean, sd = _mean_and_sd(points, weight)
        apart = np.abs([found.area_mean - mean, found.area_sd - sd]).max()
        largest = max(largest, float(apart))
    return largest


def _known_at_distances() -> np.ndarray:
    """Return the chance of knowing at DISTANCES, both uncertainties summed out."""
    weights = np.exp(-0.5 * PARTS**2)
    weights /= weights.sum()
    known = np.zeros(len(DISTANCES))
    for slope_part, slope_weight in zip(PARTS, weights, strict=True):
        slope = np.exp(LAUNCH.author_log_slope_sd * slope_part)
        for part, weight in zip(PARTS, weights, strict=True):
            logit = slope * (DISTANCES - LAUNCH.author_difficulty_sd * part)
            known += slope_weight * weight * 0.5 * (1 + np.tanh(logit / 2))
    return known


def _log_prior(points) -> np.ndarray:
    """Return the log density of areas that correlate, up to a constant (m,)."""
    areas = points.shape[1]
    tied = np.full((areas, areas), LAUNCH.prior_correlation)
    np.fill_diagonal(tied, 1.0)
    away = (points - LAUNCH.prior_mean) / LAUNCH.prior_sd
    return -0.5 * np.einsum("ma,ab,mb->m", away, np.linalg.inv(tied), away)


def _mean_and_sd(points, log_weight) -> tuple[np.ndarray, np.ndarray]:
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    mean = weight @ points
    return mean, np.sqrt(weight @ (points - mean) ** 2)
