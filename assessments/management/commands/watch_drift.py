from django.core.management.base import BaseCommand

from assessments.watching import watch_drift


class Command(BaseCommand):
    help = "Find questions whose difficulty changed lately; run it every night."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="keep nothing")

    def handle(self, *args, dry_run, **options):
        found = watch_drift(dry_run)
        self.stdout.write(
            f"Questions with enough answers: {found['tested']}; lately easier: "
            f"{len(found['easier'])}, harder: {len(found['harder'])}."
        )
