"""The manager's pages: who was asked for what, assigning, withdrawing."""

import uuid
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from courses.models import Assignment, ModuleWork
from people.models import Membership
from tests.courses.addresses import address, page_address
from tests.courses.factories import make_assignment
from tests.factories import (
    make_manager,
    make_member,
    make_module,
    make_organisation,
    make_person,
    make_trainer,
)

TEAM, ASSIGN = address("courses:team"), address("courses:assign")


@pytest.fixture
def module(db):
    return make_module(lessons=0, questions=0)


@pytest.fixture
def signed_in(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def members(db):
    return [make_member(make_person(name)) for name in ("Marc Delmas", "Tomás Silva")]


def elsewhere():
    return make_organisation("Département de Valmont")


def form_for(module, members, **changed):
    return {
        "module": str(module.translation_key),
        "due_on": (timezone.localdate() + timedelta(days=10)).isoformat(),
        "why": "Avant la permanence.",
        "people": [member.pk for member in members],
    } | changed


# --- who may ask ----------------------------------------------------------------------


def forbidden_people():
    learner, trainer = make_person(), make_trainer()
    make_member(learner)
    make_member(trainer, role=Membership.Role.TRAINER)
    return [learner, trainer, make_person("Administration", is_superuser=True)]


def test_nobody_but_a_manager_opens_the_team(db, module):
    member = make_member(make_person("Fatou Diarra"))
    assignment = make_assignment(member.user, module)
    withdraw = address("courses:withdraw", assignment.pk)

    for person in forbidden_people():
        client = Client()
        client.force_login(person)
        for place in (TEAM, ASSIGN, withdraw):
            response = client.get(place)
            assert response.status_code == 403, (person, place)
            assert "Fatou Diarra" not in response.content.decode()
        assert client.post(ASSIGN, form_for(module, [member])).status_code == 403
        assert client.post(withdraw).status_code == 403
    assert Assignment.objects.get() == assignment


def test_a_visitor_is_asked_to_sign_in(client, db):
    for place in (TEAM, ASSIGN, address("courses:withdraw", 1)):
        assert client.get(place).url.startswith(address("account_login"))


def test_a_manager_without_a_team_yet_is_told_what_to_do(signed_in):
    response = signed_in.get(TEAM)

    assert response.status_code == 200
    assert response.context["lines"] == []
    assert ASSIGN in response.content.decode()


# --- assigning ------------------------------------------------------------------------


def test_a_module_is_assigned_to_several_people(signed_in, manager, module, members):
    response = signed_in.post(ASSIGN, form_for(module, members), follow=True)

    assert response.redirect_chain == [(TEAM, 302)]
    rows = Assignment.objects.order_by("learner__name").values_list(
        "learner__name", "module_key", "assigned_by", "why", "organisation__name"
    )
    assert list(rows) == [
        (name, module.translation_key, manager.pk, "Avant la permanence.", place)
        for name, place in [
            ("Marc Delmas", "CCAS de Valmont"),
            ("Tomás Silva", "CCAS de Valmont"),
        ]
    ]
    assert [line.person for line in response.context["lines"]] == [
        "Marc Delmas",
        "Tomás Silva",
    ]
    assert len(response.context["messages"]) == 1


def test_assigning_again_keeps_the_first_and_says_so(signed_in, module, members):
    signed_in.post(ASSIGN, form_for(module, members[:1]), follow=True)
    first = Assignment.objects.get()

    response = signed_in.post(
        ASSIGN, form_for(module, members, due_on="2035-01-01"), follow=True
    )

    assert Assignment.objects.count() == 2
    first.refresh_from_db()
    assert first.due_on < date(2035, 1, 1)
    created, already = [str(message) for message in response.context["messages"]]
    assert "1" in created
    assert "1" in already


def test_the_learner_finds_who_asks_why_and_by_when(signed_in, module, members):
    signed_in.post(ASSIGN, form_for(module, members, due_on="2035-01-31"))
    client = Client()
    client.force_login(members[0].user)

    page = client.get(address("courses:dashboard", language="en")).content.decode()

    for words in ["CCAS de Valmont", "31 January 2035", "Avant la permanence.", "1 h"]:
        assert words in page


def yesterday():
    return (timezone.localdate() - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("due_on", yesterday),
        ("due_on", lambda: "demain"),
        ("due_on", lambda: ""),
        ("module", lambda: str(uuid.uuid4())),
        ("module", lambda: "x"),
        ("people", lambda: []),
        ("people", lambda: ["x"]),
        ("people", lambda: ["9" * 30]),
        ("why", lambda: "x" * 301),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(
    signed_in, module, members, field, value
):
    typed = form_for(module, members[:1], why="Mes raisons.") | {field: value()}

    response = signed_in.post(ASSIGN, typed)

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert not Assignment.objects.exists()
    page = response.content.decode()
    if field != "why":
        assert "Mes raisons." in page
    if field != "people":
        assert f'value="{members[0].pk}"' in page
        assert page.count(" checked") == 1
    if field == "due_on":
        assert f'value="{value()}"' in page or not value()


def test_people_of_other_organisations_are_refused(signed_in, module, members):
    stranger = make_member(make_person("Zoé Ailleurs"), elsewhere())

    response = signed_in.post(ASSIGN, form_for(module, [*members, stranger]))

    assert list(response.context["form"].errors) == ["people"]
    assert "Zoé" not in response.content.decode()
    assert not Assignment.objects.exists()


def test_people_who_left_cannot_be_asked(signed_in, module, members):
    gone = members[0]
    gone.left_on = timezone.localdate()
    gone.save()

    response = signed_in.post(ASSIGN, form_for(module, [gone]))

    assert list(response.context["form"].errors) == ["people"]
    assert gone.user.name not in response.content.decode()


def test_a_draft_module_cannot_be_assigned(signed_in, module, members):
    module.unpublish()

    response = signed_in.post(ASSIGN, form_for(module, members))

    assert list(response.context["form"].errors) == ["module"]


# --- withdrawing ----------------------------------------------------------------------


def test_an_assignment_is_withdrawn_after_a_confirmation(signed_in, module, members):
    assignment = make_assignment(members[0].user, module)
    ModuleWork.objects.create(
        learner=members[0].user, module_key=module.translation_key
    )
    place = address("courses:withdraw", assignment.pk)

    asked = signed_in.get(place).content.decode()
    assert "Marc Delmas" in asked
    assert Assignment.objects.count() == 1
    response = signed_in.post(place, follow=True)

    assert response.redirect_chain == [(TEAM, 302)]
    assert not Assignment.objects.exists()
    assert ModuleWork.objects.count() == 1  # what was done stays


def test_only_assignments_of_ones_own_organisation_are_withdrawn(signed_in, module):
    stranger = make_member(make_person("Zoé Ailleurs"), elsewhere())
    assignment = make_assignment(stranger.user, module, elsewhere())
    place = address("courses:withdraw", assignment.pk)

    assert signed_in.get(place).status_code == 404
    assert signed_in.post(place).status_code == 404
    assert Assignment.objects.get() == assignment


def test_a_learner_who_is_a_manager_elsewhere_is_no_manager_here(module, db):
    both = make_manager(elsewhere())
    make_member(both, make_organisation())
    colleague = make_member(make_person("Fatou Diarra"))
    make_assignment(colleague.user, module)
    client = Client()
    client.force_login(both)

    response = client.get(TEAM)

    assert response.context["lines"] == []
    assert "Fatou Diarra" not in response.content.decode()
    refused = client.post(ASSIGN, form_for(module, [colleague]))
    assert list(refused.context["form"].errors) == ["people"]


# --- the date, in a calendar ----------------------------------------------------------


def test_a_due_date_goes_into_a_calendar(client, module, members):
    module.title = "Guider, écouter; aider"
    module.save_revision().publish()
    assignment = make_assignment(members[0].user, module, due_on=date(2030, 12, 31))
    client.force_login(members[0].user)

    response = client.get(address("courses:calendar", assignment.pk))

    assert response["Content-Type"] == "text/calendar"
    lines = response.content.decode().split("\r\n")
    stamp = lines.pop(5)
    assert stamp.startswith("DTSTAMP:") and stamp.endswith("Z")
    assert lines == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Repere//FR",
        "BEGIN:VEVENT",
        f"UID:assignment-{assignment.pk}@repere",
        "DTSTART;VALUE=DATE:20301231",
        "DTEND;VALUE=DATE:20310101",
        "SUMMARY:Guider\\, écouter\\; aider",
        f"URL:http://testserver{page_address(module)}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_the_calendar_of_somebody_else_is_not_there(signed_in, module, members):
    assignment = make_assignment(members[0].user, module)

    response = signed_in.get(address("courses:calendar", assignment.pk))

    assert response.status_code == 404


# --- cost -----------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 30])
@pytest.mark.parametrize(("place", "most"), [(TEAM, 6), (ASSIGN, 6)])
def test_pages_of_a_manager_cost_the_same_for_30_people(
    signed_in, module, people, place, most, django_assert_max_num_queries
):
    for number in range(people):
        make_assignment(make_member(make_person(f"P {number}")).user, module)
    signed_in.get(place)

    with django_assert_max_num_queries(most):
        assert signed_in.get(place).status_code == 200
