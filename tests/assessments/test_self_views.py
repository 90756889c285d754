import numpy as np
import pytest

from assessments import placement, self_view
from assessments.attempts import pending_response
from assessments.bank import tables
from assessments.models import (
    Area,
    Attempt,
    KeyCorrection,
    Response,
    SelfRating,
    SelfView,
    Statement,
)
from assessments.self_view import ABOVE, BELOW
from assessments.self_views import (
    answers_of,
    changeable_view,
    comparable,
    gap_between,
    placement_beside,
    said_by_area,
    save_ratings,
    take_back,
    view_beside,
)
from assessments.starting import start_placement
from tests.assessments.saying import make_statements, place, set_back, values_of
from tests.factories import make_frozen_bank, make_learner

NOT_YET, WITH_HELP, ALONE = SelfRating.Value
pytestmark = pytest.mark.django_db


@pytest.fixture
def statements():
    make_statements()
    return list(Statement.objects.all())


@pytest.fixture
def bank():
    return make_frozen_bank(per_area=4)


def say(learner, value, areas="ABCDEF"):
    return save_ratings(
        learner, {s: value for s in Statement.objects.filter(area__code__in=areas)}
    )


# --- what is said ---------------------------------------------------------------------


def test_what_is_said_is_kept_with_the_level_of_the_statement(learner, statements):
    first, second, third = statements[:3]

    view = save_ratings(learner, {first: ALONE, second: None, third: NOT_YET})

    kept = view.ratings.order_by("level").values_list("statement", "level", "value")
    assert list(kept) == [(first.pk, first.level, 2), (third.pk, third.level, 0)]


def test_a_change_replaces_the_answer_and_leaves_the_others(learner, statements):
    first, second = statements[:2]
    view = save_ratings(learner, {first: ALONE, second: WITH_HELP})

    again = save_ratings(learner, {first: NOT_YET, second: None})

    assert again == view
    assert values_of(view) == [NOT_YET, WITH_HELP]


def test_an_edited_level_counts_from_the_next_change_only(learner, statements):
    first, second = statements[:2]
    view = save_ratings(learner, {first: ALONE, second: ALONE})
    Statement.objects.filter(pk__in=[first.pk, second.pk]).update(level=8)
    first.refresh_from_db()
    second.refresh_from_db()

    save_ratings(learner, {first: NOT_YET, second: ALONE})

    kept = dict(view.ratings.values_list("statement", "level"))
    assert kept == {first.pk: 8, second.pk: 2}


def test_saying_nothing_keeps_nothing(learner, statements):
    assert save_ratings(learner, dict.fromkeys(statements[:6])) is None
    assert not SelfView.objects.exists()


@pytest.mark.parametrize("days, is_same", [(29, True), (31, False)])
def test_a_view_changes_for_thirty_days(learner, statements, days, is_same):
    view = save_ratings(learner, {statements[0]: NOT_YET})
    set_back(view, days)

    later = save_ratings(learner, {statements[0]: ALONE})

    assert (later == view) is is_same
    assert values_of(view) == [ALONE if is_same else NOT_YET]
    assert values_of(later) == [ALONE]


def test_a_view_begun_in_the_future_is_still_the_one_to_change(learner, statements):
    view = save_ratings(learner, {statements[0]: NOT_YET})
    set_back(view, -2)

    assert changeable_view(learner) == view


def test_of_two_views_the_last_begun_is_the_one_to_change(learner, statements):
    older = SelfView.objects.create(learner=learner)
    set_back(older, 3)
    newer = SelfView.objects.create(learner=learner)

    assert changeable_view(learner) == newer


def test_everybody_has_a_view_of_their_own(learner, other_learner, statements):
    mine = save_ratings(learner, {statements[0]: ALONE})
    other = save_ratings(other_learner, {statements[0]: NOT_YET})

    assert (values_of(mine), values_of(other)) == ([ALONE], [NOT_YET])
    assert changeable_view(learner) == mine


