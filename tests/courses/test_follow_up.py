"""What managers see of people: states and dates, and nothing else whatever exists."""

import dataclasses
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Area, Placement, Response
from assessments.models.attempts import ParameterSet
from certificates.issue import issue_certificate
from certificates.life import erase, replace, revoke, undo_revocation
from certificates.models import Event
from courses.follow_up import Line, follow_up, own_lines
from courses.models import (
    Attendance,
    JournalEntry,
    LiveSession,
    ModuleWork,
    ScenarioRun,
    ScenarioVersion,
)
from courses.models import StepDone as Done
from people.models import Membership
from tests.courses.addresses import address
from tests.courses.factories import check_of, make_assignment, make_attempt, steps_of
from tests.factories import (
    make_manager,
    make_member,
    make_module,
    make_organisation,
    make_person,
)

# Anything of these tables or columns would tell a manager more than she may know.
NEVER_READ = re.compile(
    r'"assessments_|"courses_(stepdone|scenariorun|scenarioversion|journalentry)"'
    r"|score|level|minutes|duration|answer|attempt|started_at\" AS|last_login",
    re.IGNORECASE,
)


@pytest.fixture
def module(db):
    return make_module(lessons=1, questions=1)


@pytest.fixture
def member(learner):
    make_member(learner)
    return learner


def begin(learner, module, done_at=None):
    work = ModuleWork.objects.create(
        learner=learner, module_key=module.translation_key, done_at=done_at
    )
    return work


def lines_of(manager):
    return follow_up(manager, "fr")


def work_hard(learner, module):
    """Give a learner some of everything that a manager must never see."""
    check = check_of(module)
    for score in (0.125, 0.375, 0.875):
        attempt = make_attempt(learner, check, score)
    version = check.check_questions.get().question.versions.get()
    Response.objects.create(
        attempt=attempt,
        position=1,
        question_version=version,
        answer=[3],
        score=0.875,
        answered_at=timezone.now(),
    )
    parameters = ParameterSet.objects.create(number=77, settings={}, checksum="x")
    placement = learner.attempts.create(
        purpose="placement",
        parameter_set=parameters,
        language="fr",
        seed=1,
        finished_at=timezone.now(),
    )
    Placement.objects.create(
        attempt=placement,
        area=Area.objects.get(code="A"),
        low=6,
        high=7,
        likeliest=6,
        probability=0.8642,
        answer_count=14,
    )
    key = steps_of(module)[0].translation_key
    JournalEntry.objects.create(
        learner=learner, step_key=key, prompt="PROMPT", text="SECRET NOTE"
    )
    Done.objects.create(
        learner=learner, step_key=key, module_key=module.translation_key
    )
    call = ScenarioVersion.objects.create(step_key=key, checksum="c", graph={})
    ScenarioRun.objects.create(learner=learner, version=call, path=[0, 1, 1])


# --- the line, and the road that leads to it ------------------------------------------


def test_a_line_has_these_fields_and_no_other():
    assert [(field.name, field.type) for field in dataclasses.fields(Line)] == [
        ("assignment", int),
        ("person", str),
        ("module", str),
        ("due_on", date),
        ("state", str),
        ("done_on", date | None),
        ("has_attestation", bool),
        ("is_late", bool),
    ]


def test_the_whole_line_of_somebody_who_has_done_much(manager, member, module):
    done_at = timezone.now() - timedelta(days=2)
    begin(member, module, done_at)
    assignment = make_assignment(member, module, due_on=date(2030, 1, 31))
    work_hard(member, module)
    issue_certificate(member, module)

    assert lines_of(manager) == [
        Line(
            assignment=assignment.pk,
            person="Inès Belkacem",
            module="Module M99 fr",
            due_on=date(2030, 1, 31),
            state="done",
            done_on=timezone.localdate(done_at),
            has_attestation=True,
            is_late=False,
        )
    ]


def test_the_queries_read_nothing_else(manager, member, module):
    begin(member, module)
    make_assignment(member, module)
    work_hard(member, module)

    with CaptureQueriesContext(connection) as captured:
        lines_of(manager)
        own_lines(member, "fr")
        list(member.attempts.all())

    *roads, forbidden = [query["sql"] for query in captured.captured_queries]
    assert len(roads) == 4
    for sql in roads:
        assert NEVER_READ.findall(sql) == []
    assert NEVER_READ.findall(forbidden) != []


