import re
from datetime import date

import pytest
from django.test import Client
from django.utils.translation import override

from assessments.bank import current_parameters
from assessments.measure import companion, facts
from assessments.models import Calibration, ParameterSet, Question, Report
from assessments.starting import start_placement
from cms.models import HomePage, TextPage
from tests.factories import add_page, make_frozen_bank, make_learner

pytestmark = pytest.mark.django_db
ADDRESSES = {"fr": "/fr/comment-nous-mesurons/", "en": "/en/how-we-measure/"}
KEY = "6b1f3c1e-0000-4000-8000-00000000000a"


def measure_page(language="en"):
    slug = ADDRESSES[language].strip("/").split("/")[1]
    return add_page(
        HomePage.objects.get(locale__language_code=language),
        TextPage,
        KEY,
        title="How we measure",
        slug=slug,
        key="measure",
        summary="In four lines.",
        body="<h2>What it is for</h2><p>Words of an editor.</p>",
    )


def page_of(client, language="en"):
    response = client.get(ADDRESSES[language])
    assert response.status_code == 200
    return response.content.decode()


def calibrated(answers=12_000, attempts=400):
    Calibration.objects.create(number=1, attempt_count=attempts, answer_count=answers)
    return current_parameters()


def report(made_on=date(2026, 3, 1), **values):
    return Report.objects.create(
        kind=Report.Kind.HONESTY, made_on=made_on, values=values
    )


@pytest.fixture
def in_force(learner):
    """A version of the difficulties: eighteen questions, and a placement begun."""
    make_frozen_bank(per_area=3)
    start_placement(learner, "fr")
    return ParameterSet.objects.get()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_anybody_reads_it_with_the_words_of_the_editors(client, language):
    measure_page(language)

    page = page_of(client, language)

    assert "Words of an editor." in page
    assert page.index('id="pictures"') < page.index("Words of an editor.")
    assert page.index("Words of an editor.") < page.index('id="facts"')


def test_no_other_text_page_shows_the_measure(client):
    page = measure_page()
    TextPage.objects.filter(pk=page.pk).update(key="")

    assert 'id="facts"' not in page_of(client)


def test_before_the_first_placement_there_is_no_version_but_questions(client):
    make_frozen_bank(per_area=2)
    measure_page()

    page = page_of(client)

    assert facts()["version"] is None
    assert facts()["question_count"] == 12
    assert "None yet: the first is made when the first placement begins." in page


def test_at_launch_it_says_plainly_that_no_answer_is_behind(client, in_force):
    measure_page()

    page = page_of(client)

    assert f"Number {in_force.number}, of " in page
    assert "<dd>18</dd>" in page
    assert "0. The levels rest on what the authors of the questions believe." in page
    assert "None yet: it needs a hundred finished placements." in page


def test_once_calibrated_it_says_how_many_answers_are_behind(client, in_force):
    calibrated()
    measure_page()

    page = page_of(client)

    assert re.search(r"12.?000, from 400 placements\.", page)
    assert "The levels rest on" not in page


def test_a_bank_back_in_its_earlier_state_names_the_version_of_that_state(
    client, in_force
):
    question = Question.objects.first()
    question.unpublish()
    newer = start_placement(make_learner(), "fr").parameter_set
    before = facts()["version"]
    question.refresh_from_db()
    question.save_revision().publish()
    measure_page()

    page = page_of(client)

    assert (before, newer.number) == (newer, in_force.number + 1)
    assert facts()["version"] == in_force
    assert f"Number {in_force.number}, of " in page
    assert "<dd>18</dd>" in page


@pytest.mark.parametrize(
    "values, verdict",
    [
        ({"ratio": 1.0, "is_honest": True}, "The ranges are as sure as they say."),
        (
            {"ratio": 1.3, "is_honest": False},
            "The ranges were too narrow: the next version widens them.",
        ),
        (
            {"ratio": 1.3, "is_honest": False, "is_widened": True},
            "The ranges were too narrow: the next version widens them.",
        ),
        (
            {"ratio": 1.15, "is_honest": False, "is_widened": False},
            "The ranges may be too narrow, or it was chance: with more placements the "
            "next check tells them apart.",
        ),
        ({"ratio": 0.8, "is_honest": False}, "The ranges were wider than needed."),
        ({}, ""),
    ],
)
def test_the_last_honesty_report_is_told_as_it_is(client, values, verdict):
    report(date(2026, 2, 1), held=0.5, attempt_count=200)
    report(date(2026, 3, 1), held=0.893, attempt_count=500, **values)
    measure_page()

    page = page_of(client)

    assert "On 1 March 2026." in page
    assert (
        "In 500 placements, the two halves agreed within the announced range 89 times "
        "in 100; 90 were announced." in page
    )
    with override("en"):
        assert facts()["report"]["verdict"] == verdict
    assert verdict in page


@pytest.mark.parametrize("values", [{}, {"held": None}, {"ratio": 1.0}])
def test_a_report_without_the_figure_is_no_report(client, values):
    report(**values)
    measure_page()

    assert "None yet: it needs a hundred" in page_of(client)


def test_reports_of_other_kinds_are_not_told(client):
    Report.objects.create(
        kind=Report.Kind.DRIFT, made_on=date(2026, 3, 1), values={"held": 0.9}
    )

    assert facts()["report"] is None


def test_each_picture_says_the_same_in_words(client):
    measure_page()

    page = page_of(client)

    titles = re.findall(r"<title id=\"[^\"]+\">([^<]+)</title>", page)
    assert len(titles) == 3
    assert page.count('role="img"') == 3
    with override("en"):
        drawn = companion()
    for row in [*drawn["on_the_way"], *drawn["closer"]]:
        assert any(f"{row['label']}: {row['text']}" in title for title in titles)
    assert any("Level 4: 62." in title for title in titles)


def test_it_is_light_needs_no_script_and_few_queries(
    client, in_force, django_assert_max_num_queries
):
    calibrated()
    report(held=0.9, attempt_count=500)
    measure_page()
    page_of(client)  # addresses and the example are kept by the process

    with django_assert_max_num_queries(7):
        page = page_of(Client())

    assert len(page.encode()) < 100_000
    main = page[page.index("<main") : page.index("</main>")]
    assert "<script" not in main
    assert " style=" not in main
    assert "onclick" not in main


@pytest.mark.parametrize("word", ["theta", "logit", "RMSE", "SD"])
def test_it_speaks_plainly(client, in_force, word):
    calibrated()
    report(held=0.9, attempt_count=500, ratio=1.2, is_honest=False)
    measure_page()

    page = page_of(client)

    assert not re.search(rf"\b{word}\b", page[page.index("<main") :])
