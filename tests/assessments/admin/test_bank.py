from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.admin import bank
from assessments.bank import current_parameters
from assessments.corrections import correct_key
from assessments.models import (
    Attempt,
    Calibration,
    Competence,
    ParameterSet,
    Question,
    Report,
)
from assessments.starting import start_placement
from tests.assessments.admin.making import make_figures, url
from tests.factories import make_frozen_bank, make_learner, make_question


def page_of(client, name):
    return client.get(reverse(f"question_bank:{name}"))


def queries_of(client, name):
    page_of(client, name)  # what is asked once a process
    with CaptureQueriesContext(connection) as captured:
        page_of(client, name)
    return len(captured)


# --- the map of holes -----------------------------------------------------------------


def row_of(client, area):
    rows = page_of(client, "holes").context["rows"]
    return next(row for row in rows if row.area.code == area)


def test_the_map_counts_what_a_placement_can_ask(reading):
    make_question(level=3)
    make_question(level=3, stem_en="")
    make_question(level=3, purpose=Question.Purpose.CHECK)
    make_question(level=3, is_live=False)
    make_question(level=3).unpublish()
    correct_key(make_question(level=3).versions.get(), None, "x")

    row = row_of(reading, "A")

    assert [(cell.count, cell.french_only) for cell in row.cells] == [
        *[(0, 0)] * 2,
        (2, 1),
        *[(0, 0)] * 5,
    ]
    assert (row.total, row.french_only, row.is_short) == (2, 1, True)
    assert [cell.level for cell in row.holes] == [1, 2, 4, 5, 6, 7, 8]
    assert row_of(reading, "B").total == 0


def test_an_area_with_fifteen_questions_is_not_short(reading):
    make_frozen_bank(per_area=15)

    row = row_of(reading, "F")

    assert (row.total, row.is_short) == (15, False)
    assert [cell.level for cell in row.holes] == [8]


def test_a_hole_is_said_in_words_and_leads_to_adding_a_question(reading):
    make_question(level=3)
    area = Competence.objects.get(code="A1").area

    page = page_of(reading, "holes").content.decode()

    assert "Area A, level 3: 1 question, too few" in page
    assert "Area A, level 4: 0 questions, too few" in page
    assert f"?area={area.pk}&amp;level=3&amp;purpose=placement&amp;state=live" in page
    competence = Competence.objects.get(code="A1").pk
    assert f"{url('add')}?competence={competence}&amp;level=3" in page


def test_a_question_is_added_to_the_competence_that_has_the_fewest(reading):
    area = Competence.objects.get(code="A1").area
    Competence.objects.create(area=area, code="A2", name_fr="x", name_en="x")
    make_question(competence="A2")
    assert row_of(reading, "A").competence.code == "A1"
    make_question(competence="A1")
    make_question(competence="A1")

    assert row_of(reading, "A").competence.code == "A2"


def test_the_map_asks_as_many_queries_for_a_full_bank_as_for_one_question(reading):
    make_question()
    one = queries_of(reading, "holes")
    make_frozen_bank(per_area=8)

    assert queries_of(reading, "holes") == one


def test_the_map_is_on_the_first_page_of_the_cms(reading):
    make_question(level=3)

    page = reading.get("/admin/").content.decode()

    assert "Area A, level 3: 1 question, too few" in page
    assert reverse("question_bank:holes") in page


# --- to review first ------------------------------------------------------------------


def reviewed(client):
    flagged = page_of(client, "to_review").context["flagged"]
    return [line["question"].reference for line in flagged]


def test_many_answers_and_serious_flags_stand_first(reading):
    for reference, answer_count, flags in [
        ("dead-400", 400, ["dead"]),
        ("beaten-110", 110, ["dead", "key_beaten"]),
        ("misfit-210", 210, ["misfit"]),
        ("unflagged", 900, []),
        ("too-few", 29, ["key_beaten"]),
    ]:
        question = make_question(reference=reference)
        make_figures(question.versions.get(), answer_count, flags)

    assert reviewed(reading) == ["beaten-110", "misfit-210", "dead-400"]


