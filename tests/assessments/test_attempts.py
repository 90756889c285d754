import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments import starting
from assessments.attempts import (
    AlreadyAnswered,
    Answer,
    NotCurrent,
    believed_after,
    last_placement,
    pending_response,
    questions_left,
    save_answer,
    stop_attempt,
)
from assessments.bank import tables
from assessments.models import (
    Area,
    Attempt,
    KeyCorrection,
    ParameterSet,
    Placement,
    Question,
    QuestionVersion,
    Response,
)
from assessments.signals import check_finished
from assessments.starting import start_check, start_closer_look, start_placement
from tests.assessments.sitting import (
    address,
    answer_many,
    answer_next,
    asked_questions,
    at_the_same_time,
    begin,
    days_ago,
    facts,
    finish,
    keep_many,
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


def test_stopping_early_keeps_the_placement_open(client, attempt):
    answer_many(client, attempt, 11)
    waiting = pending_response(attempt)

    client.post(address("stop", attempt.pk))

    attempt.refresh_from_db()
    assert (attempt.finished_at, attempt.end_reason) == (None, "")
    assert attempt.placements.count() == 0
    assert attempt.responses.exclude(answered_at=None).count() == 11
    assert pending_response(attempt) == waiting


def test_a_placement_stopped_early_goes_on_and_gives_its_result(client, attempt):
    answer_many(client, attempt, 5)
    client.post(address("stop", attempt.pk))

    answer_many(client, attempt, 7)
    client.post(address("stop", attempt.pk))

    assert attempt.placements.get(area=None).answer_count == 12


def test_a_placement_that_waited_too_long_still_takes_an_answer(client, attempt):
    answer_many(client, attempt, 4)
    days_ago(attempt, 31)

    kept = answer_next(client, attempt, choice=0)

    assert (kept.position, kept.answer, kept.score) == (5, [0], 1.0)
    assert pending_response(attempt).position == 6


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


def test_the_last_placement_is_the_newest_with_a_result(client, learner, attempt):
    finish(client, attempt, choice=1)
    days_ago(attempt, 50)
    short = begin(client, learner)
    answer_many(client, short, 2)
    days_ago(short, 31)
    begin(client, learner)  # ends the short one

    short.refresh_from_db()
    assert short.end_reason == "abandoned"
    assert last_placement(learner) == attempt


def test_a_result_from_the_future_is_not_the_last_once_there_is_another(
    client, learner, attempt
):
    finish(client, attempt, choice=1)
    days_ago(attempt, -400)
    assert last_placement(learner) == attempt

    second = stop_attempt(keep_many(start_placement(learner, "fr"), 12))

    assert second.is_finished
    assert last_placement(learner) == second


# --- progress -------------------------------------------------------------------------


def take_again(learner, before, choices):
    """Take a second placement 15 days later, always with the same answer."""
    days_ago(before, 15)
    return keep_many(start_placement(learner, "fr"), 36, choices=choices)


def test_a_first_placement_has_no_progress(learner, bank):
    assert keep_many(start_placement(learner, "fr"), 36).progress is None


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [([1], [0], 0.99, 1), ([0], [1], 0, 0.01)],
    ids=["far above", "far below"],
)
def test_progress_is_how_likely_the_second_stands_above(
    learner, first, second, low, high
):
    make_frozen_bank(per_area=12)
    before = keep_many(start_placement(learner, "fr"), 36, choices=first)

    again = take_again(learner, before, second)

    assert low <= again.progress <= high


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


def withdraw_english(question):
    """Publish a question again, without its translation."""
    question.stem_en = ""
    question.save()
    question.freeze()


def test_an_answer_counts_though_its_translation_was_withdrawn_meanwhile(
    client, learner, bank
):
    attempt = begin(client, learner, "en")
    shown = pending_response(attempt)
    stem = shown.question_version.in_language("en")["stem"]
    for question in Question.objects.all():
        withdraw_english(question)

    page = client.get(address("question", attempt.pk))
    kept = answer_next(client, attempt, choice=0)
    finish(client, attempt, choice=0)

    assert stem in page.content.decode()
    assert (kept.language, kept.score) == ("en", 1.0)
    # It goes on in English, with the questions as they were when it began.
    assert attempt.placements.count() == 7
    numbers = attempt.responses.values_list("question_version__number", flat=True)
    assert set(numbers) == {1}


def test_what_is_begun_after_a_translation_was_withdrawn_asks_only_the_others(
    client, learner, bank
):
    for question in Question.objects.exclude(competence__code__in=["D1", "E1"]):
        withdraw_english(question)

    attempt = finish(client, begin(client, learner, "en"), choice=0)

    areas = attempt.responses.values_list(
        "question_version__competence__area__code", flat=True
    )
    assert set(areas) == {"D", "E"}


