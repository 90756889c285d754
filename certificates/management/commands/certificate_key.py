from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates import keyring, signing
from certificates.catching_up import catch_up
from certificates.keys import CannotUnlock, NotAllowed, State
from certificates.secrets import SecretMissing
from people.models import Organisation

DEEDS = {
    "list": "says which keys there are, and whether they can be opened",
    "create": "makes a key: the first one signs at once, another one is published",
    "rotate": "puts the published key to use and retires the former",
    "retire": "lets a key sign no more; what it signed stands",
    "compromise": "trusts a key no more and signs again what it signed",
}


class Command(BaseCommand):
    help = "Makes, changes and retires the keys that sign attestations."

    def add_arguments(self, parser):
        deeds = parser.add_subparsers(dest="deed", required=True)
        for deed, sentence in DEEDS.items():
            options = deeds.add_parser(deed, help=sentence, description=sentence)
            if deed in ("retire", "compromise"):
                options.add_argument("name", help="for example certificates-2026-1")
            if deed != "list":
                options.add_argument(
                    "--organisation", help="its short name; left out: the platform"
                )
            if deed == "rotate":
                options.add_argument("--now", action="store_true")
            if deed == "compromise":
                options.add_argument(
                    "--apply", action="store_true", help="do it, not only report"
                )

    def handle(self, *args, deed, **options):
        try:
            getattr(self, deed)(options)
        except (NotAllowed, SecretMissing) as error:
            raise CommandError(str(error)) from error

    def say(self, *sentences):
        self.stdout.write(" ".join(sentences))

    def list(self, options):
        keys = keyring.all_keys()
        for key in keys:
            self.say(
                f"{keyring.name_of(key.organisation)}: {key.name}, {key.state},",
                f"made on {timezone.localdate(key.made_at)}, {openness(key)}.",
            )
        self.say(
            f"Keys: {len(keys)}. Attestations that wait for a signature:",
            f"{signing.waiting().count()}.",
        )

    def create(self, options):
        issuer = issuer_of(options)
        key = keyring.create(issuer)
        self.say(f"{keyring.name_of(issuer)}: {key.name} is made.")
        if key.state == State.ACTIVE:
            self.say("It signs from now on.")
        else:
            self.say(
                "It is published, and the former key still signs. In 30 days:",
                keyring.command("rotate", issuer),
            )
        self.say("Back up the database and CERTIFICATE_SECRET, in two places.")

    def rotate(self, options):
        issuer = issuer_of(options)
        old, new = keyring.rotate(issuer, at_once=options["now"])
        self.say(f"{keyring.name_of(issuer)}: {new.name} signs from now on.")
        if old:
            self.say(f"{old.name} is retired: what it signed stands.")

    def retire(self, options):
        issuer = issuer_of(options)
        key = keyring.retire(issuer, options["name"])
        self.say(f"{key.name} is retired: what it signed stands.")
        self.say(
            "Nothing signs until there is a key: new attestations wait. To make one:",
            keyring.command("create", issuer),
        )

    def compromise(self, options):
        issuer, name = issuer_of(options), options["name"]
        count = signing.signed_with(keyring.named(issuer, name)).count()
        if not options["apply"]:
            self.say(
                f"{name} would be trusted no more, {count} attestations signed again",
                "and their holders told by mail. First set another",
                "CERTIFICATE_SECRET if somebody may know it. To do it: --apply",
            )
            return
        key, active = keyring.compromise(issuer, name)
        self.say(f"{key.name} is no longer trusted; {active.name} signs.")
        report = catch_up()
        self.say(
            f"Attestations signed again: {report.signed} of {count}. Status lists:",
            f"{report.lists}. Holders told: {report.told}.",
        )
        if report.problems:
            raise CommandError(
                "\n".join(
                    [*report.problems, "Then: python manage.py sign_certificates"]
                )
            )


def issuer_of(options):
    slug = options["organisation"]
    if slug is None:
        return None
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        slugs = ", ".join(Organisation.objects.values_list("slug", flat=True))
        raise CommandError(f"No organisation is named {slug}. There are: {slugs}.")
    return found


def openness(key):
    """Say whether a key can be opened with the secret of this installation."""
    if key.state in (State.RETIRED, State.COMPROMISED):
        return "signs no more"
    try:
        keyring.private_half(key)
    except (CannotUnlock, SecretMissing) as error:
        return f"cannot be opened ({str(error).rstrip('.')})"
    return "can be opened"
