from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from assessments.attempts import stop_attempt
from assessments.models import Area, KeyCorrection, ParameterSet
from assessments.starting import start_closer_look, start_placement
from assessments.waiting import standing_of, waiting_for, waiting_of
from tests.assessments.sitting import days_ago, keep_many
from tests.factories import make_frozen_bank


@pytest.fixture
def attempt(learner):
    make_frozen_bank(per_area=3)
    return start_placement(learner, "fr")


@pytest.mark.parametrize(
    ("count", "missing", "says_nothing"),
    [
        (0, 12, True),
        (5, 7, True),
        (6, 6, False),
        (11, 1, False),
        (12, 0, False),
        (13, 0, False),
    ],
)
def test_an_open_placement_tells_what_is_missing(attempt, count, missing, says_nothing):
    keep_many(attempt, count)

    waiting = waiting_of(attempt)

    assert (waiting.answer_count, waiting.missing) == (count, missing)
    assert waiting.says_nothing == says_nothing


def test_an_answer_whose_key_was_wrong_does_not_count(attempt):
    keep_many(attempt, 12)
    wrong = attempt.responses.first().question_version
    KeyCorrection.objects.create(question_version=wrong, reason="two right")

    assert (waiting_of(attempt).answer_count, waiting_of(attempt).missing) == (11, 1)


@pytest.mark.parametrize(("days", "is_expired"), [(0, False), (29, False), (31, True)])
def test_it_is_kept_for_thirty_days_from_its_beginning(attempt, days, is_expired):
    days_ago(attempt, days)

    waiting = waiting_of(attempt)

    last_day = timezone.localdate(attempt.started_at + timedelta(days=30))
    assert (waiting.is_expired, waiting.kept_until) == (is_expired, last_day)


def test_settings_of_an_older_version_are_read(attempt):
    older = ParameterSet.objects.get()
    older.settings = {"minimum_questions": 10}
    older.save()
    keep_many(attempt, 5)

    assert (waiting_of(attempt).missing, waiting_of(attempt).says_nothing) == (5, True)


def test_nobody_waits_for_what_is_over_or_somebody_elses(
    attempt, learner, other_learner
):
    assert waiting_for(learner)[0].attempt == attempt
    keep_many(attempt, 12)
    stop_attempt(attempt)

    assert waiting_for(learner) == (None, None)
    assert standing_of(learner) == (None, None, attempt)
    assert waiting_for(other_learner) == (None, None)
    assert standing_of(AnonymousUser()) == (None, None, None)


def test_a_placement_and_a_closer_look_may_wait_together(
    attempt, learner, django_assert_num_queries
):
    keep_many(attempt, 12)
    stop_attempt(attempt)
    attempt.refresh_from_db()
    look = start_closer_look(attempt, Area.objects.get(code="A"), "fr")
    days_ago(attempt, 15)
    second = start_placement(learner, "fr")

    with django_assert_num_queries(1):
        placement, closer, last = standing_of(learner)
        assert (placement.attempt, closer, last) == (second, look, attempt)
        assert closer.area.code == "A"
    assert placement.answer_count == 0
    assert waiting_for(learner) == (placement, closer)