def test_no_page_of_a_manager_reads_or_shows_more(manager, member, module):
    begin(member, module)
    assignment = make_assignment(member, module)
    work_hard(member, module)
    client = Client()
    client.force_login(manager)
    pages = [
        address("courses:team"),
        address("courses:assign"),
        address("courses:withdraw", assignment.pk),
    ]
    private = re.compile(
        r"SECRET|PROMPT|0[.,]?125|12[.,]5|375|37[.,]5|87[.,]5|88 ?%|8642"
    )

    for page in pages:
        with CaptureQueriesContext(connection) as captured:
            html = client.get(page).content.decode()
        text = re.sub(r'value="[^"]*"|<script.*?</script>', "", html)
        assert private.search(text) is None, page
        for query in captured.captured_queries:
            sql = query["sql"]
            of_session = '"django_session"' in sql or '"people_user"."password"' in sql
            of_pages = '"courses_modulepage"' in sql  # the list of modules to assign
            if not of_session and not of_pages:
                assert NEVER_READ.findall(sql) == [], page


def test_the_table_has_these_cells_and_no_other(manager, member, module):
    begin(member, module, datetime(2026, 3, 5, 12, tzinfo=UTC))
    make_assignment(member, module, due_on=date(2030, 1, 31))
    work_hard(member, module)
    client = Client()
    client.force_login(manager)

    html = client.get(address("courses:team", language="en")).content.decode()

    table = html[html.index("<table") : html.index("</table>")]
    cells = re.findall(r"<t[hd][ >].*?</t[hd]>", table, re.DOTALL)
    words = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
    assert words[:6] == [
        "Person",
        "Module",
        "To be done by",
        "State",
        "Attestation",
        "Action",
    ]
    assert words[6:9] == ["Inès Belkacem", "Module M99 fr", "31 January 2030"]
    assert words[9:11] == ["Done 5 March 2026", "No"]
    assert words[11].startswith("Withdraw")
    assert len(words) == 12


# --- states ---------------------------------------------------------------------------


def test_states_follow_what_is_done(manager, member, module):
    make_assignment(member, module)
    states = [lines_of(manager)[0].state]
    work = begin(member, module)
    states.append(lines_of(manager)[0].state)
    work.done_at = timezone.now()
    work.save()
    states.append(lines_of(manager)[0].state)

    assert states == ["assigned", "started", "done"]


def test_work_on_another_module_changes_nothing(manager, member, module):
    make_assignment(member, module)
    other = make_module(code="M98", lessons=1, questions=1)
    begin(member, other, timezone.now())
    issue_certificate(member, other)

    line = lines_of(manager)[0]

    assert (line.state, line.done_on, line.has_attestation) == ("assigned", None, False)


def withdrawn(certificate, actor):
    revoke(certificate, actor, Event.Reason.MISTAKE)


def withdrawn_and_given_back(certificate, actor):
    withdrawn(certificate, actor)
    undo_revocation(certificate, actor)


def replaced(certificate, actor):
    return replace(certificate, actor, Event.Reason.NAME, name="Inès Moreau")


def replaced_then_withdrawn(certificate, actor):
    withdrawn(replaced(certificate, actor), actor)


def withdrawn_and_erased(certificate, actor):
    withdrawn(certificate, actor)
    erase(certificate, actor)


@pytest.mark.parametrize(
    ("happens", "has_attestation"),
    [
        (withdrawn, False),
        (withdrawn_and_given_back, True),
        (replaced, True),
        (replaced_then_withdrawn, False),
        (erase, False),
        (withdrawn_and_erased, False),
    ],
)
def test_only_an_attestation_that_stands_counts(
    manager, member, module, trainer, happens, has_attestation
):
    make_assignment(member, module)
    certificate = issue_certificate(member, module)
    before = lines_of(manager)[0]

    happens(certificate, trainer)

    [line] = lines_of(manager)
    assert before.has_attestation
    assert line == dataclasses.replace(before, has_attestation=has_attestation)
    assert own_lines(member, "fr") == [line]


def test_a_colleagues_withdrawal_changes_nothing_for_others(
    manager, member, other_learner, module, trainer
):
    make_member(other_learner)
    for person in (member, other_learner):
        make_assignment(person, module)
    issue_certificate(member, module)
    withdrawn(issue_certificate(other_learner, module), trainer)

    assert [(line.person, line.has_attestation) for line in lines_of(manager)] == [
        (member.name, True),
        (other_learner.name, False),
    ]


def test_nothing_tells_a_manager_why_an_attestation_counts_no_more(
    client, manager, member, module, trainer
):
    make_assignment(member, module)
    never = address("courses:team", language="en")
    client.force_login(manager)
    none = client.get(never).content.decode()
    withdrawn(issue_certificate(member, module), trainer)

    after = client.get(never).content.decode()

    table = slice("<tbody>", "</tbody>")
    none, after = (
        html[html.index(table.start) : html.index(table.stop)] for html in (none, after)
    )
    assert after == none


