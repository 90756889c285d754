"""What holders see of their attestations, and the files that they take away."""

import io
import zipfile
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from certificates import life, signing
from certificates.documents import document_of
from certificates.models import Certificate, Event
from certificates.paths import issue_path_certificate
from certificates.pdf import PdfUnavailable
from courses.models import ModulePage
from people.models import Membership, Organisation
from tests.certificates.factories import (
    FACTS_OF,
    UserFactory,
    finish_module,
    make_certificate,
    make_module,
    make_of_kind,
)
from tests.certificates.signed import SECRET
from tests.courses.paths import end_module, make_path, work_on

pytestmark = pytest.mark.django_db
PRIVATE = ["detail", "download", "problem", "credential", "badge"]


def address(name, *args, language="en"):
    with override(language):
        return reverse(f"certificates:{name}", args=args)


@pytest.fixture(autouse=True)
def a_secret(monkeypatch):
    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)


@pytest.fixture
def certificate():
    return make_certificate(UserFactory(name="Awa Ndiaye"))


@pytest.fixture
def signed_in(client, certificate):
    client.force_login(certificate.holder)
    return client


# --- who sees what --------------------------------------------------------------------


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
    organisation = Organisation.objects.create(name="CCAS de Vauclair")
    manager = UserFactory(is_superuser=True)
    for user, role in [(certificate.holder, "learner"), (manager, "manager")]:
        Membership.objects.create(organisation=organisation, user=user, role=role)
    client.force_login(manager)
    assert client.get(address(name, certificate.pk)).status_code == 404


def test_everything_stays_after_leaving_the_organisation(signed_in, certificate):
    organisation = Organisation.objects.create(name="CCAS de Vauclair")
    theirs = make_of_kind("attendance", certificate.holder, organisation=organisation)
    Membership.objects.create(
        organisation=organisation,
        user=certificate.holder,
        joined_on=timezone.localdate() - timedelta(days=30),
        left_on=timezone.localdate(),
    )
    listed = signed_in.get(address("mine")).context["certificates"]
    assert {line["certificate"] for line in listed} == {certificate, theirs}
    for pk in (certificate.pk, theirs.pk):
        assert signed_in.get(address("detail", pk)).status_code == 200
        pdf = signed_in.get(address("download", pk))
        assert pdf["Content-Type"] == "application/pdf"


# --- the list -------------------------------------------------------------------------


def test_the_list_shows_only_ones_own(signed_in, certificate):
    make_certificate(UserFactory(), make_module(code="M05"))
    response = signed_in.get(address("mine"))
    assert [line["certificate"] for line in response.context["certificates"]] == [
        certificate
    ]
    assert certificate.get_absolute_url().rpartition("/fr/")[2] in response.text


def test_an_empty_list_says_how_to_get_one(client):
    client.force_login(UserFactory())
    response = client.get(address("mine"))
    assert "No attestation yet." in response.text
    assert "Other documents" not in response.text


@pytest.mark.parametrize("kind", FACTS_OF)
def test_each_kind_is_listed_and_shown(signed_in, certificate, kind):
    other = make_of_kind(kind, certificate.holder)
    title = FACTS_OF[kind].get(f"{kind}_title") or FACTS_OF[kind].get("session_title")
    text = signed_in.get(address("mine")).text
    assert other.get_kind_display() in text
    assert (title or other.get_kind_display()) in text
    assert other.spaced_code in signed_in.get(address("detail", other.pk)).text


def test_states_and_ends_are_said_in_words(signed_in, certificate):
    holder, today = certificate.holder, timezone.localdate()
    life.revoke(certificate, None, Event.Reason.MISTAKE)
    make_of_kind("module", holder, valid_until=today - timedelta(days=1))
    make_of_kind("module", holder, valid_until=today + timedelta(days=400))
    former = make_of_kind("path", holder)
    life.replace(former, None, Event.Reason.NAME, name="Awa Diop")
    lines = signed_in.get(address("mine")).context["certificates"]
    assert sorted(line["standing"].tag for line in lines) == [
        "Expired",
        "Replaced by another one",
        "Valid",
        "Valid",
        "Withdrawn",
    ]
    text = signed_in.get(address("mine")).text
    assert "Expired: it was valid until" in text
    assert "Valid until" in text


