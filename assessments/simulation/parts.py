"""What one report is made of, one draw of the questions at a time.

Each function takes plain values and a seed, and returns plain arrays or numbers: any
process may run it, and the same arguments give the same result.
"""

from __future__ import annotations

import numpy as np

from assessments.calibration import expect, link, maximise
from assessments.fairness_simulation import (
    adaptive_answers,
    differences,
    draw_authored,
)
from assessments.self_view_simulation import simulate_gap

from . import agreement, cohorts, later
from .cohorts import WARM_UP, adaptive, fixed_form, random_order, take_together
from .figures import Attempts
from .limit import limits, one_position
from .states import SITTING, calibrated, come_to, settings_of
from .world import AREA_CORRELATION, draw_learners, draw_world

WAYS = {"adaptive": adaptive, "fixed": fixed_form, "random": random_order}
GROUP = 500
HEARD = {100: (75, 150), 300: (300, 500)}  # answers on average: fewest, most
GROUP_ROUNDS = 5
REPLAYED = 32
REPLAYED_EXPOSURE = 0.7
REPLAYED_ANSWERS = 20  # per question: enough that no two questions look alike


def attempts(
    seed: np.random.SeedSequence,
    size: int,
    state: str,
    learners: dict[str, int],
    warm_up: int = WARM_UP,
    correlation: float = AREA_CORRELATION,
) -> dict[str, Attempts]:
    """Return attempts at one bank, for each way of choosing named in `learners`.

    The first `warm_up` attempts of the platform's way are not among them.
    """
    generator = np.random.default_rng(seed)
    world = draw_world(size, generator, settings_of(state))
    world = come_to(state, world, generator)
    found = {}
    for name, count in learners.items():
        first = warm_up if name == "adaptive" else 0
        people = draw_learners(first + count, generator, correlation)
        [own] = seed.spawn(1)
        results = cohorts.simulate(WAYS[name], world, people, own)
        found[name] = Attempts.of(results[first:])
    return found


def share_of_limit(
    seed: np.random.SeedSequence, state: str, learners: int, size: int = 180
) -> dict[str, float]:
    """Return mean squares, in logits², with one position and 30 questions.

    "error" is that of the placement, "limit" and "cold" those that no method can beat.
    """
    generator = np.random.default_rng(seed)
    settings = one_position(settings_of(state))
    at_launch = draw_world(size, generator, settings, areas=1)
    world = come_to(state, at_launch, generator)
    people = draw_learners(learners, generator, areas=1)
    generators = [np.random.default_rng(child) for child in seed.spawn(learners)]
    results = take_together(adaptive, world, people, generators)
    errors = [result.posterior.mean - result.truth.mean() for result in results]
    limit, cold = limits(at_launch)
    return {
        "error": float(np.square(errors).mean()),
        "limit": limit**2,
        "cold": cold**2,
    }


def replay(seed: np.random.SeedSequence, learners: int = REPLAYED) -> dict[str, float]:
    """Compare attempts side by side with the same taken one by one.

    With a bank that has had a few answers: at launch two questions may be equal, and
    which comes first is then a matter of rounding.
    """
    generator = np.random.default_rng(seed)
    world = draw_world(180, generator)
    world = calibrated(world, REPLAYED_ANSWERS, generator)
    found = cohorts.replayed(
        world,
        draw_learners(learners, generator),
        int(generator.integers(2**31)),
        np.full(world.bank.size, REPLAYED_EXPOSURE),
    )
    return {
        "replay_same": found.same_questions / found.attempts,
        "replay_difference": found.difference,
    }


def agree(seed: np.random.SeedSequence) -> dict[str, float]:
    """Compare the engine with plain integration."""
    number = int(np.random.default_rng(seed).integers(2**31))
    return {
        "agreement_one": agreement.largest_difference(1, number),
        "agreement_two": agreement.largest_difference(2, number),
    }


def fairness(seed: np.random.SeedSequence) -> dict[str, float]:
    """Return how often questions are flagged between two groups of 500 learners."""
    found = differences(GROUP, 1.0, GROUP_ROUNDS, np.random.default_rng(seed))
    return {"dif_clean": found["clean_p"], "dif_found": found["found_p"]}


def difficulty(seed: np.random.SeedSequence, size: int = 180) -> dict[str, float]:
    """Return mean squares, in logits², of difficulties after adaptive attempts.

    "all_…" of every question, after 100 and 300 answers to each on average; "rmse_…"
    of those that have had about 100, and 300 to 500: a placement asks some rarely.
    """
    generator, found = np.random.default_rng(seed), {}
    truth, authors = draw_authored(size, generator)
    for each, (fewest, most) in HEARD.items():
        learners = draw_learners(each * size // SITTING, generator)
        answers = adaptive_answers(truth, learners, generator)
        sums, _ = expect(truth.bank, answers)
        estimates = maximise(sums, authors, truth.bank.guessing)
        estimates = link(authors, estimates, sums.count, is_first=True)
        square = (estimates.difficulty - truth.difficulty) ** 2
        is_heard = (fewest <= sums.count) & (sums.count <= most)
        found[f"rmse_{each}"] = float(square[is_heard].mean())
        found[f"all_{each}"] = float(square.mean())
    return found


def gap(seed: np.random.SeedSequence, learners: int) -> dict[str, float]:
    """Return what is found of the gap between self-view and result, at one bank."""
    number = int(np.random.default_rng(seed).integers(2**31))
    found = simulate_gap(learners=learners, seed=number, banks=1)
    return {"gap_covers": found["covers"], "gap_false_over": found["false_over"]}


def retakes(seed: np.random.SeedSequence, **asked) -> list[later.Second]:
    return later.retakes(seed=seed, **asked)


def closer_looks(seed: np.random.SeedSequence, **asked) -> list[later.Look]:
    return later.closer_looks(seed=seed, **asked)
