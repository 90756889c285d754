"""The document of a certificate: drawn from its facts when somebody wants it."""

import hashlib

from certificates import pdf
from certificates.models import CertificateFile


def document_of(certificate):
    """Return the PDF of a certificate, and note that these bytes were handed out.

    A sealed one is kept; others are drawn again, the same byte for byte. Raises
    PdfUnavailable, UnprintableName.
    """
    sealed = certificate.files.filter(is_sealed=True).order_by("-made_at").first()
    if sealed:
        return bytes(sealed.pdf)
    content = pdf.render(certificate.facts, certificate.code)
    CertificateFile.objects.get_or_create(
        certificate=certificate,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={"size": len(content), "renderer": pdf.renderer().version},
    )
    return content
