from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.content.files import ContentError
from courses.content.load import Loader
from courses.content.package import read_package
from courses.content.quality import check


class Command(BaseCommand):
    help = "Loads the content files; leaves alone what an editor has changed."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=settings.CONTENT_DIR)

    def handle(self, *args, folder, **options):
        try:
            package = read_package(folder)
        except ContentError as error:
            raise CommandError(f"{error}. Nothing was loaded.") from error
        problems = check(package).problems
        if problems:
            raise CommandError(
                "Nothing was loaded. Mend this first:\n" + "\n".join(problems)
            )
        try:
            report = Loader(package, self.show).load()
        except ContentError as error:
            raise CommandError(f"{error}. Nothing was loaded.") from error
        if self.stdout.isatty():
            self.stdout.write("\r\033[K", ending="")
        for name in report.left_alone:
            self.stdout.write(f"Left alone, changed in the CMS: {name}")
        counts = report.counts
        self.stdout.write(
            f"{counts['created']} created, {counts['updated']} updated, "
            f"{counts['unchanged']} unchanged."
        )

    def show(self, name):
        if self.stdout.isatty():
            self.stdout.write(f"\r\033[KLoading {name}", ending="")
            self.stdout.flush()
