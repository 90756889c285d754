"""Rows → signed credentials and status lists, and what is known to check one.

Everything here may be run twice, by two workers, or be cut off in the middle: what is
signed already stays as it is, what is missing is found again (`waiting`,
`stale_lists`, `untold`).
"""

import json
import re
import secrets
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from certificates.credentials import did, proof, status, vc_jwt
from certificates.credentials.canonical import Unsignable
from certificates.credentials.document import Issue, Issuer, credential
from certificates.credentials.sites import Site
from certificates.credentials.verify import Known
from certificates.keyring import (
    NoKey,
    active_key,
    did_of,
    name_of,
    private_half,
    public,
)
from certificates.keys import TRUSTED, CannotUnlock, State
from certificates.models import (
    Certificate,
    Credential,
    Event,
    SigningKey,
    StatusList,
)
from certificates.secrets import SecretMissing

# Why something waits for its signature: the sentence says what to do.
Waits = (SecretMissing, CannotUnlock, NoKey)
# "1": the platform's first list; "ccas-valmont.1": an organisation's (slugs: no dot).
LIST_NAME = re.compile(r"(?:([A-Za-z0-9_-]+)\.)?([1-9][0-9]{0,8})")


class CannotSign(Exception):
    """The facts of a certificate do not make a credential."""


def site() -> Site:
    return Site(settings.SITE_URL)


# --- credentials ----------------------------------------------------------------------


def credential_of(certificate: Certificate) -> Credential | None:
    """Return a certificate's newest credential whose key is still trusted."""
    return certificate.credentials.filter(**trusted()).order_by("-pk").first()


def trusted(prefix=""):
    return {f"{prefix}signing_key__state__in": list(TRUSTED)}


def text_of(certificate: Certificate) -> bytes | None:
    """Return the file that holders and documents carry; None until it is signed."""
    found = credential_of(certificate)
    return found.text.encode() if found else None


def ended():
    return Event.objects.filter(certificate=OuterRef("pk"), kind__in=Event.ENDS)


def waiting():
    """Certificates that nothing has ended and that no trusted key has signed."""
    signed = Credential.objects.filter(certificate=OuterRef("pk"), **trusted())
    return Certificate.objects.filter(~Exists(ended()), ~Exists(signed))


@transaction.atomic
def sign(certificate_id) -> Credential | None:
    """Return the credential of a certificate, made now unless there is one.

    None for a certificate that has ended. Raises CannotSign, and one of Waits.
    """
    # Locked: nobody erases it, or signs it too, meanwhile.
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("organisation", "achievement", "status_list", "holder")
        .get(pk=certificate_id)
    )
    if certificate.events.filter(kind__in=Event.ENDS).exists():
        return None
    return credential_of(certificate) or make_credential(certificate)


def make_credential(certificate):
    key = active_key(certificate.organisation)
    pair = private_half(key)
    if certificate.status_list and not certificate.status_list.signed:
        sign_list(certificate.status_list.pk)
    document = said_before(certificate) or document_of(certificate)
    # Not before it was issued, even when the clock was set back.
    created = max(timezone.now(), certificate.issued_at)
    method = did.method(document["issuer"]["id"], key.name)
    try:
        signed = proof.sign(document, pair, method, created)
    except Unsignable as error:
        raise CannotSign(f"Certificate {certificate.pk}: {error}") from error
    return Credential.objects.create(
        certificate=certificate,
        signing_key=key,
        text=json.dumps(signed, ensure_ascii=False, indent=1),
        made_at=timezone.now(),
    )


def said_before(certificate):
    """Return what a key that is no longer trusted signed: its facts do not change."""
    former = certificate.credentials.order_by("-pk").first()
    if former is None:
        return None
    document = json.loads(former.text)
    del document["proof"]
    return document


