from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.content.files import ContentError
from courses.content.package import read_package
from courses.content.quality import check


class Command(BaseCommand):
    help = "Checks the content files against the quality rules; changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=settings.CONTENT_DIR)

    def handle(self, *args, folder, **options):
        try:
            report = check(read_package(folder))
        except ContentError as error:
            raise CommandError(str(error)) from error
        for figure in report.figures:
            self.stdout.write(figure)
        if report.problems:
            raise CommandError("\n".join(report.problems))
        self.stdout.write("All rules are met.")
