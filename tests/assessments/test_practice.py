import json
from functools import partial

import pytest
from django.urls import reverse
from django.utils.translation import override

from assessments import practice
from assessments.models import (
    Attempt,
    Competence,
    KeyCorrection,
    Placement,
    Question,
    QuestionVersion,
    Response,
    ReviewItem,
    ReviewPlan,
    SelfView,
)
from assessments.practice import (
    Candidate,
    NothingDue,
    PracticeState,
    agenda,
    choose,
    practice_state,
    start_practice,
)
from assessments.review import Planned, begin_review
from courses.follow_up import follow_up
from tests.assessments import sitting
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
from tests.assessments.sitting import address, answer_next, finish, said
from tests.factories import (
    make_frozen_bank,
    make_manager,
    make_member,
    make_organisation,
    make_question,
)
from tests.people.signing_in import confirm

CHECK, PRACTICE = Question.Purpose.CHECK, Question.Purpose.PRACTICE


# --- which questions ------------------------------------------------------------------


def candidate(version, competence=1, seen=None, **fields):
    return Candidate(
        version=version,
        competence=competence,
        topic=fields.get("topic", f"t{version}"),
        is_kept_for_practice=fields.get("kept", True),
        distance=fields.get("distance", 0),
        seen_at=seen and moment(seen),
    )


@pytest.mark.parametrize(
    ("due", "candidates", "chosen"),
    [
        ([], [candidate(1)], []),
        ([1], [], []),
        ([1], [candidate(1, seen=-9), candidate(2)], [2]),
        ([1], [candidate(1, seen=-1), candidate(2, seen=-9)], [2]),
        ([1], [candidate(1, distance=2), candidate(2, distance=0.5)], [2]),
        ([1], [candidate(1, seen=-9, distance=0), candidate(2, distance=5)], [2]),
        ([1], [candidate(1, kept=False), candidate(2, seen=-1)], [2]),
        ([1], [candidate(1, kept=False)], [1]),
        ([2, 1], [candidate(1, 1), candidate(2, 2)], [2, 1]),
        ([4, 3, 2, 1], [candidate(n, n) for n in (1, 2, 3, 4)], [4, 3, 2]),
        ([4, 3, 2, 1], [candidate(n, n) for n in (1, 2, 4)], [4, 2, 1]),
        ([1, 2], [candidate(n, n, topic="one") for n in (1, 2)], [1]),
        ([1, 2], [candidate(1, 1, topic="a"), candidate(2, 2, topic="a"),
                  candidate(3, 2, topic="b", seen=-1)], [1, 3]),
    ],
)  # fmt: skip
def test_one_question_is_chosen_for_each_competence(due, candidates, chosen):
    for seed in range(5):
        assert choose(due, candidates, seed) == chosen


def test_equal_questions_take_turns():
    equal = [candidate(1), candidate(2)]

    assert {choose([1], equal, seed)[0] for seed in range(20)} == {1, 2}


@pytest.mark.parametrize(
    ("days", "is_done", "expected"),
    [
        ([], False, (0, None)),
        ([3, 2], False, (0, in_days(2))),
        ([3, 2], True, (0, in_days(2))),
        ([0, 2], False, (1, None)),
        ([0, -1, -2, -3], False, (3, None)),
        ([-1, 2], True, (0, in_days(1))),
    ],
)
def test_what_is_said_of_today(days, is_done, expected):
    items = [Planned(0, in_days(day)) for day in days]

    assert agenda(items, TODAY, is_done) == expected


@pytest.mark.parametrize(
    ("fields", "minutes"),
    [({"due_count": 1}, 1), ({"due_count": 3}, 2), ({"open_count": 2}, 2), ({}, 0)],
)
def test_minutes_are_rounded_up(fields, minutes):
    assert PracticeState(**fields).minutes == minutes


# --- starting -------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock some days after TODAY."""
    set_clock(monkeypatch)
    return partial(set_clock, monkeypatch)


