import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from assessments import starting as module_under_test
from assessments.attempts import (
    AlreadyAnswered,
    Answer,
    NotCurrent,
    last_placement,
    pending_response,
    save_answer,
)
from assessments.bank import EmptyBank
from assessments.models import (
    Attempt,
    Exposure,
    Placement,
    Question,
    QuestionVersion,
    Response,
)
from assessments.signals import check_finished
from assessments.starting import (
    TooSoon,
    start_check,
    start_placement,
)
from tests.assessments.sitting import (
    address,
    answer_many,
    answer_next,
    begin,
    facts,
    finish,
    send,
)
from tests.factories import make_frozen_bank, make_learner, make_question

STEP = "6b1f3c1e-0000-4000-8000-000000000001"


@pytest.fixture
def bank(db):
    return make_frozen_bank()


@pytest.fixture
def attempt(client, learner, bank):
    return begin(client, learner)


def days_ago(attempt, days):
    """Move an attempt back in time, as if it had been taken some days ago."""
    earlier = timedelta(days=days)
    attempt.started_at -= earlier
    if attempt.finished_at:
        attempt.finished_at -= earlier
    attempt.save(update_fields=["started_at", "finished_at"])


# --- a placement, from its start to its result ----------------------------------------


def test_progress_counts_down_and_is_zero_only_at_the_end(client, attempt):
    left = [attempt.to_go]
    while pending_response(attempt):
        answer_next(client, attempt, choice=1)
        attempt.refresh_from_db()
        left.append(attempt.to_go)

    assert left[-1] == 0
    assert min(left[:-1]) >= 1
    assert attempt.end_reason in ("precise", "end_of_scale", "longest")
    assert len(left) - 1 == attempt.responses.count()


def test_no_question_comes_twice_and_areas_take_turns(client, attempt):
    finish(client, attempt, choice=0)

    versions = list(attempt.responses.values_list("question_version", flat=True))
    areas = attempt.responses.values_list(
        "question_version__competence__area__code", flat=True
    )
    assert len(set(versions)) == len(versions)
    assert set(areas[:6]) == set("ABCDEF")


def test_the_end_stores_one_range_an_area_and_one_overall(client, attempt):
    finish(client, attempt, choice=0)

    placements = attempt.placements.select_related("area")
    areas = [p.area.code if p.area else None for p in placements]
    assert sorted(areas, key=str) == ["A", "B", "C", "D", "E", "F", None]
    overall = placements.get(area=None)
    assert overall.answer_count == attempt.responses.count()
    assert sum(p.answer_count for p in placements if p.area) == overall.answer_count
    assert overall.low <= overall.likeliest <= overall.high
    assert overall.probability >= 0.9


def test_who_knows_is_placed_above_who_does_not(client, bank):
    reached = {}
    for name, answer in [("knows", {"choice": 0}), ("does not", {"skip": 1})]:
        attempt = finish(client, begin(client, make_learner()), **answer)
        reached[name] = attempt.placements.get(area=None).likeliest

    assert reached == {"knows": 8, "does not": 1}


def test_i_dont_know_is_kept_as_such(client, attempt):
    response = answer_next(client, attempt, skip=1)

    assert (response.is_skipped, response.answer, response.score) == (True, None, 0.0)


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


def test_stopping_early_says_nothing_about_a_level(client, attempt):
    answer_many(client, attempt, 11)
    client.post(address("stop", attempt.pk))

    attempt.refresh_from_db()
    assert attempt.end_reason == "stopped"
    assert attempt.placements.count() == 0
    assert attempt.responses.filter(answered_at=None).count() == 0
    assert attempt.responses.count() == 11


def test_stopping_after_twelve_answers_gives_a_result(client, attempt):
    answer_many(client, attempt, 12)
    client.post(address("stop", attempt.pk))

    attempt.refresh_from_db()
    assert attempt.end_reason == "stopped"
    assert attempt.placements.count() == 7
    assert attempt.placements.get(area=None).answer_count == 12


