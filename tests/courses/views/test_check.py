"""The check of a module, taken through its pages."""

import re

import pytest

from assessments.models import Attempt, Question
from certificates.life import revoke
from certificates.models import Event
from courses.models import CheckQuestion, StepDone
from tests.courses.addresses import address, page_address
from tests.courses.factories import check_of, make_attempt, steps_of
from tests.courses.sitting import answer, begin, read, sit
from tests.factories import add_lesson, make_module, make_question, step_key

FAILURE = re.compile(
    r"échou|échec|raté|recal|insuffisant|fail|wrong answer|insufficient", re.IGNORECASE
)


@pytest.fixture
def check(client, learner, module):
    client.force_login(learner)
    return check_of(module)


def two_questions_a_topic(check, topics=3):
    """Give a check two variants of each topic; returns {question id: topic}."""
    questions = [
        make_question(purpose=Question.Purpose.CHECK, topic=f"t{number % topics}")
        for number in range(2 * topics)
    ]
    check.check_questions = [CheckQuestion(question=q) for q in questions]
    check.draw = topics
    check.save_revision().publish()
    return {question.pk: question.topic for question in questions}


def asked(attempt):
    return set(attempt.responses.values_list("question_version__question", flat=True))


def test_one_question_of_each_topic_is_drawn(client, check):
    topics = two_questions_a_topic(check)

    attempt = begin(client, check)

    assert sorted(topics[pk] for pk in asked(attempt)) == ["t0", "t1", "t2"]
    assert attempt.to_go == 3


def test_the_next_sitting_asks_the_other_questions(client, check):
    topics = two_questions_a_topic(check)
    first = asked(sit(client, check, wrong=3))

    second = asked(begin(client, check))

    assert second == topics.keys() - first


def test_beginning_twice_leads_to_the_same_sitting(client, check):
    attempt = begin(client, check)
    answer(client, attempt, 0)

    assert begin(client, check) == attempt
    assert attempt.responses.exclude(answered_at=None).count() == 1


def test_questions_taken_off_the_site_are_not_asked(client, check):
    retired = check.check_questions.first().question
    retired.unpublish()

    assert retired.pk not in asked(begin(client, check))


def test_a_check_without_questions_says_so(client, check):
    for row in check.check_questions.all():
        row.question.unpublish()

    response = client.post(
        address("courses:begin_check", check.translation_key), follow=True
    )

    assert response.redirect_chain == [(page_address(check), 302)]
    assert len(response.context["messages"]) == 1
    assert not Attempt.objects.exists()


def test_a_passed_check_marks_the_step(client, learner, check):
    attempt = sit(client, check, wrong=1)

    assert attempt.score == 0.75
    step = StepDone.objects.get()
    assert (step.learner, step.step_key) == (learner, check.translation_key)


def test_a_check_that_is_not_passed_marks_nothing(client, check):
    sit(client, check, wrong=2)

    assert not StepDone.objects.exists()


def test_a_second_sitting_that_is_not_passed_takes_nothing_back(client, check):
    sit(client, check)
    sit(client, check, wrong=4)

    assert StepDone.objects.count() == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_not_passed_is_not_yet_and_never_a_failure(client, check, language):
    make_module("en", lessons=0, questions=1)
    attempt = sit(client, check, wrong=4)

    result = client.get(
        address("courses:check_result", attempt.pk, language=language)
    ).content.decode()

    words = re.sub(r"<[^>]+>", " ", result)
    assert FAILURE.search(words) is None
    assert re.search("not .*yet" if language == "en" else "pas encore", words)
    again = address("courses:begin_check", check.translation_key, language=language)
    assert f'action="{again}"' in result


