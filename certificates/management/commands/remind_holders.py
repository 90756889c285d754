from django.core.management.base import BaseCommand, CommandError

from certificates.renewal import remind_holders


class Command(BaseCommand):
    help = "Write to holders whose attestations end in 90, 30 or 7 days; once each."

    def handle(self, **options):
        try:
            sent, failed = remind_holders()
        except OSError as error:
            raise CommandError(f"The mail server does not answer: {error}") from error
        self.stdout.write(f"{sent} reminder{'' if sent == 1 else 's'} sent.")
        for code, error in failed:
            self.stderr.write(f"Certificate {code}: {error}. Tried again next time.")
        if failed:
            raise CommandError(f"Not sent: {len(failed)}.")
