"""Attestations for groups: issuing, going on after a stop, and who may do what."""

import itertools
import uuid
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import override

from certificates import batches, facts, life
from certificates.models import Batch, BatchRow, Certificate, Event
from courses.models import Attendance, LiveSession, ModuleWork
from people.models import Membership
from tests.certificates.factories import make_attempt, make_module
from tests.courses.addresses import address
from tests.courses.factories import make_assignment
from tests.factories import make_manager, make_member, make_organisation, make_person

pytestmark = pytest.mark.django_db
UNPRINTABLE = "Awa \U0001f600"
GROUPS = address("certificates:groups")


class Killed(BaseException):
    """What no `except Exception` catches: the worker is gone."""


@pytest.fixture(autouse=True)
def places_in_turn(monkeypatch):
    """Places in a status list are drawn at random: here none is drawn twice."""
    numbers = itertools.count()
    monkeypatch.setattr(
        "certificates.issue.secrets.randbelow", lambda _size: next(numbers)
    )


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def trainer(organisation):
    trainer = make_person("Aïcha Moreau", language="en")
    make_member(trainer, organisation, Membership.Role.TRAINER)
    return trainer


@pytest.fixture
def session(organisation):
    return make_session(organisation)


@pytest.fixture
def signed_in(client, trainer):
    client.force_login(trainer)
    return client


def make_session(organisation=None, present=(), **fields):
    session = LiveSession.objects.create(
        **{
            "title": "Le partage d’écran en pratique",
            "held_on": date(2026, 1, 20),
            "minutes": 60,
            "trainer_name": "Aïcha Moreau",
            "objectives": "installer un partage d’écran\n\nle conclure ",
            "organisation": organisation,
        }
        | fields
    )
    note(session, present)
    return session


def note(session, people):
    Attendance.objects.bulk_create(
        Attendance(session=session, learner=person) for person in people
    )


def people(count, **fields):
    return [make_person(f"Personne {n:02}", **fields) for n in range(count)]


def attendances():
    return Certificate.objects.filter(kind=Certificate.Kind.ATTENDANCE)


def states(batch):
    """Return [(name, has a certificate, problem)] in order of names."""
    rows = batch.rows.select_related("learner").order_by("learner__name")
    return [(r.learner.name, r.certificate is not None, r.problem) for r in rows]


# --- the attestations of a session ----------------------------------------------------


def test_those_present_receive_what_the_session_was(organisation, session, trainer):
    inès = make_person("Ine\u0300s  Belkacem")
    note(session, [inès])
    batch = batches.start_for_session(session, trainer)

    batches.work(batch.pk)

    certificate = attendances().get()
    assert certificate.facts == {
        "kind": "attendance",
        "name": "Inès Belkacem",
        "session_code": f"2026-01-20-{session.key.hex[:6]}",
        "session_title": "Le partage d’écran en pratique",
        "objectives": ["installer un partage d’écran", "le conclure"],
        "framework": "Référentiel de compétences Repère",
        "duration_minutes": 60,
        "finished_on": "2026-01-20",
        "led_by": "Aïcha Moreau",
        "issued_on": timezone.localdate().isoformat(),
        "issuer": "CCAS de Valmont",
        "language": "fr",
    }
    facts.check(certificate.facts)  # raises when a document could not print them
    assert certificate.holder == inès
    assert certificate.organisation == organisation
    event = certificate.events.get()
    assert (event.kind, event.actor) == (Event.Kind.ISSUED, trainer)
    batch.refresh_from_db()
    assert (batch.state, batch.organisation) == (Batch.State.DONE, organisation)


def test_a_session_of_the_platform_is_issued_in_its_name(trainer):
    session = make_session(present=people(1))
    batches.work(batches.start_for_session(session, trainer).pk)
    assert attendances().get().facts["issuer"] == "Repère"


def test_each_failure_has_its_reason_and_stops_nobody(session, trainer, monkeypatch):
    note(
        session,
        [
            make_person("Awa Ndiaye"),
            make_person(UNPRINTABLE),
            make_person("Close", is_active=False),
            make_person(""),
            make_person("Troublesome"),
        ],
    )
    issue = batches.issue

    def break_down(deed):
        if deed.facts["name"] == "Troublesome":
            raise OSError("disk")
        return issue(deed)

    monkeypatch.setattr(batches, "issue", break_down)
    batch = batches.start_for_session(session, trainer)
    batches.work(batch.pk)

    assert states(batch) == [
        ("", False, "There is no name in this account: its holder adds it."),
        ("Awa Ndiaye", True, ""),
        (
            UNPRINTABLE,
            False,
            "We have no letters to print “\U0001f600”. Type the name in the Latin "
            "alphabet, as on an identity document.",
        ),
        ("Close", False, "This account is closed: nobody could read it."),
        (
            "Troublesome",
            False,
            "Something went wrong here. Try again; if it stays, tell us.",
        ),
    ]