@pytest.fixture
def questions(db, clock):
    """One question of a check and two for practice on each of A1 to F1."""
    return [
        *make_frozen_bank(per_area=1, purpose=CHECK),
        *make_frozen_bank(per_area=2, purpose=PRACTICE),
    ]


@pytest.fixture
def planner(learner, questions):
    """A learner who asked for practice; A1 is due."""
    begin_review(learner)
    plan(learner, A1=0)
    return learner


@pytest.fixture
def signed_in(client, planner):
    client.force_login(planner)
    return client


def plan(learner, stage=0, **days):
    """Plan competences some days after TODAY: A1=-2."""
    for code, day in days.items():
        ReviewItem.objects.update_or_create(
            learner=learner,
            competence=Competence.objects.get(code=code),
            defaults={"due_on": in_days(day), "stage": stage},
        )


def codes(attempt):
    return list(
        attempt.responses.values_list("question_version__competence__code", flat=True)
    )


def versions(attempt):
    return [response.question_version for response in attempt.responses.all()]


def test_what_is_due_is_asked_oldest_first(planner):
    plan(planner, A1=0, B1=-5, C1=1, D1=-2)

    attempt = start_practice(planner, "fr")

    assert codes(attempt) == ["B1", "D1", "A1"]
    assert {v.question.purpose for v in versions(attempt)} == {PRACTICE}
    assert (attempt.to_go, attempt.language) == (3, "fr")


def test_three_questions_at_most(planner):
    plan(planner, A1=0, B1=-5, C1=-4, D1=-3, E1=-2)

    assert codes(start_practice(planner, "fr")) == ["B1", "C1", "D1"]


def test_competences_due_on_one_day_take_turns(planner, monkeypatch):
    plan(planner, A1=0, B1=0, C1=0, D1=0, E1=0, F1=0)
    met = set()
    for seed in range(6):
        monkeypatch.setattr(practice.secrets, "randbits", lambda _bits, s=seed: s)
        attempt = start_practice(planner, "fr")
        met |= set(codes(attempt))
        attempt.delete()

    assert met == {"A1", "B1", "C1", "D1", "E1", "F1"}


def test_questions_of_the_placement_are_never_asked(planner):
    Question.objects.filter(competence__code="A1").update(purpose="placement")

    with pytest.raises(NothingDue):
        start_practice(planner, "fr")


def test_without_questions_for_practice_those_of_checks_are_asked(planner):
    Question.objects.filter(purpose=PRACTICE).update(live=False)

    attempt = start_practice(planner, "fr")

    assert versions(attempt) == [version_of("A1", CHECK)]


def test_a_question_never_seen_comes_before_one_seen_in_an_older_version(planner):
    seen, fresh = Question.objects.filter(competence__code="A1", purpose=PRACTICE)
    make_finished(planner, "practice", moment(-9), questions=PRACTICE, A1=RIGHT)
    Response.objects.update(question_version=seen.versions.get())
    seen.stem_fr = "Autrement ?"
    seen.save()
    seen.freeze()

    assert versions(start_practice(planner, "fr")) == [fresh.versions.get()]


def test_what_others_have_seen_does_not_count(planner, other_learner):
    make_finished(other_learner, "practice", questions=PRACTICE, A1=RIGHT)
    seen = version_of("A1", PRACTICE).question_id

    assert practice.seen_at(planner) == {}
    assert practice.seen_at(other_learner) == {seen: moment()}


def test_a_question_near_the_level_of_the_area_is_asked(planner):
    near = make_question(competence="A1", purpose=PRACTICE, level=6)
    placed = make_finished(planner, "placement", moment(-9))
    for area, low, high, likeliest in (("A", 5, 8, None), ("B", 1, 2, 1)):
        Placement.objects.create(
            attempt=placed,
            area=Competence.objects.get(code=f"{area}1").area,
            low=low,
            high=high,
            likeliest=likeliest,
            probability=0.9,
            answer_count=12,
        )

    assert versions(start_practice(planner, "fr")) == [near.versions.get()]


