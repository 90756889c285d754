from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from certificates import documents, life, pdf, seals, signing
from certificates.deeds import Deed
from certificates.issue import issue
from certificates.keyring import create
from certificates.models import (
    Certificate,
    CertificateFile,
    Credential,
    Event,
    Seal,
    SigningKey,
)
from certificates.sealing import CannotSeal, Problem
from people.export import everything_about
from people.models import User
from tests.certificates.authority import (
    LATER,
    LONG_AGO,
    OWNER,
    PASSWORD,
    make_file,
)
from tests.certificates.factories import FACTS, make_module
from tests.certificates.test_sealing import by_pyhanko
from tests.factories import make_organisation, make_person, make_trainer

pytestmark = pytest.mark.django_db
SECRET = "a secret of this installation, long enough"


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)
    seals.opened.cache_clear()


@pytest.fixture
def administrator():
    return User.objects.create_superuser("admin@example.org", "Nora Petit", "pass-1")


@pytest.fixture
def organisation():
    return make_organisation()


def make_seal(organisation=None, user=None, is_on=True, **wanted):
    seal = seals.import_seal(organisation, make_file(**wanted), PASSWORD, user)
    seals.turn(seal, is_on)
    return seal


def make_certificate(organisation=None, time=1, holder=None):
    """Return a certificate; what follows its commit waits for a test to run it."""
    return issue(
        Deed(
            kind=Certificate.Kind.MODULE,
            holder=holder or make_person(),
            about=make_module(code=f"M{time:02}").translation_key,
            facts=FACTS,
            time=time,
            organisation=organisation,
        )
    )


def kept_for(certificate):
    return list(certificate.files.filter(is_sealed=True))


# --- importing ------------------------------------------------------------------------


def test_a_seal_is_off_until_it_is_turned_on(organisation, administrator):
    seal = seals.import_seal(organisation, make_file(), PASSWORD, administrator)
    assert (seal.is_on, seal.subject, seal.issuer) == (False, OWNER, "Autorité d’essai")
    assert (seal.valid_from.year, seal.valid_until.year) == (2020, 2090)
    assert seal.imported_by == administrator


def test_neither_the_key_nor_the_password_is_in_clear():
    content = make_file()
    seal = seals.import_seal(None, content, PASSWORD, None)
    kept = bytes(seal.secret)
    sealer = seals.sealer_of(seal)
    assert sealer.to_bytes() not in kept
    assert PASSWORD.encode() not in kept
    assert content not in kept
    assert b"pkcs12" not in kept


def test_another_file_takes_the_place_of_the_first(organisation):
    make_seal(organisation)
    Seal.objects.update(problem=Problem.ENDED, problem_at=timezone.now())
    again = seals.import_seal(organisation, make_file(), PASSWORD, None)
    assert list(Seal.objects.all()) == [again]
    assert (again.is_on, again.problem, again.problem_at) == (True, "", None)


def test_each_organisation_and_the_platform_have_one(organisation):
    make_seal(organisation)
    make_seal(None)
    make_seal(None)
    owners = [seal.owner for seal in Seal.objects.order_by("organisation")]
    assert sorted(map(str, owners)) == ["CCAS de Valmont", "Repère"]


@pytest.mark.parametrize(
    ("dates", "problem"), [(LONG_AGO, Problem.ENDED), (LATER, Problem.TOO_EARLY)]
)
def test_a_seal_out_of_its_time_is_refused(dates, problem):
    with pytest.raises(CannotSeal) as caught:
        make_seal(**dates)
    assert caught.value.problem == problem
    assert not Seal.objects.exists()


def test_a_persons_data_hold_no_seal(administrator):
    make_seal(user=administrator)
    found = everything_about(administrator)
    assert "person" in found
    assert "seal" not in found


# --- without a seal -------------------------------------------------------------------


def test_without_a_seal_nothing_changes(organisation):
    certificate = make_certificate(organisation)
    plain = documents.draw(certificate)
    assert seals.seal_document(certificate.pk) is False
    assert documents.document_of(certificate) == plain
    make_seal(organisation, is_on=False)
    assert seals.seal_document(certificate.pk) is False
    assert documents.document_of(certificate) == plain
    assert kept_for(certificate) == []


def test_the_seal_of_one_is_not_put_on_the_documents_of_another(organisation):
    make_seal(organisation)
    certificates = [
        make_certificate(None),
        make_certificate(make_organisation("Autre organisme"), time=2),
    ]
    assert [seals.seal_document(one.pk) for one in certificates] == [False, False]
    assert not CertificateFile.objects.filter(is_sealed=True).exists()


