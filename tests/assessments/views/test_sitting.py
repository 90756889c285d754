import re
from datetime import datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from assessments.attempts import pending_response
from assessments.bank import tables
from assessments.models import Area, Attempt, KeyCorrection, Question, QuestionVersion
from assessments.replay import replay
from assessments.starting import start_closer_look
from tests.assessments.sitting import (
    address,
    answer_many,
    answer_next,
    answered_count,
    asked_questions,
    days_ago,
    facts,
    keep_many,
    main_of,
    said,
    send,
    text_of,
)
from tests.factories import make_learner
from tests.people.signing_in import confirm

OTHER_QUESTION = "That answer was for another question. Here is the one to answer now."
FIRST_KEPT = "This question was already answered: your first answer is kept."
OVER = "This attempt is over: that answer was not added. Here is the result."


# --- one question a page --------------------------------------------------------------


def test_a_question_page_asks_the_question_that_waits(client, attempt):
    shown = pending_response(attempt)

    response = client.get(address("question", attempt.pk))

    content = shown.question_version.in_language("en")
    page = text_of(response)
    assert response.status_code == 200
    assert content["stem"] in page
    assert [choice["text"] in page for choice in content["choices"]] == [True] * 4
    assert f'name="version" value="{shown.question_version_id}"' in page
    assert f"About {attempt.to_go} questions to go." in page
    assert "I don't know" in page


def test_each_answer_is_saved_before_the_next_question_is_shown(client, attempt):
    first = pending_response(attempt)

    response = send(client, first, choice=3)

    first.refresh_from_db()
    assert first.answer == [3]
    assert response["Location"] == address("question", attempt.pk)
    assert pending_response(attempt).position == 2


def test_going_on_from_another_device_finds_the_same_question(client, attempt, learner):
    answer_many(client, attempt, 2)
    elsewhere = Client()
    elsewhere.force_login(learner)
    waiting = pending_response(attempt)

    start = elsewhere.get(address("placement"))
    page = elsewhere.get(address("question", attempt.pk))

    assert address("question", attempt.pk) in text_of(start)
    assert page.context["response"] == waiting
    assert page.context["answered_count"] == 2


def test_the_stop_page_stops_nothing_by_itself(client, attempt):
    response = client.get(address("stop", attempt.pk))

    attempt.refresh_from_db()
    assert response.status_code == 200
    assert attempt.finished_at is None


def test_the_language_can_be_switched_in_the_middle(client, attempt):
    shown = pending_response(attempt)

    english = client.get(address("question", attempt.pk))
    french = client.get(address("question", attempt.pk, language="fr"))

    assert [page.context["response"] for page in (english, french)] == [shown, shown]
    version = shown.question_version
    assert version.in_language("fr")["stem"] in text_of(french)
    places = [
        [choice["number"] for choice in page.context["form"].shown_choices()]
        for page in (english, french)
    ]
    assert places[0] == places[1]


def test_a_question_without_translation_says_so(client, ask):
    attempt = ask("single", stem_en="")
    address_now = address("question", attempt.pk)

    page = text_of(client.get(address_now))

    assert "This question is not translated yet: here it is in French." in page
    assert '<div lang="fr">' in page


def test_a_question_published_again_stays_as_it_was_begun(client, ask):
    attempt = ask("single")
    question = Question.objects.get(
        pk=pending_response(attempt).question_version.question_id
    )
    before = question.stem_en
    question.stem_en = "Rewritten meanwhile?"
    question.save_revision().publish()

    page = text_of(client.get(address("question", attempt.pk)))

    assert before in page
    assert "Rewritten meanwhile?" not in page
    assert answer_next(client, attempt, choice=0).question_version.number == 1


def test_a_placement_gives_no_feedback_before_its_end(client, attempt):
    answer_next(client, attempt)

    assert client.get(address("feedback", attempt.pk, 1)).status_code == 404


def test_a_retake_within_fourteen_days_is_refused_with_its_date(client, finished):
    response = client.post(address("start"))

    assert response["Location"] == address("placement")
    assert Attempt.objects.count() == 1
    possible_on = timezone.localdate(finished.finished_at + timedelta(days=14))
    [sentence] = said(response)
    assert f"{possible_on.day}" in sentence and f"{possible_on.year}" in sentence


