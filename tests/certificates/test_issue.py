import unicodedata

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from certificates import pdf
from certificates.issue import issue_certificate
from certificates.models import Certificate, CertificateFile, CertificateFrozen
from courses.models import ModuleWork
from courses.signals import module_completed
from tests.certificates.factories import (
    UserFactory,
    make_attempt,
    make_certificate,
    make_module,
)

pytestmark = pytest.mark.django_db


def end_module(learner, module, attempt=None):
    return module_completed.send(
        sender=ModuleWork, learner=learner, module=module, attempt=attempt
    )


def test_facts_are_all_that_the_document_says():
    learner = UserFactory(name="  Zoe\u0308   Diallo ", email="zoe@example.org")
    module = make_module()
    today = timezone.localdate().isoformat()
    ModuleWork.objects.create(
        learner=learner, module_key=module.translation_key, done_at=timezone.now()
    )

    certificate = issue_certificate(learner, module, make_attempt(learner, module))

    assert certificate.facts == {
        "name": unicodedata.normalize("NFC", "Zoe\u0308 Diallo"),
        "module_code": "M04",
        "module_title": "Guider à l’écran sans voir l’écran",
        "module_version": "2026-1",
        "objectives": ["préparer un appel", "conclure par une suite datée"],
        "competences": [{"code": "F2", "name": "Guider à distance, pas à pas"}],
        "framework": "Référentiel de compétences Repère",
        "duration_minutes": 90,
        "score_percent": 88,
        "started_on": today,
        "finished_on": today,
        "issued_on": today,
        "issuer": "Repère",
        "language": "fr",
    }
    assert certificate.language == "fr"


def test_an_english_module_gives_an_english_certificate():
    facts = make_certificate(module=make_module("en")).facts
    assert facts["language"] == "en"
    assert facts["framework"] == "Repère competence framework"
    assert facts["competences"][0]["name"] == "Guide at a distance, step by step"


def test_issued_once_even_when_asked_twice():
    learner, module = UserFactory(), make_module()
    attempt = make_attempt(learner, module)
    end_module(learner, module, attempt)
    end_module(learner, module, attempt)
    again = issue_certificate(learner, module, attempt)
    assert list(Certificate.objects.all()) == [again]


def test_the_database_refuses_a_second_one():
    certificate = make_certificate()
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(
            holder=certificate.holder,
            module_key=certificate.module_key,
            facts=certificate.facts,
            language="fr",
        )


def test_a_module_ended_by_a_lesson_takes_the_best_passed_attempt():
    learner, module = UserFactory(), make_module()
    for score in [0.5, 0.75, 1.0]:
        make_attempt(learner, module, score)
    make_attempt(UserFactory(), module, 0.9)
    end_module(learner, module)
    assert Certificate.objects.get().facts["score_percent"] == 100


def test_without_any_passed_attempt_no_score_is_claimed():
    learner, module = UserFactory(), make_module()
    make_attempt(learner, module, 0.5)
    end_module(learner, module)
    assert Certificate.objects.get().facts["score_percent"] is None


def test_a_module_without_a_check_gives_none():
    end_module(UserFactory(), make_module(code="M00", with_check=False))
    assert not Certificate.objects.exists()


def test_the_document_is_drawn_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        certificate = make_certificate()
        assert not CertificateFile.objects.exists()
    file = certificate.file
    assert bytes(file.pdf).startswith(b"%PDF")
    assert "WeasyPrint" in file.renderer


@pytest.mark.parametrize("failure", [pdf.PdfUnavailable(), OSError("disk")])
def test_the_certificate_stands_when_drawing_fails(
    monkeypatch, django_capture_on_commit_callbacks, failure
):
    def fail(facts, code):
        raise failure

    monkeypatch.setattr(pdf, "render", fail)
    with django_capture_on_commit_callbacks(execute=True):
        certificate = make_certificate()
    assert Certificate.objects.get() == certificate
    assert not CertificateFile.objects.exists()


def test_a_failing_issue_undoes_the_end_of_the_module(monkeypatch):
    monkeypatch.setattr("certificates.issue.facts_of", lambda *args: 1 / 0)
    learner, module = UserFactory(), make_module()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ModuleWork.objects.create(learner=learner, module_key=module.translation_key)
        end_module(learner, module)
    assert not ModuleWork.objects.exists()


def test_later_changes_of_names_and_titles_change_nothing():
    learner, module = UserFactory(), make_module()
    certificate = make_certificate(learner, module)
    before = dict(certificate.facts)
    learner.name = "Somebody Else"
    learner.save()
    module.title, module.version, module.minutes = "Another title", "2030-1", 5
    module.save()

    again = issue_certificate(learner, module)

    assert (again.pk, again.facts) == (certificate.pk, before)


def test_saving_a_change_is_refused():
    certificate = make_certificate()
    certificate.facts["name"] = "Somebody Else"
    with pytest.raises(CertificateFrozen):
        certificate.save()
    with pytest.raises(CertificateFrozen):
        certificate.save(update_fields=["holder", "facts"])
    certificate.holder = None
    certificate.save(update_fields=["holder"])
    certificate.refresh_from_db()
    assert certificate.holder is None
    assert certificate.facts["name"] == "Awa Ndiaye"


@pytest.mark.parametrize(
    "column, value",
    [
        ("facts", '{"name": "Somebody Else"}'),
        ("code", "0000000000000000"),
        ("module_key", "0" * 32),
        ("language", "en"),
        ("issued_at", "2020-01-01 00:00:00"),
    ],
)
def test_the_database_itself_refuses_a_change(column, value):
    make_certificate()
    sql = f"UPDATE certificates_certificate SET {column} = %s"
    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [value])


def test_closing_the_account_leaves_the_certificate_to_be_checked():
    certificate = make_certificate()
    certificate.holder.delete()
    certificate.refresh_from_db()
    assert certificate.holder is None
    assert certificate.facts["name"] == "Awa Ndiaye"


def test_a_name_that_no_font_prints_loses_nothing(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        certificate = make_certificate(UserFactory(name="王小明"))
    assert certificate.facts["name"] == "王小明"
    assert callbacks == []
