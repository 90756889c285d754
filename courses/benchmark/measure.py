"""Drives many learners at once through a trial site, and adds up what it cost."""

import json
import statistics
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from courses.benchmark import site as trial
from courses.benchmark.journey import ANSWERS, Journey
from courses.benchmark.visitor import Visitor

# What a journey, then a question, may cost: docs/benchmarks.md.
BARS = {"cpu_ms": 420, "queries": 350, "kilobytes": 150}
QUESTION_BAR_MS = 25
WARM_UPS = 8
QUERY_JOURNEYS = 2


@dataclass
class Figures:
    """What one journey cost on average.

    `steps` maps a step to its (times, p50 ms, p95 ms), `queries` to those of one
    journey.
    """

    journeys: int
    learners: int
    seconds: float
    cpu_ms: float
    queries: dict
    kilobytes: float
    file_kilobytes: float
    requests: float
    steps: dict

    @property
    def per_second(self):
        return self.journeys / self.seconds

    def as_dict(self):
        return asdict(self) | {"per_second": self.per_second}


class Benchmark:
    """A trial site with enough learners; used as a context."""

    def __init__(self, folder, journeys, workers=2):
        self.folder = trial.copy_of_prepared(folder)
        count = journeys + WARM_UPS + QUERY_JOURNEYS
        printed = trial.run_python(
            self.folder,
            "-m",
            "courses.benchmark.people",
            str(count),
            COLLECTED_STATIC="1",
        )
        self.plan = json.loads(printed.splitlines()[-1])
        self.site = trial.TrialSite(self.folder, workers=workers)
        self.sources = 0

    def __enter__(self):
        self.site.start()
        return self

    def __exit__(self, *error):
        self.site.stop()

    def visitor(self):
        """Return a visitor from an address of its own: sign-ins are limited by it."""
        self.sources += 1
        high, low = divmod(self.sources, 250)
        return Visitor(self.site.port, f"127.0.{high + 1}.{low + 1}")

    def learners_of(self, with_check):
        """Return e-mail addresses: (to measure, to warm up, to count queries)."""
        emails = self.plan["with_check" if with_check else "without_check"]
        spare = WARM_UPS + QUERY_JOURNEYS
        return emails[:-spare], emails[-spare:-QUERY_JOURNEYS], emails[-QUERY_JOURNEYS:]

    def measure(self, learners, with_check):
        measured, warm_ups, counted = self.learners_of(with_check)
        self.together(warm_ups, WARM_UPS, with_check)
        before, start = self.site.cpu_ms(), time.perf_counter()
        done = self.together(measured, learners, with_check)
        seconds = time.perf_counter() - start
        cpu_ms = self.site.cpu_ms() - before
        count = len(done)
        return Figures(
            journeys=count,
            learners=learners,
            seconds=seconds,
            cpu_ms=cpu_ms / count,
            queries=self.count_queries(counted, with_check),
            kilobytes=sum(j.visitor.bytes for j in done) / count / 1000,
            file_kilobytes=sum(j.file_bytes for j in done) / count / 1000,
            requests=sum(j.visitor.requests for j in done) / count,
            steps=steps_of(done),
        )

    def together(self, emails, learners, with_check):
        """Send learners on their way, so many at a time; returns their journeys."""

        def go(journey):
            journey.whole(with_check)
            journey.visitor.close()
            return journey

        journeys = [Journey(self.visitor(), email, self.plan) for email in emails]
        with ThreadPoolExecutor(learners) as crowd:
            return list(crowd.map(go, journeys))

    def count_queries(self, emails, with_check):
        task = json.dumps([self.plan, with_check, *emails])
        module = "courses.benchmark.queries"
        printed = trial.run_python(
            self.folder, "-m", module, task, COLLECTED_STATIC="1"
        )
        return json.loads(printed.splitlines()[-1])

    def question_cpu_ms(self):
        """Return the CPU time of an answer and its next page, one learner at a time."""
        measured, warm_ups, _counted = self.learners_of(with_check=False)
        self.answers_of(warm_ups)
        spent, count = self.answers_of(measured)
        return spent / count

    def answers_of(self, emails):
        spent = 0
        for email in emails:
            journey = Journey(self.visitor(), email, self.plan)
            journey.sign_in()
            page = journey.begin_placement()
            before = self.site.cpu_ms()
            for _number in range(ANSWERS):
                page = journey.answer(page)
            spent += self.site.cpu_ms() - before
            journey.visitor.close()
        return spent, len(emails) * ANSWERS


def steps_of(journeys):
    times = defaultdict(list)
    for journey in journeys:
        for name, values in journey.times.items():
            times[name] += values
    return {name: (len(v), *percentiles(v)) for name, v in times.items()}


def percentiles(values):
    """Return (p50, p95)."""
    if len(values) < 2:
        return values[0], values[0]
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return cuts[9], cuts[18]