def test_a_start_without_any_question_says_so(client, learner):
    client.force_login(learner)

    assert said(client.post(address("start"))) == ["There is no question to ask yet."]


def test_the_last_answer_leads_straight_to_the_result(client, attempt):
    while (response := pending_response(attempt)) is not None:
        after = send(client, response, choice=1)

    assert after["Location"] == address("result", attempt.pk)


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "Your answer is kept until"),
        (5, "Where you stand is said from 12 answers on."),
        (6, "6 more answers and there is a first range to show you."),
        (11, "1 more answer and there is a first range to show you."),
    ],
)
def test_the_stop_page_of_a_short_placement_says_what_is_kept(
    client, attempt, count, sentence
):
    keep_many(attempt, count, "en")

    page = main_of(client.get(address("stop", attempt.pk)))

    day = date_format(timezone.localdate(attempt.started_at + timedelta(days=30)))
    assert sentence in page
    assert f"kept until {day}" in page
    assert "<form" not in page
    assert address("question", attempt.pk) in page


def test_the_stop_page_before_any_answer_speaks_of_none(client, attempt):
    page = main_of(client.get(address("stop", attempt.pk)))

    day = date_format(timezone.localdate(attempt.started_at + timedelta(days=30)))
    assert f"go on at the same question until {day}" in page
    assert "answers are kept" not in page


def test_the_stop_page_of_twelve_answers_offers_the_result(client, attempt):
    keep_many(attempt, 12, "en")

    page = main_of(client.get(address("stop", attempt.pk)))

    assert "Your 12 answers are enough for a first result" in page
    assert "Stop, and see my result" in page


def test_an_answer_whose_key_was_wrong_is_kept_and_not_counted(client, attempt):
    keep_many(attempt, 12, "en")
    wrong = attempt.responses.first().question_version
    KeyCorrection.objects.create(question_version=wrong, reason="two right")

    page = main_of(client.get(address("stop", attempt.pk)))

    assert "Your 12 answers are kept" in page
    assert "1 more answer and there is a first range to show you." in page


def test_stopping_early_leads_to_what_is_kept(client, attempt):
    keep_many(attempt, 2, "en")

    response = client.post(address("stop", attempt.pk))

    assert response["Location"] == address("result", attempt.pk)
    assert "You gave 2 answers." in main_of(client.get(response["Location"]))


# --- a placement that waits -----------------------------------------------------------


def cards(client):
    """Return the card of a waiting placement on the two pages that show it."""
    with override("en"):
        dashboard = reverse("courses:dashboard")
    pages = [client.get(address("placement")), client.get(dashboard)]
    return [
        re.sub(r'value="\w{64}"', "", re.search(CARD, main_of(page))[0])
        for page in pages
    ]


CARD = r'<div class="card card--next">.*?</div>'


def test_a_placement_under_way_waits_on_the_dashboard_as_on_its_page(client, attempt):
    keep_many(attempt, 3, "en")
    attempt.refresh_from_db()

    first, second = cards(client)

    day = date_format(timezone.localdate(attempt.started_at + timedelta(days=30)))
    assert first == second
    assert f"go on whenever you like until {day}" in first
    assert f"About {attempt.to_go} questions to go." in first
    assert address("question", attempt.pk) in first


def test_a_short_placement_that_waited_too_long_can_be_begun_again(client, attempt):
    keep_many(attempt, 3, "en")
    days_ago(attempt, 31)

    first, second = cards(client)

    assert first == second
    assert f'action="{address("start")}"' in first
    assert address("question", attempt.pk) not in first
    assert client.get(address("question", attempt.pk))["Location"] == address(
        "result", attempt.pk
    )
    assert client.get(address("stop", attempt.pk))["Location"] == address(
        "result", attempt.pk
    )