def test_the_newest_version_is_asked(planner):
    Question.objects.filter(competence__code="A1").update(live=False)
    question = make_question(competence="A1", purpose=PRACTICE)
    question.stem_fr = "Autrement ?"
    question.save()
    newest = question.freeze()

    assert versions(start_practice(planner, "fr")) == [newest]


def test_a_version_with_a_wrong_key_is_never_asked(planner):
    wrong = QuestionVersion.objects.filter(competence__code="A1")
    for version in wrong:
        KeyCorrection.objects.create(question_version=version)

    with pytest.raises(NothingDue):
        start_practice(planner, "fr")


def test_an_older_version_does_not_come_back_for_a_wrong_key(planner):
    Question.objects.filter(competence__code="A1").update(live=False)
    question = make_question(competence="A1", purpose=PRACTICE)
    question.stem_fr = "Autrement ?"
    question.save()
    KeyCorrection.objects.create(question_version=question.freeze())

    with pytest.raises(NothingDue):
        start_practice(planner, "fr")


def test_a_competence_whose_questions_are_all_retired_waits(planner):
    plan(planner, A1=-9, B1=0)
    Question.objects.filter(competence__code="A1").update(live=False)

    attempt = start_practice(planner, "fr")

    assert codes(attempt) == ["B1"]
    assert planned(planner)["A1"] == (0, in_days(-9))


def test_when_all_that_is_due_is_retired_nothing_is_said_to_be_due(planner):
    Question.objects.update(live=False)

    assert practice_state(planner) == PracticeState(is_planned=True)
    with pytest.raises(NothingDue):
        start_practice(planner, "fr")


def test_without_a_plan_nothing_starts(learner, questions):
    plan(learner, A1=0)

    with pytest.raises(NothingDue):
        start_practice(learner, "fr")


def test_what_was_planned_by_a_clock_that_was_ahead_is_practised(planner):
    plan(planner, A1=400)

    assert codes(start_practice(planner, "fr")) == ["A1"]


def test_a_practice_under_way_is_gone_on_with(planner):
    attempt = start_practice(planner, "fr")
    plan(planner, B1=0)

    assert start_practice(planner, "fr") == attempt
    assert codes(attempt) == ["A1"]


def test_a_practice_begun_on_two_screens_at_once_is_one(planner, monkeypatch):
    attempt = start_practice(planner, "fr")
    # The other screen looked for an open practice just before this one was there.
    monkeypatch.setattr(practice, "go_on", lambda _learner: None)

    assert start_practice(planner, "fr") == attempt
    assert Attempt.objects.count() == 1


def test_after_30_days_it_is_closed_and_another_starts(client, planner, clock):
    plan(planner, A1=-1, B1=0)
    old = start_practice(planner, "fr")
    client.force_login(planner)
    answer_next(client, old, choice=0)
    clock(days=31)

    new = start_practice(planner, "fr")

    old.refresh_from_db()
    assert (old.end_reason, old.score, codes(old)) == ("abandoned", 1, ["A1"])
    assert codes(new) == ["B1"]
    assert planned(planner)["A1"] == (1, in_days(41))


def test_it_can_be_gone_on_with_for_30_days(planner, clock):
    attempt = start_practice(planner, "fr")
    clock(days=30)

    assert start_practice(planner, "fr") == attempt


def test_a_clock_set_back_does_not_close_a_practice(planner, clock):
    attempt = start_practice(planner, "fr")
    clock(days=-100)

    assert start_practice(planner, "fr") == attempt


def test_questions_withdrawn_meanwhile_leave_a_practice_under_way(planner):
    plan(planner, A1=-3, B1=-2, C1=-1)
    attempt = start_practice(planner, "fr")
    KeyCorrection.objects.create(question_version=versions(attempt)[0])
    Question.objects.filter(competence__code="B1").update(live=False)

    again = start_practice(planner, "fr")

    assert (again, codes(again)) == (attempt, ["C1"])
    assert (again.to_go, again.responses.get().position) == (1, 1)