def test_the_list_has_the_same_queries_for_one_and_three(
    signed_in, certificate, django_assert_num_queries
):
    signed_in.get(address("mine"))  # fills what each process keeps
    with CaptureQueriesContext(connection) as one:
        signed_in.get(address("mine"))
    assert len(one) <= 10
    for kind in ["path", "attendance"]:
        make_of_kind(kind, certificate.holder)
    with django_assert_num_queries(len(one)):
        assert len(signed_in.get(address("mine")).context["certificates"]) == 3


def test_what_can_be_renewed_is_said(signed_in):
    holder = UserFactory()
    module = make_module(code="M07")
    module.validity_months = 24
    module.save()
    make_certificate(holder, module)
    module.substance += 1
    module.save()
    signed_in.force_login(holder)
    text = signed_in.get(address("mine")).text
    assert "the module has changed since your attestation" in text
    assert address("renew", module.translation_key) in text


# --- a name that cannot be printed ----------------------------------------------------


def test_a_finished_module_waits_for_a_name_that_can_be_printed(client):
    learner, module = UserFactory(name="王小明"), make_module()
    finish_module(learner, module)
    client.force_login(learner)
    text = client.get(address("mine")).text
    assert module.title in text
    assert "its attestation is not issued yet" in text
    for character in "王小明":
        assert f"“{character}”" in text
    assert reverse("people:account").partition("/fr/")[2] in text
    issue = address("issue_module", module.translation_key)
    assert issue not in text
    # Pressed all the same, from an old page: nothing is issued.
    assert client.post(issue)["Location"] == address("mine")
    assert not Certificate.objects.exists()


def test_once_the_name_is_changed_a_button_issues_it(client):
    learner, module = UserFactory(name="王小明"), make_module()
    finish_module(learner, module)
    learner.name = "Wang Xiaoming"
    learner.save()
    client.force_login(learner)
    issue = address("issue_module", module.translation_key)
    assert issue in client.get(address("mine")).text
    response = client.post(issue, follow=True)
    certificate = Certificate.objects.get()
    assert certificate.holder == learner
    assert certificate.facts["name"] == "Wang Xiaoming"
    assert certificate.facts["score_percent"] == 88
    assert "Your attestation is issued." in response.text
    assert issue not in client.get(address("mine")).text
    client.post(issue)
    assert Certificate.objects.count() == 1


@pytest.fixture
def path_without_checks():
    """(learner, path): its only module is done, under a name that none can print."""
    learner = UserFactory(name="王小明")
    module = make_module(with_check=False)
    path = make_path(module)
    end_module(learner, module)
    return learner, path


def test_a_path_without_checks_waits_for_a_name_too(client, path_without_checks):
    learner, path = path_without_checks
    assert not Certificate.objects.exists()
    client.force_login(learner)
    text = client.get(address("mine")).text
    assert f"“{path.title}” is finished; its attestation is not issued yet." in text
    assert "“王”" in text
    assert address("for_path", path.translation_key) not in text


def test_once_the_name_is_changed_a_button_issues_the_path(client, path_without_checks):
    learner, path = path_without_checks
    learner.name = "Wang Xiaoming"
    learner.save()
    client.force_login(learner)
    button = address("for_path", path.translation_key)
    assert button in client.get(address("mine")).text

    response = client.post(button)

    certificate = Certificate.objects.get()
    assert response["Location"] == address("detail", certificate.pk)
    assert (certificate.kind, certificate.holder) == ("path", learner)
    assert certificate.facts["name"] == "Wang Xiaoming"
    assert "not issued yet" not in client.get(address("mine")).text