def test_twelve_answers_that_waited_too_long_offer_their_result(client, attempt):
    keep_many(attempt, 13, "en")
    days_ago(attempt, 31)

    first, second = cards(client)
    response = client.post(address("stop", attempt.pk))

    assert first == second
    assert "your 13 answers are enough to say where you stood" in first
    assert f'action="{address("stop", attempt.pk)}"' in first
    assert response["Location"] == address("result", attempt.pk)
    begun = date_format(timezone.localdate(attempt.started_at))
    assert f"Estimated on {begun}." in main_of(client.get(response["Location"]))
    # What was left for too long delays nothing.
    assert f'action="{address("start")}"' in main_of(client.get(address("placement")))


def test_an_answer_to_a_placement_that_waited_too_long_is_kept(client, attempt):
    keep_many(attempt, 3, "en")
    shown = pending_response(attempt)
    days_ago(attempt, 31)

    response = send(client, shown, choice=2)

    shown.refresh_from_db()
    assert shown.answer == [2]
    assert response["Location"] == address("result", attempt.pk)
    assert said(response) == ["Your answer is kept."]


def test_a_late_answer_that_ends_a_placement_tells_about_its_beginning(client, attempt):
    keep_many(attempt, 12, "en")
    asked = asked_questions(attempt)
    Question.objects.exclude(pk__in=asked).update(live=False)  # nothing more to ask
    days_ago(attempt, 31)

    response = send(client, pending_response(attempt), choice=0)

    attempt.refresh_from_db()
    assert (attempt.end_reason, attempt.is_finished) == ("abandoned", True)
    assert attempt.placements.get(area=None).answer_count == 13
    assert response["Location"] == address("result", attempt.pk)
    begun = date_format(timezone.localdate(attempt.started_at))
    assert f"Estimated on {begun}." in main_of(client.get(response["Location"]))
    # What was left for too long delays nothing.
    assert client.get(address("placement")).context["possible_on"] is None
    assert replay(attempt).differences == []


def test_a_late_answer_without_a_choice_is_asked_for_again(client, attempt):
    keep_many(attempt, 3, "en")
    shown = pending_response(attempt)
    days_ago(attempt, 31)

    response = send(client, shown, nothing="")

    assert response.status_code == 422
    assert 'role="alert"' in main_of(response)
    assert answered_count(attempt) == 3


def test_a_late_answer_after_another_placement_began_says_that_it_was_not_added(
    client, attempt
):
    keep_many(attempt, 3, "en")
    shown = pending_response(attempt)
    days_ago(attempt, 31)
    client.post(address("start"))

    response = send(client, shown, choice=2)

    assert said(response) == ["This attempt is over: that answer was not added."]
    assert response["Location"] == address("result", attempt.pk)
    assert answered_count(attempt) == 3


def test_the_last_day_is_still_a_day_to_go_on(client, attempt, monkeypatch):
    """The pages say “until” that day: the hour of the beginning must not end it."""
    begun = timezone.make_aware(datetime(2026, 3, 1, 9))
    Attempt.objects.filter(pk=attempt.pk).update(started_at=begun)
    found = []
    for late in (datetime(2026, 3, 31, 23, 30), datetime(2026, 4, 1, 0, 30)):
        now = timezone.make_aware(late)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        found.append(Attempt.objects.get(pk=attempt.pk).is_expired)

    assert found == [False, True]


def test_the_clock_set_back_hinders_no_new_placement(client, finished):
    days_ago(finished, -400)

    page = client.get(address("placement"))
    response = client.post(address("start"))

    assert page.context["possible_on"] is None
    assert address("result", finished.pk) in main_of(page)
    again = Attempt.objects.open().get()
    assert response["Location"] == address("question", again.pk)


# --- a closer look --------------------------------------------------------------------


def test_a_closer_look_says_its_area_and_how_many_questions_are_left(client, placed):
    look = start_closer_look(placed, Area.objects.get(code="C"), "en")
    first = main_of(client.get(address("question", look.pk)))

    after = send(client, pending_response(look), choice=0)
    second = main_of(client.get(address("question", look.pk)))

    assert "Looking closer at “short C”. 8 questions to go." in first
    assert "Looking closer at “short C”. 7 questions to go." in second
    assert after["Location"] == address("question", look.pk)
    assert address("stop", look.pk) in first


