"""What attempts are worth: their figures beside the truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields

import numpy as np

from assessments import placement
from assessments.placement import Settings

from .cohorts import met_share
from .sittings import ANNOUNCED_AFTER, Result

NORMAL_90 = 1.6448536269514722
FEWEST_STATED = 200  # chances of a level in one tenth, to compare with what happened


@dataclass(frozen=True, eq=False)
class Attempts:
    """Finished attempts as arrays, one row per learner; small enough to send about.

    Levels count from 0; `levels` are probabilities, `shown` the first and last level
    of the range.
    """

    truth: np.ndarray  # (people, areas)
    mean: np.ndarray  # (people,)
    sd: np.ndarray  # (people,)
    levels: np.ndarray  # (people, 8)
    shown: np.ndarray  # (people, 2)
    area_mean: np.ndarray  # (people, areas)
    area_sd: np.ndarray  # (people, areas)
    area_levels: np.ndarray  # (people, areas, 8)
    area_shown: np.ndarray  # (people, areas, 2)
    count: np.ndarray  # (people,)
    reason: np.ndarray  # (people,)
    announced: np.ndarray  # (people,), -1 where nothing was announced
    asked: np.ndarray  # (people, longest), -1 after the last

    def __len__(self) -> int:
        return len(self.truth)

    @classmethod
    def of(cls, results: list[Result]) -> Attempts:
        """Gather results; there must be at least one."""
        found = [result.posterior for result in results]
        certainty = found[0].settings.certainty
        levels = np.array([p.level_probabilities for p in found])
        area_levels = np.array([p.area_level_probabilities for p in found])
        return cls(
            truth=np.array([result.truth for result in results]),
            mean=np.array([p.mean for p in found]),
            sd=np.array([p.sd for p in found]),
            levels=levels,
            shown=_shown(levels, certainty),
            area_mean=np.array([p.area_mean for p in found]),
            area_sd=np.array([p.area_sd for p in found]),
            area_levels=area_levels,
            area_shown=_shown(area_levels, certainty),
            count=np.array([len(result.asked) for result in results]),
            reason=np.array([result.reason for result in results]),
            announced=np.array(
                [-1 if r.announced is None else r.announced for r in results]
            ),
            asked=_padded([result.asked for result in results]),
        )

    @classmethod
    def together(cls, parts: list[Attempts]) -> Attempts:
        """Join attempts at several banks; then `asked` has no meaning and is empty."""
        names = {f.name for f in fields(cls)} - {"asked"}
        joined = {n: np.concatenate([getattr(p, n) for p in parts]) for n in names}
        return cls(**joined, asked=np.empty((len(joined["truth"]), 0), dtype=int))


def _shown(levels, certainty) -> np.ndarray:
    """Return the first and last level of each range (..., 2), from (..., 8)."""
    rows = levels.reshape(-1, levels.shape[-1])
    found = [placement.level_range(row, certainty) for row in rows]
    ends = np.array([(one.low - 1, one.high - 1) for one in found])
    return ends.reshape(*levels.shape[:-1], 2)


def _padded(lists) -> np.ndarray:
    longest = max(map(len, lists))
    return np.array([[*asked] + [-1] * (longest - len(asked)) for asked in lists], int)


def summarise(attempts: Attempts, settings: Settings) -> dict[str, float]:
    """Return the figures that do not belong to one bank; shares go from 0 to 1."""
    reasons = Counter(attempts.reason.tolist())
    return {
        "questions": float(attempts.count.mean()),
        "precise": reasons["precise"] / len(attempts),
        "end_of_scale": reasons["end_of_scale"] / len(attempts),
        **overall(attempts, settings),
        **by_area(attempts, settings),
        "announced": announced_error(attempts),
    }


def overall(attempts: Attempts, settings: Settings) -> dict[str, float]:
    truth = attempts.truth.mean(axis=1)
    gap = attempts.mean - truth
    return {
        "rmse": float(np.sqrt((gap**2).mean())),
        "bias": float(gap.mean()),
        "covers": float((np.abs(gap) <= NORMAL_90 * attempts.sd).mean()),
        **_levels(attempts.levels, attempts.shown, true_level(truth, settings)),
    }


def by_area(attempts: Attempts, settings: Settings) -> dict[str, float]:
    """Return the same figures over every area of every learner."""
    gap = attempts.area_mean - attempts.truth
    count = attempts.levels.shape[-1]
    levels = _levels(
        attempts.area_levels.reshape(-1, count),
        attempts.area_shown.reshape(-1, 2),
        true_level(attempts.truth.ravel(), settings),
    )
    return {
        "area_rmse": float(np.sqrt((gap**2).mean())),
        "area_covers": float((np.abs(gap) <= NORMAL_90 * attempts.area_sd).mean()),
        **{f"area_{name}": value for name, value in levels.items()},
    }


def true_level(truth: np.ndarray, settings: Settings) -> np.ndarray:
    """Return the level of each position, counted from 0."""
    return np.searchsorted(settings.cut_points, truth, side="right")


def _levels(probabilities, shown, level) -> dict[str, float]:
    """Compare what is said of levels (rows, 8) and (rows, 2) with the truth (rows,)."""
    low, high = shown.T
    distance = np.abs(probabilities.argmax(axis=1) - level)
    return {
        "exact": float((distance == 0).mean()),
        "within_one": float((distance <= 1).mean()),
        "levels_shown": float((high - low + 1).mean()),
        "range_holds": float(((low <= level) & (level <= high)).mean()),
        "level_error": level_error(probabilities, level),
    }


def level_error(probabilities, level, fewest: int = FEWEST_STATED) -> float:
    """Return the largest gap between a stated chance of a level and what happened.

    Stated chances are pooled in tenths; tenths with fewer than `fewest` are left out.
    """
    happened = level[:, None] == np.arange(probabilities.shape[1])
    tenth = np.minimum((probabilities * 10).astype(int), 9)
    gaps = [0.0]
    for number in range(10):
        inside = tenth == number
        if inside.sum() >= fewest:
            gaps.append(abs(probabilities[inside].mean() - happened[inside].mean()))
    return float(max(gaps))


def exposure(attempts: Attempts, size: int) -> dict[str, float]:
    """Busiest question, and the share of questions that two learners have in common.

    For attempts at one bank of `size` questions.
    """
    asked = [row[row >= 0] for row in attempts.asked]
    met, people = met_share(asked, size), len(asked)
    pairs = (met * people * (met * people - 1)).sum() / max(people * (people - 1), 1)
    return {"busiest": float(met.max()), "overlap": float(pairs / met.sum())}


def announced_error(attempts: Attempts) -> float:
    """Return the mean distance between "about N to go" and what really followed."""
    told = attempts.announced >= 0
    followed = attempts.count[told] - ANNOUNCED_AFTER
    return float(np.abs(followed - attempts.announced[told]).mean()) if any(told) else 0