def test_a_path_is_offered_once_in_the_language_of_the_page(client):
    learner = UserFactory()
    modules = {code: make_module(code, with_check=False) for code in ("fr", "en")}
    ModulePage.objects.update(translation_key=modules["fr"].translation_key)
    for code, module in modules.items():
        make_path(module, language=code)
    work_on(learner, modules["fr"], timezone.now())
    client.force_login(learner)
    for code in ("en", "fr"):
        [path] = client.get(address("mine", language=code)).context["unissued"].paths
        assert path.locale.language_code == code


def test_a_path_of_which_a_module_is_not_done_is_not_offered(client):
    learner = UserFactory()
    modules = [make_module(code=code, with_check=False) for code in ("M1", "M2")]
    make_path(*modules)
    work_on(learner, modules[0], timezone.now())
    work_on(learner, modules[1])
    client.force_login(learner)
    assert not client.get(address("mine")).context["unissued"]


def test_a_path_one_of_whose_attestations_was_withdrawn_is_not_offered(client):
    module, other = make_module(), make_module(code="M05")
    certificate = make_certificate(module=module)
    make_certificate(certificate.holder, other)
    make_path(module, other)
    client.force_login(certificate.holder)
    assert client.get(address("mine")).context["unissued"]
    life.revoke(certificate, None, Event.Reason.FRAUD)
    assert not client.get(address("mine")).context["unissued"]


def test_an_erased_path_is_neither_offered_nor_issued_again(
    client, path_without_checks
):
    learner, path = path_without_checks
    learner.name = "Wang Xiaoming"
    learner.save()
    life.erase(issue_path_certificate(learner, path))
    client.force_login(learner)
    assert "not issued yet" not in client.get(address("mine")).text
    button = address("for_path", path.translation_key)
    response = client.post(button, follow=True)
    assert "This attestation was erased: it is not issued anew." in response.text
    assert Certificate.objects.get().erased_at is not None


def test_a_check_that_was_not_passed_gives_no_button(client):
    learner, module = UserFactory(), make_module()
    finish_module(learner, module, score=0.5)
    client.force_login(learner)
    client.post(address("issue_module", module.translation_key))
    assert not Certificate.objects.exists()
    assert "not issued yet" not in client.get(address("mine")).text


def test_an_erased_one_is_not_offered_again(client):
    certificate = make_certificate()
    learner = certificate.holder
    life.erase(certificate)
    client.force_login(learner)
    assert "not issued yet" not in client.get(address("mine")).text


def test_issuing_is_not_a_link(signed_in, certificate):
    url = address("issue_module", certificate.module_key)
    assert signed_in.get(url).status_code == 405


# --- one of them ----------------------------------------------------------------------


def test_its_page_offers_everything(signed_in, certificate):
    signing.sign(certificate.pk)
    text = signed_in.get(address("detail", certificate.pk)).text
    for name in ["download", "credential", "badge", "problem"]:
        assert address(name, certificate.pk) in text
    assert f"{address('share_new')}?certificate={certificate.pk}" in text
    assert certificate.spaced_code in text
    assert certificate.check_address in text


def test_without_a_signature_the_page_says_that_nothing_is_missing(
    signed_in, certificate
):
    text = signed_in.get(address("detail", certificate.pk)).text
    assert address("credential", certificate.pk) not in text
    assert "The PDF and the code above are complete without it." in text


