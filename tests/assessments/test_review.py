from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.utils import timezone

from assessments.attempts import Answer, pending_response, save_answer, stop_attempt
from assessments.models import (
    Area,
    Attempt,
    KeyCorrection,
    Question,
    ReviewItem,
    ReviewPlan,
)
from assessments.review import (
    Planned,
    begin_review,
    is_due,
    is_settled,
    outcomes,
    plan_review,
    planned_after,
)
from assessments.starting import start_check, start_closer_look, start_placement
from tests.assessments.practising import (
    RIGHT,
    TODAY,
    UNSURE,
    WRONG,
    in_days,
    make_finished,
    moment,
    planned,
    set_clock,
    version_of,
)
from tests.factories import make_frozen_bank

CHECK = Question.Purpose.CHECK
STEP = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"


# --- the rule -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "settled", "is_practice", "after"),
    [
        (None, False, False, (0, 3)),
        (None, False, True, (0, 3)),
        (None, True, False, None),
        (None, True, True, None),
        ((0, 0), True, True, (1, 10)),
        ((1, 0), True, True, (2, 30)),
        ((2, 0), True, True, None),
        ((2, 0), False, True, (0, 3)),
        ((1, 5), False, False, (0, 3)),
        ((1, 5), True, False, (1, 5)),
    ],
)
def test_when_a_competence_comes_back(before, settled, is_practice, after):
    def plan(values):
        return values and Planned(values[0], in_days(values[1]))

    found = planned_after(plan(before), settled, is_practice, TODAY)

    assert found == plan(after)


def test_the_least_sure_answer_decides():
    answers = [(1, True), (1, False), (1, True), (2, True), (2, True), (3, False)]

    assert outcomes(answers) == {1: False, 2: True, 3: False}


@pytest.mark.parametrize(
    ("score", "is_sure", "settled"),
    [
        (1, None, True),
        (1, True, True),
        (1, False, False),
        (0.75, True, False),
        (0, None, False),
    ],
)
def test_a_competence_is_settled_when_right_and_not_unsure(score, is_sure, settled):
    class Given:
        is_right = score == 1

    Given.is_sure = is_sure

    assert is_settled(Given) == settled


@pytest.mark.parametrize(
    ("stage", "days", "due"),
    [(0, -40, True), (0, 0, True), (0, 1, False), (0, 3, False), (2, 30, False)],
)
def test_something_is_due_from_its_day_on(stage, days, due):
    assert is_due(Planned(stage, in_days(days)), TODAY) == due


@pytest.mark.parametrize(("stage", "days"), [(0, 4), (1, 11), (2, 31), (0, 4000)])
def test_what_a_clock_that_was_ahead_planned_too_far_is_due(stage, days):
    assert is_due(Planned(stage, in_days(days)), TODAY)


# --- asking for it --------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock some days after TODAY."""
    set_clock(monkeypatch)
    return partial(set_clock, monkeypatch)


@pytest.fixture
def questions(db, clock):
    return make_frozen_bank(per_area=1, purpose=CHECK)


def test_nothing_is_planned_for_who_did_not_ask(learner, questions):
    attempt = make_finished(learner, A1=WRONG)

    plan_review(attempt)

    assert not ReviewItem.objects.exists()


def test_a_plan_begins_with_the_last_placement_and_checks(learner, questions):
    make_finished(learner, "check", moment(-8), A1=WRONG, B1=UNSURE, C1=RIGHT)
    make_finished(learner, "placement", moment(-9), D1=WRONG)

    begin_review(learner)

    assert planned(learner) == {
        "A1": (0, in_days(-5)),
        "B1": (0, in_days(-5)),
        "D1": (0, in_days(-6)),
    }


def test_older_placements_and_sittings_of_a_check_are_past(learner, questions):
    first = make_finished(learner, A1=WRONG, at=moment(-8))
    again = make_finished(learner, B1=WRONG, at=moment(-7))
    Attempt.objects.filter(pk=again.pk).update(step_key=first.step_key)
    make_finished(learner, "placement", moment(-40), C1=WRONG)
    make_finished(learner, "placement", moment(-20), D1=WRONG)

    begin_review(learner)

    assert planned(learner).keys() == {"B1", "D1"}


def test_a_plan_begins_with_the_closer_looks_at_the_last_placement(learner, questions):
    placed = make_finished(learner, "placement", moment(-9), A1=RIGHT)
    look = make_finished(learner, "placement", moment(-2), A1=WRONG)
    Attempt.objects.filter(pk=look.pk).update(
        purpose="closer",
        continues=placed,
        area=Area.objects.get(code="A"),
        round=1,
    )

    begin_review(learner)

    assert planned(learner) == {"A1": (0, in_days(1))}


def test_the_least_sure_of_several_attempts_decides(learner, questions):
    make_finished(learner, "placement", moment(-9), A1=WRONG)
    make_finished(learner, A1=RIGHT, at=moment(-1))

    begin_review(learner)

    assert planned(learner) == {"A1": (0, in_days(-6))}


def test_asking_twice_keeps_one_plan_and_what_was_planned(learner, questions):
    make_finished(learner, A1=WRONG, at=moment(-8))
    begin_review(learner)
    ReviewItem.objects.update(stage=1, due_on=in_days(7))

    begin_review(learner)

    assert ReviewPlan.objects.count() == 1
    assert planned(learner) == {"A1": (1, in_days(7))}


