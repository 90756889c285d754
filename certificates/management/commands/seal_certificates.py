from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from certificates.models import Seal
from certificates.sealing import CannotSeal
from certificates.seals import seal_all


class Command(BaseCommand):
    help = "Seals the documents that lack the seal of their organisation, if it is on."

    def handle(self, *args, **options):
        failed = []
        for seal in Seal.objects.filter(is_on=True).select_related("organisation"):
            try:
                self.stdout.write(f"{seal.owner}: {seal_all(seal)} sealed.")
            except CannotSeal as error:
                with override("en"):
                    failed.append(f"{seal.owner}: {error.problem.label}")
        if failed:
            raise CommandError("\n".join(failed))