def test_a_practice_with_no_question_left_makes_room_for_another(planner):
    attempt = start_practice(planner, "fr")
    asked = versions(attempt)[0].question
    Question.objects.filter(pk=asked.pk).update(live=False)

    new = start_practice(planner, "fr")

    attempt.refresh_from_db()
    assert (attempt.is_finished, codes(attempt)) == (True, [])
    assert codes(new) == ["A1"]
    assert versions(new)[0].question != asked


# --- through the pages ----------------------------------------------------------------


def home(language="en"):
    with override(language):
        return reverse("courses:dashboard")


def press(client, name, language="en"):
    return client.post(address(f"practice_{name}", language=language))


def the_practice(learner):
    return Attempt.objects.get(learner=learner, purpose="practice")


def test_two_minutes_from_the_dashboard_to_nothing_more_today(signed_in, planner):
    plan(planner, A1=-1, B1=0)
    assert "2 competences come back today" in text(signed_in.get(home()))

    press(signed_in, "start")
    attempt = the_practice(planner)
    first = sitting.send(signed_in, attempt.responses.first(), choice=0)
    assert first["Location"] == address("feedback", attempt.pk, 1)
    assert "That is it." in text(signed_in.get(first["Location"]))
    sitting.send(signed_in, attempt.responses.last(), choice=1)
    after = signed_in.get(address("feedback", attempt.pk, 2))
    assert "Not yet." in text(after)

    page = signed_in.get(address("practice_result", attempt.pk))

    assert [line.competence.code for line in page.context["practised"]] == ["A1", "B1"]
    assert planned(planner) == {"A1": (1, in_days(10)), "B1": (0, in_days(3))}
    assert "Comes back on 12 March 2026." in text(page)
    assert "Comes back on 5 March 2026." in text(page)
    assert "Nothing more today. The next practice comes on 5 March 2026." in text(page)
    assert "Nothing more today." in text(signed_in.get(home()))


def text(page):
    return " ".join(page.content.decode().split())


def test_a_competence_leaves_after_30_days(client, planner, clock):
    plan(planner, stage=2, A1=0)
    client.force_login(planner)
    press(client, "start")

    attempt = finish(client, the_practice(planner), choice=0)

    assert planned(planner) == {}
    page = text(client.get(attempt.get_absolute_url()))
    assert "You have it: it does not come back for now." in page
    assert "Nothing more today." in page


def test_right_but_not_sure_comes_back(signed_in, planner):
    plan(planner, stage=1, A1=0)
    press(signed_in, "start")

    finish(signed_in, the_practice(planner), choice=0, sure="no")

    assert planned(planner) == {"A1": (0, in_days(3))}


def test_no_page_speaks_of_failure(signed_in, planner):
    plan(planner, A1=-1)
    press(signed_in, "start")
    attempt = finish(signed_in, the_practice(planner), choice=1)
    pages = [
        home(),
        address("feedback", attempt.pk, 1),
        address("practice_result", attempt.pk),
    ]

    said_there = " ".join(text(signed_in.get(page)) for page in pages).lower()

    assert "comes back" in said_there
    assert [w for w in ("wrong", "fail", "mistake", "error") if w in said_there] == []


def test_a_second_practice_waits_for_tomorrow(signed_in, planner, clock):
    plan(planner, A1=-4, B1=-3, C1=-2, D1=-1)
    press(signed_in, "start")
    finish(signed_in, the_practice(planner), choice=0)
    assert practice_state(planner).next_on == in_days(1)

    again = press(signed_in, "start")

    assert said(again) == ["Nothing more to practise today."]
    clock(days=1)
    assert practice_state(planner).due_count == 1
    assert codes(start_practice(planner, "fr")) == ["D1"]


def test_one_practice_a_day_means_a_day_of_the_place(client, planner, clock):
    plan(planner, A1=-4, B1=-3, C1=-2, D1=-1)
    clock(days=0, hour=23)
    client.force_login(planner)
    press(client, "start")
    finish(client, the_practice(planner), choice=0)
    clock(days=1, hour=0)  # still the day before in Greenwich

    assert codes(start_practice(planner, "fr")) == ["D1"]


