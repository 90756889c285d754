"""Attempts in the states that the pages of the room are asked about."""

import pytest

from assessments import starting
from assessments.attempts import stop_attempt
from assessments.models import Question
from assessments.starting import start_check, start_placement
from people.models import Membership
from tests.assessments.sitting import address, answer_many, begin, keep_many
from tests.factories import (
    make_frozen_bank,
    make_learner,
    make_member,
    make_person,
    make_question,
    make_trainer,
)

STEP = "6b1f3c1e-0000-4000-8000-000000000002"


@pytest.fixture
def bank(db):
    return make_frozen_bank(per_area=3)


@pytest.fixture
def attempt(client, learner, bank):
    return begin(client, learner)


@pytest.fixture
def finished(client, attempt):
    """A placement that was stopped after twelve answers, and has a result."""
    answer_many(client, attempt, 12)
    client.post(address("stop", attempt.pk))
    attempt.refresh_from_db()
    return attempt


@pytest.fixture
def placed(client, learner, monkeypatch):
    """A result of 24 answers in a bank with more to ask; always the same."""
    monkeypatch.setattr(starting.secrets, "randbits", lambda bits: 20_261)
    make_frozen_bank(per_area=24)
    client.force_login(learner)
    return stop_attempt(keep_many(start_placement(learner, "en"), 24, "en"))


@pytest.fixture
def long_attempt(client, learner):
    make_frozen_bank(per_area=6)
    return begin(client, learner)


@pytest.fixture
def ask(client, learner, module):
    """Return a function that begins a check of questions of some kinds."""

    def ask(*kinds, **fields):
        questions = [
            make_question(kind, purpose=Question.Purpose.CHECK, **fields)
            for kind in kinds
        ]
        client.force_login(learner)
        keys = [question.pk for question in questions]
        return start_check(learner, "en", STEP, keys, len(keys), 0.75)

    return ask


@pytest.fixture
def others(learner):
    """People who must not see a learner's attempts, whatever their role."""
    manager = make_person("Sylvie Nguyen")
    membership = make_member(learner)
    make_member(manager, membership.organisation, Membership.Role.MANAGER)
    return {
        "learner": make_learner(name="Marc Delmas"),
        "manager": manager,
        "trainer": make_trainer(),
        "administrator": make_person("Odile Roux", is_superuser=True),
    }