# --- sealing --------------------------------------------------------------------------


@pytest.mark.parametrize("is_of_platform", [True, False])
def test_the_sealed_document_is_kept_and_handed_out(organisation, is_of_platform):
    owner = None if is_of_platform else organisation
    make_seal(owner)
    certificate = make_certificate(owner)
    seals.seal_certificate.enqueue(str(certificate.pk))
    content = documents.document_of(certificate)
    assert by_pyhanko(content) == (True, True, "ENTIRE_FILE")
    assert content.startswith(documents.draw(certificate))
    [kept] = kept_for(certificate)
    assert bytes(kept.pdf) == content == documents.document_of(certificate)
    assert kept.size == len(content)


def test_the_seal_follows_the_signature(
    organisation, django_capture_on_commit_callbacks
):
    make_seal(organisation)
    with django_capture_on_commit_callbacks(execute=True):
        certificate = make_certificate(organisation)
    content = documents.document_of(certificate)
    assert by_pyhanko(content) == (True, True, "ENTIRE_FILE")
    assert signing.text_of(certificate) is not None
    assert content.startswith(documents.draw(certificate))  # with the credential in it


def test_sealed_twice_is_sealed_once(organisation):
    make_seal(organisation)
    certificate = make_certificate(organisation)
    assert seals.seal_document(certificate.pk) is True
    first = documents.document_of(certificate)
    assert seals.seal_document(certificate.pk) is False
    assert documents.document_of(certificate) == first


def test_two_workers_at_once_keep_one(organisation):
    make_seal(organisation)
    certificate = make_certificate(organisation)
    assert seals.keep(certificate, b"%PDF of the first") is True
    assert seals.keep(certificate, b"%PDF of the second") is False
    assert [bytes(kept.pdf) for kept in kept_for(certificate)] == [b"%PDF of the first"]


def test_what_was_erased_meanwhile_is_not_kept(organisation):
    make_seal(organisation)
    certificate = make_certificate(organisation)
    life.erase(certificate)
    assert seals.keep(certificate, b"%PDF with a name") is False
    assert not CertificateFile.objects.exists()


def test_erasing_takes_the_sealed_document_away(organisation):
    make_seal(organisation)
    certificate = make_certificate(organisation)
    seals.seal_document(certificate.pk)
    life.erase(certificate)
    assert not CertificateFile.objects.exists()


def test_what_was_withdrawn_is_not_sealed(organisation):
    make_seal(organisation)
    certificate = make_certificate(organisation)
    life.revoke(certificate, None, Event.Reason.MISTAKE)
    assert seals.seal_document(certificate.pk) is False


def test_turned_off_again_a_sealed_document_stays_sealed(organisation):
    seal = make_seal(organisation)
    certificate = make_certificate(organisation)
    seals.seal_document(certificate.pk)
    content = documents.document_of(certificate)
    seals.turn(seal, False)
    assert documents.document_of(certificate) == content


def test_a_credential_signed_anew_wants_another_seal(organisation):
    seal = make_seal(organisation)
    certificate = make_certificate(organisation)
    seals.seal_document(certificate.pk)
    former = documents.document_of(certificate)
    sign_anew(certificate, after=timedelta(minutes=1))
    assert documents.sealed_file(certificate) is None
    assert list(seals.waiting(seal)) == [certificate]
    assert seals.seal_document(certificate.pk) is True
    assert documents.document_of(certificate) != former
    assert list(seals.waiting(seal)) == []


def sign_anew(certificate, after):
    """Add a credential of another trusted key, made some time from now."""
    signing.sign(certificate.pk)
    key = create(certificate.organisation)
    SigningKey.objects.filter(pk=key.pk).update(state=SigningKey.State.RETIRED)
    Credential.objects.create(
        certificate=certificate,
        signing_key=key,
        text="{}",
        made_at=timezone.now() + after,
    )


# --- what waits -----------------------------------------------------------------------


def test_what_was_issued_before_is_sealed_on_demand(organisation):
    seal = make_seal(organisation, is_on=False)
    ended, *others = [make_certificate(organisation, time) for time in (1, 2, 3)]
    life.revoke(ended, None, Event.Reason.MISTAKE)
    make_certificate(None, time=4)
    assert list(seals.waiting(seal)) == others
    seals.turn(seal, True)
    assert seals.seal_all(seal, limit=1) == 1
    assert list(seals.waiting(seal)) == others[1:]
    assert seals.seal_all(seal) == 1
    assert seals.seal_all(seal) == 0