def test_reasons_are_in_the_language_of_who_made_the_batch(session, trainer):
    trainer.language = "fr"
    trainer.save(update_fields=["language"])
    note(session, [make_person("", is_active=True)])
    batch = batches.start_for_session(session, trainer)
    with override("fr"):
        said = batches._("There is no name in this account: its holder adds it.")

    with override("en"):
        batches.work(batch.pk)

    assert batch.rows.get().problem == said


def test_what_failed_is_tried_again_once_it_is_mended(session, trainer):
    awa, marc = make_person(UNPRINTABLE), make_person("Marc Delmas")
    note(session, [awa, marc])
    batch = batches.start_for_session(session, trainer)
    batches.work(batch.pk)
    awa.name = "Awa Ndiaye"
    awa.save(update_fields=["name"])

    batches.resume(batch)
    batches.work(batch.pk)

    assert states(batch) == [("Awa Ndiaye", True, ""), ("Marc Delmas", True, "")]
    assert attendances().count() == 2


def test_run_twice_it_issues_nothing_twice(session, trainer):
    note(session, people(3))
    batch = batches.start_for_session(session, trainer)
    batches.work(batch.pk)
    issued = set(attendances().values_list("pk", flat=True))

    batches.work(batch.pk)
    BatchRow.objects.update(is_done=False, certificate=None)
    batches.work(batch.pk)

    assert set(attendances().values_list("pk", flat=True)) == issued
    assert [has_one for _name, has_one, _problem in states(batch)] == [True] * 3
    assert batches.start_for_session(session, trainer) is None


def test_two_starts_at_once_share_the_people(session, trainer):
    note(session, people(2))
    first = batches.start_for_session(session, trainer)

    assert first.rows.count() == 2
    assert batches.start_for_session(session, trainer) is None


def test_a_worker_killed_in_the_middle_goes_on_where_it_was(
    session, trainer, monkeypatch
):
    note(session, people(60))
    batch = batches.start_for_session(session, trainer)
    work_on, seen = batches.work_on, []

    def dies_at_the_fortieth(row, make):
        seen.append(row.pk)
        if len(seen) == 40:
            raise Killed
        work_on(row, make)

    monkeypatch.setattr(batches, "work_on", dies_at_the_fortieth)
    with pytest.raises(Killed):
        batches.work(batch.pk)
    batch.refresh_from_db()
    # The first 25 stand; the 14 that were under way are as if they had never been.
    assert batch.state == Batch.State.RUNNING
    assert attendances().count() == 25
    assert batch.rows.filter(is_done=True).exclude(certificate=None).count() == 25
    first = set(attendances().values_list("pk", flat=True))

    monkeypatch.setattr(batches, "work_on", work_on)
    call_command("run_batches", verbosity=0)

    batch.refresh_from_db()
    assert batch.state == Batch.State.DONE
    assert attendances().count() == 60
    assert first < set(attendances().values_list("pk", flat=True))
    assert attendances().values("holder").distinct().count() == 60


def test_the_command_says_how_many_it_finished(session, trainer, capsys):
    note(session, people(1))
    batches.start_for_session(session, trainer)
    call_command("run_batches")
    call_command("run_batches")
    assert capsys.readouterr().out == (
        "1 groups of attestations finished.\n0 groups of attestations finished.\n"
    )


def test_a_session_to_come_gives_nothing(organisation, trainer):
    tomorrow = timezone.localdate() + timedelta(days=1)
    session = make_session(organisation, people(1), held_on=tomorrow)
    with pytest.raises(batches.NotPossible):
        batches.start_for_session(session, trainer)
    assert not Batch.objects.exists()


def test_a_deleted_session_is_said_and_ends_the_batch(session, trainer):
    note(session, people(1))
    batch = batches.start_for_session(session, trainer)
    session.delete()

    batches.work(batch.pk)

    batch.refresh_from_db()
    assert batch.state == Batch.State.DONE
    assert batch.rows.get().problem == "This session was deleted."


