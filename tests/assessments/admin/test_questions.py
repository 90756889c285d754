import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Question
from tests.assessments.admin.making import answers_of, make_figures, url
from tests.factories import make_question


def figures_page(client, question, **asked):
    return client.get(url("figures", question.pk), asked).content.decode()


@pytest.fixture
def question(framework):
    return make_question(reference="a1-essai")


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