def test_a_closer_look_of_last_year_goes_on_and_its_late_answers_count(client, placed):
    look = start_closer_look(placed, Area.objects.get(code="C"), "en")
    keep_many(look, 7, "en")
    shown = pending_response(look)
    days_ago(look, 400)
    page = client.get(address("question", look.pk))

    response = send(client, shown, choice=0)

    look.refresh_from_db()
    assert page.status_code == 200
    assert (look.is_finished, look.end_reason) == (True, "longest")
    assert look.placements.get().area.code == "C"
    assert answered_count(look) == 8
    assert response["Location"] == address("result", placed.pk) + "#areas"


def test_a_late_answer_to_a_closer_look_that_was_ended_is_not_added(client, placed):
    look = start_closer_look(placed, Area.objects.get(code="C"), "en")
    keep_many(look, 2, "en")
    shown = pending_response(look)
    days_ago(look, 31)
    start_closer_look(placed, Area.objects.get(code="D"), "en")  # ends the other

    response = send(client, shown, choice=0)

    assert said(response) == [
        "This attempt is over: that answer was not added. Here is the result."
    ]
    assert answered_count(look) == 2
    assert look.placements.get().area.code == "C"


def test_a_closer_look_gives_no_feedback_before_its_end(client, placed):
    look = start_closer_look(placed, Area.objects.get(code="C"), "en")
    keep_many(look, 1, "en")

    assert client.get(address("feedback", look.pk, 1)).status_code == 404


def test_the_last_answer_of_a_closer_look_leads_back_to_the_result(client, placed):
    look = start_closer_look(placed, Area.objects.get(code="C"), "en")
    keep_many(look, 7, "en")

    response = send(client, pending_response(look), choice=0)

    assert response["Location"] == address("result", placed.pk) + "#areas"


def test_a_closer_look_can_be_ended_before(client, placed):
    look = start_closer_look(placed, Area.objects.get(code="C"), "en")
    keep_many(look, 3, "en")

    page = main_of(client.get(address("stop", look.pk)))
    response = client.post(address("stop", look.pk))

    assert "Your 3 answers count: your range in “short C” takes them in." in page
    assert response["Location"] == address("result", placed.pk)
    look.refresh_from_db()
    assert look.is_finished


def test_a_closer_look_without_answer_ends_as_if_it_never_was(client, placed):
    look = start_closer_look(placed, Area.objects.get(code="C"), "en")

    page = main_of(client.get(address("stop", look.pk)))
    response = client.post(address("stop", look.pk))

    assert "No answer was given yet" in page
    assert response["Location"] == address("result", placed.pk)
    assert client.get(address("question", look.pk)).status_code == 404


def test_a_closer_look_waits_on_the_dashboard_and_on_the_placement_page(client, placed):
    look = start_closer_look(placed, Area.objects.get(code="C"), "en")

    first, second = cards(client)

    assert first == second
    assert "Looking closer at “short C”" in first
    assert address("question", look.pk) in first


# --- kinds of questions ---------------------------------------------------------------


def test_lines_move_by_buttons_and_nothing_is_saved(client, ask):
    attempt = ask("ordering")
    shown = pending_response(attempt)
    page = client.get(address("question", attempt.pk))
    order = [line["number"] for line in page.context["form"].ordered_lines()]
    assert order != [0, 1, 2, 3]

    for place in (1, 2):
        response = send(client, shown, order=order, move=f"up-{order[place]}")
        order[place - 1], order[place] = order[place], order[place - 1]
        lines = response.context["form"].ordered_lines()
        assert response.status_code == 200
        assert [line["number"] for line in lines] == order

    shown.refresh_from_db()
    assert shown.answered_at is None
    answer_next(client, attempt, order=order)
    shown.refresh_from_db()
    assert shown.answer == order


def test_pairs_are_made_with_menus(client, ask):
    attempt = ask("matching")
    menus = {"match-0": 0, "match-1": 1, "match-2": 3, "match-3": 2}

    page = client.get(address("question", attempt.pk))
    kept = answer_next(client, attempt, **menus)

    names = re.findall(r'<select id="(match-\d)"', page.content.decode())
    assert sorted(names) == sorted(menus)
    assert (kept.answer, kept.score) == ([0, 1, 3, 2], 0.5)


