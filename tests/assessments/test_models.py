import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils.translation import override

from assessments.attempts import (
    pending_response,
)
from assessments.models import Attempt, Level, Question, QuestionVersion
from assessments.models.framework import band_of
from assessments.models.questions import content_of, problems_of
from assessments.starting import (
    start_placement,
)
from tests.factories import (
    make_framework,
    make_frozen_bank,
    make_learner,
    make_question,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(db):
    make_framework()
    return make_question()


# --- versions -------------------------------------------------------------------------


def test_publishing_makes_a_version_with_all_that_learners_see(question):
    version = question.versions.get()

    assert (version.number, version.kind, version.level) == (1, "single", 3)
    assert version.competence.code == "A1"
    assert version.key == [0]
    assert version.content["topic"] == question.topic
    assert version.in_language("en") == {
        "stem": question.stem_en,
        "choices": [
            {"text": f"answer {n}", "match": "", "why": f"because {n}"}
            for n in range(4)
        ],
    }


def test_a_draft_has_no_version(db):
    make_framework()

    assert make_question(is_live=False).versions.count() == 0


def test_publishing_the_same_content_makes_no_new_version(question):
    question.save_revision().publish()

    assert question.versions.count() == 1


def change_stem(question):
    question.stem_en = "Another question?"


def change_level(question):
    question.level = 6


def change_key(question):
    choices = list(question.choices.all())
    choices[0].is_right, choices[1].is_right = False, True
    question.choices = choices


def change_order(question):
    choices = list(question.choices.all())
    for place, choice in enumerate(reversed(choices)):
        choice.sort_order = place
    question.choices = choices


@pytest.mark.parametrize(
    "change", [change_stem, change_level, change_key, change_order]
)
def test_publishing_a_change_makes_the_next_version(question, change):
    change(question)
    question.save_revision().publish()

    assert [v.number for v in question.versions.order_by("number")] == [1, 2]


def test_going_back_to_an_old_content_is_a_version_too(question):
    stem = question.stem_fr
    for text in ("Autre ?", stem):
        question.stem_fr = text
        question.save_revision().publish()

    latest = question.versions.get(number=3)
    assert latest.content == question.versions.get(number=1).content


def test_a_version_is_never_changed(question):
    version = question.versions.get()
    version.level = 8

    with pytest.raises(TypeError, match="publish a new one"):
        version.save()

    assert question.versions.get().level == 3


def test_a_version_keeps_its_question_and_an_answer_keeps_its_version(db):
    make_frozen_bank(per_area=1)
    response = pending_response(start_placement(make_learner(), "fr"))

    with pytest.raises(ProtectedError):
        response.question_version.question.delete()
    with pytest.raises(ProtectedError):
        response.question_version.delete()


def test_two_versions_never_bear_one_number(question):
    version = question.versions.get()
    with pytest.raises(IntegrityError):
        QuestionVersion.objects.create(
            question=question,
            number=version.number,
            kind=version.kind,
            level=version.level,
            competence=version.competence,
            content=version.content,
            checksum="other",
        )


def test_a_rewritten_revision_does_not_change_what_learners_get(question):
    live = question.latest_revision
    question.stem_fr = "Brouillon enregistré tout seul ?"
    question.save_revision(overwrite_revision=live)

    live.refresh_from_db()
    assert live.content["stem_fr"] == "Brouillon enregistré tout seul ?"
    assert question.versions.get().content["fr"]["stem"] != question.stem_fr


def test_a_language_that_is_not_complete_is_left_out(db):
    make_framework()
    question = make_question(is_live=False)
    choices = list(question.choices.all())
    choices[2].why_en = "  "
    question.choices = choices

    version = question.freeze()

    assert not version.has_language("en")
    assert version.in_language("en") == version.content["fr"]


# --- what is missing ------------------------------------------------------------------


def content(stem="?", key=(0,), **changes):
    choices = [{"text": "t", "why": "w", "match": "m"} for _n in range(3)]
    for place, change in changes.items():
        choices[int(place[1])] |= change
    return {"fr": {"stem": stem, "choices": choices}, "key": list(key)}


PROBLEMS = [
    ("single", content(), []),
    ("single", content(stem=""), ["Write the question in French."]),
    ("single", content(key=()), ["Mark exactly one answer as right."]),
    ("single", content(key=(0, 1)), ["Mark exactly one answer as right."]),
    (
        "multiple",
        content(key=(0, 1, 2)),
        ["Mark at least one answer as right, and not all of them."],
    ),
    (
        "multiple",
        content(key=()),
        ["Mark at least one answer as right, and not all of them."],
    ),
    ("single", content(c1={"text": ""}), ["Answer 2: write its text in French."]),
    ("single", content(c2={"why": ""}), ["Answer 3: explain it in French."]),
    ("single", content(c0={"match": ""}), []),
    (
        "matching",
        content(key=(0, 1, 2), c0={"match": ""}),
        ["Answer 1: say what it goes with."],
    ),
    ("ordering", content(key=(0, 1, 2)), []),
    (
        "ordering",
        {"fr": {"stem": "?", "choices": []}, "key": []},
        ["Give at least two answers."],
    ),
]


@pytest.mark.parametrize(("kind", "question_content", "sentences"), PROBLEMS)
def test_what_is_missing_is_said(kind, question_content, sentences):
    with override("en"):
        found = [str(problem) for problem in problems_of(question_content, kind)]

    assert found == sentences


@pytest.mark.parametrize("kind", Question.Kind.values)
def test_a_complete_question_of_each_kind_can_be_asked(db, kind):
    make_framework()
    question = make_question(kind, is_live=False)

    assert problems_of(content_of(question), kind) == []


def test_an_incomplete_question_makes_no_version(db):
    make_framework()
    question = make_question(is_live=False, choices=1)

    with pytest.raises(ValidationError):
        question.freeze()

    assert question.versions.count() == 0


# --- framework and attempts -----------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "band"),
    [
        (1, "Foundation"),
        (2, "Foundation"),
        (3, "Intermediate"),
        (6, "Advanced"),
        (7, "Specialised"),
        (8, "Specialised"),
    ],
)
def test_two_levels_make_a_band(level, band):
    with override("en"):
        assert str(band_of(level)) == band


@pytest.mark.parametrize("number", [0, 9])
def test_the_database_knows_eight_levels(number):
    with pytest.raises(IntegrityError):
        Level.objects.create(number=number, meaning_fr="x", meaning_en="x")


def test_the_database_refuses_an_attempt_about_nothing(learner):
    with pytest.raises(IntegrityError):
        Attempt.objects.create(learner=learner, purpose="check", language="fr", seed=1)


@pytest.mark.parametrize(
    ("score", "pass_mark", "is_passed"),
    [
        (0.75, 0.75, True),
        (0.1 + 0.2 + 0.4, 0.7, True),
        (0.7499, 0.75, False),
        (None, 0.75, False),
        (0.9, None, False),
    ],
)
def test_a_check_is_passed_at_its_pass_mark(score, pass_mark, is_passed):
    assert Attempt(score=score, pass_mark=pass_mark).is_passed is is_passed
