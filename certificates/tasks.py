"""Draws the documents in the background."""

import hashlib

from django.core.cache import cache
from django_tasks import task

from certificates import pdf
from certificates.models import Certificate, CertificateFile

ASK_AGAIN_SECONDS = 60


@task()
def make_pdf(certificate_id):
    """Draw the document of a certificate, unless it exists; raises when it cannot."""
    certificate = Certificate.objects.get(pk=certificate_id)
    if has_pdf(certificate):
        return
    content = pdf.render(certificate.facts, certificate.code)
    CertificateFile.objects.get_or_create(
        certificate=certificate,
        defaults={
            "pdf": content,
            "sha256": hashlib.sha256(content).hexdigest(),
            "renderer": pdf.renderer().version,
        },
    )


def has_pdf(certificate):
    return CertificateFile.objects.filter(certificate=certificate).exists()


def ask_for_pdf(certificate):
    """Have a missing document drawn, at most once a minute; tell if it is there."""
    if has_pdf(certificate):
        return True
    if cache.add(f"certificate-pdf-{certificate.pk}", True, ASK_AGAIN_SECONDS):
        make_pdf.enqueue(str(certificate.pk))
        # Without a worker, the task has already run.
        return has_pdf(certificate)
    return False
