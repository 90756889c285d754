"""Choosing: the next question, and how often one may be seen. Section 7.5."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .believing import Posterior
from .settings import LAUNCH, TINY, Settings
from .tables import Bank


@dataclass(frozen=True)
class Choice:
    """The next question and why: enough to show a trainer, enough to replay."""

    index: int
    area: int
    shortlist: tuple[tuple[int, float], ...]  # (question, value), best first
    is_easy_start: bool


def candidates(bank, asked, allowed, topics, withheld=None) -> np.ndarray:
    """Return which questions may still be asked in this attempt, bool (n,).

    `asked` are indexes already shown; `allowed` says language, not retired, not seen
    lately; `topics` are numbers, a negative one meaning "no topic", and no topic is
    asked twice. Questions `withheld` to spare them return in an area that has no
    other left. Section 7.5.
    """
    asked = np.asarray(asked, dtype=int)
    topics = np.asarray(topics)
    free = np.array(allowed, dtype=bool)
    free[asked] = False
    used = topics[asked]
    free &= ~(topics[:, None] == used[used >= 0]).any(axis=1)
    if withheld is None:
        return free
    eligible = free & ~np.asarray(withheld, dtype=bool)
    return eligible | (free & ~open_areas(bank, eligible)[bank.area])


def open_areas(bank: Bank, mask: np.ndarray) -> np.ndarray:
    """Return which areas have at least one question in `mask`, bool (areas,)."""
    return np.bincount(bank.area[mask], minlength=bank.area_count) > 0


def choose(
    bank: Bank,
    posterior: Posterior,
    asked,
    allowed,
    topics,
    generator: np.random.Generator,
    withheld=None,
) -> Choice | None:
    """Return the next question, or None when there is none left. Section 7.5.

    Arguments as in `candidates`. Among the areas asked least so far, the area of the
    most useful question is taken, then one of its five most useful at random. The
    first three questions aim lower, so that almost nobody starts with three misses.
    To look closer at one area, allow only its questions.
    """
    asked = np.asarray(asked, dtype=int)
    free = np.flatnonzero(candidates(bank, asked, allowed, topics, withheld))
    if not free.size:
        return None
    asked_per_area = np.bincount(bank.area[asked], minlength=bank.area_count)
    asked_here = asked_per_area[bank.area[free]]
    free = free[asked_here == asked_here.min()]
    is_easy_start = len(asked) < bank.settings.easy_start_questions
    if is_easy_start:
        free = _easy_ones(bank, posterior, free)
    values = _usefulness(bank, posterior, free, is_easy_start)
    if bank.settings.version >= 2:
        # Many questions are as useful as each other: rounding must not decide.
        values = values.astype(np.float32)
    area = bank.area[free[values.argmax()]]
    inside = bank.area[free] == area
    free, values = free[inside], values[inside]
    best = np.argsort(-values, kind="stable")[: bank.settings.shortlist_size]
    shortlist = tuple(zip(free[best].tolist(), values[best].tolist(), strict=True))
    index = shortlist[int(generator.integers(len(shortlist)))][0]
    return Choice(index, int(area), shortlist, is_easy_start)


def _easy_ones(bank, posterior, items) -> np.ndarray:
    """Return the items that this learner most likely succeeds at, or all if none.

    Aiming lower is not enough: a question without lucky guesses tells so much that a
    hard one would still be chosen.
    """
    believed = posterior.area_probabilities[bank.area[items]]
    success = (np.exp(bank.log_right[items]) * believed).sum(axis=1)
    easy = items[success >= bank.settings.easy_start_success]
    return easy if easy.size else items


def _usefulness(bank, posterior, items, is_easy_start) -> np.ndarray:
    """Return the expected fall of the total variance of the areas (items,)."""
    believed = posterior.area_probabilities
    if is_easy_start:
        believed = _shifted_down(believed, bank.settings.easy_start_cells)
    area = bank.area[items]
    information = np.einsum("ic,ic->i", bank.information[items], believed[area])
    gain = (posterior.covariance**2).sum(axis=0)[area]
    own_variance = posterior.covariance.diagonal()[area]
    return gain * information / (1 + information * own_variance)


def _shifted_down(probabilities: np.ndarray, cells: int) -> np.ndarray:
    """Return the same distributions moved `cells` cells towards the easy end."""
    moved = np.zeros_like(probabilities)
    moved[:, : probabilities.shape[1] - cells] = probabilities[:, cells:]
    moved[:, 0] += probabilities[:, :cells].sum(axis=1)
    return moved


def withheld(exposure, generator: np.random.Generator) -> np.ndarray:
    """Return which questions are spared in one attempt, bool (n,).

    Draw it once, at the start, from the attempt's own seed; `exposure` (n,) is the
    eligibility kept by `next_exposure`.
    """
    exposure = np.asarray(exposure, dtype=float)
    return generator.random(len(exposure)) >= exposure


def next_exposure(
    exposure, met_share, offered_share=None, settings: Settings = LAUNCH
) -> np.ndarray:
    """Return tomorrow's eligibility of each question, from 0.02 to 1 (n,).

    `met_share` is the share of the last 1 000 attempts that met the question, and
    `offered_share` its mean eligibility when those attempts started (default: that of
    today, right only if it did not change meanwhile). Their quotient is how often the
    question is met when it may be; without it, one busy week would be punished again
    every night until the week leaves the window. Section 7.5.
    """
    now = np.asarray(exposure, dtype=float)
    offered = now if offered_share is None else np.asarray(offered_share, dtype=float)
    met = np.maximum(np.asarray(met_share, dtype=float), TINY)
    wanted = offered * settings.exposure_target / met
    raised = np.minimum(wanted, now * settings.exposure_growth)
    return np.clip(raised, settings.exposure_floor, 1.0)
