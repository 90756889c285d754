from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils.translation import override

from certificates import tasks
from certificates.codes import make_code
from certificates.tasks import make_pdf
from people.models import Membership, Organisation
from tests.certificates.factories import UserFactory, make_certificate, make_module

pytestmark = pytest.mark.django_db


def address(name, *args, language="fr"):
    with override(language):
        return reverse(f"certificates:{name}", args=args)


@pytest.fixture
def certificate():
    return make_certificate(UserFactory(name="Awa Ndiaye", email="awa@example.org"))


@pytest.fixture
def signed_in(client, certificate):
    client.force_login(certificate.holder)
    return client


PRIVATE = ["detail", "download"]


@pytest.mark.parametrize("name", PRIVATE)
def test_visitors_are_asked_to_sign_in(client, certificate, name):
    response = client.get(address(name, certificate.pk))
    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


@pytest.mark.parametrize("name", PRIVATE)
def test_another_learner_does_not_see_it(client, certificate, name):
    client.force_login(UserFactory())
    assert client.get(address(name, certificate.pk)).status_code == 404


@pytest.mark.parametrize("name", PRIVATE)
def test_managers_and_administrators_do_not_see_it(client, certificate, name):
    make_pdf.func(str(certificate.pk))
    organisation = Organisation.objects.create(name="CCAS de Vauclair")
    manager = UserFactory(is_superuser=True)
    for user, role in [(certificate.holder, "learner"), (manager, "manager")]:
        Membership.objects.create(organisation=organisation, user=user, role=role)
    client.force_login(manager)
    assert client.get(address(name, certificate.pk)).status_code == 404


def test_the_list_shows_only_ones_own(signed_in, certificate):
    make_certificate(UserFactory(), make_module(code="M05"))
    response = signed_in.get(address("mine"))
    assert [line["certificate"] for line in response.context["certificates"]] == [
        certificate
    ]
    assert certificate.get_absolute_url() in response.text


def test_an_empty_list_says_how_to_get_one(client):
    client.force_login(UserFactory())
    response = client.get(address("mine", language="en"))
    assert "No attestation yet." in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_has_the_same_queries_for_one_and_three(
    signed_in, certificate, django_assert_max_num_queries, count
):
    for number in range(1, count):
        make_certificate(certificate.holder, make_module(code=f"M1{number}"))
    signed_in.get(address("mine"))
    with django_assert_max_num_queries(4):
        signed_in.get(address("mine"))


def test_opening_it_draws_a_missing_document(signed_in, certificate):
    response = signed_in.get(address("detail", certificate.pk))
    assert response.context["is_ready"]
    assert address("download", certificate.pk) in response.text
    assert certificate.spaced_code in response.text
    assert certificate.check_address in response.text
    assert "refresh" not in response.text


def test_waiting_says_that_nothing_is_lost(signed_in, certificate, monkeypatch):
    monkeypatch.setattr("certificates.pdf.render", lambda facts, code: 1 / 0)
    response = signed_in.get(address("detail", certificate.pk, language="en"))
    assert response.status_code == 200
    assert "Nothing is lost" in response.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in (
        response.text
    )
    assert signed_in.get(address("download", certificate.pk)).status_code == 302


def test_waiting_asks_again_once_a_minute(signed_in, certificate, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "make_pdf", SimpleNamespace(enqueue=asked.append))
    for _ in range(3):
        signed_in.get(address("detail", certificate.pk))
    assert asked == [str(certificate.pk)]


def test_a_name_that_no_font_prints_is_told_and_helped(client):
    certificate = make_certificate(UserFactory(name="王小明"))
    client.force_login(certificate.holder)
    response = client.get(address("detail", certificate.pk))
    assert response.context["missing_characters"] == ["王", "小", "明"]
    assert reverse("people:account") in response.text
    assert "王小明" in response.text
    assert "refresh" not in response.text


