from django.core.management.base import BaseCommand

from assessments.calibrating import (
    calibrate,
    count_afresh,
    count_attempts,
    not_counted,
)
from assessments.management.bar import Bar


class Command(BaseCommand):
    help = "Learn from finished placements how hard questions are; run it every night."

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, keep nothing"
        )
        parser.add_argument(
            "--afresh",
            action="store_true",
            help="first make all sums again from the raw answers; once a month",
        )

    def handle(self, *args, dry_run, afresh, **options):
        if dry_run:
            waiting = not_counted().count()
            self.stdout.write(f"Placements that a real run would add: {waiting}.")
        else:
            self.count(afresh)
        outcome = calibrate(is_dry_run=dry_run)
        if outcome is None:
            self.stdout.write("No question has 30 answers yet: nothing to estimate.")
            return
        self.show(outcome, dry_run)

    def count(self, afresh):
        bar = Bar(self.stderr, "Placements added", not_counted().count())
        added = count_attempts(bar)
        bar.clear()
        self.stdout.write(f"Placements added to the sums: {added}.")
        if afresh:
            bar = Bar(self.stderr, "All answers again, round")
            answers = count_afresh(bar)
            bar.clear()
            self.stdout.write(f"Answers summed again: {answers}.")

    def show(self, outcome, dry_run):
        self.stdout.write(
            f"Questions estimated: {len(outcome.versions)}, from "
            f"{int(outcome.counts.sum())} answers of {outcome.attempt_count} "
            f"placements; {outcome.moved_count} moved by more than 0.1."
        )
        for name, value in outcome.settings.items():
            self.stdout.write(f"Setting: {name} = {value}.")
        if outcome.is_published:
            self.stdout.write("In force: placements that begin now use them.")
        elif outcome.why:
            self.stdout.write(f"Not put in force. {outcome.why}")
        elif dry_run:
            self.stdout.write("A real run would put them in force.")
