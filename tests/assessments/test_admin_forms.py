"""The kinds of questions beyond choices, written in the CMS."""

from html import unescape

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from assessments.models import Competence, Question
from tests.factories import make_framework, make_picture, make_question, make_trainer

pytestmark = pytest.mark.django_db
URLS = "wagtailsnippets_assessments_question"


@pytest.fixture
def author(client, db):
    """Someone who writes and reads over, signed in to the CMS in English."""
    make_framework()
    author = make_trainer()
    author.language = "en"
    author.save()
    client.force_login(author)
    return author


def make_answer(n, **fields):
    return {
        "text_fr": f"réponse {n}",
        "why_fr": f"parce que {n}",
        "ORDER": n + 1,
    } | fields


def publish(client, kind, answers, parts=(), **fields):
    """Send the form with the button “publish”; return the response."""
    values = {
        "reference": "essai",
        "purpose": "practice",
        "kind": kind,
        "level": "3",
        "competence": Competence.objects.get(code="A1").pk,
        "topic": "essai",
        "stem_fr": "Que proposer d'abord ?",
        "choices": inline_formset(answers),
        "parts": inline_formset(list(parts)),
    }
    data = nested_form_data(values | fields) | {"action-publish": "1"}
    return client.post(reverse(f"{URLS}:add"), data)


def said(response):
    return [str(error) for error in response.context["form"].non_field_errors()]


def frozen():
    return Question.objects.get().versions.get().content


def test_a_short_answer_may_have_one_form(client, author):
    publish(client, "short", [make_answer(0, is_right="on")])

    assert frozen()["key"] == [0]


def test_a_short_answer_needs_an_accepted_form(client, author):
    response = publish(client, "short", [make_answer(0), make_answer(1)])

    assert said(response) == ["Mark as right each form of the answer that is accepted."]
    assert Question.objects.count() == 0


def places(*spots):
    return [
        make_answer(n, spot_x=x, spot_y=y, **({"is_right": "on"} if n == 0 else {}))
        for n, (x, y) in enumerate(spots)
    ]


def test_places_on_a_picture_are_published(client, author):
    picture = make_picture()

    publish(
        client,
        "spots",
        places((10, 20), (60, 70)),
        picture=picture.pk,
        picture_alt_fr="Un écran",
    )

    content = frozen()
    assert (content["spots"], content["key"]) == ([[10, 20], [60, 70]], [0])
    assert content["fr"]["picture_alt"] == "Un écran"
    assert Question.objects.get().versions.get().picture == picture


def test_places_without_a_picture_are_refused_and_said(client, author):
    response = publish(client, "spots", places((10, 20), (60, 70)))

    assert said(response) == ["Choose the picture."]


def test_a_place_outside_the_picture_is_refused(client, author):
    response = publish(
        client,
        "spots",
        places((10, 20), (160, 70)),
        picture=make_picture().pk,
        picture_alt_fr="Un écran",
    )

    assert "two numbers from 0 to 100" in response.content.decode()
    assert Question.objects.count() == 0


PARTS = [{"stem_fr": "D'abord ?", "ORDER": 1}, {"stem_fr": "Puis ?", "ORDER": 2}]


def of_parts(*rows):
    return [
        make_answer(n, part=part, **({"is_right": "on"} if right else {}))
        for n, (part, right) in enumerate(rows)
    ]


def test_a_short_scenario_is_published_whatever_the_order_of_its_answers(
    client, author
):
    publish(client, "linked", of_parts((2, 1), (1, 0), (2, 0), (1, 1)), PARTS)

    content = frozen()
    assert (content["part_of"], content["key"]) == ([1, 0, 1, 0], [3, 0])
    assert content["fr"]["parts"] == [{"stem": "D'abord ?"}, {"stem": "Puis ?"}]


def test_an_answer_that_belongs_to_no_linked_question_is_named(client, author):
    answers = of_parts((1, 1), (1, 0), (2, 1), (2, 0), (3, 0), ("", 0))

    assert said(publish(client, "linked", answers, PARTS)) == [
        "Answer 5: say to which linked question it belongs, from 1 to 2.",
        "Answer 6: say to which linked question it belongs, from 1 to 2.",
    ]


def test_what_is_crossed_out_does_not_count(client, author):
    answers = [make_answer(n, is_right="on") for n in range(3)]
    answers[0]["DELETE"] = answers[1]["DELETE"] = "on"
    answers += [make_answer(3)]

    publish(client, "single", answers)

    content = frozen()
    assert [choice["text"] for choice in content["fr"]["choices"]] == [
        "réponse 2",
        "réponse 3",
    ]
    assert content["key"] == [0]


# --- preview --------------------------------------------------------------------------

FIELDS = {
    "single": 'type="radio" name="choice"',
    "multiple": 'type="checkbox" name="choice"',
    "ordering": 'name="order"',
    "matching": '<select id="match-0"',
    "short": 'name="text"',
    "spots": "<svg viewBox",
    "linked": 'type="radio" name="part-1"',
}


def preview(question, language="fr"):
    return question.make_preview_request(preview_mode=language).content.decode()


@pytest.mark.parametrize("kind", Question.Kind.values)
@pytest.mark.parametrize(
    ("language", "shown", "hidden"),
    [("fr", "réponse 0", "answer 0"), ("en", "answer 0", "réponse 0")],
)
def test_each_kind_is_previewed_as_it_is_asked_then_explained(
    db, kind, language, shown, hidden
):
    make_framework()

    page = preview(make_question(kind), language)

    assert FIELDS[kind] in page
    assert shown in page
    assert hidden not in page
    assert ("parce que 0" if language == "fr" else "because 0") in page


@pytest.mark.parametrize("kind", Question.Kind.values)
def test_an_unfinished_question_is_previewed_with_what_is_missing(db, kind):
    make_framework()
    question = Question(kind=kind, stem_fr="Brouillon ?", picture=None)

    page = preview(question)

    assert "Brouillon ?" in page
    missing = {
        "short": "Mark as right each form of the answer that is accepted.",
    }.get(kind, "Give at least two answers.")
    with override("fr"):
        assert gettext(missing) in unescape(page)


def test_english_that_is_not_complete_is_previewed_in_french(db):
    make_framework()
    question = make_question(stem_en="", is_live=False)

    page = preview(question, "en")

    assert "réponse 0" in page
    assert "answer 0" not in page
