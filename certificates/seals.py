"""The seals of organisations: imported, turned on and off, put on documents.

A document without its seal is still the document: whatever goes wrong here is noted on
the seal and said to staff, and the unsealed document is handed out meanwhile.
"""

import hashlib
import logging
from datetime import timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from certificates import documents, pdf, sealing, secrets, signing
from certificates.keys import CannotUnlock
from certificates.models import Certificate, CertificateFile, Credential, Event, Seal
from certificates.pdf.finisher import Unfinished
from certificates.sealing import CannotSeal, Problem
from people.models import User

# Two computers never show quite the same time: less is no clock that was set back.
TOLERANCE = timedelta(minutes=5)
AT_ONCE = 100  # documents that one press of the button seals: some ten seconds

logger = logging.getLogger("repere.certificates")


# --- importing ------------------------------------------------------------------------


def import_seal(organisation, content: bytes, password: str, user) -> Seal:
    """Keep the seal of an organisation (None: the platform's) from a PKCS#12 file.

    It is off, or as it was when it takes the place of another one. Raises CannotSeal,
    SecretMissing; then nothing has changed.
    """
    sealer = sealing.read_pkcs12(content, password)
    sealing.check_time(sealer.certificate, timezone.now())
    certificate = sealer.certificate
    seal, _is_new = Seal.objects.update_or_create(
        organisation=organisation,
        defaults={
            "secret": secrets.lock(sealing.to_keep(sealer)),
            "subject": name_in(certificate.subject),
            "issuer": name_in(certificate.issuer),
            "valid_from": certificate.not_valid_before_utc,
            "valid_until": certificate.not_valid_after_utc,
            "imported_at": timezone.now(),
            "imported_by": user,
            "problem": "",
            "problem_at": None,
        },
    )
    return seal


def name_in(name: x509.Name) -> str:
    """Return who a certificate names: its common name, else all that it says."""
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return (found[0].value if found else name.rfc4514_string())[:200]


def turn(seal: Seal, is_on: bool) -> None:
    """Turn a seal on or off: documents that were sealed stay so."""
    seal.is_on = is_on
    seal.save(update_fields=["is_on"])


def sealer_of(seal: Seal) -> sealing.Sealer:
    """Raises CannotSeal when the secret of the site does not open the seal."""
    try:
        return opened(bytes(seal.secret), secrets.passphrase())
    except (CannotUnlock, secrets.SecretMissing) as error:
        raise CannotSeal(Problem.LOCKED) from error


@lru_cache(maxsize=8)
def opened(secret, passphrase):
    # Reading the key and its certificates again would cost a fifth of each seal.
    return sealing.from_kept(secrets.unlock(secret))


# --- sealing --------------------------------------------------------------------------


@task()
def seal_certificate(certificate_id):
    """Seal the document of a certificate, unless it is sealed already."""
    seal_document(certificate_id)


@task()
def seal_waiting(seal_id):
    """Seal some of the documents that are without their seal."""
    seal_all(Seal.objects.get(pk=seal_id), limit=AT_ONCE)


def seal_when_on(certificate_id) -> None:
    """Have a document sealed once its certificate is signed, if a seal is on."""
    if Seal.objects.filter(is_on=True).exists():
        seal_certificate.enqueue(str(certificate_id))


def waiting(seal: Seal):
    """Certificates that nothing has ended, whose document is without this seal."""
    files = CertificateFile.objects.filter(certificate=OuterRef("pk"), is_sealed=True)
    signed = Credential.objects.filter(
        certificate=OuterRef("pk"), **signing.trusted()
    ).order_by("-pk")
    return (
        Certificate.objects.current()
        .filter(organisation=seal.organisation_id)
        .alias(
            sealed_at=Subquery(files.order_by("-made_at").values("made_at")[:1]),
            signed_at=Subquery(signed.values("made_at")[:1]),
        )
        .filter(Q(sealed_at=None) | Q(sealed_at__lt=F("signed_at")))
        .order_by("issued_at")
    )


