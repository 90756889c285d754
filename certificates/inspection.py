"""What to say of a file that somebody shows: ours, unchanged, still worth something?

The whole file is in memory, and nothing of it is written anywhere.
"""

import hashlib
import json
import re
import zlib
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from django.utils import timezone

from certificates import keyring, signing
from certificates.codes import is_well_formed
from certificates.credentials import badge, verify
from certificates.credentials.proof import NotSigned, proof_of
from certificates.models import Certificate, CertificateFile

LARGEST = 5 * 1024 * 1024  # bytes
LARGEST_CREDENTIAL = verify.LARGEST
MOST_STREAMS = 20_000  # of a PDF; ours have some dozens
MOST_UNPACKED = 2_000_000  # bytes of all its streams together
MARK = b"OpenBadgeCredential"
STREAM = re.compile(rb"(?<!end)stream\r?\n")
ENDING = 2048  # bytes at the end of a PDF in which %%EOF stands
# The signature and the comparison hold; what the date or the status say is another
# matter.
HOLDS = {
    verify.Finding.VALID,
    verify.Finding.REVOKED,
    verify.Finding.EXPIRED,
    verify.Finding.NOT_YET_VALID,
    verify.Finding.STATUS_UNKNOWN,
}


class Found(StrEnum):
    """What a file is, beside the findings about a credential."""

    SAME = "same"  # handed out by us, not one byte differs
    CUT_SHORT = "cut_short"
    NOT_OURS = "file_not_ours"  # a PDF without anything of ours in it
    UNKNOWN_KIND = "unknown_kind"
    GONE = "gone"  # a credential of ours, of which no record is left


@dataclass(frozen=True)
class Inspection:
    """What a file is, and the certificate that it is about, if we have it.

    `is_document` is true for a PDF: what it shows on paper is then another matter than
    the credential inside.
    """

    found: Found | verify.Finding
    certificate: Certificate | None = None
    is_document: bool = False


def inspect(content: bytes) -> Inspection:
    certificates = Certificate.objects.with_state()
    digest = hashlib.sha256(content).hexdigest()
    handed_out = CertificateFile.objects.filter(sha256=digest).values("certificate")
    if same := certificates.filter(pk__in=handed_out).first():
        return Inspection(Found.SAME, same)
    if b"%PDF-" in content[:1024]:
        return inspect_pdf(content)
    if content.lstrip()[:1] == b"{":
        return inspect_credential(content)
    if b"<svg" in content[:4096]:
        return inspect_badge(content)
    return Inspection(Found.UNKNOWN_KIND)


def inspect_pdf(content):
    if b"%%EOF" not in content[-ENDING:]:
        return Inspection(Found.CUT_SHORT, is_document=True)
    credential = credential_in(content)
    if credential is None:
        return Inspection(Found.NOT_OURS, is_document=True)
    inside = inspect_credential(credential)
    return Inspection(inside.found, inside.certificate, is_document=True)


def credential_in(content: bytes) -> bytes | None:
    """Return the credential attached to a PDF; None without one, or with several.

    Looks at each stream of the file, plain or deflated, as our own documents and their
    copies hold it: the structure of a stranger's PDF is not read at all, and nothing is
    unpacked beyond the size of a credential.
    """
    credential, left = None, MOST_UNPACKED
    for found in islice(STREAM.finditer(content), MOST_STREAMS):
        text = unpacked(content, found.end())
        left -= len(text)
        is_second = credential is not None and MARK in text and text != credential
        if left < 0 or is_second:
            return None
        if MARK in text:
            credential = text
    return credential


def unpacked(content, start):
    """Return the text of a stream that begins like JSON, else nothing."""
    part = memoryview(content)[start : start + LARGEST_CREDENTIAL]
    if part[:1] == b"{":
        return bytes(part).partition(b"endstream")[0].strip()
    unpacker = zlib.decompressobj()
    try:
        if unpacker.decompress(part[:256], 1) != b"{":
            return b""
        rest = unpacker.unconsumed_tail + bytes(part[256:])
        return b"{" + unpacker.decompress(rest, LARGEST_CREDENTIAL)
    except zlib.error:
        return b""


def inspect_badge(content):
    try:
        return inspect_credential(badge.unbake(content).encode())
    except badge.NotBaked:
        return Inspection(verify.Finding.UNREADABLE)


def inspect_credential(content):
    try:
        document = verify.read(content)
    except verify.Unreadable:
        return Inspection(verify.Finding.UNREADABLE)
    certificate = certificate_of(document)
    signed = signed_as(certificate, document)
    record = json.loads(signed.text) if signed else None
    known = known_for(document, signed, record)
    finding = verify.verify(document, known, timezone.now(), record)
    if finding in HOLDS and (certificate is None or certificate.erased_at):
        return Inspection(Found.GONE, certificate)
    return Inspection(finding, certificate)


def certificate_of(document):
    """Return the certificate that a credential names by its address, if it is ours."""
    code = str(document.get("id", "")).rpartition("/")[2]
    if not is_well_formed(code):
        return None
    return Certificate.objects.with_state().filter(code=code).first()


def signed_as(certificate, document):
    """Return the Credential signed with the key that a document names, or None."""
    if certificate is None:
        return None
    try:
        name = proof_of(document)["verificationMethod"].rpartition("#")[2]
    except NotSigned:
        return None
    signed = certificate.credentials.select_related("signing_key")
    return next((each for each in signed if each.signing_key.name == name), None)


def known_for(document, signed, record):
    """Return our keys and lists; also the key of our record, by the name it had then.

    The site may have moved to another address since: what it signed then stands.
    """
    found = signing.known(document)
    if record is None:
        return found
    method = proof_of(record)["verificationMethod"]
    key = keyring.public(signed.signing_key)
    return replace(found, keys={method: key, **found.keys})
