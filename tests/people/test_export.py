import json

import pytest
from django.utils import timezone

from assessments.starting import (
    start_placement,
)
from courses.models import Assignment, JournalEntry
from people.models import Membership
from tests.assessments.sitting import answer_many
from tests.factories import make_frozen_bank, make_learner, make_member, make_module
from tests.people.signing_in import address, confirm

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy_learner(client, learner, manager):
    """A learner with an attempt, a note, an assignment and a place somewhere."""
    make_frozen_bank(per_area=1)
    confirm(learner)
    organisation = Membership.objects.get(user=manager).organisation
    make_member(learner, organisation)
    module = make_module(questions=0)
    Assignment.objects.create(
        organisation=organisation,
        learner=learner,
        module_key=module.translation_key,
        assigned_by=manager,
        due_on=timezone.localdate(),
        why="Pour l'accueil",
    )
    JournalEntry.objects.create(
        learner=learner, step_key=module.translation_key, text="Ma note"
    )
    client.force_login(learner)
    attempt = start_placement(learner, "fr")
    answer_many(client, attempt, 2, choice=3)
    return learner


def test_my_data_holds_what_i_did_and_wrote(client, busy_learner):
    make_other_data()

    response = client.get(address("people:my_data"))

    data = json.loads(response.content)
    assert response["Content-Disposition"] == 'attachment; filename="repere.json"'
    [person] = data["person"]
    assert (person["name"], person["email"]) == (busy_learner.name, busy_learner.email)
    [attempt] = data["attempt"]
    assert attempt["purpose"] == "placement"
    answers = [row["answer"] for row in data["response"]]
    assert answers == [[3], [3], None]
    assert {row["attempt"] for row in data["response"]} == {attempt["id"]}
    assert [row["text"] for row in data["journalentry"]] == ["Ma note"]
    assert [row["why"] for row in data["assignment"]] == ["Pour l'accueil"]
    assert [row["role"] for row in data["membership"]] == ["learner"]
    assert [row["email"] for row in data["emailaddress"]] == [busy_learner.email]


def make_other_data():
    start_placement(make_learner(name="Marc Delmas"), "fr")


def test_my_data_holds_no_password_and_nobody_else(client, busy_learner, manager):
    make_other_data()

    text = client.get(address("people:my_data")).content.decode()

    assert busy_learner.password not in text
    assert '"password"' not in text
    assert manager.email not in text
    assert "Marc Delmas" not in text


def test_a_manager_does_not_take_away_what_she_assigned(client, busy_learner, manager):
    client.force_login(manager)

    text = client.get(address("people:my_data")).content.decode()

    assert "Ma note" not in text
    assert busy_learner.email not in text