def test_download(signed_in, certificate):
    make_pdf.func(str(certificate.pk))
    response = signed_in.get(address("download", certificate.pk))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        'attachment; filename="attestation-M04-awa-ndiaye.pdf"'
    )
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response.content == bytes(certificate.file.pdf)


def test_file_names_are_plain_letters(client):
    certificate = make_certificate(UserFactory(name="Ελένη Παπαδοπούλου"))
    make_pdf.func(str(certificate.pk))
    client.force_login(certificate.holder)
    disposition = client.get(address("download", certificate.pk))["Content-Disposition"]
    assert disposition.isascii()
    assert "attestation-M04-eleni-" in disposition


def test_a_module_leads_to_ones_own_certificate(signed_in, certificate):
    response = signed_in.get(address("for_module", certificate.module_key))
    assert response["Location"] == certificate.get_absolute_url()
    signed_in.force_login(UserFactory())
    other = signed_in.get(address("for_module", certificate.module_key))
    assert other.status_code == 404


def test_anybody_can_check_a_code_and_sees_what_the_document_claims(
    client, certificate
):
    response = client.get(address("check", certificate.code, language="en"))
    assert response.status_code == 200
    for claimed in [
        "This attestation is valid",
        "Awa Ndiaye",
        "Guider à l’écran sans voir l’écran",
        "M04",
        "2026-1",
        "préparer un appel",
        "conclure par une suite datée",
        "Guider à distance, pas à pas",
        "Référentiel de compétences Repère",
        "Objectives reached, 88% of right answers in the check",
        "1\u00a0h\u00a030\u00a0min",
        "Repère",
        certificate.spaced_code,
        "neither a diploma",
        "Checked on",
    ]:
        assert claimed in response.text
    assert '<meta name="robots" content="noindex">' in response.text


def test_the_check_tells_nothing_else(client, certificate):
    text = client.get(address("check", certificate.code)).text
    for hidden in [
        "awa@example.org",
        str(certificate.pk),
        str(certificate.module_key),
        "0.875",
        "level",
        "niveau",
    ]:
        assert hidden not in text.lower()


def test_the_check_works_after_the_account_is_closed(client, certificate):
    certificate.holder.delete()
    assert client.get(address("check", certificate.code)).status_code == 200


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_the_check_makes_at_most_four_queries(
    client, certificate, django_assert_max_num_queries, is_signed_in
):
    if is_signed_in:
        client.force_login(certificate.holder)
    client.get(address("check", certificate.code))
    with django_assert_max_num_queries(4):
        client.get(address("check", certificate.code))


def test_a_code_may_be_typed_as_it_comes(client, certificate):
    typed = certificate.spaced_code.lower().replace("0", "o")
    response = client.get(address("check"), {"code": f" {typed} "})
    assert response.context["certificate"] == certificate


def test_an_unknown_code_is_said_so(client, certificate):
    response = client.get(address("check", make_code(), language="en"))
    assert response.status_code == 404
    assert "We do not find this code" in response.text
    assert "no attestation of this site bears it" in response.text


@pytest.mark.parametrize("typed", ["", "ABC", "x" * 300, "0000-0000-0000-0001"])
def test_a_mistyped_code_is_helped(client, typed):
    response = client.get(address("check", language="en"), {"code": typed})
    assert response.status_code == 404
    assert "four characters at a time" in response.text


def test_without_a_code_the_page_asks_for_one(client):
    response = client.get(address("check", language="en"))
    assert response.status_code == 200
    assert "We do not find" not in response.text


@pytest.mark.parametrize(
    "accepted, language", [("fr-FR,fr", "fr"), ("en-GB", "en"), ("de", "fr")]
)
def test_the_short_address_leads_to_the_visitors_language(
    client, certificate, accepted, language
):
    for end in ["", "/"]:
        response = client.get(
            f"/v/{certificate.code}{end}", headers={"accept-language": accepted}
        )
        assert response["Location"] == address(
            "check", certificate.code, language=language
        )
    response = client.get("/v/", headers={"accept-language": accepted})
    assert response["Location"] == address("check", language=language)
