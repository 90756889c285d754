"""One learner at a time, with the very functions that serve real learners."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from assessments import placement
from assessments.placement import Posterior, Prior, Settings

from .world import World

ANNOUNCED_AFTER = 12


@dataclass(frozen=True)
class Result:
    """A finished attempt, beside the truth."""

    asked: tuple[int, ...]
    reason: str
    truth: np.ndarray  # (areas,)
    posterior: Posterior
    announced: int | None  # questions to go, as announced after 12 answers


@dataclass
class Sitting:
    """One attempt under way: a learner at `truth` (areas,) before the engine.

    `allowed` (n,) leaves out what earlier attempts asked; `prior` replaces the bank's
    own on a second attempt.
    """

    world: World
    truth: np.ndarray
    generator: np.random.Generator
    withheld: np.ndarray | None = None
    allowed: np.ndarray | None = None
    prior: Prior | None = None
    asked: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def believed(self, prior: Prior | None = None) -> Posterior:
        """Return what the answers say so far."""
        skipped = [False] * len(self.asked)
        return placement.posterior(
            self.world.bank, self.asked, self.scores, skipped, prior or self.prior
        )

    def next_question(self, believed: Posterior, area: int | None = None) -> int | None:
        """Return the platform's choice, in one area only to look closer there."""
        bank = self.world.bank
        allowed = np.ones(bank.size, bool) if self.allowed is None else self.allowed
        if area is not None:
            allowed = allowed & (bank.area == area)
        choice = placement.choose(
            bank,
            believed,
            self.asked,
            allowed,
            np.arange(bank.size),  # each question has its own topic here
            self.generator,
            self.withheld,
        )
        return choice and choice.index

    def answer(self, question: int) -> None:
        """Let the learner answer, by the true probability of success."""
        position = self.truth[self.world.bank.area[question]]
        chance = self.world.success(question, position)
        self.asked.append(question)
        self.scores.append(float(self.generator.random() < chance))


def take(world: World, truth, generator, exposure=None) -> Result:
    """Return the attempt of one learner whose true positions are `truth` (areas,)."""
    spared = None if exposure is None else placement.withheld(exposure, generator)
    return finish(Sitting(world, truth, generator, spared))


def finish(sitting: Sitting, settings: Settings | None = None) -> Result:
    """Ask until the engine stops; `settings` replaces the bank's rule for stopping."""
    settings, announced = settings or sitting.world.bank.settings, None
    while True:
        believed = sitting.believed()
        question = sitting.next_question(believed)
        count = len(sitting.asked)
        reason = placement.stop_reason(believed, count, question is not None, settings)
        if reason:
            asked = tuple(sitting.asked)
            return Result(asked, reason, sitting.truth, believed, announced)
        if count == ANNOUNCED_AFTER:
            announced = placement.questions_to_go(believed, count, settings)
        sitting.answer(question)
