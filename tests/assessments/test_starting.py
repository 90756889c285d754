from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from assessments import starting as module_under_test
from assessments.attempts import pending_response, stop_attempt
from assessments.bank import EmptyBank
from assessments.models import (
    Area,
    Attempt,
    Exposure,
    Question,
    QuestionVersion,
    Response,
)
from assessments.starting import (
    NoCloserLook,
    TooSoon,
    start_check,
    start_closer_look,
    start_placement,
)
from tests.assessments.sitting import (
    address,
    answer_many,
    asked_questions,
    at_the_same_time,
    begin,
    days_ago,
    finish,
    keep_many,
)
from tests.factories import make_frozen_bank, make_learner, make_question

STEP = "6b1f3c1e-0000-4000-8000-000000000001"


@pytest.fixture
def bank(db):
    return make_frozen_bank()


@pytest.fixture
def attempt(client, learner, bank):
    return begin(client, learner)


# --- a placement ----------------------------------------------------------------------


def test_two_starts_are_one_attempt(client, learner, attempt):
    again = begin(client, learner)

    assert again == attempt
    assert attempt.responses.count() == 1


def test_a_start_at_the_same_moment_finds_the_other_one(learner, bank, monkeypatch):
    def start_elsewhere(*args):
        monkeypatch.undo()
        start_placement(learner, "fr")
        return []

    monkeypatch.setattr(module_under_test, "withheld_versions", start_elsewhere)

    found = start_placement(learner, "fr")

    assert found == Attempt.objects.get()
    assert found.responses.count() == 1


def test_the_database_refuses_two_open_placements(attempt):
    attempt.pk = None
    attempt._state.adding = True
    with pytest.raises(IntegrityError):
        attempt.save(force_insert=True)


def test_two_starts_at_the_same_time_make_one_attempt(own_database):
    make_frozen_bank(per_area=3)
    learner = make_learner()

    outcomes = at_the_same_time([lambda: start_placement(learner, "fr")] * 4)

    assert outcomes == [Attempt.objects.get()] * 4
    assert Response.objects.count() == 1


def test_a_spared_question_waits_for_the_others(client, learner):
    make_frozen_bank(per_area=6)
    spared = QuestionVersion.objects.filter(level__lte=3)
    Exposure.objects.bulk_create(
        Exposure(question_version=version, eligibility=0) for version in spared
    )
    attempt = begin(client, learner)
    assert sorted(attempt.withheld) == sorted(spared.values_list("pk", flat=True))

    answer_many(client, attempt, 18)

    asked = attempt.responses.exclude(answered_at=None)
    levels = asked.values_list("question_version__level", flat=True)
    assert set(levels) == {4, 5, 6}


def test_an_empty_bank_is_said(learner):
    with pytest.raises(EmptyBank):
        start_placement(learner, "fr")

    assert Attempt.objects.count() == 0


# --- again ----------------------------------------------------------------------------


def test_a_new_placement_waits_fourteen_days(client, learner, attempt):
    finish(client, attempt, choice=1)
    days_ago(attempt, 13)

    with pytest.raises(TooSoon) as refused:
        start_placement(learner, "fr")

    expected = timezone.localdate(attempt.finished_at + timedelta(days=14))
    assert refused.value.possible_on == expected


def test_a_short_attempt_after_a_result_does_not_shorten_the_wait(
    client, learner, attempt
):
    finish(client, attempt, choice=1)
    for _number in range(2):
        Attempt.objects.create(
            learner=learner,
            purpose=Attempt.Purpose.PLACEMENT,
            parameter_set=attempt.parameter_set,
            seed=1,
            end_reason="stopped",
            finished_at=timezone.now(),
        )

    with pytest.raises(TooSoon):
        start_placement(learner, "fr")


