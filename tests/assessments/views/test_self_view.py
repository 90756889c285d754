import json

import pytest
from django.test import Client
from django.utils.translation import override

from assessments.models import Area, SelfRating, SelfView
from assessments.self_view import Gap
from assessments.self_view_words import (
    band_of_gap,
    beside_result,
    end_in_words,
    gap_in_words,
    interval_in_words,
    values_in_words,
)
from assessments.self_views import AreaGap
from people.models import User
from tests.assessments.saying import (
    address,
    facts,
    make_statements,
    place,
    say,
    say_all,
    set_back,
    values_of,
)
from tests.assessments.sitting import address as sitting_address
from tests.assessments.sitting import said as messages_of
from tests.factories import make_framework
from tests.people.signing_in import address as people_address

NOT_YET, WITH_HELP, ALONE = SelfRating.Value
pytestmark = pytest.mark.django_db


@pytest.fixture
def statements():
    make_statements()


@pytest.fixture
def signed_in(client, learner, statements):
    client.force_login(learner)
    return client


@pytest.fixture
def administrator(db):
    return User.objects.create_superuser("admin@example.org", "Awa Diop", "pass-word-1")


def text_of(response):
    return response.content.decode()


# --- what is said, page by page -------------------------------------------------------


def test_the_first_page_says_that_it_is_private_and_leads_to_the_first_area(signed_in):
    page = text_of(signed_in.get(address()))

    assert "Nobody but you sees it" in page
    assert "36 short sentences" in page
    assert address("area", "A") in page
    assert not SelfView.objects.exists()


def test_without_statements_the_page_says_so(client, learner):
    client.force_login(learner)

    page = text_of(client.get(address()))

    assert "There is nothing to answer here yet." in page
    assert "Begin" not in page


def test_each_area_is_kept_at_once_and_leads_to_the_next(signed_in):
    response = say(signed_in, "A", ALONE, WITH_HELP, NOT_YET)

    assert response["Location"] == address("area", "B")
    assert values_of(SelfView.objects.get()) == [2, 1, 0, 0, 0, 0]


def test_the_last_area_leads_to_all_that_was_said(signed_in):
    say(signed_in, "A", ALONE)

    response = say(signed_in, "F", NOT_YET)

    view = SelfView.objects.get()
    assert response["Location"] == address("summary", view.pk)


def test_nothing_is_required(signed_in):
    responses = [signed_in.post(address("area", code), {}) for code in "ABCDEF"]

    followed = [response["Location"] for response in responses]
    assert followed == [*(address("area", code) for code in "BCDEF"), address()]
    assert not SelfView.objects.exists()


def test_the_three_answers_are_radio_buttons_in_a_named_group(signed_in):
    page = text_of(signed_in.get(address("area", "B")))

    assert page.count("<fieldset") == page.count("<legend>") == 6
    assert page.count('type="radio"') == 18
    assert " required" not in page
    assert "Area 2 of 6" in page
    assert "I can B1." in page


def test_what_was_said_is_shown_again_and_can_be_changed(signed_in):
    say(signed_in, "A", ALONE)

    page = text_of(signed_in.get(address("area", "A")))
    assert page.count(" checked") == 6

    say(signed_in, "A", NOT_YET)
    assert values_of(SelfView.objects.get()) == [0] * 6


def test_after_thirty_days_another_view_begins(signed_in):
    say(signed_in, "A", ALONE)
    first = SelfView.objects.get()
    set_back(first, 31)

    assert " checked" not in text_of(signed_in.get(address("area", "A")))
    say(signed_in, "A", NOT_YET)

    assert values_of(first) == [2] * 6
    assert values_of(SelfView.objects.latest("begun_at")) == [0] * 6
    first_page = text_of(signed_in.get(address()))
    assert address("summary", first.pk) in first_page
    old = text_of(signed_in.get(address("summary", first.pk)))
    assert address("area", "A") not in old


def test_it_goes_on_at_the_first_area_that_is_not_complete(signed_in):
    say(signed_in, "A", ALONE)
    signed_in.post(address("area", "B"), facts("B", ALONE, None, ALONE))

    page = text_of(signed_in.get(address()))

    assert "You have answered 8 sentences of 36." in page
    assert f'button--primary" href="{address("area", "B")}"' in page


def test_all_said_there_is_nothing_to_go_on_with(signed_in):
    view = say_all(signed_in, WITH_HELP)

    page = text_of(signed_in.get(address()))

    assert "You have said it all" in page
    assert f'button--primary" href="{address("summary", view.pk)}"' in page


@pytest.mark.parametrize("value", ["3", "-1", "x", "2.0"])
def test_an_answer_that_does_not_exist_is_refused_with_what_to_do(signed_in, value):
    response = say(signed_in, "A", value)

    assert response.status_code == 422
    assert "Choose one of the three answers, or none." in text_of(response)
    assert not SelfView.objects.exists()