def test_the_work_begins_after_the_commit_beside_the_page(
    session, trainer, monkeypatch, django_capture_on_commit_callbacks
):
    note(session, people(1))
    begun = []

    class Thread:
        def __init__(self, target, args, daemon):
            self.said = (target, args, daemon)

        def start(self):
            begun.append(self.said)

    monkeypatch.setattr(batches.threading, "Thread", Thread)
    with django_capture_on_commit_callbacks(execute=True):
        batch = batches.start_for_session(session, trainer)
        assert begun == []
    assert begun == [(batches.work_apart, [batch.pk], True)]


def test_with_a_queue_the_worker_does_it(session, trainer, monkeypatch):
    asked = []
    monkeypatch.setattr(batches, "task_backends", {"default": object()})
    monkeypatch.setattr(
        batches, "work_through", type("Task", (), {"enqueue": asked.append})
    )
    batches.launch(7)
    assert asked == [7]


def test_one_attestation_takes_few_queries(
    session, trainer, django_assert_max_num_queries
):
    """A row costs at most 8 queries, the savepoints of its transaction aside."""
    note(session, people(26))
    batch = batches.start_for_session(session, trainer)
    batches.work(batch.pk)
    more = people(25)
    note(session, more)
    batch = batches.start_for_session(session, trainer)

    with django_assert_max_num_queries(1_000) as captured:
        batches.work(batch.pk)

    asked = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    assert attendances().count() == 51
    assert len(asked) / len(more) <= 8


def test_what_was_erased_is_neither_issued_again_nor_tied_to_anybody(session, trainer):
    note(session, people(1))
    batch = batches.start_for_session(session, trainer)
    batches.work(batch.pk)
    life.erase(attendances().get())

    again = batches.start_for_session(session, trainer)
    batches.work(again.pk)

    assert states(again) == [("Personne 00", False, "")]
    assert attendances().get().erased_at is not None
    assert not batch.rows.exists()


def test_that_it_was_erased_is_told_to_no_employer(signed_in, organisation, trainer):
    module = make_module()
    learner = finish(make_person("Awa Ndiaye"), module, organisation)
    life.erase(batches.issue_certificate(learner, module))
    batch = batches.start_for_module(organisation, module, trainer)
    batches.work(batch.pk)

    page = signed_in.get(address("certificates:batch", batch.pk))

    assert list(page.context["problems"]) == []
    assert "Awa Ndiaye" not in page.text


def test_who_has_left_is_followed_no_more(signed_in, organisation, trainer):
    module = make_module()
    left = finish(make_person("Awa Ndiaye"), module, organisation)
    finish(make_person("Marc Delmas"), module, organisation)
    batch = batches.start_for_module(organisation, module, trainer)
    batches.work(batch.pk)
    where = address("certificates:batch", batch.pk)
    assert "Awa Ndiaye" in signed_in.get(where).text

    left.memberships.update(left_on=timezone.localdate())

    said = signed_in.get(where).text
    assert "Awa Ndiaye" not in said
    assert "Marc Delmas" in said


# --- the attestations of a module -----------------------------------------------------


def test_one_attestation_of_a_module_takes_few_queries(
    organisation, trainer, django_assert_max_num_queries
):
    module = make_module()
    for person in people(25):
        finish(person, module, organisation)
    batch = batches.start_for_module(organisation, module, trainer)

    with django_assert_max_num_queries(1_000) as captured:
        batches.work(batch.pk)

    asked = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    assert batch.rows.exclude(certificate=None).count() == 25
    assert len(asked) / 25 <= 8


def finish(learner, module, organisation=None):
    """The learner has finished; assigned by the organisation if one is given."""
    if organisation:
        make_member(learner, organisation)
        make_assignment(learner, module, organisation)
    ModuleWork.objects.create(
        learner=learner, module_key=module.translation_key, done_at=timezone.now()
    )
    make_attempt(learner, module)
    return learner


def test_only_those_who_finished_and_lack_it_receive_a_modules_attestation(
    organisation, trainer
):
    module = make_module()
    lacks = finish(make_person("Awa Ndiaye"), module, organisation)
    has = finish(make_person("Marc Delmas"), module, organisation)
    batches.issue_certificate(has, module)
    begun = make_person("Tomás Silva")
    make_member(begun, organisation)
    make_assignment(begun, module, organisation)
    ModuleWork.objects.create(learner=begun, module_key=module.translation_key)
    finish(make_person("Ailleurs"), module, make_organisation("ASBL du Lac"))
    by_oneself = finish(make_person("De son plein gré"), module)
    make_member(by_oneself, organisation)

    [cohort] = batches.cohorts(trainer, "fr")
    batch = batches.start_for_module(organisation, module, trainer)
    batches.work(batch.pk)

    assert (cohort.finished, cohort.missing, cohort.title) == (2, 1, module.title)
    assert states(batch) == [("Awa Ndiaye", True, "")]
    assert Certificate.objects.filter(holder=lacks).get().facts["score_percent"] == 88
    assert not Certificate.objects.filter(holder=by_oneself).exists()
    assert batches.start_for_module(organisation, module, trainer) is None


