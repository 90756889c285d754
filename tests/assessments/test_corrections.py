import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from assessments import corrections
from assessments.attempts import pending_response, stop_attempt
from assessments.bank import current_parameters, tables
from assessments.corrections import correct_key, preview
from assessments.models import (
    Attempt,
    CorrectedResult,
    KeyCorrection,
    Question,
    QuestionVersion,
    Response,
)
from assessments.replay import values_of
from assessments.signals import check_finished
from assessments.starting import start_check, start_placement
from tests.assessments.test_replay import answer, take
from tests.factories import (
    make_frozen_bank,
    make_learner,
    make_person,
    make_question,
)


@pytest.fixture
def bank(db):
    return make_frozen_bank()


@pytest.fixture
def trainer(db):
    return make_person("Aïcha Moreau")


@pytest.fixture
def attempt(bank):
    return take(start_placement(make_learner(), "fr"), seed=4)


def moved_version(attempt):
    """Return a version of which the answer decides one of the attempt's ranges."""
    for response in attempt.responses.select_related("question_version"):
        if preview(response.question_version).changed_count:
            return response.question_version
    raise AssertionError("No answer of this attempt decides a range.")


def test_a_preview_changes_nothing(attempt):
    before = values_of(attempt.placements.all())

    found = preview(moved_version(attempt))

    assert (found.answer_count, found.result_count, found.changed_count) == (1, 1, 1)
    assert values_of(attempt.placements.all()) == before
    assert KeyCorrection.objects.count() == 0


def test_results_are_mended_and_what_had_been_said_is_kept(attempt, trainer):
    before = values_of(attempt.placements.all())
    version = moved_version(attempt)

    correct_key(version, trainer, "two answers were right")

    corrected = CorrectedResult.objects.get(attempt=attempt)
    assert corrected.before == before
    after = values_of(attempt.placements.all())
    assert after != before
    assert after[0]["answer_count"] == before[0]["answer_count"] - 1
    # The answer itself stays as it was given.
    assert attempt.responses.get(question_version=version).is_answered


def test_results_of_one_bank_are_mended_one_after_the_other(bank, trainer):
    """A bank takes longer to build than a result, and few are kept at a time."""
    version = bank[0].versions.get()
    sets = []
    for number in range(3):
        for _n in range(2):
            take(start_placement(make_learner(), "fr"), seed=4)
        sets.append(current_parameters().pk)
        bank[-1 - number].unpublish()
    Attempt.objects.filter(parameter_set=sets[0]).update(
        started_at=timezone.now() + timedelta(days=1)
    )
    first = Response.objects.filter(position=1)
    met = Response.objects.filter(question_version=version).values("attempt")
    first.exclude(attempt__in=list(met.values_list("attempt", flat=True))).update(
        question_version=version
    )

    keys = corrections.affected_attempts(version)

    found = Attempt.objects.in_bulk(keys)
    assert [found[key].parameter_set_id for key in keys] == sorted(sets * 2)


def test_a_learner_whose_range_changed_is_told_once(
    attempt, trainer, django_capture_on_commit_callbacks
):
    version = moved_version(attempt)

    with django_capture_on_commit_callbacks(execute=True):
        correct_key(version, trainer, "two answers were right")
        correct_key(version, trainer, "two answers were right")

    (message,) = mail.outbox
    assert message.to == [attempt.learner.email]
    assert str(attempt.pk) in message.body


def test_a_learner_whose_ranges_stay_is_not_troubled(
    attempt, trainer, django_capture_on_commit_callbacks
):
    version = next(
        response.question_version
        for response in attempt.responses.select_related("question_version")
        if not preview(response.question_version).changed_count
    )

    with django_capture_on_commit_callbacks(execute=True):
        correct_key(version, trainer, "a date was wrong")

    assert mail.outbox == []
    assert attempt.corrections.count() == 1


def test_another_learner_is_left_alone(bank, attempt, trainer):
    other = take(start_placement(make_learner(), "fr"), seed=11)
    met = set(other.responses.values_list("question_version", flat=True))
    version = next(
        response.question_version
        for response in attempt.responses.select_related("question_version")
        if response.question_version_id not in met
    )

    correct_key(version, trainer, "")

    assert other.corrections.count() == 0