@pytest.mark.parametrize(
    ("days", "is_done", "is_late"),
    [(-1, False, True), (0, False, False), (1, False, False), (-1, True, False)],
)
def test_late_is_after_the_day_and_not_done(
    manager, member, module, days, is_done, is_late
):
    due_on = timezone.localdate() + timedelta(days=days)
    make_assignment(member, module, due_on=due_on)
    if is_done:
        begin(member, module, timezone.now())

    assert lines_of(manager)[0].is_late is is_late


def test_the_title_is_in_the_managers_language_where_there_is_one(
    manager, member, module
):
    make_assignment(member, module)
    make_assignment(member, make_module(code="M98", lessons=0, questions=0))
    make_module("en", lessons=0, questions=0)

    titles = {line.module for line in follow_up(manager, "en")}

    assert titles == {"Module M99 en", "Module M98 fr"}


# --- whose lines ----------------------------------------------------------------------


def test_only_her_own_organisation(manager, member, other_learner, module):
    elsewhere = make_organisation("Département de Valmont")
    make_member(other_learner, elsewhere)
    make_assignment(member, module)
    make_assignment(other_learner, module, elsewhere)
    other_manager = make_manager(elsewhere)

    assert [line.person for line in lines_of(manager)] == [member.name]
    assert [line.person for line in lines_of(other_manager)] == [other_learner.name]


def test_a_person_of_two_organisations_is_seen_by_each_for_its_own(
    manager, member, module
):
    elsewhere = make_organisation("Département de Valmont")
    make_member(member, elsewhere)
    other = make_module(code="M98", lessons=0, questions=0)
    make_assignment(member, module)
    make_assignment(member, other, elsewhere)

    assert [line.module for line in lines_of(manager)] == ["Module M99 fr"]


def test_people_who_left_disappear(manager, member, module):
    make_assignment(member, module)
    assert len(lines_of(manager)) == 1
    Membership.objects.filter(user=member).update(left_on=timezone.localdate())

    assert lines_of(manager) == []
    assert own_lines(member, "fr") == []


def test_a_manager_who_left_sees_nothing_more(manager, member, module):
    make_assignment(member, module)
    Membership.objects.filter(user=manager).update(left_on=timezone.localdate())
    client = Client()
    client.force_login(manager)

    assert lines_of(manager) == []
    assert client.get(address("courses:team")).status_code == 403


@pytest.mark.parametrize("role", [Membership.Role.LEARNER, Membership.Role.TRAINER])
def test_only_managers_have_lines(member, module, role):
    colleague = make_person("Fatou Diarra")
    make_member(colleague, role=role)
    make_assignment(member, module)

    assert lines_of(colleague) == []


def test_ones_own_line_is_the_managers_line(manager, member, other_learner, module):
    make_member(other_learner)
    begin(member, module, timezone.now())
    for person in (member, other_learner):
        make_assignment(person, module)

    theirs = [line for line in lines_of(manager) if line.person == member.name]

    assert own_lines(member, "fr") == theirs
    assert len(theirs) == 1


def test_ones_own_table_is_the_managers_but_for_its_action(manager, member, module):
    begin(member, module, timezone.now())
    make_assignment(member, module)

    tables = []
    for person, name in [(manager, "courses:team"), (member, "courses:employer_view")]:
        client = Client()
        client.force_login(person)
        html = client.get(address(name)).content.decode()
        row = html[html.index("<tbody>") : html.index("</tbody>")]
        tables.append(re.sub(r"<td><a .*?</td>", "", row, flags=re.DOTALL).split())

    assert tables[0] == tables[1]
    assert "Inès" in " ".join(tables[0])


# --- what the page says of others -----------------------------------------------------


def test_the_page_says_that_trainers_know_who_attended(client, member):
    """It is so: an organisation's trainers see who was present, managers do not."""
    session = LiveSession.objects.create(
        title="Le partage d’écran",
        held_on=date(2026, 11, 20),
        minutes=60,
        trainer_name="Aïcha Moreau",
        objectives="installer un partage d’écran",
        organisation=make_organisation(),
    )
    Attendance.objects.create(session=session, learner=member)
    seen = {}
    for role in Membership.Role:
        client.force_login(make_member(make_person(), role=role).user)
        answer = client.get(session.get_absolute_url())
        form = answer.context and answer.context.get("form")
        seen[role.value] = form.initial["present"] if form else answer.status_code
    client.logout()
    page = client.get(address("courses:employer_view", language="en")).content.decode()

    assert seen == {"learner": 403, "manager": 403, "trainer": [str(member.pk)]}
    assert "know which of its live sessions you attended" in page


# --- cost -----------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 30])
def test_lines_cost_two_queries(manager, module, people, django_assert_num_queries):
    for number in range(people):
        person = make_person(f"Personne {number}")
        make_member(person)
        make_assignment(person, module)

    with django_assert_num_queries(2):
        assert len(lines_of(manager)) == people