def test_pressing_start_twice_begins_one_practice(signed_in, planner):
    first, second = press(signed_in, "start"), press(signed_in, "start")

    attempt = the_practice(planner)
    assert first["Location"] == second["Location"] == address("question", attempt.pk)


def test_a_question_without_translation_is_asked_in_french(signed_in, planner):
    Question.objects.filter(competence__code="A1").update(live=False)
    make_question(competence="A1", purpose=PRACTICE, stem_en="", stem_fr="Et là ?")
    press(signed_in, "start")

    page = text(signed_in.get(the_practice(planner).get_absolute_url()))

    assert "Et là ?" in page
    assert "not translated yet" in page


def test_an_open_practice_has_no_result_yet(signed_in, planner):
    attempt = start_practice(planner, "en")

    response = signed_in.get(address("practice_result", attempt.pk))

    assert response["Location"] == address("question", attempt.pk)


# --- asking for it and stopping -------------------------------------------------------


def test_it_is_offered_after_a_first_result_and_begins_with_it(
    client, learner, questions
):
    client.force_login(learner)
    assert practice_state(learner) == PracticeState()
    make_finished(learner, "placement", moment(-9), A1=WRONG)
    assert "Two minutes now and then" in text(client.get(home()))

    response = press(client, "begin")

    assert said(response) == [
        "Practice has begun: what you were less sure of comes back on this page."
    ]
    assert planned(learner) == {"A1": (0, in_days(-6))}
    assert practice_state(learner) == PracticeState(is_planned=True, due_count=1)


@pytest.mark.parametrize("purpose", ["practice", "placement"])
def test_it_is_not_offered_for_what_led_nowhere(learner, questions, purpose):
    attempt = make_finished(learner, purpose, A1=WRONG)
    Attempt.objects.filter(pk=attempt.pk).update(end_reason="abandoned")

    assert practice_state(learner) == PracticeState()


def test_asking_twice_plans_once(client, learner, questions):
    make_finished(learner, A1=WRONG, B1=UNSURE)
    client.force_login(learner)

    press(client, "begin")
    press(client, "begin")

    assert ReviewPlan.objects.count() == 1
    assert planned(learner) == {"A1": (0, in_days(3)), "B1": (0, in_days(3))}


def test_stopping_deletes_what_was_planned_and_says_so(signed_in, planner):
    response = press(signed_in, "stop")

    assert said(response) == [
        "Practice has stopped. What was planned is deleted; your results stay."
    ]
    assert (planned(planner), ReviewPlan.objects.count()) == ({}, 0)


def test_stopping_leaves_what_others_planned(signed_in, planner, other_learner):
    begin_review(other_learner)
    plan(other_learner, B1=2)

    press(signed_in, "stop")

    assert planned(other_learner) == {"B1": (0, in_days(2))}
    assert ReviewPlan.objects.get().learner == other_learner


def test_stopping_in_the_middle_ends_the_practice_calmly(signed_in, planner):
    plan(planner, A1=-1, B1=0)
    attempt = start_practice(planner, "en")
    answer_next(signed_in, attempt, choice=1)
    pending = attempt.responses.last()
    press(signed_in, "stop")

    late = sitting.send(signed_in, pending, choice=0)

    assert late["Location"] == address("practice_result", attempt.pk)
    assert said(late)[-1].startswith("This attempt is over")
    page = text(signed_in.get(late["Location"]))
    assert "Practice has stopped: nothing is planned any more." in page
    assert codes(attempt) == ["A1"]
    assert planned(planner) == {}


def test_stopping_before_any_answer_leaves_an_empty_page(signed_in, planner):
    attempt = start_practice(planner, "en")
    press(signed_in, "stop")

    page = signed_in.get(address("practice_result", attempt.pk))

    assert "This practice stopped before an answer." in text(page)


@pytest.mark.parametrize("name", ["begin", "stop", "start"])
def test_nothing_changes_without_a_post_or_an_account(client, planner, name):
    here = address(f"practice_{name}")
    with override("en"):
        sign_in = reverse("account_login")
    assert client.post(here)["Location"] == f"{sign_in}?next={here}"
    client.force_login(planner)

    assert client.get(here).status_code == 405
    assert planned(planner) == {"A1": (0, TODAY)}
    assert not Attempt.objects.exists()


