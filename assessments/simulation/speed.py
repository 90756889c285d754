"""Processor time, measured with the steps of the two benchmark commands."""

from __future__ import annotations

import numpy as np

from assessments import calibration
from assessments.management.commands.benchmark_calibration import make_answers, timed
from assessments.management.commands.benchmark_placement import (
    least_median,
    plain_step,
    request_step,
)

from .world import draw_world

ANSWERS = 600_000
QUESTIONS = 300
SERIES = 40
REQUESTS = 60  # in one series
M_STEPS = 5


def speeds() -> dict[str, float]:
    """Return the least of several measures; they differ from one run to the next."""
    return {**_request(), **_calibration()}


def _request() -> dict[str, float]:
    """Time one request after 36 answers and a plain one-dimensional step, in turn."""
    generator = np.random.default_rng(1)
    world = draw_world(QUESTIONS, generator)
    steps = request_step(world, generator), plain_step(world.bank)
    both = [[least_median(step, 1, REQUESTS) for step in steps] for _ in range(SERIES)]
    full, plain = (min(column) for column in zip(*both, strict=True))
    return {"request_ms": full, "request_ratio": full / plain}


def _calibration() -> dict[str, float]:
    numbers = np.arange(QUESTIONS)
    prior = calibration.Estimates.from_levels(numbers // 6 % 8 + 1)
    luck = np.where(numbers % 5 < 3, 0.25, 0.0)
    bank, answers = prior.bank(numbers % 6, luck), make_answers(ANSWERS)
    found = []
    e_step = timed(
        lambda: found.append(calibration.expect(bank, answers, precision=np.float32)[0])
    )
    m_step = min(
        timed(lambda: calibration.maximise(found[0], prior, luck))
        for _ in range(M_STEPS)
    )
    return {"e_step_us": 1e6 * e_step / ANSWERS, "m_step_ms": 1000 * m_step}