def test_the_language_is_the_learners_where_the_module_has_it(organisation, trainer):
    module = make_module()
    english = make_module("en")
    english.translation_key = module.translation_key
    english.save()
    for name, language in [("Awa", "en"), ("Marc", "fr")]:
        finish(make_person(name, language=language), module, organisation)

    batches.work(batches.start_for_module(organisation, module, trainer).pk)

    issued = Certificate.objects.order_by("holder__name")
    assert list(issued.values_list("language", flat=True)) == ["en", "fr"]


def test_a_withdrawn_module_says_so(organisation, trainer):
    module = make_module()
    finish(make_person(), module, organisation)
    batch = batches.start_for_module(organisation, module, trainer)
    module.unpublish()

    batches.work(batch.pk)

    assert batch.rows.get().problem == "This module is no longer published."


def test_a_module_without_check_gives_none(organisation, trainer):
    module = make_module(with_check=False)
    with pytest.raises(batches.NotPossible):
        batches.start_for_module(organisation, module, trainer)


# --- the pages ------------------------------------------------------------------------


def session_page(session):
    return address("certificates:session", session.key)


def test_a_trainer_ticks_who_was_present_and_issues(signed_in, organisation, session):
    here = make_member(make_person("Marc Delmas"), organisation).user
    make_member(make_person("Tomás Silva"), organisation)
    named = make_member(make_person(email="awa@example.org"), organisation).user
    sent = {"present": [here.pk], "addresses": "awa@example.org", "issue": "yes"}

    answer = signed_in.post(session_page(session), sent)

    batch = Batch.objects.get()
    assert answer["Location"] == batch.get_absolute_url()
    present = Attendance.objects.filter(session=session)
    assert set(present.values_list("learner", flat=True)) == {here.pk, named.pk}
    assert set(batch.rows.values_list("learner", flat=True)) == {here.pk, named.pk}


def test_saving_alone_issues_nothing_and_unticking_takes_back(
    signed_in, organisation, session
):
    member = make_member(make_person("Marc Delmas"), organisation).user
    present = Attendance.objects.filter(session=session)
    signed_in.post(session_page(session), {"present": [member.pk]})
    assert present.count() == 1

    signed_in.post(session_page(session), {})

    assert present.count() == 0
    assert not Batch.objects.exists()


def test_a_wrong_address_saves_nothing_and_says_the_line(
    signed_in, organisation, session
):
    member = make_member(make_person("Marc Delmas"), organisation).user
    sent = {"present": [member.pk], "addresses": "\nnobody@example.org", "issue": "1"}
    page = address("certificates:session", session.key, language="en")

    answer = signed_in.post(page, sent)

    assert answer.status_code == 200
    assert "Line 2: nobody@example.org is not the address" in answer.content.decode()
    assert session.attendances.count() == 0
    assert not Batch.objects.exists()


def test_who_has_an_attestation_cannot_be_unticked(
    signed_in, organisation, session, trainer
):
    member = make_member(make_person("Marc Delmas"), organisation).user
    note(session, [member])
    batches.work(batches.start_for_session(session, trainer).pk)

    page = signed_in.get(session_page(session))
    signed_in.post(session_page(session), {})

    assert list(page.context["form"].people) == [str(trainer.pk)]
    assert page.context["served"] == [member]
    assert session.attendances.get().learner == member


def test_homonyms_are_told_apart_by_their_address(signed_in, organisation, session):
    for email in ("a@example.org", "b@example.org"):
        make_member(make_person("Awa Ndiaye", email=email), organisation)
    page = signed_in.get(session_page(session)).content.decode()
    assert "Awa Ndiaye (a@example.org)" in page
    assert "Awa Ndiaye (b@example.org)" in page


def test_a_session_to_come_has_no_button_to_issue(signed_in, organisation):
    tomorrow = timezone.localdate() + timedelta(days=1)
    session = make_session(organisation, held_on=tomorrow)
    page = signed_in.get(session_page(session)).content.decode()
    assert 'name="issue"' not in page
    signed_in.post(session_page(session), {"issue": "yes"})
    assert not Batch.objects.exists()


