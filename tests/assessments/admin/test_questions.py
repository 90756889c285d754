import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.attempts import pending_response
from assessments.corrections import correct_key, preview
from assessments.models import KeyCorrection, Question
from assessments.starting import start_check, start_placement
from tests.assessments.admin.making import make_figures, url
from tests.assessments.test_replay import answer, take
from tests.factories import make_frozen_bank, make_learner, make_question


def figures_page(client, question, **asked):
    return client.get(url("figures", question.pk), asked).content.decode()


@pytest.fixture
def question(framework):
    return make_question(reference="a1-essai")


def answers_of(version, count):
    """Store answers of learners to one version, through checks."""
    for number in range(count):
        learner = make_learner(name=f"Prénom{number} Nom")
        check = start_check(
            learner, "fr", uuid.uuid4(), [version.question], 1, pass_mark=0.5
        )
        answer(check, [0])


# --- the figures ----------------------------------------------------------------------


def test_figures_are_pictures_a_table_and_sentences(reading, question):
    make_figures(question.versions.get(), 40, flags=["misfit", "key_beaten"])

    page = figures_page(reading, question)

    assert page.count('<svg class="bank-') == 2
    assert page.count("</title>") == 3  # of the page and of each picture
    assert "From 40 answers" in page
    assert "55%, 58% expected" in page
    assert "<td>4.8</td>" in page
    beaten = page.index("The strongest prefer another answer")
    assert beaten < page.index("Answers do not follow the scale")
    assert "Check the key first." in page


@pytest.mark.parametrize(
    ("answer_count", "sentence"),
    [
        (29, "Figures come from 30 answers; there are 29."),
        (1, "Figures come from 30 answers; there is 1."),
        (30, "From 30 answers"),
    ],
)
def test_figures_appear_from_thirty_answers(reading, question, answer_count, sentence):
    make_figures(question.versions.get(), answer_count, flags=["misfit"])

    page = figures_page(reading, question)

    assert sentence in page
    assert ("55%, 58% expected" in page) is (answer_count >= 30)
    assert ("Answers do not follow the scale" in page) is (answer_count >= 30)


def test_before_figures_are_computed_the_answers_are_counted(reading):
    question = make_question(purpose=Question.Purpose.CHECK)
    answers_of(question.versions.get(), 3)

    page = figures_page(reading, question)

    assert "Figures come from 30 answers; there are 3." in page
    assert "3 answers, asked now." in page


def test_a_question_never_published_says_so(reading):
    question = make_question(is_live=False)

    assert "nobody has answered it yet" in figures_page(reading, question)


def test_no_learner_is_named(reading):
    question = make_question(purpose=Question.Purpose.CHECK)
    answers_of(question.versions.get(), 3)
    make_figures(question.versions.get(), 40)

    assert "Prénom" not in figures_page(reading, question)


def test_the_newest_version_with_figures_is_shown_unless_another_is_asked(
    reading, question
):
    make_figures(question.versions.get(), 40)
    question.stem_fr = "Autrement ?"
    question.save_revision().publish()

    assert "<h2>Version 1</h2>" in figures_page(reading, question)
    second = figures_page(reading, question, version=2)
    assert "<h2>Version 2</h2>" in second
    assert "there are 0." in second
    assert "<h2>Version 1</h2>" in figures_page(reading, question, version="x")
    assert "<h2>Version 1</h2>" in figures_page(reading, question, version=9)


def test_versions_stand_with_what_changed(reading, framework):
    question = make_question(stem_fr="Que faire ensuite ?")
    question.stem_fr, question.is_wording_only = "Que dire ensuite ?", True
    question.save_revision().publish()

    page = figures_page(reading, question)

    assert "<td>Que <del>faire</del> ensuite ?</td>" in page
    assert "<td>Que <ins>dire</ins> ensuite ?</td>" in page
    assert "only the wording of version 1 changed" in page


def test_the_figures_page_asks_as_many_queries_for_four_versions_as_for_two(
    reading, question
):
    def publish(stem):
        question.stem_fr = stem
        question.save_revision().publish()
        version = question.versions.order_by("number").last()
        make_figures(version, flags=["misfit"])

    def queries():
        with CaptureQueriesContext(connection) as captured:
            figures_page(reading, question)
        return len(captured)

    publish("Deux ?")
    queries()  # what is asked once a process
    two = queries()
    publish("Trois ?")
    publish("Quatre ?")

    assert question.versions.count() == 4
    assert queries() == two