def correct(version):
    return KeyCorrection.objects.create(question_version=version, reason="two right")


def test_an_answer_whose_key_was_wrong_is_not_one_of_the_twelve(attempt):
    keep_many(attempt, 12)
    correct(attempt.responses.first().question_version)

    assert not stop_attempt(attempt).is_finished
    keep_many(attempt, 1)
    assert stop_attempt(attempt).is_finished

    assert attempt.placements.get(area=None).answer_count == 12
    assert attempt.responses.count() == 13


def test_a_question_on_the_screen_can_be_answered_though_its_key_was_wrong(attempt):
    keep_many(attempt, 3)
    shown = pending_response(attempt)
    correct(shown.question_version)
    before = believed_after(attempt)

    keep_many(attempt, 1, choices=[0])

    shown.refresh_from_db()
    assert shown.score == 1.0
    assert pending_response(attempt).position == 5
    assert believed_after(attempt).answer_count == before.answer_count == 3
    assert believed_after(attempt).mean == before.mean


def test_a_question_whose_key_was_wrong_is_not_asked_any_more(attempt):
    met = attempt.responses.values("question_version")
    others = QuestionVersion.objects.exclude(pk__in=met)
    wrong = [*others.filter(competence__code="A1")]
    for version in wrong:
        correct(version)

    keep_many(attempt, 36)

    asked = set(attempt.responses.values_list("question_version", flat=True))
    assert asked.isdisjoint(version.pk for version in wrong)
    assert len(asked) >= 12


# --- a bank with a hole, parameters of an older version -------------------------------


@pytest.mark.parametrize("code", ["C", "F"], ids=["in the middle", "at the end"])
def test_an_area_without_question_has_no_range_and_hinders_nothing(learner, bank, code):
    Question.objects.filter(competence__area__code=code).update(live=False)

    attempt = keep_many(start_placement(learner, "fr"), 36)

    areas = {p.area.code if p.area else None for p in attempt.placements.all()}
    assert areas == set("ABCDEF") - {code} | {None}
    assert attempt.placements.get(area=None).answer_count == attempt.responses.count()


def retire(questions):
    keys = [question.pk for question in questions]
    Question.objects.filter(pk__in=keys).update(live=False)


def test_an_area_with_two_questions_has_a_range_of_its_own(learner, bank):
    retire(Question.objects.filter(competence__area__code="B").order_by("pk")[2:])

    attempt = keep_many(start_placement(learner, "fr"), 36)

    assert attempt.placements.get(area__code="B").answer_count == 2
    assert attempt.placements.count() == 7
    assert questions_left(attempt, "fr")["B"] == 0


def test_a_bank_too_small_for_a_result_says_so_and_ends(learner):
    make_frozen_bank(per_area=1)

    attempt = keep_many(start_placement(learner, "fr"), 36)

    assert (attempt.end_reason, attempt.responses.count()) == ("no_question", 6)
    assert attempt.placements.count() == 0


LATER_NAMES = [
    "closer_first",
    "closer_second",
    "retake_days",
    "retake_drift_sd",
    "resume_under",
    "wording_difficulty_sd",
]


def test_an_attempt_begun_under_older_parameters_goes_on_to_its_result(learner):
    make_frozen_bank(per_area=12)
    attempt = keep_many(start_placement(learner, "fr"), 5)
    older = ParameterSet.objects.get()
    for name in LATER_NAMES:
        del older.settings[name]
    older.save()
    tables.cache_clear()

    keep_many(attempt, 10)
    stop_attempt(attempt)
    look = start_closer_look(attempt, Area.objects.get(code="A"), "fr")

    assert attempt.placements.get(area=None).answer_count == 15
    assert look.to_go == 8


# --- a closer look --------------------------------------------------------------------


@pytest.fixture
def placed(learner, monkeypatch):
    """A placement of 24 answers; its questions and what follows are always the same."""
    monkeypatch.setattr(starting.secrets, "randbits", lambda bits: 20_261)
    make_frozen_bank(per_area=24)
    return stop_attempt(keep_many(start_placement(learner, "fr"), 24))


def look_closer(placed, code, count=8):
    look = start_closer_look(placed, Area.objects.get(code=code), "fr")
    return keep_many(look, count)


def values(placements):
    return list(placements.order_by("pk").values_list("area__code", "low", "high"))


def test_a_closer_look_asks_eight_questions_of_its_area_then_seven_others(placed):
    first, second = look_closer(placed, "C"), look_closer(placed, "C")

    assert [look.end_reason for look in (first, second)] == ["longest", "longest"]
    assert [look.responses.count() for look in (first, second)] == [8, 7]
    asked = Response.objects.filter(attempt__in=[first, second])
    areas = asked.values_list("question_version__competence__area__code", flat=True)
    assert set(areas) == {"C"}
    assert len(asked_questions(placed, first, second)) == 24 + 8 + 7


