"""What a result says; what its pages show is tested in views/."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from assessments.models import Area, Attempt, Placement
from assessments.results import (
    AreaResult,
    date_of,
    progress_since,
    sentence_of,
    short_range,
)

AREA = Area(code="A", short_en="At a distance", short_fr="À distance")


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def ranges(*pairs):
    return [
        Placement(area=AREA, low=low, high=high, likeliest=None) for low, high in pairs
    ]


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(3, 6, "3–\N{WORD JOINER}6"), (4, 4, "4"), (1, 8, "1–\N{WORD JOINER}8")],
)
def test_a_short_range_stands_inside_a_sentence(low, high, text):
    assert short_range(Placement(low=low, high=high)) == text


@pytest.mark.parametrize(
    ("pairs", "text", "change"),
    [
        ([(3, 6)], "from level 3 to level 6", ""),
        (
            [(3, 6), (4, 5)],
            "levels 4–\N{WORD JOINER}5 (before: 3–\N{WORD JOINER}6)",
            "“At a distance”: from 3–\N{WORD JOINER}6 to 4–\N{WORD JOINER}5.",
        ),
        (
            [(3, 6), (4, 6), (4, 4)],
            "level 4 (before: 3–\N{WORD JOINER}6)",
            "“At a distance”: from 3–\N{WORD JOINER}6 to 4.",
        ),
        (
            [(3, 6), (3, 6)],
            "from level 3 to level 6",
            "“At a distance”: the same range, 3–\N{WORD JOINER}6, now surer.",
        ),
    ],
)
def test_an_area_says_what_looking_closer_changed(pairs, text, change):
    result = AreaResult(ranges(*pairs))

    assert (result.text, result.change) == (text, change)
    assert len(result.text) <= 34
    assert (result.newest.low, result.newest.high) == pairs[-1]
    assert result.rounds == len(pairs) - 1


NOW = timezone.now()


def attempt_at(days, **fields):
    day = NOW - timedelta(days=days)
    return Attempt(started_at=day, finished_at=day, **fields)


@pytest.mark.parametrize(
    ("reason", "days"), [("precise", 3), ("stopped", 3), ("abandoned", 40)]
)
def test_a_result_is_dated_from_its_end_unless_it_was_left(reason, days):
    attempt = Attempt(
        started_at=NOW - timedelta(days=40),
        finished_at=NOW - timedelta(days=3),
        end_reason=reason,
    )

    assert date_of(attempt) == timezone.localdate(NOW - timedelta(days=days))


@pytest.mark.parametrize(
    ("progress", "start"),
    [
        (1.0, "You have very probably progressed since {date}."),
        (0.9, "You have very probably progressed since {date}."),
        (0.899, "This result and the one of {date} cannot be told apart: that is"),
        (0.11, "This result and the one of {date} cannot be told apart: that is"),
        (0.09, "The questions were not those of {date}, and ranges move from one"),
        (0.0, "The questions were not those of {date}, and ranges move from one"),
    ],
)
def test_progress_is_said_when_it_is_sure_and_never_the_contrary(progress, start):
    before = attempt_at(60)

    sentence = progress_since(attempt_at(0, progress=progress), before)

    assert sentence.startswith(start.format(date=date_format(date_of(before))))


@pytest.mark.parametrize(
    ("progress", "has_before"), [(None, True), (0.95, False), (None, False)]
)
def test_without_anything_to_compare_nothing_is_said(progress, has_before):
    before = attempt_at(60) if has_before else None

    assert progress_since(attempt_at(0, progress=progress), before) == ""


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [
        (
            3,
            5,
            "Most likely level 4 (55 chances in 100). Between level 3 and level 5 "
            "with 90 % certainty, from 24 questions.",
        ),
        (4, 4, "Most likely level 4 (55 chances in 100), from 24 questions."),
    ],
)
def test_the_overall_sentence_names_level_range_and_number(low, high, sentence):
    overall = Placement(
        low=low,
        high=high,
        likeliest=4,
        probability=0.93,
        likeliest_probability=0.551,
        answer_count=24,
    )

    assert sentence_of(overall) == sentence
