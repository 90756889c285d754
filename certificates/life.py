"""What happens to a certificate after its issue: events, never a change."""

import secrets
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from certificates.deeds import Deed, time_of
from certificates.glyphs import tidy
from certificates.issue import issue
from certificates.models import (
    BatchRow,
    Certificate,
    Credential,
    Event,
    Listing,
    ShareLink,
)
from certificates.on_request import ON_REQUEST
from certificates.tasks import sign_status_list


class NotPossible(Exception):
    """The certificate has ended already; `state` says how."""

    def __init__(self, state):
        super().__init__(str(state.label))
        self.state = state


def check_can_end(certificate):
    """Lock a certificate until the end of the transaction; raise NotPossible.

    Read anew: somebody else may have ended it since the page was opened.
    """
    locked = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    state = locked.state()
    if state not in (Certificate.State.VALID, Certificate.State.EXPIRED):
        raise NotPossible(state)


@transaction.atomic
def revoke(certificate, actor, reason, note=""):
    """Withdraw a certificate: its page and its credential say so from now on."""
    check_can_end(certificate)
    Event.objects.create(
        certificate=certificate,
        kind=Event.Kind.REVOKED,
        actor=actor,
        reason=reason,
        note=note,
    )
    publish_status(certificate)


@transaction.atomic
def replace(certificate, actor, reason, note="", name=None):
    """Return a new certificate in place of one, under another name if given.

    What was done keeps its dates; the former one says that it was replaced. Raises
    UnprintableName, and then nothing has changed.
    """
    check_can_end(certificate)
    if certificate.holder is None:
        raise NotPossible(Certificate.State.ERASED)
    facts = certificate.facts | {
        "name": tidy(name or certificate.holder.name),
        "issued_anew_on": timezone.localdate().isoformat(),
    }
    made = issue(deed_in_place_of(certificate, facts, actor))
    Event.objects.create(
        certificate=certificate,
        kind=Event.Kind.REPLACED,
        actor=actor,
        reason=reason,
        note=note,
    )
    publish_status(certificate)
    return made


@transaction.atomic
def undo_revocation(certificate, actor):
    """Return a new certificate in place of one that was withdrawn wrongly.

    What was withdrawn stays so: its code may stand in lists that others have read.
    Raises NotPossible when it is not withdrawn, or was issued anew already.
    """
    locked = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    state = locked.state()
    if state != Certificate.State.REVOKED or locked.holder is None:
        raise NotPossible(state)
    if Certificate.objects.filter(replaces=locked).exists():
        raise NotPossible(Certificate.State.REPLACED)
    anew = {"issued_anew_on": timezone.localdate().isoformat()}
    return issue(deed_in_place_of(locked, locked.facts | anew, actor))


def deed_in_place_of(certificate, facts, actor):
    return Deed(
        kind=certificate.kind,
        holder=certificate.holder,
        about=certificate.module_key,
        facts=facts,
        time=time_of(certificate),
        organisation=certificate.organisation,
        achievement=certificate.achievement,
        valid_until=certificate.valid_until,
        replaces=certificate,
        actor=actor,
        rests_on=dict(certificate.listings.values_list("number", "rests_on")),
    )


def chain_of(certificate):
    """Return a certificate with all those that it replaced or that replaced it."""
    found = [certificate]
    while found[0].replaces:
        found.insert(0, found[0].replaces)
    while later := Certificate.objects.filter(replaces=found[-1]).first():
        found.append(later)
    return found


@transaction.atomic
def erase_all(certificate, actor=None):
    """Erase a certificate and its whole chain: each of them names the holder."""
    for each in chain_of(certificate):
        erase(each, actor)


@transaction.atomic
def erase(certificate, actor=None):
    """Take the person out of a certificate: what is left says that there was one.

    The one change that the database allows. Its page says "no longer on record". Only
    the digest of the deed stays, and goes with the account: nothing is issued anew
    unless its holder asks.
    """
    # Read anew: somebody else may have erased it since the page was opened.
    rows = Certificate.objects.select_for_update(of=("self",))
    if rows.get(pk=certificate.pk).erased_at is not None:
        certificate.refresh_from_db()
        return
    Event.objects.create(
        certificate=certificate,
        kind=Event.Kind.ERASED,
        actor=actor,
        reason=Event.Reason.REQUEST,
    )
    # A holder who renewed it herself stands in its events.
    certificate.events.filter(actor=certificate.holder_id).update(actor=None)
    certificate.files.all().delete()
    ShareLink.certificates.through.objects.filter(certificate=certificate).delete()
    BatchRow.objects.filter(certificate=certificate).delete()
    Listing.objects.filter(certificate=certificate).delete()
    Listing.objects.filter(rests_on=certificate).update(rests_on=None)
    Certificate.objects.filter(pk=certificate.pk).update(
        holder=None,
        facts={"language": certificate.facts["language"]},
        erased_at=timezone.now(),
        **forgotten(certificate),
    )
    # Only now: the database keeps the notes and credentials of what is not erased.
    certificate.events.filter(kind__in=Event.NOTED_BY_STAFF).update(note="")
    Credential.objects.filter(certificate=certificate).delete()
    certificate.refresh_from_db()
    publish_status(certificate)


def forgotten(certificate):
    """Return what stands instead of a key that leads to the holder.

    A placement is about an attempt, a history about a list: both are the holder's, and
    may be asked for again.
    """
    if certificate.kind not in ON_REQUEST:
        return {}
    key = f"{secrets.token_hex(32)}:{time_of(certificate)}"
    return {"module_key": uuid4(), "idempotency_key": key}


def publish_status(certificate):
    """Have the status list signed again, after the commit."""
    if certificate.status_list_id:
        number = certificate.status_list_id
        transaction.on_commit(lambda: sign_status_list.enqueue(number), robust=True)
