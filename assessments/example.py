"""One simulated placement, computed by the real engine, for the pages that explain it.

Nobody's answers are in it: a learner in the middle of level 4 takes a placement in the
assumed world of `simulation`, then looks closer at one area.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assessments.placement import (
    LAUNCH,
    LEVEL_COUNT,
    LevelRange,
    area_range,
    author_difficulty,
    level_middle,
    level_range,
)
from assessments.self_view import ALONE, NOT_YET, WITH_HELP, Statements, compare
from assessments.simulation.sittings import Sitting, finish
from assessments.simulation.world import AREA_COUNT, draw_learners, draw_world

LEVEL = 4
AREA = 3
BANK_SIZE = 180
SEED = 44
SHOWN_AFTER = (12, 18, 24)


@dataclass(frozen=True)
class Example:
    """Ranges on the way, each with the number of answers that it rests on."""

    overall: tuple[tuple[int, LevelRange], ...]
    area: tuple[tuple[int, LevelRange], ...]  # in the area that is looked at


@lru_cache(maxsize=1)
def example() -> Example:
    """Return the example; always the same, computed once."""
    sitting = placed()
    overall = [
        (count, level_range(after(sitting, count).level_probabilities))
        for count in (*SHOWN_AFTER, len(sitting.asked))
    ]
    area = [range_in_area(sitting)]
    for count in (LAUNCH.closer_first, LAUNCH.closer_second):
        for _n in range(count):
            question = sitting.next_question(sitting.believed(), AREA)
            sitting.answer(question)
        area.append(range_in_area(sitting))
    return Example(tuple(overall), tuple(area))


def placed() -> Sitting:
    """Return the sitting of the example, at the end of its placement."""
    generator = np.random.default_rng(SEED)
    world = draw_world(BANK_SIZE, generator)
    sitting = Sitting(world, np.full(AREA_COUNT, level_middle(LEVEL)), generator)
    finish(sitting)
    return sitting


def after(sitting, count):
    """Return what the first `count` answers say."""
    early = Sitting(sitting.world, sitting.truth, sitting.generator)
    early.asked, early.scores = sitting.asked[:count], sitting.scores[:count]
    return early.believed()


def range_in_area(sitting):
    """Return (answers there, range); `likeliest` is None until it may be named."""
    believed = sitting.believed()
    return int(believed.answered_per_area[AREA]), area_range(believed, AREA)


def success_at(level, settings=LAUNCH):
    """Return the share of questions of a level that each level gets right (8,).

    For the learner in the middle of each level, without lucky guesses, when the
    questions are as hard as their authors believe.
    """
    middles = level_middle(np.arange(1, LEVEL_COUNT + 1), settings)
    return 1 / (1 + np.exp(author_difficulty(level, settings) - middles))


def twenty(count=20, seed=3):
    """Return the true level, and the range said, of some simulated learners.

    A list of (level, LevelRange), by rising level.
    """
    generator = np.random.default_rng(seed)
    world = draw_world(BANK_SIZE, generator)
    found = []
    for truth in draw_learners(count, generator):
        believed = finish(Sitting(world, truth, generator)).posterior
        level = int(np.searchsorted(LAUNCH.cut_points, truth.mean(), side="right")) + 1
        found.append((level, level_range(believed.level_probabilities)))
    return sorted(found, key=lambda pair: (pair[0], pair[1].low, pair[1].high))


# --- beside what one says -------------------------------------------------------------

# The levels of six statements, and three ways to answer them: by the level, what one
# says in each area.
STATEMENT_LEVELS = (1, 2, 3, 4, 5, 7)
SAID = {
    "doubts": (WITH_HELP, WITH_HELP, NOT_YET, NOT_YET, NOT_YET, NOT_YET),
    "agrees": (ALONE, ALONE, ALONE, WITH_HELP, NOT_YET, NOT_YET),
    "sees_more": (ALONE, ALONE, ALONE, ALONE, ALONE, WITH_HELP),
}


def gaps():
    """Return {name of SAID: overall Gap} of the learner of the example."""
    sitting = placed()
    areas = np.repeat(np.arange(AREA_COUNT), len(STATEMENT_LEVELS))
    levels = np.tile(STATEMENT_LEVELS, AREA_COUNT)
    statements = Statements(areas, levels, sitting.world.bank.settings)
    skipped = [False] * len(sitting.asked)
    return {
        name: compare(
            sitting.world.bank,
            sitting.asked,
            sitting.scores,
            skipped,
            statements,
            dict(enumerate(np.tile(said, AREA_COUNT).tolist())),
        ).overall
        for name, said in SAID.items()
    }