def test_questions_of_the_last_two_attempts_do_not_come_back(client, learner):
    make_frozen_bank(per_area=12)
    taken = []
    for _number in range(3):
        attempt = begin(client, learner)
        answer_many(client, attempt, 12)
        client.post(address("stop", attempt.pk))
        attempt.refresh_from_db()
        days_ago(attempt, 15 * (3 - len(taken)))
        taken.append(attempt)

    fourth = begin(client, learner)
    answer_many(client, fourth, 20)

    assert asked_questions(fourth).isdisjoint(asked_questions(taken[1], taken[2]))
    assert asked_questions(fourth) & asked_questions(taken[0])


def test_a_new_version_of_a_question_seen_lately_does_not_come_back(client, learner):
    make_frozen_bank(per_area=4)
    first = begin(client, learner)
    answer_many(client, first, 12)
    client.post(address("stop", first.pk))
    first.refresh_from_db()
    days_ago(first, 20)
    for question in Question.objects.filter(pk__in=asked_questions(first)):
        question.stem_fr += " (récrite)"
        question.save_revision().publish()

    second = finish(client, begin(client, learner), choice=0)

    assert second.responses.count() == 12
    assert asked_questions(first).isdisjoint(asked_questions(second))


def test_after_thirty_days_an_open_attempt_is_left_and_another_begins(
    client, learner, attempt
):
    answer_many(client, attempt, 3, choice=0)
    days_ago(attempt, 31)

    again = start_placement(learner, "fr")

    attempt.refresh_from_db()
    assert attempt.end_reason == "abandoned"
    assert again != attempt
    assert pending_response(again)


def test_within_thirty_days_the_same_attempt_goes_on(learner, attempt):
    days_ago(attempt, 29)

    assert start_placement(learner, "fr") == attempt


def test_twelve_answers_left_for_too_long_are_a_result_when_another_begins(
    client, learner, attempt
):
    answer_many(client, attempt, 12)
    days_ago(attempt, 31)

    again = start_placement(learner, "fr")

    attempt.refresh_from_db()
    assert (attempt.end_reason, attempt.is_finished) == ("abandoned", True)
    assert attempt.placements.get(area=None).answer_count == 12
    assert asked_questions(again).isdisjoint(asked_questions(attempt))


def test_a_result_left_for_too_long_delays_nothing(client, learner, attempt):
    answer_many(client, attempt, 12)
    days_ago(attempt, 31)
    client.post(address("stop", attempt.pk))
    attempt.refresh_from_db()
    assert attempt.placements.count() == 7

    assert start_placement(learner, "fr") != attempt


def test_a_result_from_the_future_delays_nothing(client, learner, attempt):
    finish(client, attempt, choice=1)
    days_ago(attempt, -400)

    again = start_placement(learner, "fr")

    assert again != attempt
    assert asked_questions(again).isdisjoint(asked_questions(attempt))


def test_a_placement_begun_in_the_future_goes_on(learner, attempt):
    days_ago(attempt, -400)

    assert start_placement(learner, "fr") == attempt


def test_what_asked_nothing_is_not_one_of_the_last_two_attempts(client, learner):
    make_frozen_bank(per_area=12)
    first = begin(client, learner)
    answer_many(client, first, 12)
    client.post(address("stop", first.pk))
    first.refresh_from_db()
    days_ago(first, 80)
    for days in (62, 31):
        days_ago(begin(client, learner), days)

    last = begin(client, learner)

    assert Attempt.objects.filter(end_reason="abandoned").count() == 2
    assert set(last.seen_lately) >= set(
        first.responses.values_list("question_version", flat=True)
    )


@pytest.mark.parametrize(("days", "has_prior"), [(300, True), (366, False)])
def test_a_result_of_the_last_year_is_where_the_next_placement_starts_from(
    client, learner, attempt, days, has_prior
):
    finish(client, attempt, skip=1)
    days_ago(attempt, days)

    again = start_placement(learner, "fr")

    assert (again.prior is not None) == has_prior
    if has_prior:
        assert [len(again.prior[name]) for name in ("mean", "sd")] == [6, 6]
        assert max(again.prior["mean"]) < 0 < 0.8 < min(again.prior["sd"])