def test_a_professional_profile_gets_what_the_paper_says(client):
    end = timezone.localdate() + timedelta(days=700)
    certificate = make_of_kind("module", valid_until=end)
    client.force_login(certificate.holder)
    response = client.get(address("detail", certificate.pk))
    url = urlsplit(response.context["profile_url"])
    issued = timezone.localdate(certificate.issued_at)
    assert url.hostname == "www.linkedin.com"
    assert parse_qs(url.query) == {
        "startTask": ["CERTIFICATION_NAME"],
        "name": ["Guider à l’écran sans voir l’écran"],
        "organizationName": ["Repère"],
        "issueYear": [str(issued.year)],
        "issueMonth": [str(issued.month)],
        "expirationYear": [str(end.year)],
        "expirationMonth": [str(end.month)],
        "certUrl": [certificate.check_address],
        "certId": [certificate.spaced_code],
    }
    assert certificate.check_address in response.context["profile_text"]
    assert '<script src="https' not in response.text


def test_what_is_withdrawn_goes_into_no_profile(signed_in, certificate):
    life.revoke(certificate, None, Event.Reason.MISTAKE)
    text = signed_in.get(address("detail", certificate.pk)).text
    assert "Withdrawn" in text
    assert "linkedin" not in text


def test_an_old_one_that_cannot_be_printed_says_how_to_replace_it(client):
    certificate = make_certificate()
    facts = certificate.facts | {"name": "王小明"}
    old = Certificate.objects.create(
        holder=certificate.holder,
        module_key=certificate.module_key,
        idempotency_key="before",
        facts=facts,
        language="fr",
    )
    client.force_login(certificate.holder)
    text = client.get(address("detail", old.pk)).text
    assert "Its PDF cannot be drawn." in text
    assert address("download", old.pk) not in text
    assert client.get(address("download", old.pk)).status_code == 302


def test_a_module_leads_to_the_certificate_that_stands(signed_in, certificate):
    url = address("for_module", certificate.module_key)
    assert signed_in.get(url)["Location"] == address("detail", certificate.pk)
    made = life.replace(certificate, None, Event.Reason.NAME, name="Awa Diop")
    assert signed_in.get(url)["Location"] == address("detail", made.pk)
    life.revoke(made, None, Event.Reason.MISTAKE)
    assert signed_in.get(url)["Location"] == address("detail", made.pk)
    signed_in.force_login(UserFactory())
    assert signed_in.get(url).status_code == 404


def test_a_module_that_waits_leads_to_the_list(client):
    learner, module = UserFactory(name="王小明"), make_module()
    finish_module(learner, module)
    client.force_login(learner)
    response = client.get(address("for_module", module.translation_key))
    assert response["Location"] == address("mine")


# --- files ----------------------------------------------------------------------------


def test_download(signed_in, certificate):
    response = signed_in.get(address("download", certificate.pk))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        'attachment; filename="attestation-M04-awa-ndiaye.pdf"'
    )
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response.content == document_of(certificate)


def test_file_names_are_plain_letters(client):
    certificate = make_certificate(UserFactory(name="Ελένη Παπαδοπούλου"))
    client.force_login(certificate.holder)
    disposition = client.get(address("download", certificate.pk))["Content-Disposition"]
    assert disposition.isascii()
    assert "attestation-M04-eleni-" in disposition


def test_all_documents_come_as_one_zip(signed_in, certificate):
    other = make_of_kind("attendance", certificate.holder)
    make_certificate(UserFactory(name="Marc Delmas"), make_module(code="M05"))
    response = signed_in.get(address("all_documents"))
    assert response["Content-Type"] == "application/zip"
    assert "no-store" in response["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as archive:
        contents = {archive.read(name) for name in archive.namelist()}
    assert contents == {document_of(certificate), document_of(other)}


@pytest.mark.parametrize("name", ["download", "all_documents"])
def test_when_documents_cannot_be_drawn_nothing_is_lost(
    signed_in, certificate, monkeypatch, name
):
    def fail(*args, **kwargs):
        raise PdfUnavailable

    monkeypatch.setattr("certificates.pdf.render", fail)
    args = [certificate.pk] if name == "download" else []
    response = signed_in.get(address(name, *args), follow=True)
    assert "Your attestation is kept." in response.text
