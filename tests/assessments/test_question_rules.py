"""Rules of the newer kinds; those of the first four are in test_models."""

import pytest
from django.utils.translation import override

from assessments.question_rules import problems_of


def texts(*words):
    return [{"text": word, "match": "", "why": "w"} for word in words]


def short(*words, key=(0,), english=None):
    content = {"fr": {"stem": "?", "choices": texts(*words)}, "key": list(key)}
    if english:
        content["en"] = {"stem": "?", "choices": texts(*english)}
    return content


def spots(places=((10, 50), (50, 50), (90, 50)), key=(0,), alt="Un dessin", **changes):
    return {
        "fr": {"stem": "?", "choices": texts("a", "b", "c"), "picture_alt": alt},
        "picture": {"name": "a.svg", "width": 8, "height": 5},
        "spots": [list(place) for place in places],
        "key": list(key),
    } | changes


def linked(part_of=(0, 0, 1, 1), key=(0, 2), stems=("a ?", "b ?")):
    parts = [{"stem": stem} for stem in stems]
    choices = texts(*"abcdef"[: len(part_of)])
    return {
        "fr": {"stem": "?", "choices": choices, "parts": parts},
        "part_of": list(part_of),
        "key": list(key),
    }


def with_document(text, *words):
    choices = texts(*words)
    return {"fr": {"stem": "?", "document": text, "choices": choices}, "key": [0]}


SAME = (
    "Answers 1 and 2 are one once capitals, accents and punctuation are forgiven: "
    "remove one of them."
)
PROBLEMS = [
    ("short", short("https"), []),
    ("short", short("https", "http"), []),
    ("short", short("https", "HTTPS:"), [SAME]),
    ("short", short("Cci", "Bcc", key=[0, 1], english=["Bcc", "Cci"]), []),
    ("short", short("Cci", "Bcc", key=[0], english=["Bcc", "Cci"]), [SAME]),
    (
        "short",
        short("https", key=[]),
        ["Mark as right each form of the answer that is accepted."],
    ),
    ("short", short("a" * 101), ["Answer 1: keep it under 100 characters."]),
    ("spots", spots(), []),
    ("spots", spots(key=[]), ["Mark exactly one answer as right."]),
    ("spots", spots(key=[0, 1]), ["Mark exactly one answer as right."]),
    ("spots", spots(alt=""), ["Say in French what the picture shows."]),
    (
        "spots",
        spots([(10, 50), (None, None), (90, 50)]),
        ["Answer 2: give its place on the picture, from the left and from the top."],
    ),
    (
        "spots",
        spots([(10, 50), (50, 50), (15, 55)]),
        ["Answers 1 and 3 stand at nearly the same place: move one of them."],
    ),
    ("spots", spots([(10, 50), (50, 50), (10, 60)]), []),
    ("linked", linked(), []),
    ("linked", linked((0, 0), [0], ["a ?"]), ["Write two or three linked questions."]),
    (
        "linked",
        linked((None, 0, 1, 1), [1, 2]),
        [
            "Answer 1: say to which linked question it belongs, from 1 to 2.",
            "Linked question 1: give it at least two answers.",
        ],
    ),
    (
        "linked",
        linked(key=[0]),
        ["Linked question 2: mark exactly one answer as right."],
    ),
    (
        "linked",
        linked(key=[0, 1, 2]),
        ["Linked question 1: mark exactly one answer as right."],
    ),
    ("linked", linked(stems=["a ?", ""]), ["Linked question 2: write it in French."]),
    ("single", with_document("Bonjour [1] [2]", "[1] là", "[2] ici"), []),
    (
        "single",
        with_document("Bonjour [1]", "[1] là", "[2] ici"),
        ["Answer 2 names the place [2]: mark it in the French document too."],
    ),
]


@pytest.mark.parametrize(("kind", "content", "sentences"), PROBLEMS)
def test_what_does_not_fit_is_said_with_its_remedy(kind, content, sentences):
    with override("en"):
        assert [str(problem) for problem in problems_of(content, kind)] == sentences


def test_places_need_a_picture():
    content = spots()
    del content["picture"]

    with override("en"):
        found = [str(problem) for problem in problems_of(content, "spots")]

    assert found == ["Choose the picture."]
