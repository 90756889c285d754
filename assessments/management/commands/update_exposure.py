from django.core.management.base import BaseCommand

from assessments.exposure import update_exposure


class Command(BaseCommand):
    help = "Revise how often each placement question is offered; run it every night."

    def handle(self, *args, **options):
        count = update_exposure()
        self.stdout.write(f"Questions now offered more or less often: {count}.")
