from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from assessments.example_drawings import drawings


class Command(BaseCommand):
    help = "Draws the pictures of docs/placement.md again, from the real engine."

    def add_arguments(self, parser):
        default = Path(settings.BASE_DIR) / "docs" / "pictures"
        parser.add_argument("--folder", type=Path, default=default)

    def handle(self, *args, folder, **options):
        folder.mkdir(parents=True, exist_ok=True)
        found = drawings()
        for name, text in found.items():
            (folder / name).write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(found)} pictures in {folder}")