def test_a_statement_of_another_area_is_not_kept_from_here(signed_in):
    signed_in.post(address("area", "A"), facts("B", ALONE))

    assert not SelfRating.objects.exists()


@pytest.mark.parametrize("code", ["Z", "a", "AB"])
def test_an_area_that_does_not_exist_is_not_there(signed_in, code):
    assert signed_in.get(address("area", code)).status_code == 404


def test_an_area_is_taken_back_with_one_button(signed_in):
    say(signed_in, "A", ALONE)
    say(signed_in, "B", ALONE)
    assert "take_back" in text_of(signed_in.get(address("area", "A")))

    response = signed_in.post(address("area", "A"), {"take_back": "1"})

    assert messages_of(response) == ["Your answers in this area are erased."]
    assert values_of(SelfView.objects.get(), "A") == []
    assert values_of(SelfView.objects.get(), "B") == [2] * 6
    assert "take_back" not in text_of(signed_in.get(address("area", "A")))


def test_taking_back_what_was_never_said_changes_nothing(signed_in):
    response = signed_in.post(address("area", "A"), {"take_back": "1"})

    assert response["Location"] == address("area", "A")
    assert messages_of(response) == []


# --- all that was said ----------------------------------------------------------------


def test_the_summary_says_each_area_in_words_and_marks(signed_in):
    say(signed_in, "A", ALONE, WITH_HELP, NOT_YET)
    signed_in.post(address("area", "C"), facts("C", ALONE))
    view = SelfView.objects.get()

    page = text_of(signed_in.get(address("summary", view.pk)))

    assert "Alone: 1. With help: 1. Not yet: 4." in page
    assert "Alone: 1. No answer: 5." in page
    assert page.count('<circle cx="14"') == 7
    assert page.count('<path d="M8 14h12"/>') == 29
    assert "this will be shown beside your result" in page


def test_what_was_said_is_erased_on_request(signed_in):
    view = say_all(signed_in, ALONE)

    response = signed_in.post(address("erase", view.pk))

    assert messages_of(response) == ["What you said is erased."]
    assert not SelfView.objects.exists()


def test_erasing_needs_a_button(signed_in):
    view = say_all(signed_in, ALONE)

    assert signed_in.get(address("erase", view.pk)).status_code == 405
    assert SelfView.objects.filter(pk=view.pk).exists()


# --- beside a result ------------------------------------------------------------------


def test_who_doubts_reads_first_that_she_can_do_more(signed_in, learner, bank):
    attempt = place(learner, 1.0)
    view = say_all(signed_in, NOT_YET)

    for path in (
        address("summary", view.pk),
        sitting_address("result", attempt.pk),
    ):
        page = text_of(signed_in.get(path))
        first = page.index("You can do more than you think.")
        then = page.index("You may be more able than you think in:")
        last = page.index("Compared with what your answers show")
        assert first < then < last
        assert "leave a doubt" not in page


def test_who_sees_herself_higher_is_asked_and_never_blamed(signed_in, learner, bank):
    place(learner, 0.0)
    view = say_all(signed_in, ALONE)

    page = text_of(signed_in.get(address("summary", view.pk)))

    assert "what do you make of it?" in page
    assert "In these areas your answers leave a doubt" in page
    assert "You can do more than you think." not in page


def test_a_result_invites_to_say_how_one_sees_oneself(signed_in, learner, bank):
    attempt = place(learner, 1.0)

    page = text_of(signed_in.get(sitting_address("result", attempt.pk)))

    assert "And how do you see yourself?" in page
    assert address() in page
    assert "self-view-gap" not in page


def test_what_was_said_long_before_a_result_is_not_beside_it(signed_in, learner, bank):
    view = say_all(signed_in, NOT_YET)
    set_back(view, 61)
    attempt = place(learner, 1.0)

    page = text_of(signed_in.get(sitting_address("result", attempt.pk)))
    said = text_of(signed_in.get(address("summary", view.pk)))

    assert "You can do more than you think." not in page + said


def test_the_placement_page_and_the_dashboard_lead_there(signed_in):
    with override("en"):
        for path in (sitting_address("placement"), "/en/me/"):
            assert f'href="{address()}"' in text_of(signed_in.get(path))


@pytest.mark.parametrize("is_said", [False, True])
def test_beside_a_result_it_costs_a_fixed_number_of_queries(
    signed_in, learner, bank, is_said, django_assert_max_num_queries
):
    attempt = place(learner, 1.0)
    if is_said:
        say_all(signed_in, NOT_YET)
    beside_result(attempt, learner)  # the tables are kept by the process

    with django_assert_max_num_queries(4 if is_said else 1):
        beside_result(attempt, learner)


def test_the_pages_cost_a_fixed_number_of_queries(
    signed_in, learner, bank, django_assert_max_num_queries
):
    place(learner, 1.0)
    view = say_all(signed_in, NOT_YET)
    signed_in.get(address("summary", view.pk))

    for path, most in [
        (address(), 6),
        (address("area", "A"), 5),
        (address("summary", view.pk), 9),
    ]:
        with django_assert_max_num_queries(most):
            assert signed_in.get(path).status_code == 200


