"""Tables that the answers are weighed with: built once, read only."""

from __future__ import annotations

import math

import numpy as np

from .settings import LAUNCH, TINY, Settings, author_difficulty


def _odds_split(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return 1 / (1 + exp(-logits)) and its complement, without loss at the ends."""
    small = np.exp(-np.abs(logits))
    larger = 1.0 / (1.0 + small)
    smaller = small * larger
    upper = logits >= 0
    return np.where(upper, larger, smaller), np.where(upper, smaller, larger)


def _normal_nodes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights that average over a standard normal (count,) each."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


class Prior:
    """What is believed before the answers: areas tied by one shared factor.

    `mean` and `sd` are numbers, or one value per area. `kernel` (areas or 1,
    3 × factor cells, cells) holds the position given the factor: its probabilities,
    then the same times the position and times its square.
    """

    def __init__(self, mean, sd, correlation: float, settings: Settings = LAUNCH):
        mean, sd = np.broadcast_arrays(np.atleast_1d(mean), np.atleast_1d(sd))
        mean, sd = mean[:, None, None], sd[:, None, None]
        centre = mean + math.sqrt(correlation) * sd * settings.factor[:, None]
        spread = sd * math.sqrt(max(1 - correlation, 1e-4))
        density = np.exp(-0.5 * ((settings.scale - centre) / spread) ** 2)
        density /= np.maximum(density.sum(axis=2, keepdims=True), TINY)
        self.density = density
        self.kernel = np.concatenate(
            [density, density * settings.scale, density * settings.scale**2], axis=1
        )
        for table in (self.density, self.kernel):
            table.flags.writeable = False


class Bank:
    """The questions as tables, built once per version of the parameters.

    Arguments are arrays of n questions; `area` counts from 0. All tables are read
    only, so that one bank can serve every request of a process.
    """

    def __init__(
        self,
        area,
        difficulty,
        difficulty_sd,
        log_slope,
        log_slope_sd,
        guessing,
        settings: Settings = LAUNCH,
    ):
        self.settings = settings
        self.area = np.array(area, dtype=int)
        self.size = len(self.area)
        self.area_count = int(self.area.max()) + 1
        self.guessing = np.broadcast_to(np.asarray(guessing, float), self.size).copy()
        self.prior = Prior(
            settings.prior_mean,
            settings.prior_sd,
            settings.prior_correlation,
            settings,
        )
        self._build(
            *(
                np.broadcast_to(np.asarray(values, float), self.size)
                for values in (difficulty, difficulty_sd, log_slope, log_slope_sd)
            )
        )
        for table in vars(self).values():
            if isinstance(table, np.ndarray):
                table.flags.writeable = False

    def _build(self, difficulty, difficulty_sd, log_slope, log_slope_sd):
        """Fill the tables (n, cells): knows, information, logarithms of an answer."""
        knows = np.zeros((self.size, self.settings.scale_cells))
        lacks, steepness = np.zeros_like(knows), np.zeros_like(knows)
        slope_nodes, slope_weights = _normal_nodes(self.settings.slope_nodes)
        shift_nodes, shift_weights = _normal_nodes(self.settings.difficulty_nodes)
        for slope_node, slope_weight in zip(slope_nodes, slope_weights, strict=True):
            slope = np.exp(log_slope + log_slope_sd * slope_node)[:, None]
            for node, node_weight in zip(shift_nodes, shift_weights, strict=True):
                place = (difficulty + difficulty_sd * node)[:, None]
                right, wrong = _odds_split(slope * (self.settings.scale - place))
                weight = slope_weight * node_weight
                knows += weight * right
                lacks += weight * wrong
                steepness += weight * slope * right * wrong
        self.knows, self.lacks = knows, np.maximum(lacks, TINY)
        luck = self.guessing[:, None]
        success = np.maximum(luck + (1 - luck) * knows, TINY)
        variance = np.maximum(success * (1 - luck) * lacks, TINY)
        self.information = ((1 - luck) * steepness) ** 2 / variance
        self.log_right, self.log_wrong = np.log(success), np.log(self.lacks)

    @classmethod
    def from_levels(cls, area, level, guessing, settings: Settings = LAUNCH) -> Bank:
        """Return a bank that knows only the level given by each question's author."""
        seeds = np.array([author_difficulty(n, settings) for n in range(1, 9)])
        return cls(
            area,
            seeds[np.asarray(level, int) - 1],
            settings.author_difficulty_sd,
            0.0,
            settings.author_log_slope_sd,
            guessing,
            settings,
        )