def test_said_by_area_holds_every_statement_by_rising_level(learner, statements):
    view = save_ratings(learner, {statements[1]: WITH_HELP})

    said = said_by_area(view)

    assert [each.area.code for each in said] == list("ABCDEF")
    assert said[0].values == [None, WITH_HELP, None, None, None, None]
    assert [s.level for s, _value in said[0].answers] == [1, 2, 3, 4, 5, 7]
    assert [each.said_count for each in said] == [1, 0, 0, 0, 0, 0]


def test_an_area_without_statements_is_not_asked(learner):
    make_statements("AC")

    assert [each.area.code for each in said_by_area(None)] == ["A", "C"]


def test_taking_back_an_area_leaves_the_others(learner, statements):
    view = say(learner, ALONE, "AB")

    take_back(view, Area.objects.get(code="A"))

    assert (values_of(view, "A"), values_of(view, "B")) == ([], [ALONE] * 6)


def test_taking_back_all_that_was_said_leaves_nothing(learner, statements):
    view = say(learner, ALONE, "A")

    take_back(view, Area.objects.get(code="A"))

    assert not SelfView.objects.exists()


# --- beside a placement ---------------------------------------------------------------


@pytest.mark.parametrize("days, is_beside", [(59, True), (61, False)])
def test_a_placement_stands_beside_within_sixty_days(
    learner, statements, bank, days, is_beside
):
    attempt = place(learner, 1.0, days_ago=days)
    view = say(learner, ALONE)

    assert placement_beside(view, learner) == (attempt if is_beside else None)
    assert view_beside(attempt, learner) == (view if is_beside else None)


def test_the_nearest_of_two_stands_beside(learner, statements, bank):
    far = place(learner, 1.0, days_ago=50)
    near = place(learner, 1.0, days_ago=20)
    view = say(learner, ALONE)
    older = SelfView.objects.create(learner=learner)
    set_back(older, 45)

    assert placement_beside(view, learner) == near
    assert view_beside(near, learner) == view
    assert view_beside(far, learner) == older


def test_a_placement_without_result_stands_beside_nothing(learner, statements, bank):
    attempt = place(learner, 1.0)
    attempt.placements.all().delete()
    view = say(learner, ALONE)

    assert placement_beside(view, learner) is None


def test_nothing_of_another_learner_stands_beside(
    learner, other_learner, statements, bank
):
    attempt = place(other_learner, 1.0)
    view = say(learner, ALONE)

    assert placement_beside(view, learner) is None
    assert view_beside(attempt, other_learner) is None


def test_who_can_more_than_she_says_is_seen(learner, statements, bank):
    overall, areas = gap_between(say(learner, NOT_YET), place(learner, 1.0))

    assert overall.side == BELOW
    assert overall.high < 0
    assert {gap.side for gap in areas} == {BELOW}
    assert [gap.area.code for gap in areas] == list("ABCDEF")


def test_who_says_more_than_she_shows_is_seen(learner, statements, bank):
    overall, areas = gap_between(say(learner, ALONE), place(learner, 0.0))

    assert overall.side == ABOVE
    assert {gap.side for gap in areas} == {ABOVE}


def test_agreement_says_nothing(learner, statements, bank):
    attempt = place(learner, 0.5)  # questions of levels 1 to 3
    said = {s: WITH_HELP if s.level < 3 else NOT_YET for s in statements}
    view = save_ratings(learner, said)

    overall, areas = gap_between(view, attempt)

    assert overall.side is None
    assert overall.low < 0 < overall.high
    assert areas == []


def test_an_area_nothing_was_said_of_has_no_arrow(learner, statements, bank):
    _overall, areas = gap_between(say(learner, NOT_YET, "AD"), place(learner, 1.0))

    assert [gap.area.code for gap in areas] == ["A", "D"]