def test_stopping_twice_changes_nothing(client, attempt):
    answer_many(client, attempt, 12)
    client.post(address("stop", attempt.pk))
    attempt.refresh_from_db()
    finished_at = attempt.finished_at

    client.post(address("stop", attempt.pk))

    attempt.refresh_from_db()
    assert attempt.finished_at == finished_at
    assert attempt.placements.count() == 7


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


def test_what_led_nowhere_can_be_begun_again_at_once(client, learner, attempt):
    answer_many(client, attempt, 3, choice=0)
    client.post(address("stop", attempt.pk))

    again = start_placement(learner, "fr")

    assert again != attempt
    assert not again.is_finished


def asked_questions(*attempts):
    return set(
        Response.objects.filter(attempt__in=attempts).values_list(
            "question_version__question", flat=True
        )
    )


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


def test_the_last_placement_is_the_newest_with_a_result(client, learner, attempt):
    finish(client, attempt, choice=1)
    days_ago(attempt, 20)
    short = begin(client, learner)
    client.post(address("stop", short.pk))

    assert last_placement(learner) == attempt


# --- the bank moves meanwhile ---------------------------------------------------------


def test_a_question_published_again_keeps_its_version_in_an_open_attempt(
    client, attempt
):
    before = dict(QuestionVersion.objects.values_list("question", "pk"))
    shown = pending_response(attempt)
    for question in Question.objects.all():
        question.stem_fr = f"Nouvelle question {question.pk} ?"
        question.save_revision().publish()

    kept = answer_next(client, attempt, choice=0)
    finish(client, attempt, choice=0)

    assert kept.question_version_id == shown.question_version_id
    assert QuestionVersion.objects.count() == 2 * len(before)
    asked = attempt.responses.values_list("question_version", flat=True)
    assert set(asked) <= set(before.values())


def test_a_retired_question_is_not_asked_any_more(client, attempt):
    shown = pending_response(attempt).question_version.question_id
    stay = Question.objects.filter(competence__code__in=["A1", "B1"])
    for question in Question.objects.exclude(pk__in=stay).exclude(pk=shown):
        question.unpublish()

    finish(client, attempt, choice=0)

    assert attempt.end_reason == "no_question"
    assert asked_questions(attempt) == {*stay.values_list("pk", flat=True), shown}


def test_the_question_on_the_screen_can_be_answered_though_retired(client, attempt):
    pending_response(attempt).question_version.question.unpublish()

    assert answer_next(client, attempt, choice=0).score == 1.0


def test_a_switch_of_language_asks_on_in_that_language(client, learner):
    make_frozen_bank()
    untranslated = Question.objects.filter(competence__code__in=["A1", "B1", "C1"])
    for question in untranslated:
        question.stem_en = ""
        question.save_revision().publish()
    attempt = begin(client, learner, "fr")
    for _number in range(4):
        answer_next(client, attempt, "fr", choice=0)
    attempt.refresh_from_db()
    assert attempt.language == "fr"

    answer_next(client, attempt, "en", choice=0)
    attempt.refresh_from_db()
    assert attempt.language == "en"
    finish(client, attempt, choice=0)

    asked = attempt.responses.filter(position__gt=5)
    areas = set(
        asked.values_list("question_version__competence__area__code", flat=True)
    )
    assert areas == set("DEF")


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


# --- one stored answer ----------------------------------------------------------------


def test_the_same_answer_sent_twice_is_one(client, attempt):
    first = answer_next(client, attempt, choice=2)
    answered_at = first.answered_at

    response = send(client, first, choice=2)

    first.refresh_from_db()
    assert response.status_code == 302
    assert (first.answer, first.answered_at) == ([2], answered_at)
    assert attempt.responses.count() == 2


