import json
from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.db import connection

from certificates import catching_up, documents, keyring, life, signing, tasks
from certificates.credentials import proof, status
from certificates.credentials.verify import Finding, verify
from certificates.inspection import credential_in
from certificates.keys import CannotUnlock, State, read_multikey
from certificates.models import Certificate, Credential, Event, SigningKey, StatusList
from certificates.secrets import SecretMissing
from tests.certificates.factories import UserFactory, make_certificate, make_module
from tests.certificates.signed import (
    OTHER_SECRET,
    SECRET,
    SITE_URL,
    issue_attendance,
    make_signed,
    set_clock,
)
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db
PLATFORM = "did:web:learn.example.org"


@pytest.fixture(autouse=True)
def a_site(settings, monkeypatch):
    settings.SITE_URL = SITE_URL
    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)


def document_of(certificate):
    return json.loads(signing.text_of(certificate))


def finding(certificate, document=None, now=None):
    """Return what the check page would say of a certificate's credential."""
    document = document or document_of(certificate)
    now = now or datetime.now(UTC)
    return verify(document, signing.known(document), now)


# --- signing a certificate ------------------------------------------------------------


def test_a_signed_certificate_is_an_open_badge_of_the_platform():
    certificate = make_signed()

    document = document_of(certificate)

    assert document["id"] == f"{SITE_URL}/v/{certificate.code}"
    assert document["issuer"] == {
        "id": PLATFORM,
        "type": ["Profile"],
        "name": "Repère",
        "url": SITE_URL,
    }
    assert document["credentialStatus"]["id"] == (
        f"{SITE_URL}/status/1#{certificate.status_index}"
    )
    achieved = document["credentialSubject"]["achievement"]
    assert achieved["id"] == f"{SITE_URL}/achievements/module/M04/2026-1"
    assert achieved["resultDescription"][0]["requiredValue"] == "75"
    assert finding(certificate) == Finding.VALID


def test_the_first_key_of_the_platform_is_made_by_itself():
    assert not SigningKey.objects.exists()

    make_signed()

    key = SigningKey.objects.get()
    assert (key.organisation, key.state) == (None, State.ACTIVE)
    assert key.secret.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_an_organisation_signs_with_its_own_key_and_lists_in_its_own_list():
    certificate = issue_attendance(make_organisation())
    other = issue_attendance()

    signing.sign(certificate.pk)
    signing.sign(other.pk)

    document = document_of(certificate)
    assert document["issuer"]["id"] == f"{PLATFORM}:org:ccas-de-valmont"
    assert document["proof"][0]["verificationMethod"].startswith(
        f"{PLATFORM}:org:ccas-de-valmont#certificates-"
    )
    lists = {
        document_of(one)["credentialStatus"]["statusListCredential"]
        for one in (certificate, other)
    }
    assert lists == {f"{SITE_URL}/status/ccas-de-valmont.1", f"{SITE_URL}/status/1"}
    assert SigningKey.objects.count() == 2
    assert finding(certificate) == finding(other) == Finding.VALID


def test_issuing_signs_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        certificate = make_certificate()

    assert finding(certificate) == Finding.VALID


def test_signing_twice_signs_once():
    certificate = make_certificate()

    first = signing.sign(certificate.pk)

    assert signing.sign(certificate.pk) == first
    assert Credential.objects.get() == first


def test_the_last_day_of_validity_is_whole():
    certificate = issue_attendance(valid_until=date(2030, 6, 30))
    signing.sign(certificate.pk)

    assert document_of(certificate)["validUntil"] == "2030-06-30T22:00:00Z"
    last_moment = datetime(2030, 6, 30, 21, 59, tzinfo=UTC)
    assert finding(certificate, now=last_moment) == Finding.VALID
    after = datetime(2030, 6, 30, 22, tzinfo=UTC)
    assert finding(certificate, now=after) == Finding.EXPIRED


def test_the_email_address_is_not_readable():
    certificate = make_signed(learner=UserFactory(email="awa@example.org"))
    assert b"awa@example.org" not in signing.text_of(certificate)


