import hashlib

import pytest

from certificates import life
from certificates.documents import document_of
from certificates.models import Certificate, CertificateFile
from tests.certificates.factories import make_certificate

pytestmark = pytest.mark.django_db


def test_a_document_is_drawn_from_the_facts_and_its_hash_noted_once():
    certificate = make_certificate()
    first, again = document_of(certificate), document_of(certificate)
    assert first.startswith(b"%PDF")
    assert first == again
    file = CertificateFile.objects.get()
    assert file.certificate == certificate
    assert file.sha256 == hashlib.sha256(first).hexdigest()
    assert (file.size, file.pdf, file.is_sealed) == (len(first), None, False)
    assert "WeasyPrint" in file.renderer


def test_a_download_under_way_leaves_nothing_of_what_is_erased(monkeypatch):
    certificate = make_certificate()

    def erased_meanwhile(*args):
        life.erase(Certificate.objects.get(pk=certificate.pk))
        return b"%PDF"

    monkeypatch.setattr("certificates.documents.pdf.render", erased_meanwhile)
    assert document_of(certificate) == b"%PDF"
    assert not CertificateFile.objects.exists()