def test_the_page_of_a_batch_looks_again_until_it_is_done(signed_in, session, trainer):
    note(session, people(2))
    batch = batches.start_for_session(session, trainer)
    page = address("certificates:batch", batch.pk, language="en")

    waiting = signed_in.get(page)
    still = signed_in.get(page + "?still")
    batches.work(batch.pk)
    done = signed_in.get(page)

    assert waiting["Refresh"] == "4"
    assert "0 of 2 done" in waiting.content.decode()
    assert "Refresh" not in still
    assert "Look again" in still.content.decode()
    assert "Refresh" not in done
    assert "2 people have their attestation." in done.content.decode()


def test_a_batch_that_stands_still_can_go_on_from_its_page(signed_in, session, trainer):
    note(session, people(1))
    batch = batches.start_for_session(session, trainer)
    page = address("certificates:batch", batch.pk, language="en")
    assert "Go on" not in signed_in.get(page).content.decode()

    Batch.objects.update(made_at=timezone.now() - timedelta(minutes=2))

    assert "Go on" in signed_in.get(page).content.decode()
    signed_in.post(address("certificates:resume_batch", batch.pk))
    batch.refresh_from_db()
    assert batch.state == Batch.State.WAITING
    assert not batch.stands_still


def test_the_page_of_a_done_batch_says_why_and_how_each_stands(
    signed_in, session, trainer
):
    from certificates.life import revoke

    note(session, [make_person("Awa Ndiaye"), make_person(UNPRINTABLE)])
    batch = batches.start_for_session(session, trainer)
    batches.work(batch.pk)
    revoke(attendances().get(), trainer, Event.Reason.MISTAKE)

    page = signed_in.get(address("certificates:batch", batch.pk, language="en"))

    assert "We have no letters to print “\U0001f600”" in page.content.decode()
    assert [row["name"] for row in page.context["issued"]] == ["Awa Ndiaye"]
    assert page.context["issued"][0]["state"] == Certificate.State.REVOKED


def test_the_groups_page_lists_sessions_modules_and_batches(
    signed_in, organisation, session, trainer
):
    module = make_module()
    finish(make_person(), module, organisation)
    batch = batches.start_for_session(make_session(organisation, people(1)), trainer)
    make_session(make_organisation("ASBL du Lac"), title="Chez les voisins")

    page = signed_in.get(GROUPS)

    text = page.content.decode()
    assert session.title in text
    assert module.title in text
    assert "Chez les voisins" not in text
    assert [one.pk for one in page.context["batches"]] == [batch.pk]


def test_a_modules_attestations_are_issued_from_the_groups_page(
    signed_in, organisation
):
    module = make_module()
    learner = finish(make_person(), module, organisation)
    where = address(
        "certificates:issue_cohort", organisation.pk, module.translation_key
    )

    answer = signed_in.post(where)

    batch = Batch.objects.get()
    assert answer["Location"] == batch.get_absolute_url()
    assert [row.learner for row in batch.rows.all()] == [learner]


# --- who may --------------------------------------------------------------------------


@pytest.fixture
def issued(organisation, session, trainer):
    note(session, [make_member(make_person("Awa Ndiaye"), organisation).user])
    batch = batches.start_for_session(session, trainer)
    batches.work(batch.pk)
    return batch


def all_pages(session, batch):
    return [
        GROUPS,
        session_page(session),
        address("certificates:session_zip", session.key),
        address("certificates:batch", batch.pk),
    ]


@pytest.mark.parametrize("who", ["learner", "manager", "holder"])
def test_learners_and_managers_have_none_of_these_pages(
    client, organisation, session, issued, who
):
    person = {
        "learner": lambda: make_member(make_person(), organisation).user,
        "manager": lambda: make_manager(organisation),
        "holder": lambda: issued.rows.get().learner,
    }[who]()
    client.force_login(person)
    answers = [client.get(page).status_code for page in all_pages(session, issued)]
    assert answers == [403] * 4


def test_the_trainer_of_another_organisation_finds_nothing(client, session, issued):
    other = make_person("Paul Roux")
    make_member(other, make_organisation("ASBL du Lac"), Membership.Role.TRAINER)
    client.force_login(other)

    answers = [client.get(page).status_code for page in all_pages(session, issued)]
    where = address("certificates:resume_batch", issued.pk)

    assert answers == [200, 404, 404, 404]
    assert client.post(where).status_code == 404
    assert client.post(session_page(session), {"issue": "1"}).status_code == 404
    assert session.title not in client.get(GROUPS).content.decode()