def test_a_certificate_issued_before_there_were_lists_is_signed_without_status():
    certificate = make_certificate()
    bare = Certificate(
        kind="module",
        holder=certificate.holder,
        module_key=certificate.module_key,
        idempotency_key="before",
        facts=certificate.facts,
        language="fr",
    )
    bare.save()

    signing.sign(bare.pk)

    assert "credentialStatus" not in document_of(bare)
    assert finding(bare) == Finding.VALID


def test_facts_that_make_no_credential_are_named_and_leave_nothing():
    certificate = make_certificate()
    broken = Certificate(
        kind="path",
        holder=certificate.holder,
        module_key=certificate.module_key,
        idempotency_key="broken",
        facts={"name": "Awa Ndiaye", "language": "fr"},
        language="fr",
    )
    broken.save()

    with pytest.raises(signing.CannotSign, match=f"{broken.pk}.*path_title") as said:
        signing.sign(broken.pk)
    assert broken.code not in str(said.value)  # logs may quote it
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    "end",
    [
        lambda certificate: life.revoke(certificate, None, "fraud"),
        lambda certificate: life.replace(certificate, None, "name", name="Awa Sow"),
        lambda certificate: life.erase(certificate),
    ],
    ids=["revoked", "replaced", "erased"],
)
def test_what_has_ended_is_not_signed(end):
    certificate = make_certificate()
    end(certificate)

    assert signing.sign(certificate.pk) is None
    assert certificate.pk not in signing.waiting().values_list("pk", flat=True)


def test_the_document_carries_the_newest_credential(compromised):
    certificate = compromised[0]
    before = documents.document_of(certificate)

    signing.sign(certificate.pk)
    after = documents.document_of(certificate)

    assert credential_in(before) is None
    assert credential_in(after) == signing.text_of(certificate)
    assert documents.document_of(certificate) == after


# --- the secret and the keys ----------------------------------------------------------


def test_without_the_secret_a_certificate_is_issued_and_signed_later(
    django_capture_on_commit_callbacks, settings, monkeypatch, caplog
):
    settings.HTTPS = True
    monkeypatch.delenv("CERTIFICATE_SECRET")
    with django_capture_on_commit_callbacks(execute=True):
        certificate = make_certificate()
    assert certificate.state() == Certificate.State.VALID
    assert signing.text_of(certificate) is None
    assert "CERTIFICATE_SECRET is not set in the environment. Nothing" in caplog.text

    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)
    report = catching_up.catch_up()

    assert (report.signed, report.problems) == (1, [])
    assert finding(certificate) == Finding.VALID


def test_with_a_wrong_secret_nothing_is_signed_and_nothing_lost(monkeypatch):
    make_signed()
    certificate = issue_attendance()
    monkeypatch.setenv("CERTIFICATE_SECRET", OTHER_SECRET)

    with pytest.raises(CannotUnlock):
        signing.sign(certificate.pk)
    assert signing.text_of(certificate) is None

    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)
    assert signing.sign(certificate.pk).certificate == certificate


def test_without_any_key_that_signs_the_remedy_is_said():
    make_signed()
    keyring.retire(None, SigningKey.objects.get().name)

    with pytest.raises(keyring.NoKey, match="certificate_key create"):
        signing.sign(issue_attendance().pk)


def test_the_database_holds_no_secret_in_clear():
    make_signed()
    key = SigningKey.objects.get()
    raw = keyring.private_half(key).private_bytes_raw()

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM certificates_signingkey")
        (stored,) = cursor.fetchone()

    assert raw not in bytes(stored)
    assert SECRET.encode() not in bytes(stored)


def test_what_a_retired_key_signed_stands():
    certificate = make_signed()
    keyring.create(None)
    keyring.rotate(None, at_once=True)

    assert finding(certificate) == Finding.VALID
    assert not signing.waiting().exists()
    signing.sign(issue_attendance().pk)
    assert Credential.objects.values("signing_key").distinct().count() == 2


# --- a compromised key ----------------------------------------------------------------


@pytest.fixture
def compromised():
    """Two certificates of one holder, one of another; their key is compromised."""
    holder = UserFactory(email="awa@example.org", language="fr")
    module = make_module()
    certificates = [
        make_certificate(holder, module),
        issue_attendance(holder=holder),
        make_certificate(UserFactory(email="marc@example.org"), module),
    ]
    for certificate in certificates:
        signing.sign(certificate.pk)
    keyring.compromise(None, SigningKey.objects.get().name)
    return certificates


