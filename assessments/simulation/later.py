"""After a first placement: a second one, and a closer look at one area.

One learner at a time, with the functions that serve real learners.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from assessments import placement
from assessments.placement import LAUNCH, Posterior

from .cohorts import adaptive, settled
from .figures import NORMAL_90, true_level
from .sittings import Sitting, finish
from .states import come_to, settings_of
from .world import World, draw_learners, draw_world

GAINS = (0.0, 0.4, 0.8)  # true gains between two attempts, in logits
PRIORS = ("fresh", "widened")
SECOND_LONGEST = 24
PROGRESS_FROM = 0.9
CLOSER = (0, 8, 15)  # more questions in the area


@dataclass(frozen=True)
class Second:
    """A second attempt beside the truth and the first. Positions in logits."""

    gain: float
    prior: str
    questions: int
    error: float  # of the second position
    sd: float
    gain_seen: float  # the second position less the first
    says_progress: bool


def retakes(learners: int, seed, size: int, state: str) -> list[Second]:
    """Return the second attempts of learners at one bank, for each gain and prior."""
    generator = np.random.default_rng(seed)
    world = _world(size, state, generator)
    exposure = settled(adaptive, world, seed)
    found = []
    for truth in draw_learners(learners, generator):
        first = _first(world, truth, generator, exposure)
        found += [
            _second(first, gain, prior, generator, exposure)
            for gain in GAINS
            for prior in PRIORS
        ]
    return found


def _world(size, state, generator) -> World:
    world = draw_world(size, generator, settings_of(state))
    return come_to(state, world, generator)


def _first(world, truth, generator, exposure) -> Sitting:
    """Return a finished sitting."""
    spared = placement.withheld(exposure, generator)
    sitting = Sitting(world, truth, generator, spared)
    finish(sitting)
    return sitting


def _second(first: Sitting, gain, prior, generator, exposure) -> Second:
    """Take the placement again, `gain` logits higher, without the same questions."""
    world, before = first.world, first.believed()
    settings = world.bank.settings
    allowed = np.ones(world.bank.size, dtype=bool)
    allowed[first.asked] = False
    sitting = Sitting(
        world=world,
        truth=first.truth + gain,
        generator=generator,
        withheld=placement.withheld(exposure, generator),
        allowed=allowed,
        prior=placement.prior_after(before, settings) if prior == "widened" else None,
    )
    shorter = replace(settings, maximum_questions=SECOND_LONGEST)
    found = finish(sitting, shorter).posterior
    alone = sitting.believed(world.bank.prior)
    progress = placement.probability_of_progress(before, alone)
    return Second(
        gain=gain,
        prior=prior,
        questions=len(sitting.asked),
        error=found.mean - sitting.truth.mean(),
        sd=found.sd,
        gain_seen=found.mean - before.mean,
        says_progress=progress >= PROGRESS_FROM,
    )


def retake_rows(found: list[Second]) -> list[dict[str, float | str]]:
    """Return one row for each gain and prior; shares go from 0 to 1."""
    return [
        {"gain": gain, "prior": prior, **_retake_row(found, gain, prior)}
        for gain in GAINS
        for prior in PRIORS
    ]


def _retake_row(found, gain, prior) -> dict[str, float]:
    rows = [one for one in found if (one.gain, one.prior) == (gain, prior)]
    error = np.array([one.error for one in rows])
    sd = np.array([one.sd for one in rows])
    seen = np.array([one.gain_seen for one in rows])
    return {
        "rmse": float(np.sqrt((error**2).mean())),
        "bias": float(error.mean()),
        "covers": float((np.abs(error) <= NORMAL_90 * sd).mean()),
        "questions": float(np.mean([one.questions for one in rows])),
        "gain_seen": float(seen.mean()),
        "gain_rmse": float(np.sqrt(((seen - gain) ** 2).mean())),
        "says_progress": float(np.mean([one.says_progress for one in rows])),
    }


@dataclass(frozen=True)
class Look:
    """What is known of one area after `more` questions there. Positions in logits."""

    more: int
    error: float
    sd: float
    is_precise: bool
    levels_shown: int
    holds: bool


def closer_looks(learners: int, seed, size: int, state: str) -> list[Look]:
    """Return what is known of one area, after the placement and with more questions."""
    generator = np.random.default_rng(seed)
    world = _world(size, state, generator)
    exposure = settled(adaptive, world, seed)
    found = []
    for number, truth in enumerate(draw_learners(learners, generator)):
        sitting = _first(world, truth, generator, exposure)
        found += _looks(sitting, number % world.bank.area_count)
    return found


def _looks(sitting: Sitting, area: int) -> list[Look]:
    """Ask more in one area; say what is known at each stop."""
    looks, asked = [], 0
    for more in CLOSER:
        while asked < more:
            question = sitting.next_question(sitting.believed(), area)
            if question is None:
                break
            sitting.answer(question)
            asked += 1
        looks.append(_look(more, sitting.believed(), area, sitting.truth[area]))
    return looks


def _look(more: int, believed: Posterior, area: int, truth: float) -> Look:
    shown = placement.level_range(
        believed.area_level_probabilities[area], LAUNCH.certainty
    )
    level = int(true_level(np.array(truth), LAUNCH)) + 1
    return Look(
        more=more,
        error=float(believed.area_mean[area] - truth),
        sd=float(believed.area_sd[area]),
        is_precise=bool(believed.area_is_precise[area]),
        levels_shown=shown.high - shown.low + 1,
        holds=shown.low <= level <= shown.high,
    )


def closer_rows(found: list[Look]) -> list[dict[str, float]]:
    """Return one row for each stop; shares go from 0 to 1."""
    return [
        {"more": more, **_closer_row([one for one in found if one.more == more])}
        for more in CLOSER
    ]


def _closer_row(looks: list[Look]) -> dict[str, float]:
    error = np.array([look.error for look in looks])
    sd = np.array([look.sd for look in looks])
    return {
        "sd": float(sd.mean()),
        "precise": float(np.mean([look.is_precise for look in looks])),
        "rmse": float(np.sqrt((error**2).mean())),
        "covers": float((np.abs(error) <= NORMAL_90 * sd).mean()),
        "levels_shown": float(np.mean([look.levels_shown for look in looks])),
        "holds": float(np.mean([look.holds for look in looks])),
    }
