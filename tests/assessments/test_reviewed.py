import pytest
from django.utils.translation import override

from assessments.models import Attempt, QuestionVersion, Response
from assessments.reviewed import confidence_in_words, reviewed


def make_content(count, key, **more):
    def texts(name):
        return [
            {"text": f"{name} {n}", "match": f"pair {n}", "why": f"why {n}"}
            for n in range(count)
        ]

    english = {"stem": "?", "choices": texts("answer")} | more.pop("en", {})
    french = {"stem": "? (fr)", "choices": texts("réponse")}
    return {"fr": french, "en": english, "key": key} | more


def review(kind, content, answer, language="en", **fields):
    version = QuestionVersion(kind=kind, content=content)
    response = Response(position=1, question_version=version, answer=answer, **fields)
    return reviewed(Attempt(seed=3), response, language)


def said(lines):
    """Return {text: (is right, is chosen)}, whatever the order of display."""
    return {line["text"]: (line["is_right"], line["is_chosen"]) for line in lines}


def test_choices_say_which_was_chosen_and_which_is_right():
    found = review("single", make_content(3, [1]), [2])

    assert said(found["lines"]) == {
        "answer 0": (False, False),
        "answer 1": (True, False),
        "answer 2": (False, True),
    }
    assert (found["stem"], found["language"], found["parts"]) == ("?", "en", [])


def test_lines_out_of_order_say_where_they_were_put():
    lines = review("ordering", make_content(3, [0, 1, 2]), [1, 0, 2])["lines"]

    assert [(line["place"], line["given"], line["is_right"]) for line in lines] == [
        (1, 2, False),
        (2, 1, False),
        (3, 3, True),
    ]


def test_pairs_say_what_was_chosen():
    lines = review("matching", make_content(2, [0, 1]), [0, 0])["lines"]

    assert [(line["match"], line["given"], line["is_right"]) for line in lines] == [
        ("pair 0", "pair 0", True),
        ("pair 1", "pair 0", False),
    ]


SHORT = [
    ("ANSWER 1", [("answer 1", True, True)]),
    ("reponse 1", [("answer 1", True, True)]),
    ("answer 0", [("answer 0", False, True), ("answer 1", True, False)]),
    ("nothing known", [("answer 1", True, False)]),
]


@pytest.mark.parametrize(("typed", "lines"), SHORT)
def test_a_short_answer_gets_the_form_that_it_is_then_an_accepted_one(typed, lines):
    found = review("short", make_content(3, [1, 2]), [typed])

    assert found["typed"] == typed
    assert [
        (line["text"], line["is_right"], line["is_chosen"]) for line in found["lines"]
    ] == lines


def test_a_short_answer_left_unknown_gets_an_accepted_form():
    found = review("short", make_content(3, [1, 2]), None, is_skipped=True)

    assert found["typed"] == ""
    assert said(found["lines"]) == {"answer 1": (True, False)}


def test_a_short_scenario_has_lines_in_each_of_its_parts():
    content = make_content(
        4, [0, 3], en={"parts": [{"stem": "a?"}, {"stem": "b?"}]}, part_of=[0, 0, 1, 1]
    )

    found = review("linked", content, [0, 2])

    assert found["lines"] == []
    assert [part["stem"] for part in found["parts"]] == ["a?", "b?"]
    assert [said(part["lines"]) for part in found["parts"]] == [
        {"answer 0": (True, True), "answer 1": (False, False)},
        {"answer 2": (False, True), "answer 3": (True, False)},
    ]


def test_places_keep_the_numbers_of_their_lines():
    content = make_content(
        3,
        [0],
        en={"picture_alt": "A drawing"},
        picture={"name": "questions/a.svg", "width": 800, "height": 500},
        spots=[[0, 50], [25, 50], [50, 50]],
    )

    found = review("spots", content, [1])

    texts = [f"answer {mark['place'][0] // 100}" for mark in found["picture"]["marks"]]
    assert texts == [line["text"] for line in found["lines"]]
    assert found["picture"]["alt"] == "A drawing"


def test_a_document_comes_along():
    content = make_content(2, [0], en={"document": "From: us\n\nHello"})

    assert review("single", content, [0])["document"] == {
        "headers": [("From", "us")],
        "paragraphs": [["Hello"]],
    }


def test_a_question_in_french_only_is_shown_in_french():
    content = make_content(2, [0])
    del content["en"]

    found = review("single", content, [0])

    assert (found["stem"], found["language"]) == ("? (fr)", "fr")


SAID = [
    (True, 1.0, "You were sure, and it was right."),
    (False, 1.0, "You were not sure, and it was right: you know more than you think."),
    (True, 0.0, "A useful surprise: worth reading twice."),
    (True, 0.5, "A useful surprise: worth reading twice."),
    (False, 0.0, "You were not sure: your doubt was a good guide."),
    (None, 1.0, ""),
]


@pytest.mark.parametrize(("is_sure", "score", "sentence"), SAID)
def test_confidence_is_answered_in_words(is_sure, score, sentence):
    with override("en"):
        found = confidence_in_words(Response(is_sure=is_sure, score=score))
        assert str(found) == sentence


def test_nothing_is_said_of_confidence_when_the_answer_was_unknown():
    assert confidence_in_words(Response(is_skipped=True, is_sure=True, score=0)) == ""