def test_another_answer_to_the_same_question_changes_nothing(attempt):
    shown = pending_response(attempt)
    answer = Answer(1, shown.question_version_id, [0])
    save_answer(attempt, answer, "fr")

    with pytest.raises(AlreadyAnswered):
        save_answer(attempt, Answer(1, shown.question_version_id, [1]), "fr")
    with pytest.raises(AlreadyAnswered):
        save_answer(attempt, Answer(1, shown.question_version_id, None), "fr")

    shown.refresh_from_db()
    assert (shown.answer, shown.score) == ([0], 1.0)


@pytest.mark.parametrize(("position", "is_same_version"), [(2, True), (1, False)])
def test_an_answer_for_another_question_is_refused(attempt, position, is_same_version):
    shown = pending_response(attempt)
    others = QuestionVersion.objects.exclude(pk=shown.question_version_id)
    version = shown.question_version_id if is_same_version else others.first().pk

    with pytest.raises(NotCurrent):
        save_answer(attempt, Answer(position, version, [0]), "fr")

    assert attempt.responses.exclude(answered_at=None).count() == 0


@pytest.mark.parametrize("field", ["position", "question_version"])
def test_the_database_refuses_a_second_response(attempt, field):
    shown = pending_response(attempt)
    others = QuestionVersion.objects.exclude(pk=shown.question_version_id)
    values = {"position": 2, "question_version": others.first()}
    values[field] = getattr(shown, field)

    with pytest.raises(IntegrityError):
        Response.objects.create(attempt=attempt, **values)


def test_the_database_refuses_an_answer_without_score(attempt):
    shown = pending_response(attempt)
    shown.answered_at = timezone.now()

    with pytest.raises(IntegrityError), transaction.atomic():
        shown.save()


def at_the_same_time(deeds):
    """Run deeds in threads that start together; return what each gave or raised."""
    barrier = threading.Barrier(len(deeds))
    outcomes = [None] * len(deeds)

    def run(number, deed):
        barrier.wait()
        try:
            outcomes[number] = deed()
        except Exception as problem:
            outcomes[number] = type(problem)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, deed))
        for number, deed in enumerate(deeds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_answers_at_the_same_time_leave_one(own_database):
    make_frozen_bank(per_area=3)
    attempt = start_placement(make_learner(), "fr")
    version = pending_response(attempt).question_version_id

    outcomes = at_the_same_time(
        [
            lambda n=n: save_answer(attempt, Answer(1, version, [n % 2]), "fr").answer
            for n in range(6)
        ]
    )

    kept = attempt.responses.get(position=1).answer
    assert kept in ([0], [1])
    assert outcomes.count(kept) == 3  # the first, and the two that said the same
    assert outcomes.count(AlreadyAnswered) == 3
    assert attempt.responses.count() == 2


def test_two_starts_at_the_same_time_make_one_attempt(own_database):
    make_frozen_bank(per_area=3)
    learner = make_learner()

    outcomes = at_the_same_time([lambda: start_placement(learner, "fr")] * 4)

    assert outcomes == [Attempt.objects.get()] * 4
    assert Response.objects.count() == 1


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


def test_a_check_is_scored_at_its_end_and_told_once(client, learner, questions):
    attempt = begin_check(client, learner, questions)
    told = []

    def note(attempt, **kwargs):
        told.append(attempt.score)

    check_finished.connect(note)

    answer_next(client, attempt, choice=0)
    answer_next(client, attempt, choice=1)
    last = answer_next(client, attempt, choice=0)
    send(client, last, choice=0)
    check_finished.disconnect(note)

    attempt.refresh_from_db()
    assert told == [pytest.approx(2 / 3)]
    assert attempt.score == pytest.approx(2 / 3)
    assert (attempt.to_go, attempt.is_finished, attempt.is_passed) == (0, True, False)


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


def test_a_later_question_of_a_check_waits_for_its_turn(client, learner, questions):
    attempt = begin_check(client, learner, questions)
    third = attempt.responses.select_related("question_version").get(position=3)

    response = client.post(address("question", attempt.pk), facts(third, choice=0))

    third.refresh_from_db()
    assert response.status_code == 302
    assert third.answered_at is None
    assert Placement.objects.count() == 0
