"""The document of a certificate: drawn from its facts when somebody wants it."""

import hashlib

from django.db import transaction

from certificates import pdf, signing
from certificates.looks import look_of
from certificates.models import Certificate, CertificateFile


def document_of(certificate) -> bytes:
    """Return the PDF of a certificate, and note that these bytes were handed out.

    A sealed one is kept; others are drawn again, the same byte for byte. Raises
    PdfUnavailable, UnprintableName.
    """
    if sealed := sealed_file(certificate):
        return bytes(sealed.pdf)
    content = draw(certificate)
    note_handed_out(certificate, content)
    return content


@transaction.atomic
def note_handed_out(certificate, content):
    """Keep the hash of a document, unless its certificate was erased meanwhile."""
    rows = Certificate.objects.select_for_update(of=("self",))
    if rows.get(pk=certificate.pk).erased_at is None:
        CertificateFile.objects.get_or_create(
            certificate=certificate,
            sha256=hashlib.sha256(content).hexdigest(),
            defaults={"size": len(content), "renderer": pdf.renderer().version},
        )


def draw(certificate) -> bytes:
    """Return the document without a seal, its credential attached once it is signed.

    Raises PdfUnavailable, UnprintableName.
    """
    return pdf.render(
        certificate.facts,
        certificate.code,
        signing.text_of(certificate),
        look_of(certificate.template_version),
    )


def sealed_file(certificate) -> CertificateFile | None:
    """Return the sealed document, unless the credential in it has been signed anew."""
    sealed = certificate.files.filter(is_sealed=True).order_by("-made_at", "-pk")
    found = sealed.first()
    if found is None:
        return None
    credential = signing.credential_of(certificate)
    is_stale = credential is not None and found.made_at < credential.made_at
    return None if is_stale else found
