import pytest

from assessments.attempts import stop_attempt
from assessments.models import Attempt, Question
from assessments.starting import start_placement
from tests.assessments.sitting import (
    address,
    asked_questions,
    days_ago,
    keep_many,
    main_of,
    said,
)
from tests.factories import make_learner


def press(client, found, code):
    return client.post(address("look_closer", found.pk, code))


def test_the_button_leads_to_the_first_question(client, placed):
    response = press(client, placed, "C")

    look = Attempt.objects.closer_looks().get()
    assert (look.continues, look.area.code, look.language) == (placed, "C", "en")
    assert response["Location"] == address("question", look.pk)
    assert "Looking closer at “short C”" in main_of(client.get(response["Location"]))


def test_pressed_twice_it_leads_to_the_same_question(client, placed):
    first, second = press(client, placed, "C"), press(client, placed, "C")

    assert first["Location"] == second["Location"]


def test_elsewhere_it_says_which_one_is_open(client, placed):
    press(client, placed, "C")
    keep_many(Attempt.objects.closer_looks().get(), 3, "en")

    response = press(client, placed, "D")

    assert response["Location"] == address("result", placed.pk)
    assert said(response) == [
        "You are looking closer at “short C”: 5 questions to go. Go on with it, or end "
        "it, before you look closer elsewhere."
    ]
    assert Attempt.objects.closer_looks().count() == 1


def test_a_used_up_area_is_said(client, placed):
    unmet = Question.objects.exclude(pk__in=asked_questions(placed))
    unmet.filter(competence__code="C1").update(live=False)

    response = press(client, placed, "C")

    assert response["Location"] == address("result", placed.pk)
    assert said(response) == [
        "No question is left to look closer at “short C”: its range is as close as "
        "questions can say for now."
    ]


def test_from_an_older_result_it_leads_to_the_one_that_counts(client, placed):
    days_ago(placed, 20)
    newer = keep_many(start_placement(placed.learner, "en"), 24, "en")
    newer = stop_attempt(newer)

    response = press(client, placed, "C")

    assert response["Location"] == address("result", newer.pk)
    assert said(response) == [
        "You have a newer result: here it is. Look closer from there."
    ]
    assert Attempt.objects.closer_looks().count() == 0


def test_only_a_button_begins_it(client, placed):
    assert client.get(address("look_closer", placed.pk, "C")).status_code == 405
    assert Attempt.objects.closer_looks().count() == 0


def test_an_unknown_area_is_not_there(client, placed):
    assert press(client, placed, "Z").status_code == 404


def test_an_open_placement_leads_to_its_question(client, attempt):
    assert press(client, attempt, "C")["Location"] == address("question", attempt.pk)
    assert Attempt.objects.closer_looks().count() == 0


def test_a_closer_look_is_not_looked_at_closer(client, placed):
    press(client, placed, "C")
    look = Attempt.objects.closer_looks().get()

    assert press(client, look, "C")["Location"] == address("question", look.pk)


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_nobody_else_looks_closer(client, placed, is_signed_in):
    client.logout()
    if is_signed_in:
        client.force_login(make_learner(name="Marc Delmas"))

    response = press(client, placed, "C")

    assert response.status_code == (404 if is_signed_in else 302)
    assert Attempt.objects.closer_looks().count() == 0
