import statistics
import time

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from assessments import placement
from assessments.simulation import draw_learners, draw_world

LIMIT_MS = 0.5
ANSWERS = 36


class Command(BaseCommand):
    help = "Measure the processor time of one placement request."

    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--bank", type=int, default=300, help="questions")
        parser.add_argument("--series", type=int, default=15)
        parser.add_argument("--requests", type=int, default=60, help="in one series")

    def handle(self, *args, **options):
        size, repeats = options["bank"], (options["series"], options["requests"])
        generator = np.random.default_rng(1)
        world = draw_world(size, generator)
        bank = world.bank
        request = request_step(world, generator)
        build = least_median(lambda: rebuild(bank), options["series"], 1)
        # The two are measured in turn: both see the same mood of the processor.
        both = [
            (least_median(request, 1, repeats[1]), least_median(plain, 1, repeats[1]))
            for plain in [plain_step(bank)] * repeats[0]
        ]
        full, plain = (min(column) for column in zip(*both, strict=True))
        self.stdout.write(f"tables of {size} questions: {build:.1f} ms, once a version")
        self.stdout.write(
            f"{ANSWERS} answers replayed, levels, next question: {full:.3f} ms "
            f"(at most {LIMIT_MS} ms)"
        )
        self.stdout.write(
            f"plain one-dimensional step: {plain:.3f} ms; ratio {full / plain:.1f}"
        )
        if full > LIMIT_MS:
            raise CommandError(f"One request takes more than {LIMIT_MS} ms.")


def rebuild(bank):
    """Build tables of the same size from scratch."""
    levels = np.arange(bank.size) % placement.LEVEL_COUNT + 1
    return placement.Bank.from_levels(bank.area, levels, bank.guessing)


def request_step(world, generator):
    """Return one whole request after 36 answers, as a function to time."""
    bank = world.bank
    truth = draw_learners(1, generator)[0]
    asked = generator.choice(bank.size, ANSWERS, replace=False)
    chances = [world.success(item, truth[bank.area[item]]) for item in asked]
    scores = (generator.random(ANSWERS) < chances).astype(float)
    # A few "I don't know" take the longer way through the share of guessing.
    skipped, allowed = np.arange(ANSWERS) % 9 == 4, np.ones(bank.size, dtype=bool)
    spared, topics = generator.random(bank.size) < 0.3, np.arange(bank.size)

    def step():
        believed = placement.posterior(bank, asked, scores, skipped)
        placement.level_range(believed.level_probabilities)
        placement.stop_reason(believed, ANSWERS, True)
        return placement.choose(
            bank, believed, asked, allowed, topics, generator, spared
        )

    return step


def plain_step(bank):
    """Return the shortest useful step with one position, as a yardstick to time.

    Same number of answers and questions: posterior on the same cells, its mean and
    spread, and the question with the highest expected information.
    """
    items = np.arange(ANSWERS)
    scores = (items % 2).astype(float)
    scale = bank.settings.scale
    log_prior = -0.5 * (scale / 1.25) ** 2

    def step():
        right, wrong = bank.log_right[items], bank.log_wrong[items]
        log_weight = log_prior + scores @ right + (1 - scores) @ wrong
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        mean = weight @ scale
        spread = np.sqrt(weight @ (scale - mean) ** 2)
        return mean, spread, int((bank.information @ weight).argmax())

    return step


def least_median(step, series: int, repeats: int) -> float:
    """Return the least of the medians of several series, in ms of processor time."""
    medians = []
    for _ in range(series):
        times = []
        for _ in range(repeats):
            start = time.process_time()
            step()
            times.append(time.process_time() - start)
        medians.append(statistics.median(times))
    return 1000 * min(medians)