def test_the_command_seals_what_waits_and_says_how_many(organisation):
    make_seal(organisation)
    make_certificate(organisation)
    said = [StringIO(), StringIO()]
    for output in said:
        call_command("seal_certificates", stdout=output)
    assert [output.getvalue() for output in said] == [
        "CCAS de Valmont: 1 sealed.\n",
        "CCAS de Valmont: 0 sealed.\n",
    ]


def test_the_command_ends_with_what_to_do(organisation, monkeypatch):
    make_seal(organisation)
    make_certificate(organisation)
    monkeypatch.setenv("CERTIFICATE_SECRET", "another secret, and long enough as well")
    with pytest.raises(CommandError) as caught:
        call_command("seal_certificates")
    assert str(caught.value).startswith("CCAS de Valmont: The seal cannot be opened")


# --- what goes wrong ------------------------------------------------------------------


def fail_to_seal(certificate, problem):
    """Assert that sealing fails, that it is noted, and that nothing is lost."""
    with pytest.raises(CannotSeal) as caught:
        seals.seal_document(certificate.pk)
    assert caught.value.problem == problem
    assert Seal.objects.get().problem == problem
    assert documents.document_of(certificate) == documents.draw(certificate)
    assert certificate.state() == Certificate.State.VALID


def test_an_ended_seal_leaves_the_document_unsealed(organisation, monkeypatch):
    make_seal(organisation)
    certificate = make_certificate(organisation)
    after = Seal.objects.get().valid_until + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: after)
    fail_to_seal(certificate, Problem.ENDED)


def test_a_clock_set_back_is_noticed(organisation, monkeypatch):
    make_seal(organisation)
    certificate = make_certificate(organisation)
    before = certificate.issued_at - timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: before)
    fail_to_seal(certificate, Problem.CLOCK_SET_BACK)


def test_a_clock_that_is_hardly_late_does_no_harm(organisation, monkeypatch):
    seal = make_seal(organisation)
    certificate = make_certificate(organisation)
    sign_anew(certificate, after=timedelta(seconds=20))
    assert seals.seal_document(certificate.pk) is True
    assert seals.seal_document(certificate.pk) is False
    assert list(seals.waiting(seal)) == []


@pytest.mark.parametrize("secret_now", ["another secret, and long enough as well", "x"])
def test_a_seal_of_another_secret_stays_locked(organisation, monkeypatch, secret_now):
    make_seal(organisation)
    certificate = make_certificate(organisation)
    monkeypatch.setenv("CERTIFICATE_SECRET", secret_now)
    fail_to_seal(certificate, Problem.LOCKED)


def test_missing_libraries_are_one_more_problem(organisation, monkeypatch):
    def unavailable(*args, **kwargs):
        raise pdf.PdfUnavailable

    make_seal(organisation)
    certificate = make_certificate(organisation)
    with monkeypatch.context() as without:
        without.setattr(documents, "draw", unavailable)
        with pytest.raises(CannotSeal):
            seals.seal_document(certificate.pk)
    assert Seal.objects.get().problem == Problem.FAILED
    assert seals.seal_document(certificate.pk) is True
    assert Seal.objects.get().problem == ""


def test_staff_are_told_once(
    organisation, administrator, monkeypatch, django_capture_on_commit_callbacks
):
    make_person("Marc Delmas")  # is not staff
    importer = make_trainer()
    make_seal(organisation, importer)  # may not manage seals any more
    certificates = [make_certificate(organisation, time) for time in (1, 2)]
    monkeypatch.setenv("CERTIFICATE_SECRET", "another secret, and long enough as well")
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for certificate in certificates:
            seals.seal_certificate.enqueue(str(certificate.pk))
    [message] = mail.outbox
    assert message.to == [administrator.email]
    seal = Seal.objects.get()
    assert reverse("seals:detail", args=[seal.pk]) in message.body
    assert str(seal.owner) in message.body


# --- in the CMS -----------------------------------------------------------------------


def upload(client, content, password=PASSWORD, organisation=None):
    return client.post(
        reverse("seals:import"),
        {
            "organisation": organisation.pk if organisation else "",
            "file": SimpleUploadedFile("seal.p12", content),
            "password": password,
        },
    )


