import resource
import sys
import time

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from assessments import calibration
from assessments.calibration import Answers, Estimates
from assessments.placement import LEVEL_COUNT

QUESTIONS = 300
AREAS = 6
PER_ATTEMPT = 30
SKIP_SHARE = 0.04
E_STEP_SECONDS = 15
MEMORY_MB = 500
M_STEP_MS = 10
SERIES = 15


class Command(BaseCommand):
    help = "Measure the processor time and the memory of the calibration."

    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--answers", type=int, default=10_000_000)

    def handle(self, *args, **options):
        answers = make_answers(options["answers"])
        prior = Estimates.from_levels(np.arange(QUESTIONS) // AREAS % LEVEL_COUNT + 1)
        guessing = np.where(np.arange(QUESTIONS) % 5 < 3, 0.25, 0.0)
        bank = prior.bank(np.arange(QUESTIONS) % AREAS, guessing)

        start = time.process_time()
        sums, _ = calibration.expect(bank, answers, precision=np.float32)
        e_step = time.process_time() - start
        m_step = 1000 * min(
            timed(lambda: calibration.maximise(sums, prior, guessing))
            for _ in range(SERIES)
        )
        peak = peak_memory()
        self.stdout.write(
            f"E step, {len(answers):,} answers: {e_step:.2f} s of processor "
            f"(at most {E_STEP_SECONDS} s), {1e6 * e_step / len(answers):.2f} µs each"
        )
        self.stdout.write(
            f"M step, {QUESTIONS} questions: {m_step:.1f} ms (at most {M_STEP_MS} ms)"
        )
        self.stdout.write(
            f"peak memory, the answers included: {peak:.0f} MB (under {MEMORY_MB} MB)"
        )
        if e_step > E_STEP_SECONDS or m_step > M_STEP_MS or peak >= MEMORY_MB:
            raise CommandError("A target is missed.")


def make_answers(count: int) -> Answers:
    """Return answers of learners of all levels, 30 questions each, some skipped."""
    generator = np.random.default_rng(1)
    number = np.arange(count, dtype=np.int32)
    person, place = number // PER_ATTEMPT, number % PER_ATTEMPT
    del number
    first = generator.integers(QUESTIONS, size=person[-1] + 1, dtype=np.int16)
    # Neighbours 7 apart: 30 different questions, as many in each area.
    item = ((first[person] + 7 * place) % QUESTIONS).astype(np.int16)
    del place
    skill = generator.normal(0.55, 0.15, person[-1] + 1).astype(np.float32)
    score = generator.random(count, dtype=np.float32)
    score = (score < skill[person]).astype(np.float32)
    skipped = generator.integers(1000, size=count, dtype=np.int16) < 1000 * SKIP_SHARE
    score[skipped] = 0
    return Answers(person, item, score, skipped)


def timed(step) -> float:
    """Return the processor time of `step`, in seconds."""
    start = time.process_time()
    step()
    return time.process_time() - start


def peak_memory() -> float:
    """Return the most memory that this process has held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