def document_of(certificate):
    """Return the credential of a certificate, unsigned. Raises CannotSign."""
    try:
        document = credential(
            facts_of(certificate),
            issuer_of(certificate),
            issue_of(certificate),
            site(),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CannotSign(
            f"Certificate {certificate.pk} makes no credential: {error!r}"
        ) from error
    if certificate.status_list is None:  # issued before there were lists
        del document["credentialStatus"]
    return document


def facts_of(certificate):
    """Return the facts as a credential wants them: with their kind and pass mark."""
    facts = {"kind": certificate.kind, **certificate.facts}
    if certificate.achievement and facts.get("score_percent") is not None:
        mark = certificate.achievement.content.get("pass_percent")
        facts.setdefault("pass_mark_percent", mark)
    return facts


def issuer_of(certificate):
    organisation = certificate.organisation
    name = certificate.facts.get("issuer") or name_of(organisation)
    return Issuer(did=did_of(organisation), name=name, address=settings.SITE_URL)


def issue_of(certificate):
    listed = certificate.status_list
    return Issue(
        code=certificate.code,
        subject=certificate.pk.urn,
        issued_at=certificate.issued_at,
        list_address=address_of(listed) if listed else "",
        list_index=certificate.status_index or 0,
        valid_until=end_of(certificate.valid_until),
        email=certificate.holder.email if certificate.holder else "",
        salt=secrets.token_hex(8),
    )


def end_of(day):
    """Return the moment at which a last day ends here; None stays None."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


# --- status lists ---------------------------------------------------------------------


def list_name(status_list: StatusList) -> str:
    owner = status_list.organisation
    return f"{owner.slug}.{status_list.number}" if owner else str(status_list.number)


def address_of(status_list):
    return site().status_list(list_name(status_list))


def list_named(name: str) -> StatusList | None:
    """Return the list of a name; None when the name is not one of ours."""
    parts = LIST_NAME.fullmatch(name)
    if not parts:
        return None
    slug, number = parts.groups()
    owner = {"organisation__slug": slug} if slug else {"organisation": None}
    lists = StatusList.objects.select_related("organisation")
    return lists.filter(number=int(number), **owner).first()


def bits_of(status_list) -> bytes:
    """Return the bits that events give: set for all that was withdrawn."""
    ends = Event.objects.filter(
        certificate__status_list=status_list, kind__in=Event.ENDS
    )
    bits = status.no_bits()
    for index in set(ends.values_list("certificate__status_index", flat=True)):
        bits = status.with_bit(bits, index)
    return bits


@transaction.atomic
def sign_list(status_list_id) -> StatusList:
    """Sign a list as it is now, for readers of both kinds. Raises one of Waits."""
    # Locked before the bits are read: an older list never covers a newer one.
    found = (
        StatusList.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=status_list_id)
    )
    key = active_key(found.organisation)
    pair = private_half(key)
    issuer = did_of(found.organisation)
    method = did.method(issuer, key.name)
    # Time goes on for readers, even when the clock was set back.
    signed_at = max(timezone.now(), found.signed_at or timezone.now())
    document = status.list_credential(
        address_of(found), issuer, bits_of(found), signed_at
    )
    signed = {
        "key": key.name,
        "credential": proof.sign(document, pair, method, signed_at),
        "jwt": vc_jwt.sign(document, pair, method),
    }
    found.signed, found.signed_at = json.dumps(signed), signed_at
    found.save(update_fields=["signed", "signed_at"])
    return found


def stale_lists() -> list[StatusList]:
    """Return the lists that say less than we know, or whose key is not trusted."""
    used = Certificate.objects.filter(status_list=OuterRef("pk"))
    lists = StatusList.objects.filter(Exists(used)).select_related("organisation")
    return [found for found in lists if is_stale(found)]


def is_stale(status_list):
    if not status_list.signed:
        return True
    signed = json.loads(status_list.signed)
    keys = SigningKey.objects.filter(
        organisation=status_list.organisation, state__in=list(TRUSTED)
    )
    if not keys.filter(name=signed["key"]).exists():
        return True
    text = signed["credential"]["credentialSubject"]["encodedList"]
    return status.decode(text) != bits_of(status_list)


# --- after a key was compromised ------------------------------------------------------


def signed_with(key: SigningKey):
    """Certificates that rest on a key: not ended, and no newer key signed them."""
    rests = Credential.objects.filter(certificate=OuterRef("pk"), signing_key=key)
    newer = Credential.objects.filter(certificate=OuterRef("pk"), **trusted())
    newer = newer.exclude(signing_key=key)
    return Certificate.objects.filter(~Exists(ended()), Exists(rests), ~Exists(newer))


def untold():
    """Credentials signed again of which no event speaks yet, by holder."""
    former = Credential.objects.filter(
        certificate=OuterRef("certificate"), signing_key__state=State.COMPROMISED
    )
    told = Event.objects.filter(
        certificate=OuterRef("certificate"),
        kind=Event.Kind.SIGNED_AGAIN,
        note=OuterRef("signing_key__name"),
    )
    ends = Event.objects.filter(
        certificate=OuterRef("certificate"), kind__in=Event.ENDS
    )
    return (
        Credential.objects.filter(Exists(former), ~Exists(told), ~Exists(ends))
        .filter(**trusted())
        .select_related("certificate__holder", "signing_key")
        .order_by("certificate__holder", "pk")
    )


def note_told(credentials) -> None:
    """Add to each certificate that it was signed again, and its holder told."""
    Event.objects.bulk_create(
        Event(
            certificate=credential.certificate,
            kind=Event.Kind.SIGNED_AGAIN,
            note=credential.signing_key.name,
        )
        for credential in credentials
    )


# --- checking -------------------------------------------------------------------------


def known(document: dict) -> Known:
    """Return what to check a shown credential against: our keys, the list it names.

    `document` comes from a stranger: it may hold anything.
    """
    keys = SigningKey.objects.select_related("organisation")
    return Known(
        keys={
            did.method(did_of(key.organisation), key.name): public(key) for key in keys
        },
        lists=lists_in(document),
    )


def lists_in(document):
    entry = document.get("credentialStatus")
    address = entry.get("statusListCredential") if isinstance(entry, dict) else None
    start = site().status_list("")
    if not isinstance(address, str) or not address.startswith(start):
        return {}
    found = list_named(address.removeprefix(start))
    return {address: bits_of(found)} if found else {}