def test_an_administrator_imports_a_seal(client, administrator, organisation):
    client.force_login(administrator)
    response = upload(client, make_file(), organisation=organisation)
    seal = Seal.objects.get(organisation=organisation)
    assert (response.status_code, response.url) == (
        302,
        reverse("seals:detail", args=[seal.pk]),
    )
    for name, args in [("detail", [seal.pk]), ("list", []), ("remove", [seal.pk])]:
        page = client.get(reverse(f"seals:{name}", args=args))
        assert page.status_code == 200
        assert PASSWORD not in page.content.decode()
    assert OWNER in client.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("content", "password", "field", "problem"),
    [
        (make_file(), "wrong-password", "password", Problem.WRONG_PASSWORD),
        (b"", "wrong-password", "file", Problem.NOT_PKCS12),
        (b"%PDF-1.7", "wrong-password", "file", Problem.NOT_PKCS12),
        (make_file(**LONG_AGO), PASSWORD, "file", Problem.ENDED),
    ],
)
def test_bad_input_has_its_sentence(
    client, administrator, content, password, field, problem
):
    client.force_login(administrator)
    response = upload(client, content, password)
    assert response.context["form"].errors == {field: [problem.label]}
    assert password not in response.content.decode()
    assert not Seal.objects.exists()


def test_a_missing_secret_has_its_sentence(client, administrator, monkeypatch):
    client.force_login(administrator)
    monkeypatch.setenv("CERTIFICATE_SECRET", "short")
    response = upload(client, make_file())
    [said] = response.context["form"].non_field_errors()
    assert "CERTIFICATE_SECRET" in said
    assert not Seal.objects.exists()


@pytest.mark.parametrize("wanted", ["the organisation", "", "x", "99999"])
def test_another_file_is_asked_for_the_same_owner(
    client, administrator, organisation, wanted
):
    client.force_login(administrator)
    is_known = wanted == "the organisation"
    key = organisation.pk if is_known else wanted
    response = client.get(reverse("seals:import"), {"organisation": key})
    chosen = f'<option value="{organisation.pk}" selected>' in response.content.decode()
    assert (response.status_code, chosen) == (200, is_known)


def test_turned_on_and_off_by_buttons(client, administrator):
    client.force_login(administrator)
    seal = make_seal(is_on=False)
    address = reverse("seals:turn", args=[seal.pk])
    states = []
    for button in ("on", "off"):
        assert client.get(address).status_code == 405
        client.post(address, {button: ""})
        states.append(Seal.objects.get().is_on)
    assert states == [True, False]


def test_the_button_seals_what_waits(client, administrator, organisation):
    client.force_login(administrator)
    seal = make_seal(organisation)
    certificate = make_certificate(organisation)
    page = client.get(reverse("seals:detail", args=[seal.pk]))
    assert page.context["waiting_count"] == 1
    with_button = reverse("seals:seal_now", args=[seal.pk])
    assert with_button in page.content.decode()
    client.post(with_button)
    page = client.get(reverse("seals:detail", args=[seal.pk]))
    assert page.context["waiting_count"] == 0
    assert with_button not in page.content.decode()
    assert len(kept_for(certificate)) == 1


def test_the_page_says_what_is_wrong(client, administrator):
    client.force_login(administrator)
    seal = make_seal()
    seals.note_problem(seal, Problem.CLOCK_SET_BACK)
    page = client.get(reverse("seals:detail", args=[seal.pk])).content.decode()
    assert str(Problem.CLOCK_SET_BACK.label) in page


def test_removed_after_asking(client, administrator, organisation):
    client.force_login(administrator)
    seal = make_seal(organisation)
    certificate = make_certificate(organisation)
    seals.seal_document(certificate.pk)
    content = documents.document_of(certificate)
    address = reverse("seals:remove", args=[seal.pk])
    assert client.get(address).status_code == 200
    assert Seal.objects.exists()
    client.post(address)
    assert not Seal.objects.exists()
    assert documents.document_of(certificate) == content


@pytest.mark.parametrize("name", ["detail", "turn", "seal_now", "remove"])
def test_trainers_do_not_manage_a_seal(client, name):
    seal = make_seal(is_on=False)
    client.force_login(make_trainer())
    address = reverse(f"seals:{name}", args=[seal.pk])
    assert client.post(address, {"on": ""}).status_code == 403
    assert list(Seal.objects.values_list("is_on", flat=True)) == [False]


@pytest.mark.parametrize("name", ["list", "import"])
def test_trainers_do_not_see_seals(client, name):
    client.force_login(make_trainer())
    assert client.get(reverse(f"seals:{name}")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_makes_as_many_queries_for_one_as_for_three(
    client, administrator, count, django_assert_max_num_queries
):
    client.force_login(administrator)
    for number in range(count):
        make_seal(make_organisation(f"Organisme {number}"))
    client.get(reverse("seals:list"))
    with django_assert_max_num_queries(12):
        response = client.get(reverse("seals:list"))
    assert len(response.context["seals"]) == count