def test_a_closer_look_counts_down_to_its_end(placed):
    look = start_closer_look(placed, Area.objects.get(code="C"), "fr")
    left = [look.to_go]
    for _number in range(8):
        left.append(keep_many(look, 1).to_go)

    assert left == [8, 7, 6, 5, 4, 3, 2, 1, 0]


def test_a_closer_look_narrows_its_area_and_leaves_the_placement_as_it_was(placed):
    before = values(placed.placements)
    width = {code: high - low for code, low, high in before}
    sd = believed_after(placed).area_sd

    looks = [look_closer(placed, "C"), look_closer(placed, "C")]

    assert values(placed.placements) == before
    [[area, low, high]], [[_area, lowest, highest]] = [
        values(look.placements) for look in looks
    ]
    assert area == "C"
    assert width["C"] > high - low >= highest - lowest
    now = believed_after(placed).area_sd
    assert now[2] < 0.8 * sd[2]


def test_an_area_has_one_likeliest_level_only_when_it_is_known_well(placed):
    look_closer(placed, "C")
    look_closer(placed, "C")

    believed = believed_after(placed)
    found = Placement.objects.filter(attempt__continues=placed).order_by("pk")

    named = [(p.likeliest is not None, p.low < p.high) for p in found]
    assert (named[-1][0], believed.area_sd[2] <= 0.6) in [(True, True), (False, False)]
    assert all(is_named or is_wide for is_named, is_wide in named)
    assert all(
        p.low < p.high and p.likeliest is None
        for p in placed.placements.exclude(area=None)
    )


def test_a_closer_look_ended_early_counts_the_answers_given(placed):
    look = look_closer(placed, "C", count=3)

    stop_attempt(look)

    own = placed.placements.get(area__code="C").answer_count
    assert look.placements.get().answer_count == own + 3
    assert look.responses.count() == 3


def test_a_closer_look_ended_before_any_answer_never_was(placed):
    look = start_closer_look(placed, Area.objects.get(code="C"), "fr")

    stop_attempt(look)

    assert Attempt.objects.closer_looks().count() == 0
    assert look_closer(placed, "C", count=1).round == 1


def test_a_closer_look_ends_when_its_area_has_no_other_question(placed):
    met = asked_questions(placed)
    others = Question.objects.filter(competence__code="C1").exclude(pk__in=met)
    retire(others[5:])
    assert questions_left(placed, "fr")["C"] == 5

    look = look_closer(placed, "C")

    assert (look.end_reason, look.responses.count()) == ("no_question", 5)
    assert look.placements.count() == 1
    assert questions_left(placed, "fr")["C"] == 0


def test_what_is_left_of_an_area_counts_one_question_a_topic(learner):
    make_frozen_bank(per_area=6)
    twins = Question.objects.filter(competence__code="C1").order_by("pk")[4:]
    for twin in twins:
        twin.topic = "same-topic"
        twin.freeze()
        twin.save()
    placed = keep_many(start_placement(learner, "fr"), 12)
    stop_attempt(placed)
    asked = placed.responses.filter(question_version__competence__code="C1")
    topics = {r.question_version.content["topic"] for r in asked}

    assert questions_left(placed, "fr")["C"] == 5 - len(topics)


def test_a_second_round_knows_the_first_though_the_clock_was_set_back(placed):
    first = look_closer(placed, "C")
    days_ago(first, -2)

    second = look_closer(placed, "C")

    assert asked_questions(first).isdisjoint(asked_questions(second))
    own = placed.placements.get(area__code="C").answer_count
    assert second.placements.get().answer_count == own + 15


def test_a_wrong_key_in_a_closer_look_asks_no_more_and_counts_less(placed):
    look = look_closer(placed, "C", count=4)
    correct(look.responses.first().question_version)

    keep_many(look, 8)

    own = placed.placements.get(area__code="C").answer_count
    assert look.responses.count() == 8
    assert look.placements.get().answer_count == own + 7


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


# --- checks ---------------------------------------------------------------------------


@pytest.fixture
def check(learner, module):
    """A check of three questions, begun."""
    questions = [make_question(purpose=Question.Purpose.CHECK) for _n in range(3)]
    return start_check(learner, "fr", STEP, [q.pk for q in questions], 3, 0.75)


def test_a_check_is_scored_at_its_end_and_told_once(client, learner, check):
    client.force_login(learner)
    attempt = check
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


def test_a_later_question_of_a_check_waits_for_its_turn(client, learner, check):
    client.force_login(learner)
    attempt = check
    third = attempt.responses.select_related("question_version").get(position=3)

    response = client.post(address("question", attempt.pk), facts(third, choice=0))

    third.refresh_from_db()
    assert response.status_code == 302
    assert third.answered_at is None
    assert Placement.objects.count() == 0
