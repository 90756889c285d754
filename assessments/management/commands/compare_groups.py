from django.core.management.base import BaseCommand

from assessments.management.bar import Bar
from assessments.watching import compare_all_groups


class Command(BaseCommand):
    help = "Find questions that are not as hard for two groups; run it every month."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="keep nothing")

    def handle(self, *args, dry_run, **options):
        bar = Bar(self.stderr, "Questions compared")
        found = compare_all_groups(bar, dry_run)
        bar.clear()
        if not found["pairs"]:
            self.stdout.write("No question has 200 answers in each of two groups yet.")
        for pair in found["pairs"]:
            self.stdout.write(
                f"{' and '.join(pair['between'])}: {pair['compared']} questions "
                f"compared, {pair['flagged']} flagged, {pair['watched']} to watch."
            )
