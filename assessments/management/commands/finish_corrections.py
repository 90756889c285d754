from django.core.management.base import BaseCommand

from assessments.key_doubts import work
from assessments.models import KeyDoubt


class Command(BaseCommand):
    help = "Goes on with corrections of keys that were cut short; run it every night."

    def handle(self, *args, **options):
        waiting = KeyDoubt.objects.filter(state=KeyDoubt.State.MENDING)
        numbers = list(waiting.order_by("pk").values_list("pk", flat=True))
        for number in numbers:
            work(number)
        self.stdout.write(f"{len(numbers)} corrections finished.")