def test_another_organisations_module_cannot_be_issued(signed_in, trainer):
    module, other = make_module(), make_organisation("ASBL du Lac")
    finish(make_person(), module, other)
    where = address("certificates:issue_cohort", other.pk, module.translation_key)
    assert signed_in.post(where).status_code == 404
    assert not Batch.objects.exists()


def test_visitors_are_asked_to_sign_in(client, session, issued):
    for page in all_pages(session, issued):
        answer = client.get(page)
        assert answer.status_code == 302
        assert address("account_login") in answer["Location"]


def test_only_the_trainer_who_issued_takes_the_attestations_away(
    client, organisation, session, issued, trainer
):
    colleague = make_person("Paul Roux")
    make_member(colleague, organisation, Membership.Role.TRAINER)
    administrator = make_person("Administration", is_superuser=True)
    where = address("certificates:session_zip", session.key)
    answers = {}
    for person in (trainer, colleague, administrator):
        client.force_login(person)
        answers[person.name] = client.get(where).status_code

    assert answers == {"Aïcha Moreau": 200, "Paul Roux": 404, "Administration": 404}


def test_a_trainer_who_left_takes_nothing_away(
    client, organisation, session, issued, trainer
):
    client.force_login(trainer)
    trainer.memberships.update(left_on=timezone.localdate())
    make_member(trainer, make_organisation("ASBL du Lac"), Membership.Role.TRAINER)
    where = address("certificates:session_zip", session.key)
    assert client.get(where).status_code == 404


def test_attestations_with_a_score_are_for_their_holder_alone(
    client, organisation, trainer
):
    """No page for trainers or managers gives the document, the result or the code."""
    module = make_module()
    learner = finish(make_person("Awa Ndiaye"), module, organisation)
    batch = batches.start_for_module(organisation, module, trainer)
    batches.work(batch.pk)
    certificate = Certificate.objects.get(holder=learner)
    assert certificate.facts["score_percent"] == 88
    # Even under the key of a session, a module's attestation is not handed over.
    session = make_session(organisation, key=module.translation_key)
    pages = [
        address("certificates:session_zip", session.key),
        address("certificates:detail", certificate.pk),
        address("certificates:download", certificate.pk),
    ]

    for person in (trainer, make_manager(organisation)):
        client.force_login(person)
        for page in pages:
            assert client.get(page).status_code in (403, 404)
    client.force_login(trainer)
    seen = client.get(address("certificates:batch", batch.pk)).content.decode()
    assert "Awa Ndiaye" in seen
    assert "88" not in seen
    assert certificate.code not in seen
    assert certificate.spaced_code not in seen
    assert str(certificate.pk) not in seen


def test_what_was_replaced_or_withdrawn_is_not_taken_away(session, trainer):
    from certificates.life import replace, revoke

    names = ["Reste", "Retirée", "Remplacée"]
    note(session, [make_person(name) for name in names])
    batches.work(batches.start_for_session(session, trainer).pk)
    by_name = {one.facts["name"]: one for one in attendances()}
    revoke(by_name["Retirée"], trainer, Event.Reason.MISTAKE)
    administrator = make_person("Administration", is_superuser=True)
    replace(by_name["Remplacée"], administrator, Event.Reason.NAME, name="Autre")

    assert list(batches.downloadable(session, trainer)) == [by_name["Reste"]]


def test_pages_take_as_many_queries_for_one_as_for_many(
    signed_in, organisation, session, trainer, django_assert_max_num_queries
):
    module = make_module()
    finish(make_person(), module, organisation)
    signed_in.get(GROUPS)  # what is kept between pages is kept from now on
    counts = []
    for more in (people(1), people(20)):
        note(session, more)
        batch = batches.start_for_session(session, trainer)
        batches.work(batch.pk)
        for person in more:
            make_member(person, organisation)
            make_assignment(person, module, organisation)
        make_session(organisation)
        pages = [
            GROUPS,
            session_page(session),
            address("certificates:batch", batch.pk),
        ]
        for page in pages:
            with django_assert_max_num_queries(25) as captured:
                assert signed_in.get(page).status_code == 200
            counts.append(len(captured))
    assert counts[:3] == counts[3:]


def test_an_unknown_session_is_not_found(signed_in):
    where = address("certificates:session", uuid.uuid4())
    assert signed_in.get(where).status_code == 404