def test_a_passed_check_says_what_is_left(client, module, check):
    attempt = sit(client, check)
    first, second = steps_of(module)

    before = client.get(address("courses:check_result", attempt.pk))
    for lesson in (first, second):
        read(client, lesson)
    after = client.get(address("courses:check_result", attempt.pk))

    assert [s.url for s in before.context["steps_left"]] == [
        page_address(first),
        page_address(second),
    ]
    assert after.context["steps_left"] == []
    mine = address("certificates:for_module", module.translation_key)
    assert mine not in before.content.decode()
    assert mine in after.content.decode()
    assert client.get(mine).status_code == 302


ISSUED = "Your attestation is issued"
WALLET = address("certificates:mine", language="en")


def result_of(client, attempt):
    """Return the page of a result in English, between its headings and its foot."""
    page = client.get(address("courses:check_result", attempt.pk, language="en"))
    html = page.content.decode()
    return html[html.index("<main") : html.index("</main>")]


def complete(client, check, wrong=0):
    for lesson in steps_of(check.get_parent()):
        read(client, lesson)
    return sit(client, check, wrong)


def test_a_result_says_issued_once_there_is_an_attestation(client, learner, check):
    attempt = complete(client, check)

    page = result_of(client, attempt)

    assert learner.certificates.count() == 1
    assert ISSUED in page
    assert f'href="{WALLET}"' not in page


def test_a_name_that_cannot_be_printed_leads_to_where_it_is_mended(
    client, learner, check
):
    learner.name = "Awa \U0001f600"
    learner.save()
    attempt = complete(client, check)

    page = result_of(client, attempt)
    wallet = client.get(WALLET).content.decode()

    assert not learner.certificates.exists()
    assert ISSUED not in page
    assert "Its attestation is not issued yet" in page
    assert f'href="{WALLET}"' in page
    assert "We have no letters to print" in wallet
    learner.name = "Awa Ndiaye"
    learner.save()
    client.post(
        address("certificates:issue_module", check.get_parent().translation_key)
    )
    assert ISSUED in result_of(client, attempt)


def test_a_result_does_not_praise_an_attestation_that_was_withdrawn(
    client, learner, check, trainer
):
    attempt = complete(client, check)
    revoke(learner.certificates.get(), trainer, Event.Reason.MISTAKE)

    page = result_of(client, attempt)

    assert ISSUED not in page
    assert "does not count any more" in page
    assert f'href="{WALLET}"' in page


def test_the_attestation_of_another_learner_is_nobody_elses(
    client, other_learner, check
):
    complete(client, check)
    client.force_login(other_learner)

    page = result_of(client, sit(client, check))

    assert not other_learner.certificates.exists()
    assert ISSUED not in page
    assert "Still to do before the attestation" in page


def test_a_lesson_added_later_does_not_take_the_attestation_from_the_page(
    client, module, check
):
    attempt = complete(client, check)
    add_lesson(module, 3)

    page = result_of(client, attempt)

    assert ISSUED in page
    assert "Still to do before the attestation" not in page


def test_a_result_counts_the_right_answers(client, check):
    attempt = sit(client, check, wrong=1)

    shown = client.get(address("courses:check_result", attempt.pk)).context

    assert (shown["right_count"], shown["total"]) == (3, 4)
    assert [competence.code for competence in shown["to_review"]] == ["A1"]


def test_the_result_of_another_learner_is_not_there(client, other_learner, check):
    attempt = sit(client, check)
    client.force_login(other_learner)

    response = client.get(address("courses:check_result", attempt.pk))

    assert response.status_code == 404


def test_an_open_sitting_has_no_result_yet(client, check):
    attempt = begin(client, check)

    response = client.get(address("courses:check_result", attempt.pk))

    assert response.status_code == 404


def test_the_page_of_a_check_leads_to_what_was_begun(client, learner, check):
    attempt = begin(client, check)
    open_page = client.get(page_address(check)).content.decode()
    assert address("assessments:question", attempt.pk) in open_page
    Attempt.objects.all().delete()
    finished = make_attempt(learner, check, 0.5)

    page = client.get(page_address(check)).content.decode()

    assert address("courses:check_result", finished.pk) in page
    assert address("courses:begin_check", step_key(check.get_parent(), "check")) in page
