import pytest
from django_tasks.base import TaskResultStatus

from certificates import pdf
from certificates.models import CertificateFile
from certificates.tasks import make_pdf
from tests.certificates.factories import UserFactory, make_certificate

pytestmark = pytest.mark.django_db


def test_drawing_twice_draws_once(monkeypatch):
    certificate = make_certificate()
    make_pdf.func(str(certificate.pk))
    monkeypatch.setattr(pdf, "render", lambda facts, code: 1 / 0)
    make_pdf.func(str(certificate.pk))
    assert CertificateFile.objects.get().certificate == certificate


def test_a_failure_is_recorded():
    certificate = make_certificate(UserFactory(name="王小明"))
    result = make_pdf.enqueue(str(certificate.pk))
    assert result.status == TaskResultStatus.FAILED
    assert "UnprintableName" in result.errors[0].exception_class_path