# --- the key was wrong ----------------------------------------------------------------


@pytest.fixture
def placed(framework):
    """A finished placement, and a version of which its range rests on the answer."""
    make_frozen_bank()
    attempt = take(start_placement(make_learner(), "fr"), seed=4)
    for response in attempt.responses.select_related("question_version__question"):
        if preview(response.question_version).changed_count:
            return attempt, response.question_version
    raise AssertionError("No answer of this attempt decides a range.")


def ask(client, version, reason="two were right", **more):
    data = {"version": version.pk, "reason": reason} | more
    return client.post(url("key_wrong", version.question_id), data)


def test_what_would_change_is_shown_before_anything_does(publishing, placed):
    attempt, version = placed

    response = ask(publishing, version)

    found = response.context["found"]
    assert (found["answers"], found["results"], found["changed"]) == (
        *("fewer than 8", "fewer than 8", "fewer than 8"),
    )
    assert "Nothing has been changed yet." in response.content.decode()
    assert KeyCorrection.objects.count() == attempt.corrections.count() == 0


def test_a_correction_is_made_when_it_is_confirmed(publishing, publisher, placed):
    attempt, version = placed

    response = ask(publishing, version, is_confirmed="on")

    correction = KeyCorrection.objects.get()
    assert (correction.question_version, correction.made_by, correction.reason) == (
        *(version, publisher, "two were right"),
    )
    assert attempt.corrections.count() == 1
    page = publishing.get(response["Location"]).content.decode()
    assert "Results computed again: fewer than 8." in page
    assert "Next: correct the question and publish it." in page
    assert "two were right" in page


def test_a_correction_says_what_was_wrong(publishing, placed):
    _attempt, version = placed

    response = ask(publishing, version, reason="  ", is_confirmed="on")

    assert response.context["form"].errors["reason"] == ["This field is required."]
    assert KeyCorrection.objects.count() == 0


def test_a_version_of_another_question_is_refused(publishing, placed):
    _attempt, version = placed
    other = make_question()

    data = {"version": version.pk, "reason": "x", "is_confirmed": "on"}
    response = publishing.post(url("key_wrong", other.pk), data)

    assert "version" in response.context["form"].errors
    assert KeyCorrection.objects.count() == 0


def test_who_only_writes_corrects_nothing(reading, placed):
    _attempt, version = placed

    assert ask(reading, version, is_confirmed="on").status_code == 403
    assert KeyCorrection.objects.count() == 0


def test_the_newest_version_with_answers_is_proposed(publishing):
    question = make_question(purpose=Question.Purpose.CHECK)
    first = question.versions.get()
    answers_of(first, 1)
    for stem in ("Deux ?", "Trois ?"):
        question.stem_fr = stem
        question.save_revision().publish()

    form = publishing.get(url("key_wrong", question.pk)).context["form"]

    proposed = [version.number for version in form.fields["version"].queryset]
    assert proposed == [1, 3, 2]


def test_a_corrected_version_is_not_proposed_again(publishing, question):
    correct_key(question.versions.get(), None, "x")

    page = publishing.get(url("key_wrong", question.pk)).content.decode()

    assert "has already been corrected" in page
    assert "Show what this would change" not in page


def test_checks_are_in_the_preview(publishing):
    question = make_question(purpose=Question.Purpose.CHECK)
    others = [make_question(purpose=Question.Purpose.CHECK) for _n in range(2)]
    version = question.versions.get()
    for number in range(9):
        learner = make_learner()
        check = start_check(
            learner, "fr", uuid.uuid4(), [question, *others], 3, pass_mark=0.75
        )
        while response := pending_response(check):
            is_it = response.question_version_id == version.pk
            answer(check, [1] if is_it and number < 8 else [0])

    found = ask(publishing, version).context["found"]

    assert preview(version).check_count == preview(version).passed_count == 8
    assert (found["answers"], found["results"]) == ("9", "0")
    assert (found["checks"], found["passed"]) == ("8", "8")
