from datetime import timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments import calibrating, placement
from assessments.bank import current_parameters, tables
from assessments.calibrating import (
    calibrate,
    count_afresh,
    count_attempts,
    counted_versions,
    sums_of_rows,
)
from assessments.corrections import correct_key
from assessments.models import (
    AnswerSum,
    Attempt,
    Calibration,
    ParameterSet,
    Placement,
    QuestionVersion,
    Response,
)
from tests.factories import make_frozen_bank, make_learner

HARDER = 1.0  # how much harder than their authors believe the questions of area A are


@pytest.fixture
def bank(db):
    return make_frozen_bank()


@pytest.fixture
def parameters(bank):
    return current_parameters()


def past_placements(parameters, count, seed=1, asked=24):
    """Store finished placements of simulated learners, questions drawn at random."""
    its_tables = tables(parameters.pk)
    generator = np.random.default_rng(seed)
    versions = QuestionVersion.objects.in_bulk(its_tables.versions)
    seeds = np.array(
        [
            placement.author_difficulty(versions[pk].level)
            + HARDER * (its_tables.bank.area[row] == 0)
            for row, pk in enumerate(its_tables.versions)
        ]
    )
    learner = make_learner()
    now = timezone.now()
    for number in range(count):
        attempt = Attempt.objects.create(
            learner=learner,
            purpose="placement",
            parameter_set=parameters,
            language="fr",
            seed=number,
            finished_at=now + timedelta(seconds=number),
            end_reason="precise",
        )
        place = generator.normal(0, 1.25)
        rows = generator.permutation(len(seeds))[:asked]
        luck = its_tables.bank.guessing[rows]
        chance = luck + (1 - luck) / (1 + np.exp(seeds[rows] - place))
        right = generator.random(asked) < chance
        Response.objects.bulk_create(
            Response(
                attempt=attempt,
                position=position,
                question_version_id=its_tables.versions[row],
                answered_at=now,
                answer=[0],
                score=float(is_right),
            )
            for position, (row, is_right) in enumerate(zip(rows, right, strict=True), 1)
        )
        Placement.objects.create(
            attempt=attempt, low=2, high=4, probability=0.9, answer_count=asked
        )


def test_each_placement_is_counted_once(parameters):
    past_placements(parameters, 3)

    assert count_attempts() == 3
    assert count_attempts() == 0
    assert sum(AnswerSum.objects.values_list("answer_count", flat=True)) == 3 * 24


def test_a_run_cut_short_goes_on_where_it_stopped(parameters, monkeypatch):
    past_placements(parameters, 5)
    monkeypatch.setattr(calibrating, "AT_ONCE", 2)

    def cut(done):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        count_attempts(cut)
    assert Attempt.objects.exclude(counted_at=None).count() == 2

    assert count_attempts() == 3
    assert sum(AnswerSum.objects.values_list("answer_count", flat=True)) == 5 * 24


def test_each_answer_adds_one_learner_to_its_question(parameters):
    past_placements(parameters, 3)
    count_attempts()

    rows = list(AnswerSum.objects.all())
    sums = sums_of_rows(rows)

    assert sums.expected.sum(axis=1) == pytest.approx(sums.count)
    assert sums.luck == pytest.approx(sums.count)  # nobody said "I don't know"
    right = Response.objects.filter(score=1).count()
    assert sums.right.sum() == pytest.approx(right)


def test_short_and_open_placements_teach_nothing(parameters):
    past_placements(parameters, 2)
    Placement.objects.all().delete()

    assert count_attempts() == 0


def test_a_wrong_key_teaches_nothing(parameters):
    past_placements(parameters, 2)
    version = Response.objects.first().question_version
    correct_key(version, None, "")

    count_attempts()

    assert not AnswerSum.objects.filter(question_version=version).exists()


def test_nothing_is_estimated_under_thirty_answers(parameters):
    past_placements(parameters, 3)
    count_attempts()

    assert calibrate() is None
    assert Calibration.objects.count() == 0


@pytest.fixture
def counted(parameters):
    past_placements(parameters, 150)
    count_attempts()
    return parameters