def test_what_a_compromised_key_signed_is_signed_again_with_the_same_facts(compromised):
    before = [json.loads(one.credentials.get().text) for one in compromised]
    assert {
        finding(one, text) for one, text in zip(compromised, before, strict=True)
    } == {Finding.COMPROMISED}

    report = catching_up.catch_up()

    assert (report.signed, report.lists, report.told) == (3, 1, 2)
    after = [document_of(one) for one in compromised]
    assert [one | {"proof": None} for one in after] == [
        one | {"proof": None} for one in before
    ]
    assert {finding(one) for one in compromised} == {Finding.VALID}


def test_holders_are_told_once_in_one_mail_each(compromised):
    catching_up.catch_up()
    catching_up.catch_up()

    assert [message.to for message in mail.outbox] == [
        ["awa@example.org"],
        ["marc@example.org"],
    ]
    body = mail.outbox[0].body
    for certificate in compromised[:2]:
        assert f"{SITE_URL}{certificate.get_absolute_url()}" in body
    events = Event.objects.filter(kind=Event.Kind.SIGNED_AGAIN)
    new = SigningKey.objects.get(state=State.ACTIVE)
    assert sorted(events.values_list("certificate", "note")) == sorted(
        (one.pk, new.name) for one in compromised
    )


def test_killed_in_the_middle_it_goes_on_where_it_stopped(compromised, monkeypatch):
    sign, signed = signing.sign, []

    def killed_at_the_second(pk):
        if len(signed) == 1:
            raise KeyboardInterrupt
        signed.append(pk)
        return sign(pk)

    monkeypatch.setattr(signing, "sign", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        catching_up.catch_up()
    assert mail.outbox == []
    monkeypatch.setattr(signing, "sign", sign)

    report = catching_up.catch_up()

    assert (report.signed, report.told) == (2, 2)
    assert Credential.objects.count() == 6
    assert {finding(one) for one in compromised} == {Finding.VALID}


def test_a_mail_server_that_refuses_is_tried_again(compromised, monkeypatch):
    def refuse(*args):
        raise ConnectionRefusedError("no mail today")

    monkeypatch.setattr(catching_up, "send_mail", refuse)
    report = catching_up.catch_up()
    assert (report.signed, report.told) == (3, 0)
    assert report.problems == ["A holder could not be told: no mail today. (2 times)"]
    monkeypatch.undo()

    assert catching_up.catch_up().told == 2


def test_a_holder_who_closed_the_account_cannot_be_told(compromised):
    for certificate in compromised:
        certificate.holder = None
        certificate.save(update_fields=["holder"])

    report = catching_up.catch_up()

    assert (report.signed, report.told, mail.outbox) == (3, 0, [])
    assert Event.objects.filter(kind=Event.Kind.SIGNED_AGAIN).count() == 3


def test_what_was_withdrawn_is_not_signed_again(compromised):
    life.revoke(compromised[0], None, "fraud")

    assert catching_up.catch_up().signed == 2
    assert compromised[0].credentials.count() == 1


# --- status lists ---------------------------------------------------------------------


def bits_in(status_list):
    status_list.refresh_from_db()
    signed = json.loads(status_list.signed)["credential"]
    return status.decode(signed["credentialSubject"]["encodedList"])


def set_in(status_list):
    bits = bits_in(status_list)
    places = Certificate.objects.filter(status_list=status_list)
    return {
        index
        for index in places.values_list("status_index", flat=True)
        if status.is_set(bits, index)
    }


def test_a_withdrawal_is_in_the_list_after_the_commit(
    django_capture_on_commit_callbacks,
):
    revoked, other = make_signed(), issue_attendance()
    assert set_in(revoked.status_list) == set()

    with django_capture_on_commit_callbacks(execute=True):
        life.revoke(revoked, None, "mistake")

    assert other.status_list == revoked.status_list
    assert set_in(revoked.status_list) == {revoked.status_index}
    assert bits_in(revoked.status_list) == status.with_bit(
        status.no_bits(), revoked.status_index
    )
    assert finding(revoked) == Finding.REVOKED


def test_replaced_and_erased_are_in_the_list_too():
    replaced, erased, kept = make_signed(), issue_attendance(), issue_attendance()
    life.replace(replaced, None, "name", name="Awa Sow")
    life.erase(erased)

    signing.sign_list(kept.status_list.pk)

    assert set_in(kept.status_list) == {replaced.status_index, erased.status_index}


def test_a_list_is_signed_by_its_issuer():
    certificate = issue_attendance(make_organisation())
    signing.sign(certificate.pk)

    certificate.status_list.refresh_from_db()
    document = json.loads(certificate.status_list.signed)["credential"]

    assert document["issuer"] == f"{PLATFORM}:org:ccas-de-valmont"
    key = SigningKey.objects.get()
    assert proof.is_signed_by(document, read_multikey(key.public))


def test_a_list_that_fell_behind_is_found_and_signed():
    certificate = make_signed()
    assert signing.stale_lists() == []
    life.revoke(certificate, None, "mistake")  # and the worker was not there

    report = catching_up.catch_up()

    assert report.lists == 1
    assert set_in(certificate.status_list) == {certificate.status_index}
    assert signing.stale_lists() == []


def test_names_of_lists_are_not_mistaken_for_each_other():
    numbered = make_organisation("1")
    lists = [
        StatusList.objects.create(number=1),
        StatusList.objects.create(number=11),
        StatusList.objects.create(number=1, organisation=numbered),
        StatusList.objects.create(number=1, organisation=make_organisation()),
    ]

    names = [signing.list_name(one) for one in lists]

    assert names == ["1", "11", "1.1", "ccas-de-valmont.1"]
    assert [signing.list_named(name) for name in names] == lists


@pytest.mark.parametrize(
    "name", ["", "0", "01", "1.2", ".1", "x", "1.1.1", "-1", "9" * 30]
)
def test_other_names_are_no_list(name):
    StatusList.objects.create(number=1)
    assert signing.list_named(name) is None


# --- the clock ------------------------------------------------------------------------


def test_a_clock_set_back_signs_nothing_before_its_issue(monkeypatch):
    certificate = make_certificate()
    set_clock(monkeypatch, days=-3)

    signing.sign(certificate.pk)

    document = document_of(certificate)
    assert document["proof"][0]["created"] == proof.moment(certificate.issued_at)
    assert document["proof"][0]["created"] == document["validFrom"]


def test_a_clock_set_back_does_not_make_a_list_older(monkeypatch):
    certificate = make_signed()
    certificate.status_list.refresh_from_db()
    before = certificate.status_list.signed_at
    set_clock(monkeypatch, days=-3)
    life.revoke(certificate, None, "mistake")

    signing.sign_list(certificate.status_list.pk)

    certificate.status_list.refresh_from_db()
    assert certificate.status_list.signed_at == before
    assert set_in(certificate.status_list) == {certificate.status_index}


def test_after_a_clock_set_back_the_newest_signature_is_still_the_newest(
    compromised, monkeypatch
):
    set_clock(monkeypatch, days=-3)

    catching_up.catch_up()

    assert {finding(one, now=datetime.now(UTC)) for one in compromised} == {
        Finding.VALID
    }


# --- what a stranger shows ------------------------------------------------------------


@pytest.mark.parametrize(
    "status_entry",
    [None, "text", [], {"statusListCredential": 7}]
    + [{"statusListCredential": address} for address in ("", f"{SITE_URL}/status/x")],
)
def test_a_strange_status_names_no_list_of_ours(status_entry):
    make_signed()
    assert signing.known({"credentialStatus": status_entry}).lists == {}


def test_knowing_takes_three_queries(django_assert_num_queries):
    document = document_of(make_signed())
    issue_attendance(make_organisation())
    with django_assert_num_queries(3):
        known = signing.known(document)
    assert len(known.keys) == 1


# --- tasks ----------------------------------------------------------------------------


def test_a_task_that_cannot_sign_says_so_and_is_marked_as_failed(settings, monkeypatch):
    settings.HTTPS = True
    monkeypatch.delenv("CERTIFICATE_SECRET")
    certificate = make_certificate()

    for task, pk in [
        (tasks.sign_certificate, str(certificate.pk)),
        (tasks.sign_status_list, certificate.status_list.pk),
    ]:
        result = task.enqueue(pk)
        assert result.status == "FAILED"
        assert result.errors[0].exception_class == SecretMissing
