import json
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand

from courses.benchmark.measure import BARS, QUESTION_BAR_MS, Benchmark


class Command(BaseCommand):
    help = "Measures whole learner journeys against a server on a temporary database."

    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--learners", type=int, default=8, help="at the same time")
        parser.add_argument("--journeys", type=int, default=24, help="in all")
        parser.add_argument("--workers", type=int, default=2, help="of the server")
        parser.add_argument("--question", action="store_true", help="one question only")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, learners, journeys, workers, question, **options):
        with (
            tempfile.TemporaryDirectory() as folder,
            Benchmark(Path(folder) / "site", journeys, workers) as benchmark,
        ):
            if question:
                self.show_question(benchmark.question_cpu_ms(), options["json"])
            else:
                self.show_journeys(
                    {
                        "with its check": benchmark.measure(learners, with_check=True),
                        "check passed before": benchmark.measure(
                            learners, with_check=False
                        ),
                    },
                    options["json"],
                )

    def show_question(self, cpu_ms, as_json):
        if as_json:
            self.stdout.write(json.dumps({"question_cpu_ms": cpu_ms}))
        else:
            self.stdout.write(
                f"one answer and the next page: {cpu_ms:.1f} ms CPU "
                f"(at most {QUESTION_BAR_MS})"
            )

    def show_journeys(self, measured, as_json):
        if as_json:
            found = {name: figures.as_dict() for name, figures in measured.items()}
            self.stdout.write(json.dumps(found | {"bars": BARS}))
            return
        for name, figures in measured.items():
            self.stdout.write(
                f"Journey, {name}: {figures.journeys} journeys, "
                f"{figures.learners} learners at a time"
            )
            for line in lines_of(figures):
                self.stdout.write(f"  {line}")


def lines_of(figures):
    """Return the figures as lines, beside their bars, then each step."""
    yield f"{figures.per_second:.2f} journeys per second"
    yield f"{figures.cpu_ms:.0f} ms CPU a journey (at most {BARS['cpu_ms']})"
    queries = sum(figures.queries.values())
    yield f"{queries} queries a journey (at most {BARS['queries']})"
    yield (
        f"{figures.kilobytes:.0f} kB a journey (at most {BARS['kilobytes']}), of which "
        f"{figures.file_kilobytes:.0f} kB files kept by the browser; "
        f"{figures.requests:.0f} requests"
    )
    yield f"{'step':<34} times    p50 ms    p95 ms  queries a journey"
    for name, (count, half, most) in figures.steps.items():
        asked = figures.queries.get(name, 0)
        yield f"{name:<34} {count:>5} {half:>9.0f} {most:>9.0f}  {asked:>17}"