def test_several_answers_are_kept_together(client, ask):
    attempt = ask("multiple")

    kept = answer_next(client, attempt, choice=[0, 3])

    assert (kept.answer, kept.score) == ([0, 3], 0.5)


@pytest.mark.parametrize(
    ("kind", "answer", "sentence"),
    [
        ("single", {"send": 1}, "Choose one answer, or “I don't know”"),
        ("multiple", {"send": 1}, "Choose at least one answer"),
        ("matching", {"match-0": 1}, "Choose an answer on each line"),
        ("ordering", {"send": 1}, "The order could not be read."),
        ("single", {"choice": 12}, "This answer is not one of the choices."),
        ("single", {"choice": "²"}, "This answer is not one of the choices."),
    ],
)
def test_an_answer_that_is_none_gets_a_sentence_and_keeps_the_question(
    client, ask, kind, answer, sentence
):
    attempt = ask(kind)
    shown = pending_response(attempt)

    response = send(client, shown, **answer)

    assert response.status_code == 422
    assert sentence in text_of(response).replace("&#x27;", "'")
    assert response.context["response"] == shown
    assert answered_count(attempt) == 0


def test_a_check_explains_each_choice_after_each_answer(client, ask):
    attempt = ask("single", "matching")
    first = pending_response(attempt)

    response = send(client, first, **right(first))

    assert response["Location"] == address("feedback", attempt.pk, 1)
    page = text_of(client.get(response["Location"]))
    assert [f"because {n}" in page for n in range(4)] == [True] * 4
    assert "That is it." in page


def right(response):
    if response.question_version.kind == "matching":
        return {f"match-{n}": n for n in range(4)}
    return {"choice": 0}


def test_feedback_waits_for_the_answer(client, ask):
    attempt = ask("single")

    assert client.get(address("feedback", attempt.pk, 1)).status_code == 404


# --- bad input ------------------------------------------------------------------------


def test_another_answer_to_an_answered_question_keeps_the_first(client, attempt):
    first = answer_next(client, attempt, choice=0)

    response = send(client, first, choice=1)

    first.refresh_from_db()
    assert first.answer == [0]
    assert response["Location"] == address("question", attempt.pk)
    assert said(response) == [FIRST_KEPT]


def test_nothing_chosen_for_an_answered_question_keeps_the_first(client, attempt):
    first = answer_next(client, attempt, choice=0)

    assert said(send(client, first, send=1)) == [FIRST_KEPT]


def test_the_last_answer_sent_twice_leads_to_the_result(client, finished):
    last = finished.responses.last()

    response = send(client, last, choice=1)

    assert response["Location"] == address("result", finished.pk)
    assert said(response) == []


def test_another_answer_to_a_finished_attempt_keeps_the_first(client, finished):
    last = finished.responses.last()

    response = send(client, last, choice=2)

    last.refresh_from_db()
    assert last.answer == [1]
    assert response["Location"] == address("result", finished.pk)
    assert said(response) == [FIRST_KEPT]


def test_an_answer_after_stopping_says_that_it_was_not_added(client, attempt):
    answer_many(client, attempt, 12)
    shown = pending_response(attempt)
    client.post(address("stop", attempt.pk))

    response = send(client, shown, choice=0)

    assert response["Location"] == address("result", attempt.pk)
    assert said(response) == [OVER]
    assert answered_count(attempt) == 12


