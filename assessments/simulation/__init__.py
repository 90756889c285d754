"""Simulated learners who take the placement, to see what its results are worth.

    world       questions and learners, drawn from the assumed world
    sittings    one learner at a time, with the functions that serve real learners
    cohorts     many side by side, the same attempts, faster
    states      the product at launch, and once answers have taught it
    figures     what attempts are worth beside the truth
    limit       how near that comes to the best possible
    agreement   the engine beside plain integration
    later       second attempts, and a closer look at one area
    work        all this shared out over processes, bank by bank
    report      the figures beside their targets

Positions are in logits.
"""

from .sittings import Result, Sitting, finish, take
from .world import AREA_COUNT, World, draw_learners, draw_world

__all__ = [
    "AREA_COUNT",
    "Result",
    "Sitting",
    "World",
    "draw_learners",
    "draw_world",
    "finish",
    "take",
]
