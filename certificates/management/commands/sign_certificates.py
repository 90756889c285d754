from django.core.management.base import BaseCommand, CommandError

from certificates.catching_up import catch_up


class Command(BaseCommand):
    help = "Signs the attestations and status lists that wait for a signature."

    def handle(self, *args, **options):
        report = catch_up()
        self.stdout.write(
            f"Attestations signed: {report.signed}. Status lists signed: "
            f"{report.lists}. Holders told of a new signature: {report.told}."
        )
        if report.problems:
            raise CommandError("\n".join(report.problems))