def seal_all(seal: Seal, limit: int | None = None) -> int:
    """Seal what is waiting, the oldest first; return how many documents got it.

    Raises CannotSeal at the first one that shows that the seal does not work.
    """
    keys = list(waiting(seal).values_list("pk", flat=True)[:limit])
    return sum(seal_document(key) for key in keys)


def seal_document(certificate_id) -> bool:
    """Say whether a document got its seal now; safe to run twice, and at once.

    Raises CannotSeal, once it is noted and staff are told.
    """
    certificate = Certificate.objects.get(pk=certificate_id)
    seal = Seal.objects.that_seals(certificate).first()
    if seal is None or has_ended(certificate) or documents.sealed_file(certificate):
        return False
    try:
        content = sealed(seal, certificate, timezone.now())
    except CannotSeal as error:
        logger.error("A document stays without its seal.", exc_info=error)
        note_problem(seal, error.problem)
        raise
    except (pdf.UnprintableName, Unfinished) as error:
        logger.error("A document cannot be drawn, nor sealed.", exc_info=error)
        return False  # of this document alone: the others go on
    note_that_it_works(seal)
    return keep(certificate, content)


def has_ended(certificate):
    return certificate.events.filter(kind__in=Event.ENDS).exists()


def sealed(seal, certificate, at):
    """Return the sealed document. Raises CannotSeal, UnprintableName, Unfinished."""
    if at + TOLERANCE < certificate.issued_at:
        raise CannotSeal(Problem.CLOCK_SET_BACK)
    sealer = sealer_of(seal)
    sealing.check_time(sealer.certificate, at)
    try:
        drawn = documents.draw(certificate)
    except pdf.PdfUnavailable as error:
        raise CannotSeal(Problem.FAILED) from error
    return sealing.seal(drawn, sealer, at)


@transaction.atomic
def keep(certificate, content):
    """Keep a sealed document, unless it has one or has ended meanwhile."""
    # Locked: nobody erases it, or seals it too, meanwhile.
    certificate = Certificate.objects.select_for_update(of=("self",)).get(
        pk=certificate.pk
    )
    if has_ended(certificate) or documents.sealed_file(certificate):
        return False
    file = CertificateFile.objects.create(
        certificate=certificate,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        renderer=pdf.renderer().version,
        is_sealed=True,
        pdf=content,
    )
    # Not before the credential that it holds, even when the clock is a little late.
    credential = signing.credential_of(certificate)
    if credential and file.made_at < credential.made_at:
        CertificateFile.objects.filter(pk=file.pk).update(made_at=credential.made_at)
    return True


# --- what goes wrong ------------------------------------------------------------------


def note_problem(seal: Seal, problem: Problem) -> None:
    """Keep why there was no seal; staff get one message, and not one a document."""
    is_new = (
        Seal.objects.filter(pk=seal.pk)
        .exclude(problem=problem)
        .update(problem=problem, problem_at=timezone.now())
    )
    if is_new:
        seal.refresh_from_db()
        transaction.on_commit(lambda: tell_staff(seal), robust=True)


def note_that_it_works(seal):
    Seal.objects.filter(pk=seal.pk).exclude(problem="").update(
        problem="", problem_at=None
    )


def tell_staff(seal: Seal) -> None:
    """Write to who imported a seal and to administrators why documents lack it."""
    address = settings.SITE_URL + reverse("seals:detail", args=[seal.pk])
    for person in staff_of(seal):
        with override(person.language):
            text = render_to_string(
                "certificates/email/seal_problem.txt",
                {"seal": seal, "address": address, "person": person},
            )
            subject = _("Attestations are without their seal")
            send_mail(subject, text, None, [person.email])


def staff_of(seal):
    people = User.objects.filter(
        Q(is_superuser=True) | Q(pk=seal.imported_by_id), is_active=True
    )
    return [person for person in people.order_by("pk") if can_manage(person)]


def can_manage(user) -> bool:
    return user.has_perm("certificates.change_seal")
