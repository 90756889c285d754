"""States of the product: at launch, then as answers teach what questions are worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assessments.beliefs import Answers
from assessments.calibration import Estimates, expect, link, maximise
from assessments.placement import LAUNCH, Settings

from .world import World, draw_learners

LATER = replace(LAUNCH, prior_sd=1.25, maximum_questions=30)
STATES = {
    "launch": LAUNCH,
    "author": LATER,
    "calibrated-100": LATER,
    "calibrated-300": LATER,
}
SITTING = 30  # questions answered by one learner of the calibration
ROUNDS = 3  # of the two steps; a fourth moves difficulties by at most 0.03


def settings_of(state: str) -> Settings:
    """Return the settings of a state, of section 4 of the reference.

    Raises ValueError when there is no such state.
    """
    if state not in STATES:
        raise ValueError(f"No state {state!r}: one of {', '.join(STATES)}.")
    return STATES[state]


def answers_of(state: str) -> int:
    """Return how many answers each question has had before, 0 without calibration."""
    return int(state.partition("calibrated-")[2] or 0)


def come_to(state: str, world: World, generator) -> World:
    """Return the world once its questions have had the answers of `state`.

    `world.bank` must come from the authors' levels, with the settings of the state.
    """
    each = answers_of(state)
    return calibrated(world, each, generator) if each else world


def calibrated(world: World, each: int, generator) -> World:
    """Return the world with a bank estimated from `each` answers to every question.

    Questions are dealt at random, 30 to a learner, so that all have as many answers.
    The estimates are those of the platform: both steps, inflated doubts, and the
    scale brought back to the authors'.
    """
    bank, answers = world.bank, draw_answers(world, each, generator)
    authors = Estimates.from_levels(world.level, bank.settings)
    found = authors
    for _ in range(ROUNDS):
        seen = found.bank(bank.area, bank.guessing, bank.settings)
        sums, _ = expect(seen, answers, precision=np.float32)
        found = maximise(sums, authors, bank.guessing, bank.settings, start=found)
    found = link(authors, found, sums.count, is_first=True)
    return world.with_bank(found.bank(bank.area, bank.guessing, bank.settings))


def draw_answers(world: World, each: int, generator) -> Answers:
    """Return `each` answers to every question, 30 from one learner at most."""
    size = world.bank.size
    deals = []
    for _ in range(each):
        deals += np.array_split(generator.permutation(size), -(-size // SITTING))
    person = np.repeat(np.arange(len(deals)), [len(deal) for deal in deals])
    item = np.concatenate(deals)
    areas = world.bank.area_count
    learners = draw_learners(len(deals), generator, areas=areas)
    chances = world.success(item, learners[person, world.bank.area[item]])
    score = (generator.random(len(item)) < chances).astype(float)
    return Answers(person, item, score, np.zeros(len(item), dtype=bool))
