"""Simulated learners who take the placement and say what they can do.

The positions, the questions and the answers to them are those of `simulation`. Each
learner also has a true gap in each area, and the statements stand where their authors
put them give or take half a logit, which the engine is not told. A learner who is told
to stand over or under what they have shown had better do so: that is what is measured.

Each attempt is taken once, then heard with several gaps: two drawn from what the engine
believes, then none, one level over, two over and two under in every area.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import placement
from .placement import LAUNCH
from .self_view import (
    ABOVE,
    ANSWERS,
    BELOW,
    SELF_VIEW,
    SelfView,
    SelfViewSettings,
    Statements,
    answer_chances,
    compare,
)
from .simulation.sittings import Sitting, finish
from .simulation.world import AREA_COUNT, World, draw_learners, draw_world

# The levels of the statements of each area, as in content/framework/statements.yaml.
STATEMENT_LEVELS = (
    (1, 2, 3, 4, 5, 7),
    (1, 2, 3, 4, 6, 7),
    (1, 2, 4, 5, 6, 7),
    (1, 2, 3, 4, 5, 7),
    (1, 2, 3, 5, 6, 7),
    (1, 3, 4, 5, 6, 7),
)
# Section 9: least and most.
TARGETS = {"covers": (0.88, 0.92), "false_over": (0.0, 0.01)}
PRIOR = "prior"
NONE, ONE_OVER, TWO_OVER, TWO_UNDER = "none", "one over", "two over", "two under"
LEVELS = {NONE: 0, ONE_OVER: 1, TWO_OVER: 2, TWO_UNDER: -2}
PRIOR_DRAWS = 2


@dataclass(frozen=True, eq=False)
class Heard:
    """What was found of one learner, beside the truth."""

    kind: str  # PRIOR or one of LEVELS
    gaps: np.ndarray  # true ones, in levels (areas,)
    found: SelfView


def simulate_gap(
    learners: int = 640,
    seed: int = 1,
    banks: int = 8,
    bank_size: int = 180,
    settings: placement.Settings = LAUNCH,
    self_settings: SelfViewSettings = SELF_VIEW,
) -> dict[str, float]:
    """Return what the gaps found are worth; `learners` are shared out over `banks`.

    The same arguments give the same figures. Shares go from 0 to 1.
    """
    heard = []
    for world_seed in np.random.SeedSequence(seed).spawn(banks):
        generator = np.random.default_rng(world_seed)
        world = draw_world(bank_size, generator, settings)
        statements = _statements(settings, self_settings)
        places = _true_places(statements, generator)
        for position in draw_learners(max(learners // banks, 1), generator):
            heard += _hear(world, statements, places, position, generator)
    return summarise(heard)


def _statements(settings, self_settings) -> Statements:
    per_area = len(STATEMENT_LEVELS[0])
    area = np.repeat(np.arange(AREA_COUNT), per_area)
    return Statements(area, np.ravel(STATEMENT_LEVELS), settings, self_settings)


def _true_places(statements, generator) -> np.ndarray:
    """Return where the statements of one bank really stand, in logits (n,)."""
    off = statements.settings.place_sd * generator.standard_normal(statements.size)
    return statements.place + off


def _hear(world: World, statements, places, position, generator) -> list[Heard]:
    """Return what is found of one learner at `position` (areas,) with each gap."""
    sitting = Sitting(world, position, generator)
    finish(sitting)
    level = world.bank.settings.level_width
    cases = [
        (PRIOR, _drawn_gaps(statements.settings, generator)) for _ in range(PRIOR_DRAWS)
    ]
    for kind, levels in LEVELS.items():
        cases.append((kind, np.full(AREA_COUNT, levels * level)))
    return [
        Heard(kind, gaps / level, _found(sitting, statements, answers))
        for kind, gaps in cases
        for answers in [_say(statements, places, position + gaps, generator)]
    ]


def _drawn_gaps(settings: SelfViewSettings, generator) -> np.ndarray:
    """Return gaps as the engine believes them to be, in logits (areas,)."""
    tied = settings.gap_common
    own = generator.standard_normal(AREA_COUNT)
    common = generator.standard_normal()
    return settings.gap_sd * (np.sqrt(tied) * common + np.sqrt(1 - tied) * own)


def _say(statements, places, views, generator) -> dict[int, int]:
    """Return the answers of a learner whose self-view stands at `views` (areas,)."""
    distance = views[statements.area] - places
    chances = answer_chances(distance, statements.settings.step_distance)
    reached = np.cumsum(chances, axis=0)[:-1]
    drawn = (generator.random(statements.size) > reached).sum(axis=0)
    return {index: ANSWERS[answer] for index, answer in enumerate(drawn)}


def _found(sitting: Sitting, statements, answers) -> SelfView:
    skipped = [False] * len(sitting.asked)
    return compare(
        sitting.world.bank,
        sitting.asked,
        sitting.scores,
        skipped,
        statements,
        answers,
    )


def summarise(heard: list[Heard]) -> dict[str, float]:
    """Return the figures; those of PRIOR gaps unless the name tells another kind."""
    kinds = (PRIOR, *LEVELS)
    cases = {kind: [one for one in heard if one.kind == kind] for kind in kinds}
    return {
        **_overall(cases[PRIOR]),
        **_areas(cases[PRIOR]),
        "over_without_gap": _share(cases[NONE], ABOVE),
        "one_level_found": _share(cases[ONE_OVER], ABOVE),
        "two_levels_found": _share(cases[TWO_OVER], ABOVE),
        "two_levels_under_found": _share(cases[TWO_UNDER], BELOW),
    }


def _overall(heard: list[Heard]) -> dict[str, float]:
    truth = np.array([case.gaps.mean() for case in heard])
    gaps = [case.found.overall for case in heard]
    side = np.array([gap.side or "" for gap in gaps])
    return {
        "covers": _covers(gaps, truth),
        "false_over": float(((side == ABOVE) & (truth <= 0)).mean()),
        "false_under": float(((side == BELOW) & (truth >= 0)).mean()),
        "sd_logits": float(np.mean([gap.in_logits.sd for gap in gaps])),
        "sd_levels": float(np.mean([gap.sd for gap in gaps])),
    }


def _areas(heard: list[Heard]) -> dict[str, float]:
    truth = np.ravel([case.gaps for case in heard])
    gaps = [gap for case in heard for gap in case.found.areas]
    arrows = np.array([arrow or "" for case in heard for arrow in case.found.arrows])
    is_shown = arrows != ""
    is_wrong = is_shown & ((arrows == ABOVE) != (truth > 0))
    return {
        "area_covers": _covers(gaps, truth),
        "area_sd_logits": float(np.mean([gap.in_logits.sd for gap in gaps])),
        "area_sd_levels": float(np.mean([gap.sd for gap in gaps])),
        "arrows_shown": float(is_shown.mean()),
        "arrows_wrong": float(is_wrong.sum() / max(is_shown.sum(), 1)),
    }


def _covers(gaps, truth) -> float:
    """Return the share of intervals that hold the true gap, in levels."""
    low = np.array([gap.low for gap in gaps])
    high = np.array([gap.high for gap in gaps])
    return float(((low <= truth) & (truth <= high)).mean())


def _share(heard: list[Heard], side: str) -> float:
    """Return the share of learners who are told that they stand on this side."""
    return float(np.mean([case.found.overall.side == side for case in heard]))
