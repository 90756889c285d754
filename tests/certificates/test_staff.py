"""Certificates in the CMS: who may do what, and what then happens."""

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates import life
from certificates.models import Certificate, Event
from tests.certificates.factories import UserFactory, make_certificate, make_of_kind

pytestmark = pytest.mark.django_db
State = Certificate.State
PAGES = ["certificate", "replace", "revoke", "undo", "erase"]


def address(name, *args):
    return reverse(f"certificates_staff:{name}", args=args)


def allow(user, *codenames):
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=["access_admin", *codenames])
    )


@pytest.fixture
def certificate():
    return make_certificate(UserFactory(name="Awa Ndiaye", language="en"))


@pytest.fixture
def staff(client):
    user = UserFactory(name="Aïcha Moreau", language="en")
    allow(user, "view_certificate", "change_certificate", "delete_certificate")
    client.force_login(user)
    return user


def state_of(certificate):
    return Certificate.objects.get(pk=certificate.pk).state()


def send(client, name, certificate, /, **data):
    given = {"is_confirmed": "on"} | data
    return client.post(address(name, certificate.pk), given, follow=True)


# --- who may --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "permissions, expected",
    [
        ([], [403, 403, 403, 403, 403, 403]),
        (["view_certificate"], [200, 200, 403, 403, 403, 403]),
        (["change_certificate"], [403, 403, 200, 200, 200, 403]),
        (["delete_certificate"], [403, 403, 403, 403, 403, 200]),
    ],
)
def test_each_permission_opens_its_pages(client, certificate, permissions, expected):
    user = UserFactory(language="en")
    allow(user, *permissions)
    client.force_login(user)
    urls = [address("list"), *(address(name, certificate.pk) for name in PAGES)]
    assert [client.get(url).status_code for url in urls] == expected


@pytest.mark.parametrize("name", PAGES)
def test_visitors_and_learners_stay_outside(client, certificate, name):
    url = address(name, certificate.pk)
    assert client.get(url).status_code == 302
    client.force_login(certificate.holder)
    assert client.get(url).status_code == 403


def test_without_the_permission_nothing_is_done(client, certificate):
    user = UserFactory(language="en")
    allow(user, "view_certificate")
    client.force_login(user)
    for name in ["replace", "revoke", "undo", "erase"]:
        send(client, name, certificate, reason="mistake", name="Eva Diop")
    assert state_of(certificate) == State.VALID
    assert Certificate.objects.count() == 1


def test_the_page_only_offers_what_one_may_do(client, certificate):
    user = UserFactory(language="en")
    allow(user, "view_certificate")
    client.force_login(user)
    assert client.get(address("certificate", certificate.pk)).context["actions"] == []


# --- finding --------------------------------------------------------------------------


def test_the_list_says_nothing_of_results(client, staff, certificate):
    make_of_kind("placement", UserFactory(name="Marc Delmas"))
    text = client.get(address("list")).text
    for said in ["Awa Ndiaye", "Marc Delmas", certificate.spaced_code, "Valid"]:
        assert said in text
    for hidden in ["88%", "88\u00a0%", "3 to", certificate.holder.email]:
        assert hidden not in text


@pytest.mark.parametrize("typed", ["ndiaye", "CODE", "code"])
def test_one_is_found_by_name_or_code(client, staff, certificate, typed):
    make_of_kind("module", UserFactory(name="Marc Delmas"))
    codes = {"CODE": certificate.spaced_code, "code": certificate.code.lower()}
    response = client.get(address("list"), {"q": codes.get(typed, typed)})
    found = [row["certificate"] for row in response.context["rows"]]
    assert found == [certificate]


def test_kinds_are_told_apart(client, staff, certificate):
    path = make_of_kind("path")
    response = client.get(address("list"), {"kind": "path"})
    assert [row["certificate"] for row in response.context["rows"]] == [path]
    assert client.get(address("list"), {"kind": "other"}).context["rows"] == []


def test_the_list_has_the_same_queries_for_one_and_three(
    client, staff, certificate, django_assert_num_queries
):
    client.get(address("list"))  # fills what each process keeps
    with CaptureQueriesContext(connection) as one:
        client.get(address("list"))
    for kind in ["path", "placement"]:
        make_of_kind(kind)
    with django_assert_num_queries(len(one)):
        assert len(client.get(address("list")).context["rows"]) == 3


def test_one_shows_the_paper_and_its_events(client, staff, certificate):
    life.revoke(certificate, staff, Event.Reason.MISTAKE, "ticket 12")
    text = client.get(address("certificate", certificate.pk)).text
    for said in ["This attestation was withdrawn", "88% of right", "ticket 12"]:
        assert said in text
    for said in ["Issued by mistake", "Aïcha Moreau", "the platform"]:
        assert said in text
    assert certificate.holder.email not in text


# --- withdrawing ----------------------------------------------------------------------


