"""Documents made on request, and requests to those who run the site."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments.models import Area, Attempt, ParameterSet, Placement, Response
from certificates import facts, letters, life
from certificates.deeds import Deed
from certificates.documents import document_of
from certificates.issue import issue
from certificates.models import Certificate, Event
from certificates.on_request import history_deed, trainings
from tests.certificates.factories import (
    UserFactory,
    make_certificate,
    make_module,
    make_of_kind,
)
from tests.factories import make_frozen_bank

pytestmark = pytest.mark.django_db
Kind = Certificate.Kind


def address(name, *args, language="en"):
    with override(language):
        return reverse(f"certificates:{name}", args=args)


@pytest.fixture
def learner():
    return UserFactory(name="Awa Ndiaye")


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client


# --- placement ------------------------------------------------------------------------


@pytest.fixture
def questions():
    return make_frozen_bank(per_area=2)


def answer(attempt, questions):
    for position, question in enumerate(questions, start=1):
        Response.objects.create(
            attempt=attempt,
            position=position,
            question_version=question.versions.get(),
            answered_at=timezone.now(),
            score=1,
        )


@pytest.fixture
def placement(learner, questions):
    """A finished placement: 8 questions, areas A and B."""
    attempt = Attempt.objects.create(
        learner=learner,
        purpose=Attempt.Purpose.PLACEMENT,
        parameter_set=ParameterSet.objects.create(
            number=7, settings={}, checksum="seven"
        ),
        language="fr",
        seed=1,
        finished_at=timezone.now() - timedelta(days=2),
        end_reason="done",
    )
    answer(attempt, questions[:8])
    for code, low, high in [(None, 3, 4), ("A", 3, 5), ("B", 2, 2)]:
        place(attempt, code, low, high)
    return attempt


def place(attempt, code, low, high):
    Placement.objects.create(
        attempt=attempt,
        area=Area.objects.get(code=code) if code else None,
        low=low,
        high=high,
        likeliest=low,
        likeliest_probability=0.5,
        probability=0.9,
        answer_count=8,
    )


def look_closer(attempt, questions):
    look = Attempt.objects.create(
        learner=attempt.learner,
        purpose=Attempt.Purpose.CLOSER,
        parameter_set=attempt.parameter_set,
        continues=attempt,
        area=Area.objects.get(code="A"),
        round=1,
        language="fr",
        seed=1,
        finished_at=timezone.now(),
    )
    answer(look, questions[8:10])
    place(look, "A", 4, 5)
    return look


def test_a_placement_gives_nothing_until_its_learner_asks(signed_in, placement):
    url = address("placement", placement.pk)
    assert url in signed_in.get(address("mine")).text
    response = signed_in.get(url)
    assert "This is exactly what it would say" in response.text
    assert not Certificate.objects.exists()


def test_asked_for_it_says_the_ranges_and_how_they_were_found(signed_in, placement):
    url = address("placement", placement.pk, language="fr")
    shown = signed_in.get(url).context["facts"]
    response = signed_in.post(url)
    certificate = Certificate.objects.get()
    assert response["Location"] == address("detail", certificate.pk, language="fr")
    assert certificate.kind == Kind.PLACEMENT
    assert certificate.holder == placement.learner
    assert (
        certificate.facts
        == shown
        == {
            "kind": "placement",
            "name": "Awa Ndiaye",
            "areas": [
                {"code": "A", "name": "name A", "low": 3, "high": 5},
                {"code": "B", "name": "name B", "low": 2, "high": 2},
            ],
            "method_version": "7",
            "question_count": 8,
            "finished_on": timezone.localdate(placement.finished_at).isoformat(),
            "issued_on": timezone.localdate().isoformat(),
            "framework": "Référentiel de compétences Repère",
            "issuer": "Repère",
            "language": "fr",
        }
    )
    facts.check(certificate.facts)
    assert document_of(certificate).startswith(b"%PDF")


def test_asked_for_twice_it_is_issued_once(signed_in, placement):
    for _ in range(2):
        signed_in.post(address("placement", placement.pk))
    assert Certificate.objects.count() == 1
    assert address("placement", placement.pk) not in signed_in.get(address("mine")).text


def test_looking_closer_gives_another_one(signed_in, placement, questions):
    url = address("placement", placement.pk)
    signed_in.post(url)
    look_closer(placement, questions)
    signed_in.post(url)
    newest, former = Certificate.objects.all()
    assert newest.facts["areas"][0] == former.facts["areas"][0] | {"low": 4}
    assert (newest.facts["question_count"], former.facts["question_count"]) == (10, 8)
    assert newest.facts["finished_on"] == timezone.localdate().isoformat()


def test_nobody_asks_for_the_placement_of_somebody_else(client, placement):
    for user in [UserFactory(), UserFactory(is_superuser=True)]:
        client.force_login(user)
        for ask in [client.get, client.post]:
            assert ask(address("placement", placement.pk)).status_code == 404
    client.logout()
    assert client.post(address("placement", placement.pk)).status_code == 302
    assert not Certificate.objects.exists()


def test_a_placement_that_led_nowhere_gives_none(signed_in, placement):
    Placement.objects.all().delete()
    assert signed_in.get(address("placement", placement.pk)).status_code == 404


def test_a_name_that_cannot_be_printed_is_said_before(client, placement, learner):
    learner.name = "王小明"
    learner.save()
    client.force_login(learner)
    url = address("placement", placement.pk)
    for response in [client.get(url), client.post(url)]:
        assert "We have no letters to print" in response.text
        assert "Issue this attestation" not in response.text
    assert not Certificate.objects.exists()


# --- history --------------------------------------------------------------------------


def test_a_history_lists_what_was_followed_without_scores(signed_in, learner):
    make_certificate(learner, make_module())
    make_of_kind("attendance", learner)
    url = address("history", language="fr")
    assert "Aidants et mandats" in signed_in.get(url).text
    assert not Certificate.objects.filter(kind=Kind.HISTORY).exists()
    signed_in.post(url)
    certificate = Certificate.objects.get(kind=Kind.HISTORY)
    today = timezone.localdate().isoformat()
    session = {
        "code": "S-2026-11",
        "title": "Aidants et mandats",
        "version": "",
        "duration_minutes": 180,
        "finished_on": "2026-11-18",
    }
    module = {
        "code": "M04",
        "title": "Guider à l’écran sans voir l’écran",
        "version": "2026-1",
        "duration_minutes": 90,
        "finished_on": today,
    }
    days = sorted(["2026-11-18", today])
    assert certificate.facts == {
        "kind": "history",
        "name": "Awa Ndiaye",
        "modules": sorted([session, module], key=lambda line: line["finished_on"]),
        "duration_minutes": 270,
        "started_on": days[0],
        "finished_on": days[1],
        "issued_on": today,
        "framework": "Référentiel de compétences Repère",
        "issuer": "Repère",
        "language": "fr",
    }
    facts.check(certificate.facts)
    assert document_of(certificate).startswith(b"%PDF")


def test_the_same_history_is_issued_once_and_a_longer_one_anew(signed_in, learner):
    make_of_kind("module", learner)
    for _ in range(2):
        signed_in.post(address("history"))
    assert Certificate.objects.filter(kind=Kind.HISTORY).count() == 1
    make_of_kind("attendance", learner)
    signed_in.post(address("history"))
    assert Certificate.objects.filter(kind=Kind.HISTORY).count() == 2


def test_what_was_withdrawn_is_no_training_and_what_expired_is(learner):
    past = timezone.localdate() - timedelta(days=1)
    expired = make_of_kind("module", learner, valid_until=past)
    withdrawn = make_of_kind("attendance", learner)
    life.revoke(withdrawn, None, Event.Reason.MISTAKE)
    former = make_of_kind("module", learner)
    made = life.replace(former, None, Event.Reason.NAME, name="Awa Diop")
    make_of_kind("path", learner)  # its modules are listed by themselves
    make_of_kind("placement", learner)
    lines = history_deed(learner, "fr").facts["modules"]
    codes = [expired.facts["module_code"], made.facts["module_code"]]
    assert [line["code"] for line in lines] == codes


LEFT_OUT = "in another name than that of your account"


def rename(learner, name):
    learner.name = name
    learner.save(update_fields=["name"])


def test_nobody_gathers_trainings_in_another_name(signed_in, learner):
    certificate = make_of_kind("module", learner)
    rename(learner, "Eva Diop")
    page = signed_in.get(address("mine")).text
    assert LEFT_OUT in page
    assert address("history") not in page
    for ask in [signed_in.get, signed_in.post]:
        assert ask(address("history")).status_code == 404
    assert Certificate.objects.get() == certificate


def test_what_is_left_out_for_its_name_is_said_and_is_replaced(signed_in, learner):
    former = make_of_kind("attendance", learner)
    rename(learner, "Awa Diop")
    module = make_of_kind("module", learner)
    assert trainings(learner) == ([module], [former])
    for name in ["mine", "history"]:
        assert LEFT_OUT in signed_in.get(address(name)).text

    made = life.replace(former, None, Event.Reason.NAME)

    assert trainings(learner) == (
        sorted([made, module], key=lambda c: c.facts["finished_on"]),
        [],
    )
    for name in ["mine", "history"]:
        assert LEFT_OUT not in signed_in.get(address(name)).text


def test_a_training_renewed_in_the_present_name_is_not_left_out(learner):
    former = make_certificate(learner, make_module())
    rename(learner, "Awa Diop")
    facts = former.facts | {"name": "Awa Diop"}
    renewed = issue(
        Deed(
            kind=Kind.MODULE,
            holder=learner,
            about=former.module_key,
            facts=facts,
            time=2,
            renews=former,
        )
    )
    assert trainings(learner) == ([renewed], [])


def test_a_placement_alone_offers_no_history(signed_in, learner):
    make_of_kind("placement", learner)
    assert address("history") not in signed_in.get(address("mine")).text


def test_without_any_training_there_is_no_history(signed_in):
    for ask in [signed_in.get, signed_in.post]:
        assert ask(address("history")).status_code == 404


# --- something is wrong ---------------------------------------------------------------

REQUEST = {"what": "name", "message": "Awa Ndiaye-Diop, see my identity card."}


def ask(client, certificate, **data):
    return client.post(address("problem", certificate.pk), REQUEST | data, follow=True)


def test_a_request_goes_to_those_who_run_the_site(signed_in, learner, settings):
    settings.SITE_CONTACT = "help@example.org"
    certificate = make_certificate(learner)
    response = ask(signed_in, certificate)
    assert "Your request is sent." in response.text
    [message] = mail.outbox
    assert message.to == ["help@example.org"]
    assert message.reply_to == [learner.email]
    assert certificate.spaced_code in message.subject
    assert REQUEST["message"] in message.body
    page = reverse("certificates_staff:certificate", args=[certificate.pk])
    assert f"{settings.SITE_URL}{page}" in message.body


def test_without_a_contact_administrators_get_it_and_the_employer_never(
    signed_in, learner, settings
):
    settings.SITE_CONTACT = ""
    administrator = UserFactory(is_superuser=True)
    UserFactory(is_superuser=True, is_active=False)
    ask(signed_in, make_certificate(learner))
    assert [message.to for message in mail.outbox] == [[administrator.email]]


def test_when_nobody_can_be_written_to_nothing_is_lost(signed_in, learner, settings):
    settings.SITE_CONTACT = ""
    response = ask(signed_in, make_certificate(learner))
    assert "The message could not be sent." in response.text
    assert REQUEST["message"] in response.text
    assert mail.outbox == []


def test_when_the_mail_server_is_down_nothing_is_lost(signed_in, learner, monkeypatch):
    def fail(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr("certificates.views.asking.report_problem", fail)
    response = ask(signed_in, make_certificate(learner))
    assert "The message could not be sent." in response.text
    assert REQUEST["message"] in response.text


@pytest.mark.parametrize("data", [{"what": ""}, {"message": ""}, {"what": "other"}])
def test_an_incomplete_request_is_helped(signed_in, learner, settings, data):
    settings.SITE_CONTACT = "help@example.org"
    response = ask(signed_in, make_certificate(learner), **data)
    assert "Please check before sending again." in response.text
    assert mail.outbox == []


def test_five_requests_a_day(signed_in, learner, settings, monkeypatch):
    monkeypatch.setattr("certificates.limits.time.time", lambda: 1_800_000_000)
    settings.SITE_CONTACT = "help@example.org"
    certificate = make_certificate(learner)
    for _ in range(6):
        response = ask(signed_in, certificate)
    assert "wait for the answer" in response.text
    assert len(mail.outbox) == 5


def test_the_subject_takes_no_line_break_from_anybody(learner, settings):
    settings.SITE_CONTACT = "help@example.org"
    certificate = make_certificate(learner)
    letters.report_problem(certificate, "a\nBcc: x@example.org", "b")
    assert "\n" not in mail.outbox[0].subject
