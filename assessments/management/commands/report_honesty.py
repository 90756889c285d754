from django.core.management.base import BaseCommand

from assessments.watching import FEWEST_FOR_HONESTY, report_honesty


class Command(BaseCommand):
    help = "Check that ranges are as sure as they say; run it every month."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="keep nothing")

    def handle(self, *args, dry_run, **options):
        found = report_honesty(dry_run)
        if found is None:
            self.stdout.write(
                f"No report yet: it needs {FEWEST_FOR_HONESTY} finished placements."
            )
            return
        self.stdout.write(
            f"From {found['attempt_count']} placements, {found['answer_count']} "
            f"answers: {found['held']:.1%} of differences inside the 90 % range; "
            f"variance seen over announced {found['ratio']:.2f} (honest from 0.9 to "
            f"1.1); doubts to multiply by {found['doubt_factor']:.2f}."
        )
