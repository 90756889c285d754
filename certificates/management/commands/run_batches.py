from django.core.management.base import BaseCommand

from certificates.batches import work
from certificates.models import Batch


class Command(BaseCommand):
    help = "Goes on with the groups of attestations that are not finished."

    def handle(self, *args, **options):
        waiting = Batch.objects.exclude(state=Batch.State.DONE)
        numbers = list(waiting.order_by("pk").values_list("pk", flat=True))
        for number in numbers:
            work(number)
        self.stdout.write(f"{len(numbers)} groups of attestations finished.")