def test_what_is_asked_no_more_is_not_reviewed(reading):
    for reference in ("retired", "corrected", "rewritten", "kept"):
        question = make_question(reference=reference)
        make_figures(question.versions.get(), 100, ["misfit"])
    by_name = Question.objects.in_bulk(field_name="reference")
    by_name["retired"].unpublish()
    correct_key(by_name["corrected"].versions.get(), None, "x")
    by_name["rewritten"].stem_fr = "Autrement ?"
    by_name["rewritten"].save_revision().publish()

    assert reviewed(reading) == ["kept"]


def test_each_flag_says_what_to_do(reading):
    question = make_question(reference="a1-essai")
    make_figures(question.versions.get(), 100, ["drift"])

    page = page_of(reading, "to_review").content.decode()

    assert "Its difficulty changed lately" in page
    assert "write a parallel question" in page
    assert url("figures", question.pk) in page


def test_nothing_to_review_is_said(reading):
    page = page_of(reading, "to_review").content.decode()

    assert "No question needs to be read again today." in page
    assert "at least 30 answers" in page


def test_reviewing_asks_as_many_queries_for_three_questions_as_for_one(reading):
    make_figures(make_question().versions.get(), 100, ["misfit"])
    one = queries_of(reading, "to_review")
    for _number in range(2):
        make_figures(make_question().versions.get(), 100, ["misfit", "dead"])

    assert len(reviewed(reading)) == 3
    assert queries_of(reading, "to_review") == one


# --- where one is ---------------------------------------------------------------------


def crumbs_of(response):
    return [str(crumb["label"]) for crumb in response.context["breadcrumbs_items"]]


def test_a_page_about_the_whole_bank_does_not_stand_below_the_list(reading):
    question = make_question(reference="a1-essai")
    figures = reading.get(url("figures", question.pk))

    found = [page_of(reading, name) for name in ("holes", "to_review", "measure")]

    assert [crumbs_of(response) for response in found] == [
        ["Home", "Map of the bank"],
        ["Home", "To review first"],
        ["Home", "The measure"],
    ]
    assert crumbs_of(figures) == ["Home", "Questions", "a1-essai", "Figures"]


# --- the measure ----------------------------------------------------------------------


def test_before_any_placement_nothing_is_in_force(reading):
    page = page_of(reading, "measure").content.decode()

    assert "No placement has begun yet" in page
    assert page.count("Not checked yet.") == 3
    assert "Shown from 30 placements; there are 0." in page


def test_the_difficulties_in_force_are_those_that_authors_gave(reading):
    make_question()
    current_parameters()

    page = page_of(reading, "measure").content.decode()

    assert "Number 1, of " in page
    assert "The levels that authors gave" in page
    assert ParameterSet.objects.count() == 1


def test_a_calibration_in_force_is_named_with_its_answers(reading):
    make_question()
    Calibration.objects.create(number=3, attempt_count=40, answer_count=1200)
    current_parameters()

    page = page_of(reading, "measure").content.decode()

    assert "Calibration 3, of " in page
    assert "From 1200 answers" in page


def test_a_calibration_that_no_placement_began_with_is_said_to_be_ready(reading):
    make_question()
    current_parameters()
    Calibration.objects.create(number=1, attempt_count=40, answer_count=1200)

    before = page_of(reading, "measure").content.decode()
    current_parameters()
    after = page_of(reading, "measure").content.decode()

    ready = "is ready: the next placement begins with it."
    assert [ready in page for page in (before, after)] == [True, False]
    assert "No calibration has been published yet." not in before
    assert "From 1200 answers" in after