def test_statements_of_an_area_without_question_are_left_out(learner, statements):
    questions = make_frozen_bank(per_area=4)
    for question in questions:
        if question.competence.area.code == "F":
            question.live = False
            question.save()
    attempt = place(learner, 1.0)
    view = say(learner, NOT_YET)

    bank = tables(attempt.parameter_set_id).bank
    _overall, areas = gap_between(view, attempt)

    assert bank.area_count == 5
    assert len(comparable(view, bank)) == 30
    assert [gap.area.code for gap in areas] == list("ABCDE")


def test_the_gap_rests_on_the_level_that_was_rated(learner, statements, bank):
    attempt = place(learner, 0.5)
    view = say(learner, ALONE)
    before, _areas = gap_between(view, attempt)

    Statement.objects.update(level=8)

    assert gap_between(view, attempt)[0] == before


def test_what_counts_is_what_the_result_rests_on(learner, statements, bank):
    attempt = place(learner, 1.0)
    its_tables = tables(attempt.parameter_set_id)
    void = attempt.responses.first()
    KeyCorrection.objects.create(question_version_id=void.question_version_id)
    closer = Attempt.objects.create(
        learner=learner,
        purpose=Attempt.Purpose.CLOSER,
        continues=attempt,
        area=Area.objects.get(code="A"),
        round=1,
        parameter_set=attempt.parameter_set,
        language="fr",
        seed=1,
    )
    fresh = next(
        pk
        for pk in its_tables.versions
        if not attempt.responses.filter(question_version=pk).exists()
    )
    for position, fields in enumerate(
        [{"score": 0.5, "answered_at": attempt.started_at}, {}], start=1
    ):
        Response.objects.create(
            attempt=closer,
            position=position,
            question_version_id=fresh + position - 1,
            **fields,
        )

    rows, scores, skipped = answers_of(attempt, its_tables)

    counted = {its_tables.versions[row] for row in rows}
    assert void.question_version_id not in counted
    assert fresh in counted
    assert len(rows) == len(scores) == len(skipped) == 18
    assert sorted(set(scores)) == [0.5, 1.0]


def test_i_do_not_know_is_told_apart_from_a_wrong_answer(learner, statements, bank):
    attempt = place(learner, 0.0)
    first = attempt.responses.first()
    first.is_skipped = True
    first.save()

    _rows, _scores, skipped = answers_of(attempt, tables(attempt.parameter_set_id))

    assert sum(skipped) == 1


def test_a_second_placement_starts_from_its_own_prior(learner, statements, bank):
    attempt = place(learner, 0.5)
    view = say(learner, WITH_HELP)
    without, _areas = gap_between(view, attempt)

    attempt.prior = {"mean": [2.0] * 6, "sd": [0.5] * 6}

    assert gap_between(view, attempt)[0].mean < without.mean


def test_the_gap_agrees_with_the_engine_on_the_same_answers(learner, statements, bank):
    attempt = start_placement(learner, "fr")
    its_tables = tables(attempt.parameter_set_id)
    first = pending_response(attempt)
    first.answered_at, first.score, first.answer = attempt.started_at, 1.0, [0]
    first.save()
    view = save_ratings(learner, {statements[0]: ALONE, statements[13]: NOT_YET})
    places = [(0, statements[0].level), (2, statements[13].level)]

    overall, _areas = gap_between(view, attempt)

    expected = self_view.compare(
        its_tables.bank,
        [its_tables.rows[first.question_version_id]],
        [1.0],
        [False],
        self_view.Statements(*zip(*places, strict=True), placement.LAUNCH),
        {0: 2, 1: 0},
    ).overall
    assert np.isclose(overall.mean, expected.mean, atol=1e-12)
    assert np.isclose(overall.low, expected.low, atol=1e-12)


def test_a_view_goes_with_the_account(learner, statements):
    say(learner, ALONE)
    other = make_learner(name="Marc Delmas")
    kept = say(other, ALONE)

    learner.delete()

    assert list(SelfView.objects.all()) == [kept]
    assert SelfRating.objects.count() == 36