@pytest.mark.parametrize("is_filled", [True, False])
def test_an_area_that_comes_or_goes_between_two_placements_hinders_nothing(
    learner, bank, is_filled
):
    last_area = Question.objects.filter(competence__area__code="F")
    last_area.update(live=not is_filled)
    first = keep_many(start_placement(learner, "fr"), 36)
    days_ago(first, 20)
    last_area.update(live=is_filled)

    second = keep_many(start_placement(learner, "fr"), 36)

    assert len(second.prior["mean"]) == (6 if is_filled else 5)
    if is_filled:  # nothing is known of the new area
        assert (second.prior["mean"][5], second.prior["sd"][5]) == (0, 1.5)
    assert second.placements.count() == (7 if is_filled else 6)


@pytest.mark.parametrize(("per_area", "met_again"), [(6, 0), (4, 12)])
def test_an_area_keeps_two_questions_though_all_were_met_lately(
    learner, per_area, met_again
):
    """Two placements of 12 meet four questions an area."""
    make_frozen_bank(per_area=per_area)
    taken = []
    for number in range(2):
        taken.append(stop_attempt(keep_many(start_placement(learner, "fr"), 12)))
        days_ago(taken[-1], 40 - 20 * number)

    third = stop_attempt(keep_many(start_placement(learner, "fr"), 12))

    assert third.placements.count() == 7
    assert asked_questions(third).isdisjoint(asked_questions(taken[1]))
    assert len(asked_questions(third) & asked_questions(taken[0])) == met_again


def test_a_language_without_any_question_is_said(learner, bank):
    for version in QuestionVersion.objects.all():
        del version.content["en"]
        QuestionVersion.objects.filter(pk=version.pk).update(content=version.content)

    with pytest.raises(EmptyBank):
        start_placement(learner, "en")

    assert Attempt.objects.count() == 0


# --- a closer look --------------------------------------------------------------------


@pytest.fixture
def placed(learner):
    make_frozen_bank(per_area=12)
    return stop_attempt(keep_many(start_placement(learner, "fr"), 12))


def look_closer(placed, code, count=0):
    look = start_closer_look(placed, Area.objects.get(code=code), "fr")
    return keep_many(look, count)


def test_a_closer_look_begun_twice_is_one(placed):
    look = look_closer(placed, "B", count=2)

    assert look_closer(placed, "B") == look
    assert Attempt.objects.closer_looks().get() == look


def test_a_closer_look_elsewhere_names_the_one_that_is_open(placed):
    look = look_closer(placed, "B", count=2)

    with pytest.raises(NoCloserLook) as refused:
        look_closer(placed, "C")

    assert refused.value.under_way == look


def test_a_closer_look_left_for_too_long_counts_and_makes_room(placed):
    left = look_closer(placed, "B", count=2)
    days_ago(left, 31)

    other = look_closer(placed, "C")

    left.refresh_from_db()
    assert (left.end_reason, left.placements.count()) == ("abandoned", 1)
    assert (other.area.code, other.round) == ("C", 1)


def test_there_is_no_third_round(placed):
    rounds = []
    for _number in range(2):
        look = look_closer(placed, "B", count=1)
        rounds.append(look.round)
        stop_attempt(look)

    with pytest.raises(NoCloserLook):
        look_closer(placed, "B")

    assert rounds == [1, 2]


def test_an_area_without_any_question_left_is_not_looked_at(placed):
    Question.objects.filter(competence__code="B1").update(live=False)

    with pytest.raises(NoCloserLook):
        look_closer(placed, "B")

    assert Attempt.objects.closer_looks().count() == 0