def test_a_line_moved_after_stopping_does_not_bring_the_question_back(client, attempt):
    answer_many(client, attempt, 12)
    shown = pending_response(attempt)
    client.post(address("stop", attempt.pk))

    assert said(send(client, shown, move="up-1")) == [OVER]


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": 2},
        {"position": 0},
        {"position": -1},
        {"position": ""},
        {"position": "²"},
        {"position": "one"},
        {"position": "9" * 5000},
        {"position": 99999},
        {"version": ""},
        {"version": "x"},
        {"version": 0},
        {"version": "9" * 30},
        {"version": "other"},
    ],
    ids=lambda wrong: "-".join(f"{k}={str(v)[:8]}" for k, v in wrong.items()),
)
def test_an_answer_for_no_question_or_another_changes_nothing(client, attempt, wrong):
    shown = pending_response(attempt)
    if wrong.get("version") == "other":
        others = QuestionVersion.objects.exclude(pk=shown.question_version_id)
        wrong = {"version": others.first().pk}

    response = client.post(
        address("question", attempt.pk), facts(shown, choice=0) | wrong
    )

    assert response["Location"] == address("question", attempt.pk)
    assert said(response) == [OTHER_QUESTION]
    assert answered_count(attempt) == 0


def test_an_answer_without_any_field_changes_nothing(client, attempt):
    response = client.post(address("question", attempt.pk), {})

    assert said(response) == [OTHER_QUESTION]
    assert answered_count(attempt) == 0


@pytest.mark.parametrize("answer", [{"choice": 0}, {"send": 1}, {"move": "up-1"}])
def test_a_later_question_of_a_check_cannot_be_reached(client, ask, answer):
    attempt = ask("single", "single", "single")
    third = attempt.responses.get(position=3)

    response = send(client, third, **answer)

    assert said(response) == [OTHER_QUESTION]
    assert answered_count(attempt) == 0


# --- other people ---------------------------------------------------------------------


PRIVATE = ["question", "stop", "result", "answers"]


@pytest.mark.parametrize("role", ["learner", "manager", "trainer", "administrator"])
def test_nobody_else_reaches_an_attempt(client, finished, others, role):
    assert client.get(address("result", finished.pk)).status_code == 200
    client.force_login(others[role])

    statuses = {
        name: client.get(address(name, finished.pk)).status_code for name in PRIVATE
    }
    statuses["feedback"] = client.get(address("feedback", finished.pk, 1)).status_code

    assert statuses == dict.fromkeys([*PRIVATE, "feedback"], 404)


@pytest.mark.parametrize("role", ["learner", "manager", "trainer", "administrator"])
def test_nobody_else_answers_or_stops_an_attempt(client, attempt, others, role):
    shown = pending_response(attempt)
    client.force_login(others[role])

    statuses = [
        send(client, shown, choice=0).status_code,
        client.post(address("stop", attempt.pk)).status_code,
    ]

    attempt.refresh_from_db()
    assert statuses == [404, 404]
    assert answered_count(attempt) == 0
    assert attempt.finished_at is None


@pytest.mark.parametrize("name", ["stop", "result", "answers"])
def test_visitors_are_asked_to_sign_in(client, finished, name):
    client.logout()
    here = address(name, finished.pk)

    response = client.get(here)

    assert response["Location"].endswith(f"/login/?next={here}")


# --- the session ends in the middle ---------------------------------------------------


@pytest.fixture
def browser(learner, bank):
    """A browser that checks forgery tokens, on the question page of a placement."""
    confirm(learner)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(learner)
    token = token_on(browser, address("placement"))
    browser.post(address("start"), {"csrfmiddlewaretoken": token})
    return browser


def token_on(browser, url):
    page = browser.get(url).content.decode()
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def answer_after_the_session_ended(browser, learner, **answer):
    """Return the attempt and where the browser is led."""
    attempt = Attempt.objects.get(learner=learner)
    token = token_on(browser, address("question", attempt.pk))
    Session.objects.all().delete()
    response = send(
        browser, pending_response(attempt), csrfmiddlewaretoken=token, **answer
    )
    return attempt, response


def sign_in_again(browser, url, user):
    return browser.post(
        url,
        {
            "login": user.email,
            "password": "pass-word-1",
            "next": address("kept_answer"),
            "csrfmiddlewaretoken": token_on(browser, url),
        },
    )