def test_withdrawing_asks_for_a_reason_and_a_confirmation(client, staff, certificate):
    for data in [{}, {"reason": "name"}, {"reason": "fraud", "is_confirmed": ""}]:
        response = send(client, "revoke", certificate, **data)
        assert response.context["form"].errors
    assert state_of(certificate) == State.VALID
    assert mail.outbox == []


def test_withdrawing_is_noted_and_told_to_the_holder(client, staff, certificate):
    response = send(client, "revoke", certificate, reason="fraud", note="ticket 12")
    assert "This attestation was withdrawn" in response.text
    event = certificate.events.get(kind=Event.Kind.REVOKED)
    assert (event.actor, event.reason, event.note) == (staff, "fraud", "ticket 12")
    [message] = mail.outbox
    assert message.to == [certificate.holder.email]
    assert "Reason: Obtained unfairly." in message.body
    assert "ticket 12" not in message.body


def test_withdrawn_twice_it_says_why_not(client, staff, certificate):
    send(client, "revoke", certificate, reason="fraud")
    response = send(client, "revoke", certificate, reason="mistake")
    assert "This is not possible any more." in response.text
    assert len(mail.outbox) == 1


def test_when_the_mail_fails_the_withdrawal_stands(
    client, staff, certificate, monkeypatch
):
    def fail(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr("certificates.staff.tell_holder", fail)
    response = send(client, "revoke", certificate, reason="fraud")
    assert "The mail to the holder could not be sent" in response.text
    assert state_of(certificate) == State.REVOKED


def test_without_a_holder_nobody_is_written_to(client, staff, certificate):
    certificate.holder.delete()
    send(client, "revoke", certificate, reason="fraud")
    assert state_of(certificate) == State.REVOKED
    assert mail.outbox == []


def test_a_wrong_withdrawal_is_mended(client, staff, certificate):
    send(client, "revoke", certificate, reason="mistake")
    page = client.get(address("certificate", certificate.pk)).text
    assert address("undo", certificate.pk) in page
    send(client, "undo", certificate)
    made = Certificate.objects.get(replaces=certificate)
    assert state_of(made) == State.VALID
    assert made.holder == certificate.holder
    page = client.get(address("certificate", certificate.pk)).text
    assert address("undo", certificate.pk) not in page
    assert made.spaced_code in page
    response = send(client, "undo", certificate)
    assert "This is not possible any more." in response.text


@pytest.mark.parametrize("name", ["undo", "erase"])
def test_a_deed_that_keeps_no_note_asks_for_none(client, staff, certificate, name):
    form = client.get(address(name, certificate.pk)).context["form"]
    assert list(form.fields) == ["is_confirmed"]


# --- replacing ------------------------------------------------------------------------


def test_replacing_prints_the_name_that_staff_has_seen(client, staff, certificate):
    response = send(
        client, "replace", certificate, reason="name", name="Awa Ndiaye-Diop"
    )
    made = Certificate.objects.get(replaces=certificate)
    assert made.facts["name"] == "Awa Ndiaye-Diop"
    assert response.redirect_chain[-1][0] == address("certificate", made.pk)
    assert state_of(certificate) == State.REPLACED
    assert made.events.get().actor == staff
    [message] = mail.outbox
    assert message.to == [certificate.holder.email]
    assert "does not lead to the new one" in message.body


def test_an_unprintable_name_is_refused_with_its_sentence(client, staff, certificate):
    response = send(client, "replace", certificate, reason="name", name="王小明")
    assert "We have no letters to print" in response.context["form"].errors["name"][0]
    assert state_of(certificate) == State.VALID
    assert Certificate.objects.count() == 1


def test_the_form_begins_with_the_name_of_the_account(client, staff, certificate):
    certificate.holder.name = "Awa Ndiaye-Diop"
    certificate.holder.save()
    form = client.get(address("replace", certificate.pk)).context["form"]
    assert form["name"].value() == "Awa Ndiaye-Diop"


# --- erasing --------------------------------------------------------------------------


def test_erasing_takes_the_person_out_of_the_whole_chain(client, staff, certificate):
    made = life.replace(certificate, staff, Event.Reason.NAME, name="Awa Diop")
    response = send(client, "erase", made)
    assert "This attestation is no longer on record" in response.text
    assert "Awa" not in response.text
    found = Certificate.objects.values_list("holder", "facts")
    assert list(found) == [(None, {"language": "fr"})] * 2
    assert mail.outbox == []


def test_erasing_must_be_confirmed(client, staff, certificate):
    send(client, "erase", certificate, is_confirmed="")
    assert state_of(certificate) == State.VALID


def test_an_erased_one_can_be_found_by_its_code_and_offers_nothing(
    client, staff, certificate
):
    life.erase(certificate)
    response = client.get(address("list"), {"q": certificate.code})
    assert [row["certificate"] for row in response.context["rows"]] == [certificate]
    page = client.get(address("certificate", certificate.pk))
    assert page.context["actions"] == []
    response = send(client, "revoke", certificate, reason="fraud")
    assert "This is not possible any more." in response.text