# --- privacy --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["other_learner", "manager", "trainer", "administrator"]
)
def test_nobody_else_sees_or_erases_what_was_said(signed_in, learner, who, request):
    view = say_all(signed_in, ALONE)
    other = Client()
    other.force_login(request.getfixturevalue(who))

    assert other.get(address("summary", view.pk)).status_code == 404
    assert other.post(address("erase", view.pk)).status_code == 404
    assert " checked" not in text_of(other.get(address("area", "A")))
    assert address("summary", view.pk) not in text_of(other.get(address()))
    assert SelfRating.objects.count() == 36


def test_what_others_say_does_not_change_mine(signed_in, other_learner):
    view = say_all(signed_in, ALONE)
    other = Client()
    other.force_login(other_learner)

    say(other, "A", NOT_YET)
    other.post(address("area", "B"), {"take_back": "1"})

    assert values_of(view, "A") == values_of(view, "B") == [2] * 6


@pytest.mark.parametrize("name", ["", "area", "summary"])
def test_one_must_sign_in(client, statements, name):
    arguments = {"area": ["A"], "summary": [1]}.get(name, [])

    response = client.get(address(name, *arguments))

    assert response.status_code == 302
    assert "login" in response["Location"]


def test_my_data_holds_what_i_said_and_nothing_of_others(
    signed_in, learner, other_learner
):
    say(signed_in, "A", ALONE, WITH_HELP, NOT_YET)
    other = Client()
    other.force_login(other_learner)
    say_all(other, ALONE)

    data = json.loads(signed_in.get(people_address("people:my_data")).content)

    [view] = data["selfview"]
    assert view["learner"] == learner.pk
    assert [row["value"] for row in data["selfrating"]] == [2, 1, 0, 0, 0, 0]
    assert {row["self_view"] for row in data["selfrating"]} == {view["id"]}


# --- words ----------------------------------------------------------------------------


def gap(low, high):
    return Gap((low + high) / 2, 0.5, low, high, 0.5, 0.5, 0.8)


@pytest.mark.parametrize(
    "levels, words",
    [
        (-0.2, "a little lower"),
        (-0.5, "half a level lower"),
        (-1.1, "1 level lower"),
        (-1.4, "1 and a half levels lower"),
        (-3.0, "3 levels lower"),
        (0.2, "a little higher"),
        (0.6, "half a level higher"),
        (1.0, "1 level higher"),
        (2.5, "2 and a half levels higher"),
        (4.0, "4 levels higher"),
    ],
)
def test_an_end_of_the_interval_is_said_to_half_a_level(levels, words):
    with override("en"):
        assert end_in_words(levels) == words


def test_the_interval_is_said_with_its_certainty():
    with override("en"):
        assert interval_in_words(gap(-1.0, 0.5)) == (
            "Compared with what your answers show, you see yourself between 1 level "
            "lower and half a level higher, with 90 % certainty."
        )


@pytest.mark.parametrize(
    "low, high, left, width",
    [(-1, 1, 40, 20), (0, 0, 50, 1), (-9, 9, 0, 100), (2.5, 5, 75, 25)],
)
def test_the_interval_is_drawn_around_the_middle(low, high, left, width):
    assert band_of_gap(gap(low, high)) == {"left": left, "width": width}


@pytest.mark.parametrize(
    "low, high, sides, lead",
    [
        (-2, -1, [], "You can do more than you think."),
        (1, 2, ["below"], "You see yourself higher than your answers show"),
        (-1, 1, [], "Nothing to tell apart: that is most frequent."),
        (-1, 1, ["above"], "Over the areas as a whole, nothing to tell apart."),
    ],
)
def test_the_first_sentence_depends_on_the_whole(low, high, sides, lead):
    make_framework()
    areas = [AreaGap(Area.objects.first(), side) for side in sides]
    with override("en"):
        assert gap_in_words(gap(low, high), areas)["lead"].startswith(lead)


def test_what_one_can_more_comes_before_what_leaves_a_doubt():
    make_framework()
    first, second, third = Area.objects.all()[:3]
    areas = [AreaGap(first, "above"), AreaGap(second, "below"), AreaGap(third, "above")]

    with override("en"):
        groups = gap_in_words(gap(-1, 1), areas)["groups"]

    assert [(g["sentence"].split(":")[0], g["areas"]) for g in groups] == [
        ("You may be more able than you think in", [second]),
        ("In these areas your answers leave a doubt", [first, third]),
    ]


def test_counts_of_answers_leave_out_what_was_not_said():
    with override("en"):
        assert values_in_words([2, 2, None, 0]) == "Alone: 2. Not yet: 1. No answer: 1."
        assert values_in_words([None]) == "No answer: 1."