def test_questions_that_are_harder_than_believed_are_found(counted):
    outcome = calibrate()

    moved = outcome.after.difficulty - outcome.before.difficulty
    is_harder = calibrating.areas_of(outcome.versions) == 0
    assert outcome.is_published
    assert moved[is_harder].mean() - moved[~is_harder].mean() > 0.4
    # At the first calibration the scale stays that of the authors.
    often = outcome.counts >= 100
    if often.any():
        assert moved[often].mean() == pytest.approx(0, abs=1e-9)


def test_new_placements_use_what_was_learnt_and_old_ones_keep_theirs(counted):
    before = current_parameters()
    outcome = calibrate()

    after = current_parameters()

    assert (before.calibration, after.calibration.number) == (None, 1)
    assert after.number == before.number + 1
    kept = dict(before.parameters.values_list("question_version", "difficulty"))
    learnt = dict(after.parameters.values_list("question_version", "difficulty"))
    for row, version in enumerate(outcome.versions):
        assert kept[version.pk] == pytest.approx(outcome.before.difficulty[row])
        assert learnt[version.pk] == pytest.approx(outcome.after.difficulty[row])
    assert set(kept) == set(learnt)


def test_a_dry_run_writes_nothing(counted):
    outcome = calibrate(is_dry_run=True)

    assert (outcome.is_published, outcome.why) == (False, "")
    assert Calibration.objects.count() == 0


def test_a_second_run_changes_nothing(counted):
    calibrate()
    Calibration.objects.update(made_at=timezone.now() - timedelta(days=8))

    outcome = calibrate()

    assert not outcome.is_published
    assert outcome.why == "No question with 30 answers moved by more than 0.1."


def test_estimates_change_once_a_week_at_most(counted):
    calibrate()

    assert calibrate().why == "The last calibration is less than a week old."


def test_only_the_wording_changed_keeps_what_was_learnt_with_a_wider_doubt(counted):
    outcome = calibrate()
    version = outcome.versions[0]
    question = version.question
    question.stem_fr = "La même question, mieux dite ?"
    question.is_wording_only = True
    question.save_revision().publish()

    again = question.versions.get(number=2)
    believed = current_parameters().parameters.get(question_version=again)

    assert believed.difficulty == pytest.approx(outcome.after.difficulty[0])
    assert believed.difficulty_sd == max(0.3, outcome.after.difficulty_sd[0])
    question.refresh_from_db()
    assert question.is_wording_only is False


def test_another_change_starts_afresh_from_the_authors_level(counted):
    version = calibrate().versions[0]
    question = version.question
    question.stem_fr = "Une autre question ?"
    question.save_revision().publish()

    again = question.versions.get(number=2)
    believed = current_parameters().parameters.get(question_version=again)

    assert believed.difficulty == placement.author_difficulty(version.level)
    assert believed.difficulty_sd == 0.5


def test_who_learners_are_is_learnt_from_three_hundred_placements(
    parameters, monkeypatch
):
    monkeypatch.setattr(calibrating, "ATTEMPTS_FOR_POPULATION", 300)
    past_placements(parameters, 300)
    count_attempts()

    calibrate()

    learnt = placement.Settings.from_dict(current_parameters().settings)
    assert learnt.prior_sd >= 1.25
    assert abs(learnt.prior_mean) < 0.5
    assert learnt.prior_correlation > 0.5  # one position for all six areas here
    assert ParameterSet.objects.filter(calibration=None).count() == 1


def test_all_sums_made_again_agree_with_the_running_ones(counted):
    _versions, rows = counted_versions()
    running = sums_of_rows(rows)

    count_afresh()

    again = sums_of_rows(counted_versions()[1])
    assert again.count == pytest.approx(running.count)
    assert again.right.sum() == pytest.approx(running.right.sum())


# --- the command ----------------------------------------------------------------------


def run(*options):
    out = StringIO()
    call_command("calibrate_questions", *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_says_what_it_did_and_is_safe_to_run_twice(parameters):
    past_placements(parameters, 150)

    first, second = run("--afresh"), run()

    assert first.startswith(
        "Placements added to the sums: 150.\nAnswers summed again: "
    )
    assert first.endswith("In force: placements that begin now use them.\n")
    assert second.startswith("Placements added to the sums: 0.\n")
    assert "Not put in force. The last calibration is less than a week old." in second


def test_the_command_tries_without_writing(parameters):
    past_placements(parameters, 2)

    said = run("--dry-run")

    assert said.startswith("Placements that a real run would add: 2.\n")
    assert AnswerSum.objects.count() == 0