def test_a_mail_that_cannot_be_sent_keeps_no_other_from_leaving(
    bank, trainer, one_seed, monkeypatch, django_capture_on_commit_callbacks
):
    attempts = [take(start_placement(make_learner(), "fr"), seed=4) for _n in range(3)]
    met = Response.objects.filter(attempt__in=attempts)
    version = max(
        QuestionVersion.objects.filter(pk__in=met.values("question_version")),
        key=lambda version: preview(version).changed_count,
    )
    told = preview(version).changed_count
    assert told > 1

    def send(subject, text, sender, recipients):
        tried.append(recipients)
        if len(tried) == 1:
            raise OSError("The mailbox is full.")

    tried = []
    monkeypatch.setattr("assessments.tasks.send_mail", send)

    with django_capture_on_commit_callbacks(execute=True):
        correct_key(version, trainer, "two answers were right")

    assert len(tried) == told


def test_a_result_left_with_too_few_answers_is_taken_back(
    bank, trainer, django_capture_on_commit_callbacks
):
    attempt = start_placement(make_learner(language="en"), "fr")
    for number in range(12):
        answer(attempt, [number % 2])
    stop_attempt(attempt)
    assert attempt.placements.exists()

    with django_capture_on_commit_callbacks(execute=True):
        correct_key(attempt.responses.first().question_version, trainer, "")

    assert not attempt.placements.exists()
    assert attempt.corrections.get().before != []
    (message,) = mail.outbox
    assert "your other answers are now too few" in message.body
    assert "with what it said before" not in message.body


def test_the_version_is_not_asked_until_the_question_is_published_again(bank, trainer):
    question = bank[0]
    version = question.versions.get()
    correct_key(version, trainer, "the key was the wrong one")
    assert version.pk not in tables(current_parameters().pk).versions

    question.stem_fr = "Une autre question ?"
    question.save_revision().publish()

    newest = question.versions.order_by("number").last()
    assert newest.pk in tables(current_parameters().pk).versions


def test_an_open_placement_goes_on_without_that_answer(bank, trainer):
    attempt = start_placement(make_learner(), "fr")
    for _number in range(3):
        answer(attempt, [0])
    correct_key(attempt.responses.first().question_version, trainer, "")

    take(attempt, seed=3)

    overall = attempt.placements.get(area=None)
    assert overall.answer_count == attempt.responses.count() - 1


# --- checks ---------------------------------------------------------------------------


@pytest.fixture
def check(bank):
    questions = [make_question(purpose=Question.Purpose.CHECK) for _n in range(3)]
    return start_check(make_learner(), "fr", uuid.uuid4(), questions, 3, 0.75)


def sit(check, wrong):
    for number in range(3):
        answer(check, [1] if number < wrong else [0])
    check.refresh_from_db()
    return check


@pytest.fixture
def ended():
    heard = []

    def hear(attempt, **kwargs):
        heard.append(attempt)

    check_finished.connect(hear)
    yield heard
    check_finished.disconnect(hear)


def test_a_check_is_passed_when_only_the_wrong_key_stood_against_it(
    check, trainer, ended
):
    sit(check, wrong=1)
    assert not check.is_passed
    ended.clear()

    correct_key(check.responses.get(position=1).question_version, trainer, "")

    check.refresh_from_db()
    assert (check.score, check.is_passed, ended) == (1.0, True, [check])


def test_a_check_once_passed_stays_passed(check, trainer, ended):
    sit(check, wrong=0)
    ended.clear()

    correct_key(check.responses.get(position=1).question_version, trainer, "")

    check.refresh_from_db()
    assert (check.score, ended) == (1.0, [])


def test_a_check_does_not_draw_a_version_with_a_wrong_key(bank, trainer):
    questions = [make_question(purpose=Question.Purpose.CHECK) for _n in range(3)]
    correct_key(questions[0].versions.get(), trainer, "")

    check = start_check(make_learner(), "fr", uuid.uuid4(), questions, 3, 0.75)

    assert check.responses.count() == 2
    assert pending_response(check).question_version.question in questions[1:]
    assert Attempt.objects.count() == 1