# --- the card on the dashboard --------------------------------------------------------


def test_the_card_leads_back_to_a_practice_under_way(signed_in, planner):
    plan(planner, A1=-1, B1=0)
    attempt = start_practice(planner, "en")
    answer_next(signed_in, attempt, choice=0)

    page = text(signed_in.get(home()))

    assert "1 question to go." in page
    assert practice_state(planner).open_count == 1
    assert press(signed_in, "start")["Location"] == address("question", attempt.pk)


def test_the_card_forgets_a_practice_that_is_too_old(planner, clock):
    start_practice(planner, "fr")
    clock(days=31)

    assert practice_state(planner) == PracticeState(is_planned=True, due_count=1)


def test_the_card_says_when_the_next_comes(signed_in, planner):
    plan(planner, stage=1, A1=7)

    assert practice_state(planner) == PracticeState(is_planned=True, next_on=in_days(7))
    assert "The next practice comes on 9 March 2026." in text(signed_in.get(home()))


def test_the_card_says_when_nothing_is_planned(signed_in, planner):
    ReviewItem.objects.all().delete()

    assert "Nothing is planned for now." in text(signed_in.get(home()))


@pytest.mark.parametrize("count", [1, 6])
def test_the_card_costs_one_query(planner, count, django_assert_num_queries):
    plan(planner, **dict.fromkeys(["A1", "B1", "C1", "D1", "E1", "F1"][:count], -1))

    with django_assert_num_queries(1):
        state = practice_state(planner)

    assert state.due_count == min(count, 3)


@pytest.mark.parametrize("count", [1, 3])
def test_the_result_keeps_its_budget(
    signed_in, planner, count, django_assert_max_num_queries
):
    plan(planner, **dict.fromkeys(["A1", "B1", "C1"][:count], -1))
    attempt = finish(signed_in, start_practice(planner, "en"), choice=0)
    signed_in.get(attempt.get_absolute_url())

    with django_assert_max_num_queries(8):
        page = signed_in.get(address("practice_result", attempt.pk))

    assert len(page.context["practised"]) == count


# --- privacy --------------------------------------------------------------------------


def test_another_learner_and_a_manager_see_nothing(client, planner, other_learner):
    organisation = make_organisation()
    make_member(planner, organisation)
    manager = make_manager(organisation)
    before = follow_up(manager, "fr")
    attempt = start_practice(planner, "en")
    client.force_login(planner)
    finish(client, attempt, choice=1)

    for person in (other_learner, manager):
        client.force_login(person)
        for name in ("practice_result", "question", "answers"):
            assert client.get(address(name, attempt.pk)).status_code == 404
        assert practice_state(person) == PracticeState()
        press(client, "stop")
    assert follow_up(manager, "fr") == before
    assert planned(planner) == {"A1": (0, in_days(3))}


def test_my_data_holds_what_comes_back(client, planner, other_learner):
    begin_review(other_learner)
    plan(other_learner, B1=2)
    SelfView.objects.create(learner=planner)
    confirm(planner)
    client.force_login(planner)

    data = json.loads(client.get(reverse("people:my_data")).content)

    a1 = Competence.objects.get(code="A1").pk
    items = [(row["competence"], row["due_on"]) for row in data["reviewitem"]]
    assert items == [(a1, "2026-03-02")]
    assert [row["learner"] for row in data["reviewplan"]] == [planner.pk]
    assert [row["learner"] for row in data["selfview"]] == [planner.pk]


def test_erasing_the_account_erases_what_comes_back(client, planner, other_learner):
    begin_review(other_learner)
    plan(other_learner, B1=2)
    start_practice(planner, "fr")
    confirm(planner)
    client.force_login(planner)

    client.post(reverse("people:delete"), {"email": planner.email})

    assert ReviewItem.objects.get().learner == other_learner
    assert ReviewPlan.objects.get().learner == other_learner
    assert not Attempt.objects.exists()