def test_an_older_result_is_not_looked_at_any_more(learner, placed):
    days_ago(placed, 20)
    stop_attempt(keep_many(start_placement(learner, "fr"), 12))

    with pytest.raises(NoCloserLook):
        look_closer(placed, "B")


def test_a_placement_without_result_is_not_looked_at(learner):
    make_frozen_bank(per_area=1)
    short = keep_many(start_placement(learner, "fr"), 36)
    assert short.is_finished

    with pytest.raises(NoCloserLook):
        look_closer(short, "B")


def begin_elsewhere(placed, code, monkeypatch):
    """Make another screen begin a closer look, once this one has looked for any."""

    def randbits(bits):
        monkeypatch.undo()
        look_closer(placed, code)
        return 1

    monkeypatch.setattr(module_under_test.secrets, "randbits", randbits)


def test_a_closer_look_begun_at_the_same_moment_is_found(placed, monkeypatch):
    begin_elsewhere(placed, "B", monkeypatch)

    found = look_closer(placed, "B")

    assert found == Attempt.objects.closer_looks().get()
    assert found.responses.count() == 1


def test_a_closer_look_begun_elsewhere_at_the_same_moment_is_named(placed, monkeypatch):
    begin_elsewhere(placed, "C", monkeypatch)

    with pytest.raises(NoCloserLook) as refused:
        look_closer(placed, "B")

    assert refused.value.under_way.area.code == "C"


# --- checks ---------------------------------------------------------------------------


def make_questions(count):
    return [make_question(purpose=Question.Purpose.CHECK) for _n in range(count)]


def begin_check(client, learner, questions, draw=3, pass_mark=0.75):
    client.force_login(learner)
    return start_check(learner, "fr", STEP, [q.pk for q in questions], draw, pass_mark)


@pytest.fixture
def questions(module):
    return make_questions(6)


def test_a_check_draws_its_questions_at_the_start(client, learner, questions):
    attempt = begin_check(client, learner, questions)

    assert attempt.to_go == 3
    assert [r.position for r in attempt.responses.all()] == [1, 2, 3]
    assert begin_check(client, learner, questions) == attempt


def test_a_check_asks_one_question_a_topic(client, learner, module):
    twins = [make_question(purpose="check", topic="meme-sujet") for _n in range(4)]

    attempt = begin_check(client, learner, twins)

    assert attempt.responses.count() == 1


def test_the_next_check_asks_other_questions_first(client, learner, questions):
    first = finish(client, begin_check(client, learner, questions), choice=1)
    second = begin_check(client, learner, questions)

    assert second != first
    assert asked_questions(first).isdisjoint(asked_questions(second))


def test_a_check_keeps_its_versions_and_the_next_takes_the_new(
    client, learner, questions
):
    attempt = begin_check(client, learner, questions, draw=6)
    for question in questions:
        question.stem_fr = f"Nouvelle {question.pk} ?"
        question.save_revision().publish()
    finish(client, attempt, choice=0)
    numbers = "question_version__number"
    assert set(attempt.responses.values_list(numbers, flat=True)) == {1}

    again = begin_check(client, learner, questions, draw=6)

    assert set(again.responses.values_list(numbers, flat=True)) == {2}


def test_a_check_never_draws_a_retired_question(client, learner, questions):
    for question in questions[:4]:
        question.unpublish()

    attempt = begin_check(client, learner, questions)

    assert asked_questions(attempt) == {q.pk for q in questions[4:]}


def test_a_check_without_a_question_does_not_begin(learner, questions):
    for question in questions:
        question.unpublish()

    with pytest.raises(EmptyBank):
        start_check(learner, "fr", STEP, [q.pk for q in questions], 3, 0.75)

    assert Attempt.objects.count() == 0


def test_the_database_refuses_two_open_attempts_at_a_check(client, learner, questions):
    attempt = begin_check(client, learner, questions)
    attempt.pk = None
    attempt._state.adding = True
    with pytest.raises(IntegrityError):
        attempt.save(force_insert=True)
