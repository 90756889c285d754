"""Content that changed in substance, and the attestations that may be renewed.

What stands here knows of modules only; the room of certificates says who holds one.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from courses.models import ModulePage

ACTION = "courses.substance"
# Functions of the room of certificates: (module key, substance) → how many people hold
# a valid attestation of less than this substance.
holder_counters = []
# Functions of (user, language) → what this person holds, as a Wallet.
wallets = []


@dataclass(frozen=True)
class Invitation:
    """An attestation that its holder may renew now, and why."""

    CHANGED, ENDING, ENDED = "changed", "ending", "ended"

    module_key: UUID
    title: str
    language: str  # of the title
    url: str  # of the refresher
    reason: str
    valid_until: date | None


@dataclass(frozen=True)
class Wallet:
    """A person's attestations, the newest first, and what she may renew now.

    Each attestation tells whether it `is_standing`: neither ended nor renewed already.
    """

    certificates: list
    invitations: list[Invitation]

    def invitation_for(self, certificate):
        """Return the Invitation to renew this very attestation, or None."""
        standing = {
            own.module_key
            for own in self.certificates
            if own == certificate and own.is_standing
        }
        return next((i for i in self.invitations if i.module_key in standing), None)


def holder_count(module, substance):
    key = module.translation_key
    return sum(count(key, substance) for count in holder_counters)


def wallet_of(user, language):
    found = [wallet(user, language) for wallet in wallets]
    return Wallet(
        [each for wallet in found for each in wallet.certificates],
        [each for wallet in found for each in wallet.invitations],
    )


def versions_of(module):
    """Return a module in all its languages, drafts too, in the order of languages."""
    order = [code for code, _name in settings.LANGUAGES]
    pages = ModulePage.objects.filter(translation_key=module.translation_key)
    return sorted(
        pages.select_related("locale"),
        key=lambda version: order.index(version.locale.language_code),
    )


def next_substance(module):
    return max(version.substance for version in versions_of(module)) + 1


@transaction.atomic
def change_in_substance(module, texts, user, expected=None):
    """Say that a module changed: holders are invited to renew. Returns the substance.

    `texts` maps a language to “what changed” in it, as HTML. `expected` is the
    substance that the person was shown: sent twice, the same page counts once.
    """
    pages = ModulePage.objects.filter(translation_key=module.translation_key)
    versions = list(pages.select_for_update(of=("self",)).select_related("locale"))
    substance = max(version.substance for version in versions) + 1
    if expected is not None and expected != substance:
        return substance - 1
    write(versions, texts, substance=substance)
    for version in versions:
        log(version, ACTION, user=user, data={"substance": substance})
    return substance


@transaction.atomic
def correct_text(module, texts):
    """Write “what changed” anew, without inviting anybody."""
    write(versions_of(module), texts)


def write(versions, texts, **fields):
    # Not `save`: a draft that waits must not be published along.
    for version in versions:
        text = texts.get(version.locale.language_code, version.what_changed)
        ModulePage.objects.filter(pk=version.pk).update(what_changed=text, **fields)


def changed_at(module):
    """Return when a module last changed in substance; None when it never did.

    A moment that has not come yet was written while the clock was ahead: None too.
    """
    entries = PageLogEntry.objects.filter(
        action=ACTION,
        page__translation_key=module.translation_key,
        timestamp__lte=timezone.now(),
    )
    return entries.order_by("-timestamp").values_list("timestamp", flat=True).first()
