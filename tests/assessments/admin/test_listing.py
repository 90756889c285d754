import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.corrections import correct_key
from assessments.models import Area, Competence, Question
from tests.assessments.admin.making import make_figures, url
from tests.factories import make_question


def listed(client, **filters):
    """Return {reference: question} of the lines that the list shows."""
    response = client.get(url("list"), filters)
    return {
        question.reference: question for question in response.context["object_list"]
    }


@pytest.fixture
def bank(framework):
    """One question in each state, named after it."""
    for name in ("live", "changed", "retired", "corrected"):
        make_question(reference=name)
    make_question(reference="draft", is_live=False)
    Question.objects.get(reference="retired").unpublish()
    changed = Question.objects.get(reference="changed")
    changed.stem_fr = "Autrement ?"
    changed.save_revision()
    correct_key(Question.objects.get(reference="corrected").versions.get(), None, "x")


@pytest.fixture
def waiting(bank, publisher):
    question = Question.objects.get(reference="draft")
    question.save_revision()
    question.get_workflow().start(question, publisher)


@pytest.mark.parametrize(
    ("state", "references"),
    [
        ("live", {"live", "changed", "corrected"}),
        ("draft", {"draft", "changed"}),
        ("review", {"draft"}),
        ("retired", {"retired"}),
        ("key_wrong", {"corrected"}),
    ],
)
def test_the_list_is_filtered_by_state(reading, waiting, state, references):
    assert set(listed(reading, state=state)) == references


def test_each_fact_of_a_line_carries_its_label_for_narrow_screens(reading, framework):
    question = make_question(competence="A1", level=2)
    make_figures(question.versions.get(), 40)

    page = reading.get(url("list")).content.decode()

    facts = re.findall(r'<td data-label="([^"]*)">(.*?)</td>', page)
    answers = f'<a href="{url("figures", question.pk)}">40</a>'
    assert facts == [
        ("Competence", "A1"),
        ("Level", "2"),
        ("Kind", "One right answer"),
        ("State", "Published"),
        ("Answers", answers),
    ]
    assert '<table class="listing bank-listing"' in page


def test_each_line_says_its_state_in_words(reading, waiting):
    from assessments.admin.listing import state_of

    found = {name: state_of(q) for name, q in listed(reading).items()}

    assert found == {
        "live": "Published",
        "changed": "Published, changes are not",
        "retired": "Retired",
        "corrected": "Published, its key was wrong",
        "draft": "Draft, waiting for approval",
    }


def test_the_list_is_filtered_by_place_and_kind(reading):
    make_question(reference="here", competence="B1", level=5, kind="ordering")
    make_question(reference="other-area", competence="A1", level=5, kind="ordering")
    make_question(reference="other-level", competence="B1", level=4, kind="ordering")
    make_question(reference="other-kind", competence="B1", level=5)
    make_question(
        reference="other-use",
        competence="B1",
        level=5,
        kind="ordering",
        purpose="check",
    )

    place = {"area": Area.objects.get(code="B").pk, "level": 5}
    kind = {"kind": "ordering", "purpose": "placement"}
    found = listed(reading, **place, **kind)

    assert set(found) == {"here"}
    competence = Competence.objects.get(code="A1").pk
    assert set(listed(reading, competence=competence)) == {"other-area"}


def test_the_list_is_filtered_by_language(reading):
    make_question(reference="both")
    make_question(reference="french", stem_en="")
    make_question(reference="draft-both", is_live=False)
    make_question(reference="draft-french", is_live=False, stem_en="")

    assert set(listed(reading, english="yes")) == {"both", "draft-both"}
    assert set(listed(reading, english="no")) == {"french", "draft-french"}


def test_the_list_is_filtered_by_flag_of_the_newest_version(reading):
    flagged, mended = make_question(reference="a"), make_question(reference="b")
    make_figures(flagged.versions.get(), flags=["misfit", "dead"])
    make_figures(mended.versions.get(), flags=["misfit"])
    mended.stem_fr = "Autrement ?"
    mended.save_revision().publish()

    assert set(listed(reading, flag="misfit")) == {"a"}
    assert set(listed(reading, flag="drift")) == set()


def test_a_search_works_together_with_a_filter(reading):
    make_question(reference="budget-1", stem_fr="Comment imprimer ?")
    make_question(reference="other", stem_fr="Que dire du budget ?")
    make_question(reference="budget-2", competence="B1")
    area = Area.objects.get(code="A").pk

    assert set(listed(reading, q="budget", area=area)) == {"budget-1", "other"}


def test_a_line_says_answers_and_flags_in_words(reading):
    question = make_question(reference="a")
    make_figures(question.versions.get(), 123, flags=["misfit"])

    page = reading.get(url("list")).content.decode()

    assert "123" in page
    assert "Answers do not follow the scale" in page
    assert url("figures", question.pk) in page


def test_the_list_asks_as_many_queries_for_thirty_as_for_one(reading):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            reading.get(url("list"))
        return len(captured)

    make_figures(make_question().versions.get(), flags=["misfit"])
    queries()  # what is asked once a process
    one = queries()
    for _number in range(29):
        make_figures(make_question().versions.get(), flags=["misfit"])

    assert len(listed(reading)) == 30
    assert queries() == one
    assert one <= 24


def test_the_list_is_still_exported(reading):
    make_question(reference="a1-essai", stem_fr='=HYPERLINK("https://ailleurs")')

    response = reading.get(url("list"), {"export": "csv"})

    exported = b"".join(response.streaming_content).decode()
    assert response["Content-Type"].startswith("text/csv")
    assert "a1-essai" in exported
    assert "'=HYPERLINK" in exported and ",=HYPERLINK" not in exported
