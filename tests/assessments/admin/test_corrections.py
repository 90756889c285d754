"""What the correction of a key shows before it is made, and does in bulk."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import corrections
from assessments.attempts import pending_response
from assessments.corrections import correct_key, preview
from assessments.models import Attempt, Question
from assessments.starting import start_check, start_placement
from tests.assessments.test_replay import answer, take
from tests.factories import make_frozen_bank, make_learner, make_question


@pytest.fixture
def placed(db):
    """Three finished placements, and a version that two of them rest on at least."""
    make_frozen_bank(per_area=4)
    attempts = [take(start_placement(make_learner(), "fr"), seed) for seed in (4, 5, 6)]
    met = [
        set(a.responses.values_list("question_version", flat=True)) for a in attempts
    ]
    both = sorted(met[0] & met[1])[0]
    return attempts, attempts[0].responses.get(question_version=both).question_version


def test_a_preview_is_the_same_however_many_are_held_in_memory(placed, monkeypatch):
    _attempts, version = placed
    whole = preview(version)

    monkeypatch.setattr(corrections, "AT_ONCE", 1)

    assert whole.result_count >= 2
    assert preview(version) == whole


def test_what_is_mended_is_what_the_preview_said(placed):
    _attempts, version = placed
    said = preview(version)

    correction = correct_key(version, None, "x")

    assert correction.results.count() == said.result_count
    changed = len(corrections.changed_learners(correction))
    assert changed == said.changed_count  # one placement each


def test_what_was_said_of_progress_is_taken_back_from_then_on(placed):
    (first, *_others), version = placed
    learner = first.learner
    days = {"before": -400, "after": 40}
    for name, day in days.items():
        at = first.finished_at + timedelta(days=day)
        days[name] = Attempt.objects.create(
            learner=learner,
            purpose=Attempt.Purpose.PLACEMENT,
            parameter_set=first.parameter_set,
            language="fr",
            seed=1,
            finished_at=at,
            progress=0.95,
        )
    stranger = Attempt.objects.create(
        learner=make_learner(),
        purpose=Attempt.Purpose.PLACEMENT,
        parameter_set=first.parameter_set,
        language="fr",
        seed=1,
        finished_at=timezone.now() + timedelta(days=50),
        progress=0.95,
    )
    Attempt.objects.filter(pk=first.pk).update(progress=0.92)

    correct_key(version, None, "x")

    kept = dict(Attempt.objects.values_list("pk", "progress"))
    assert [kept[days["before"].pk], kept[first.pk], kept[days["after"].pk]] == [
        0.95,
        None,
        None,
    ]
    assert kept[stranger.pk] == 0.95


def test_checks_of_a_preview_are_those_that_are_mended(db):
    make_frozen_bank(per_area=1)
    questions = [make_question(purpose=Question.Purpose.CHECK) for _n in range(4)]
    version = questions[0].versions.get()

    def sit(wrong):
        """Answer wrong to the version and to `wrong` others."""
        check = start_check(make_learner(), "fr", uuid.uuid4(), questions, 4, 0.6)
        others = wrong
        while response := pending_response(check):
            is_it = response.question_version_id == version.pk
            is_wrong = is_it or others > 0
            others -= is_wrong and not is_it
            answer(check, [1] if is_wrong else [0])
        check.refresh_from_db()
        return check

    passed_already, passed_after_all, higher, same = map(sit, [0, 1, 2, 3])
    found = preview(version)

    assert (found.check_count, found.passed_count) == (3, 1)
    correct_key(version, None, "x")
    for check, score in [
        (passed_already, 1.0),
        (passed_after_all, 2 / 3),
        (higher, 1 / 3),
        (same, 0.0),
    ]:
        check.refresh_from_db()
        assert check.score == pytest.approx(score)
    assert (passed_after_all.is_passed, higher.is_passed) == (True, False)
