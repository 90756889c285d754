from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments.bank import current_parameters
from assessments.exposure import update_exposure
from assessments.models import Attempt, Exposure, QuestionVersion, Response
from assessments.placement import Settings
from tests.factories import make_frozen_bank, make_learner, make_question

pytestmark = pytest.mark.django_db
TARGET = 0.35


@pytest.fixture
def versions(db):
    make_frozen_bank(per_area=1)
    return list(QuestionVersion.objects.order_by("pk"))


def take(met, withheld=(), is_finished=True, **fields):
    """Store a placement that met some question versions."""
    attempt = Attempt.objects.create(
        learner=make_learner(),
        purpose=Attempt.Purpose.PLACEMENT,
        parameter_set=current_parameters(),
        seed=1,
        withheld=[version.pk for version in withheld],
        finished_at=timezone.now() if is_finished else None,
        **fields,
    )
    Response.objects.bulk_create(
        Response(
            attempt=attempt,
            position=position,
            question_version=version,
            answered_at=timezone.now(),
            score=1,
        )
        for position, version in enumerate(met, start=1)
    )


def eligibility():
    return dict(Exposure.objects.values_list("question_version", "eligibility"))


def test_a_question_met_too_often_is_offered_less(versions):
    often, rarely, never = versions[:3]
    for number in range(10):
        take([often, rarely] if number < 2 else [often])

    assert update_exposure() == 1

    kept = eligibility()
    assert kept[often.pk] == pytest.approx(TARGET)  # offered always, met always
    assert (kept[rarely.pk], kept[never.pk]) == (1.0, 1.0)
    assert set(kept) == {version.pk for version in versions}


def test_how_often_it_was_offered_counts(versions):
    spared = versions[0]
    Exposure.objects.create(
        question_version=spared,
        eligibility=0.5,
        revised_at=timezone.now() - timedelta(days=1),
    )
    for number in range(10):
        take([spared], []) if number < 5 else take([], [spared])

    update_exposure()

    # Offered to half and met by all of these: 0.5 * 0.35 / 0.5.
    assert eligibility()[spared.pk] == pytest.approx(TARGET)


def test_a_question_met_seldom_is_offered_a_quarter_more(versions):
    spared = versions[0]
    Exposure.objects.create(
        question_version=spared,
        eligibility=0.4,
        revised_at=timezone.now() - timedelta(days=1),
    )
    take([], [spared])

    assert update_exposure() == 1
    assert eligibility()[spared.pk] == pytest.approx(0.5)


def test_the_floor_keeps_every_question_alive(versions):
    busy = versions[0]
    settings = Settings(exposure_target=0.001)
    take([busy])

    update_exposure(settings)

    assert eligibility()[busy.pk] == settings.exposure_floor


def test_a_second_run_without_a_new_placement_changes_nothing(versions):
    spared = versions[0]
    Exposure.objects.create(
        question_version=spared,
        eligibility=0.4,
        revised_at=timezone.now() - timedelta(days=1),
    )
    take([], [spared])
    update_exposure()
    before = eligibility()

    assert update_exposure() == 0
    assert eligibility() == before


def test_only_the_last_placements_count(versions):
    old, recent = versions[:2]
    for _number in range(5):
        take([old])
    for _number in range(5):
        take([recent])

    update_exposure(Settings(exposure_window=5))

    kept = eligibility()
    assert kept[old.pk] == 1.0
    assert kept[recent.pk] == pytest.approx(TARGET)


def test_a_new_question_is_judged_by_the_attempts_that_knew_it(versions):
    for _number in range(8):
        take([versions[0]])
    new = make_question(competence="A1").versions.get()
    for _number in range(2):
        take([new])

    update_exposure()

    assert eligibility()[new.pk] == pytest.approx(TARGET)


def test_open_attempts_and_retired_questions_are_left_out(versions):
    open_one, retired = versions[:2]
    take([open_one], is_finished=False)
    take([retired])
    retired.question.unpublish()

    update_exposure()

    kept = eligibility()
    assert kept[open_one.pk] == 1.0
    assert retired.pk not in kept


def test_without_a_finished_placement_there_is_nothing_to_do(versions):
    assert update_exposure() == 0
    assert Exposure.objects.count() == 0


def test_the_command_prints_a_count(versions):
    take([versions[0]])
    first, second = StringIO(), StringIO()

    call_command("update_exposure", stdout=first)
    call_command("update_exposure", stdout=second)

    assert first.getvalue() == "Questions now offered more or less often: 1.\n"
    assert second.getvalue() == "Questions now offered more or less often: 0.\n"