def test_the_busiest_questions_are_named(reading, monkeypatch):
    make_frozen_bank(per_area=1)
    monkeypatch.setattr(bank, "FEWEST_ANSWERS", 2)
    for _number in range(2):
        start_placement(make_learner(), "fr")
    Attempt.objects.update(finished_at="2026-01-01T00:00Z")
    asked = Question.objects.filter(versions__response__isnull=False).distinct()

    response = page_of(reading, "measure")

    busiest = response.context["busiest"]
    assert {line["question"] for line in busiest} == set(asked)
    shares = [line["words"] for line in busiest]
    assert shares == (["asked by 100%"] if len(asked) == 1 else ["asked by 50%"] * 2)


REPORTS = {
    Report.Kind.HONESTY: (
        {
            "attempt_count": 812,
            "ratio": 1.24,
            "held": 0.853,
            "doubt_factor": 1.3,
            "tenths": [{"count": 100, "predicted": 0.05, "happened": 0.08}]
            + [{"count": 0, "predicted": None, "happened": None}] * 9,
        },
        [
            "In 85% of them",
            "1.24",
            "multiplies the doubt about difficulties by 1.30",
            "812 placements",
            "0 to 10%",
        ],
    ),
    Report.Kind.GROUPS: (
        {
            "pairs": [
                {
                    "by": "language",
                    "between": ["fr", "en"],
                    "compared": 41,
                    "watched": 3,
                    "flagged": 1,
                }
            ],
            "questions": [
                {
                    "version": None,
                    "by": "organisation",
                    "between": ["school", "other"],
                    "class": "C",
                    "shift": 0.8,
                }
            ],
        },
        [
            "French and English (languages)",
            "<td>41</td><td>3</td><td>1</td>",
            "a1-essai</a> School or training centre and Other, a large difference, "
            "harder for: Other",
        ],
    ),
    Report.Kind.DRIFT: (
        {"window": 100, "tested": 88, "easier": [None], "harder": []},
        ["88 questions were looked at.", "last 100 answers", "Easier than", "a1-essai"],
    ),
}


@pytest.fixture
def named(framework):
    return make_question(reference="a1-essai").versions.get().pk


def naming(values, version):
    """Return the values of a report with a version where a place is left for it."""
    if values.get("questions"):
        values = values | {"questions": [values["questions"][0] | {"version": version}]}
    if values.get("easier"):
        values = values | {"easier": [version]}
    return values


@pytest.mark.parametrize("kind", Report.Kind.values)
def test_the_last_report_is_said_in_words(reading, named, kind):
    values, sentences = REPORTS[kind]
    Report.objects.create(kind=kind, made_on=date(2026, 1, 1), values={})
    Report.objects.create(
        kind=kind, made_on=date(2026, 2, 1), values=naming(values, named)
    )

    page = page_of(reading, "measure").content.decode()

    assert [sentence for sentence in sentences if sentence not in page] == []
    assert "Checked on 1 February 2026." in page
    assert page.count("Not checked yet.") == 2


@pytest.mark.parametrize("kind", Report.Kind.values)
def test_a_report_with_nothing_known_breaks_nothing(reading, kind):
    Report.objects.create(kind=kind, made_on=date(2026, 2, 1), values={})

    response = page_of(reading, "measure")

    assert response.status_code == 200
    assert "Checked on 1 February 2026." in response.content.decode()


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (0.89, "right. The ranges were wider than needed."),
        (0.9, "right. The ranges are as sure as they say."),
        (1.1, "right. The ranges are as sure as they say."),
        (1.11, "right. The ranges were too narrow: the next version widens them."),
    ],
)
def test_ranges_are_honest_inside_a_tenth(reading, ratio, verdict):
    Report.objects.create(
        kind=Report.Kind.HONESTY, made_on=date(2026, 2, 1), values={"ratio": ratio}
    )

    page = page_of(reading, "measure").content.decode()

    assert verdict in page


def test_a_report_that_says_itself_whether_ranges_are_honest_is_believed(reading):
    """Few placements: a ratio outside a tenth may be chance."""
    values = {"ratio": 1.2, "is_honest": True}
    Report.objects.create(
        kind=Report.Kind.HONESTY, made_on=date(2026, 2, 1), values=values
    )

    page = page_of(reading, "measure").content.decode()

    assert "The ranges are as sure as they say." in page
