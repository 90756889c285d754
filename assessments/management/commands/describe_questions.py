from django.core.management.base import BaseCommand, no_translations

from assessments.management.bar import Bar
from assessments.models import QuestionFlag
from assessments.watching import describe_questions


class Command(BaseCommand):
    help = "Compute the figures that trainers see of each question; run it every night."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="keep nothing")

    @no_translations
    def handle(self, *args, dry_run, **options):
        bar = Bar(self.stderr, "Questions read")
        found = describe_questions(bar, dry_run)
        bar.clear()
        self.stdout.write(f"Questions with figures: {found.pop('questions')}.")
        for kind, count in sorted(found.items()):
            self.stdout.write(f"{QuestionFlag.Kind(kind).label}: {count}.")