def test_an_answer_sent_after_the_session_ended_is_kept_until_sign_in(browser, learner):
    attempt, response = answer_after_the_session_ended(browser, learner, choice=2)
    assert answered_count(attempt) == 0
    page = browser.get(response["Location"])
    assert [str(message) for message in page.context["messages"]] == [
        "Your answer is kept. Sign in again and it will be saved."
    ]

    signed_in = sign_in_again(browser, response["Location"], learner)
    assert signed_in["Location"] == address("kept_answer")
    after = browser.get(signed_in["Location"])

    assert attempt.responses.get(position=1).answer == [2]
    assert after["Location"] == address("question", attempt.pk)
    assert browser.get(after["Location"]).context["response"].position == 2


def test_a_late_answer_sent_after_the_session_ended_is_kept_too(browser, learner):
    days_ago(Attempt.objects.get(learner=learner), 29)
    attempt, response = answer_after_the_session_ended(browser, learner, choice=2)
    days_ago(attempt, 2)  # a day too late, before they sign in again

    signed_in = sign_in_again(browser, response["Location"], learner)
    after = browser.get(signed_in["Location"])

    assert attempt.responses.get(position=1).answer == [2]
    assert after["Location"] == address("result", attempt.pk)
    assert said_by(browser, after) == ["Your answer is kept."]


def test_the_kept_answer_is_not_given_to_another_person(browser, learner):
    attempt, response = answer_after_the_session_ended(browser, learner, choice=2)
    other = confirm(make_learner(name="Marc Delmas"))

    sign_in_again(browser, response["Location"], other)
    after = browser.get(address("kept_answer"))

    assert said_by(browser, after) == [
        "The answer sent before signing in belongs to another account."
    ]
    assert answered_count(attempt) == 0
    assert "kept_answer" not in browser.session


def said_by(browser, response):
    page = browser.get(response["Location"])
    return [str(message) for message in get_messages(page.wsgi_request)]


def test_an_unfinished_answer_is_asked_again_after_signing_in(browser, learner):
    attempt, response = answer_after_the_session_ended(browser, learner, send=1)

    sign_in_again(browser, response["Location"], learner)
    after = browser.get(address("kept_answer"))

    assert after.status_code == 422
    assert after.context["response"] == pending_response(attempt)


def test_without_a_kept_answer_one_is_led_to_the_dashboard(client, learner):
    client.force_login(learner)

    response = client.get(address("kept_answer"))

    assert response.status_code == 302
    assert address("kept_answer") not in response["Location"]


def test_an_answer_too_long_to_be_one_is_not_kept(browser, learner):
    attempt, response = answer_after_the_session_ended(
        browser, learner, choice="9" * 2000
    )

    here = address("question", attempt.pk)
    assert response["Location"].endswith(f"next={here.replace('/', '%2F')}")
    assert "kept_answer" not in browser.session


def test_reading_a_question_after_the_session_ended_leads_back_to_it(client, attempt):
    client.logout()
    here = address("question", attempt.pk)

    assert client.get(here)["Location"].endswith(f"next={here.replace('/', '%2F')}")


# --- how many queries -----------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 30])
def test_a_question_costs_the_same_after_one_answer_and_after_thirty(
    client, long_attempt, count, django_assert_max_num_queries
):
    answer_many(client, long_attempt, count)
    client.get(address("question", long_attempt.pk))
    response = pending_response(long_attempt)

    with django_assert_max_num_queries(10):
        send(client, response, choice=1)
    with django_assert_max_num_queries(8):
        page = client.get(address("question", long_attempt.pk))

    assert page.context["response"].position == count + 2


def test_a_question_keeps_its_budget_in_a_process_that_has_just_started(
    client, attempt, django_assert_max_num_queries
):
    response = pending_response(attempt)
    tables.cache_clear()

    with django_assert_max_num_queries(14):
        send(client, response, choice=1)


def test_an_answer_of_a_closer_look_keeps_the_budget(
    client, placed, django_assert_max_num_queries
):
    look = start_closer_look(placed, Area.objects.get(code="C"), "en")
    keep_many(look, 2, "en")
    client.get(address("question", look.pk))
    response = pending_response(look)

    with django_assert_max_num_queries(12):
        send(client, response, choice=1)
    with django_assert_max_num_queries(8):
        page = client.get(address("question", look.pk))

    assert page.context["response"].position == 4