def test_a_plan_begun_after_the_clock_went_back_starts_from_today(learner, questions):
    make_finished(learner, A1=WRONG, at=moment(400))

    begin_review(learner)

    assert planned(learner) == {"A1": (0, in_days(3))}


def test_an_answer_to_a_wrong_key_plans_nothing(learner, questions):
    make_finished(learner, A1=WRONG, B1=WRONG)
    KeyCorrection.objects.create(question_version=version_of("A1", CHECK))

    begin_review(learner)

    assert planned(learner).keys() == {"B1"}


# --- what each end of an attempt does -------------------------------------------------


def answer_all(attempt, choices=(1,), is_sure=None, most=99):
    """Answer what is asked, the wrong choice unless said; return the attempt."""
    for _number in range(most):
        response = pending_response(attempt)
        if response is None:
            break
        given = Answer(
            response.position,
            response.question_version_id,
            None if choices is None else list(choices),
            is_sure,
        )
        save_answer(attempt, given, "fr")
    attempt.refresh_from_db()
    return attempt


@pytest.mark.parametrize(
    ("choices", "is_sure", "expected"),
    [
        ((1,), True, {"A1": (0, in_days(3))}),
        (None, None, {"A1": (0, in_days(3))}),
        ((0,), False, {"A1": (0, in_days(3))}),
        ((0,), None, {}),
        ((0,), True, {}),
    ],
)
def test_the_end_of_a_check_plans(learner, questions, choices, is_sure, expected):
    begin_review(learner)
    [question] = [q for q in questions if q.competence.code == "A1"]
    attempt = start_check(learner, "fr", STEP, [question], 1, 0.75)

    answer_all(attempt, choices, is_sure)

    assert planned(learner) == expected


def test_nothing_is_planned_before_the_end(learner, questions):
    begin_review(learner)
    attempt = start_check(learner, "fr", STEP, questions, 2, 0.75)

    answer_all(attempt, most=1)

    assert (attempt.is_finished, planned(learner)) == (False, {})


def test_the_end_of_a_placement_and_of_a_closer_look_plans(learner, clock):
    make_frozen_bank(per_area=4)
    begin_review(learner)
    found = answer_all(start_placement(learner, "fr"), choices=(0,), most=12)
    if not found.is_finished:
        stop_attempt(found)
    found.refresh_from_db()
    assert planned(learner) == {}
    clock(days=1)

    look = start_closer_look(found, Area.objects.get(code="B"), "fr")
    answer_all(look)

    assert planned(learner) == {"B1": (0, in_days(4))}


def test_a_wrong_answer_in_a_placement_comes_back(learner, clock):
    make_frozen_bank(per_area=4)
    begin_review(learner)
    attempt = start_placement(learner, "fr")
    answer_all(attempt, choices=(0,), most=11)
    missed = pending_response(attempt).question_version.competence.code
    answer_all(attempt, choices=(1,), most=1)

    stop_attempt(attempt)

    assert planned(learner) == {missed: (0, in_days(3))}


def test_a_right_answer_outside_practice_leaves_the_plan_as_it_is(learner, questions):
    begin_review(learner)
    plan_review(make_finished(learner, A1=WRONG))

    plan_review(make_finished(learner, A1=RIGHT))

    assert planned(learner) == {"A1": (0, in_days(3))}


def test_practice_moves_on_then_lets_go(learner, questions, clock):
    begin_review(learner)
    plan_review(make_finished(learner, A1=WRONG))
    seen = []
    for days in (3, 13, 43):
        clock(days)
        plan_review(make_finished(learner, "practice", A1=RIGHT))
        seen.append(planned(learner))

    assert seen == [{"A1": (1, in_days(13))}, {"A1": (2, in_days(43))}, {}]


def test_practice_that_was_unsure_begins_again(learner, questions, clock):
    begin_review(learner)
    plan_review(make_finished(learner, A1=WRONG))
    ReviewItem.objects.update(stage=2)
    clock(40)

    plan_review(make_finished(learner, "practice", A1=UNSURE))

    assert planned(learner) == {"A1": (0, in_days(43))}


def test_days_are_those_of_the_place_not_of_greenwich(learner, questions, monkeypatch):
    late = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)  # the 11th in Paris
    monkeypatch.setattr(timezone, "now", lambda: late)
    begin_review(learner)

    plan_review(make_finished(learner, A1=WRONG))

    assert planned(learner) == {"A1": (0, date(2026, 3, 14))}


def test_a_change_of_hour_moves_no_day(learner, questions, clock):
    clock(days=26, hour=0)  # 28 March: the hour changes in the night that follows
    begin_review(learner)

    plan_review(make_finished(learner, A1=WRONG))

    assert planned(learner) == {"A1": (0, date(2026, 3, 31))}


def test_nobody_else_sees_what_comes_back(
    learner, other_learner, manager, trainer, questions
):
    begin_review(learner)
    plan_review(make_finished(learner, A1=WRONG))
    begin_review(other_learner)

    def seen_by(user):
        return ReviewItem.objects.visible_to(user).count()

    assert seen_by(learner) == 1
    assert [seen_by(user) for user in (other_learner, manager, trainer)] == [0, 0, 0]
    assert planned(other_learner) == {}
