"""How near the placement comes to the best that any method could do.

The limit is van Trees' (the Bayesian Cramér–Rao bound): no estimate has a smaller mean
squared error than 1 / (mean information + information of the prior). It is granted the
questions that tell most at each learner's true position, which no method knows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assessments.placement import LAUNCH, Settings

from .world import LEARNER_SD, World

QUESTIONS = 30


def one_position(settings: Settings, questions: int = QUESTIONS) -> Settings:
    """Return settings that ask exactly so many questions."""
    return replace(settings, minimum_questions=questions, maximum_questions=questions)


def limit(information, questions: int = QUESTIONS, settings=LAUNCH) -> float:
    """Return the least RMSE, in logits, from the information of each question (n, c).

    One position on the cells of the scale, learners N(0, 1.25²).
    """
    weights = np.exp(-0.5 * (settings.scale / LEARNER_SD) ** 2)
    most = np.sort(information, axis=0)[-questions:].sum(axis=0)
    mean = (most * weights).sum() / weights.sum()
    return float(1 / np.sqrt(mean + LEARNER_SD**-2))


def true_information(world: World, positions) -> np.ndarray:
    """Return what each question tells when every parameter is known (n, positions)."""
    questions = np.arange(world.bank.size)[:, None]
    luck = world.bank.guessing[:, None]
    success = world.success(questions, np.asarray(positions)[None, :])
    knows = (success - luck) / (1 - luck)
    slope = (1 - luck) * world.slope[:, None] * knows * (1 - knows)
    return slope**2 / (success * (1 - success))


def limits(world: World, questions: int = QUESTIONS) -> tuple[float, float]:
    """Return the limit, and the cold limit: when only the author's level is known.

    `world.bank` must be the bank built from the authors' levels.
    """
    settings = world.bank.settings
    known = true_information(world, settings.scale)
    return (
        limit(known, questions, settings),
        limit(world.bank.information, questions, settings),
    )
