import json
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from assessments.attempts import Answer, pending_response, save_answer
from assessments.corrections import correct_key
from assessments.models import Area, Attempt, Question, Response
from assessments.replay import replay
from assessments.starting import start_check, start_closer_look, start_placement
from tests.factories import make_frozen_bank, make_learner, make_question


@pytest.fixture
def bank(db):
    return make_frozen_bank()


@pytest.fixture
def learner(bank):
    return make_learner()


def answer(attempt, choices, language="fr", is_sure=None):
    response = pending_response(attempt)
    version = response.question_version_id
    sent = Answer(response.position, version, choices, is_sure)
    return save_answer(attempt, sent, language)


def take(attempt, seed, count=99):
    """Answer at random, sometimes "I don't know", in one language then the other."""
    generator = np.random.default_rng(seed)
    for _number in range(count):
        if pending_response(attempt) is None:
            break
        draw = int(generator.integers(6))
        language = "en" if generator.random() < 0.3 else "fr"
        answer(attempt, None if draw == 5 else [min(draw, 3) if draw else 0], language)
    attempt.refresh_from_db()
    return attempt


@pytest.mark.parametrize("seed", range(4))
def test_a_replay_equals_what_happened(learner, seed):
    attempt = take(start_placement(learner, "fr"), seed)

    again = replay(attempt)

    assert again.differences == []
    assert len(again.steps) == attempt.responses.count()
    assert [again.versions[step.choice.index] for step in again.steps] == list(
        attempt.responses.values_list("question_version", flat=True)
    )


def test_an_unfinished_attempt_replays_as_far_as_it_went(learner):
    attempt = take(start_placement(learner, "fr"), seed=1, count=5)

    again = replay(attempt)

    assert (len(again.steps), again.results, again.differences) == (6, [], [])


def test_questions_retired_on_the_way_do_not_trouble_the_replay(learner):
    attempt = take(start_placement(learner, "fr"), seed=2, count=4)
    met = attempt.responses.values("question_version__question")
    Question.objects.exclude(pk__in=met).filter(level__gte=5).update(live=False)
    take(attempt, seed=3)
    Question.objects.update(live=True)  # and what happens later neither

    assert replay(attempt).differences == []


def test_a_wrong_key_found_on_the_way_does_not_trouble_the_replay(learner):
    attempt = take(start_placement(learner, "fr"), seed=2, count=6)
    first = attempt.responses.first().question_version
    correct_key(first, None, "two answers were right")
    take(attempt, seed=3)

    again = replay(attempt)

    assert again.differences == []
    assert again.steps[-1].is_void is False
    assert again.steps[-1].after.answer_count == attempt.responses.count() - 1


def test_a_closer_look_replays_from_its_placement(learner):
    placed = take(start_placement(learner, "fr"), seed=5)
    look = take(start_closer_look(placed, Area.objects.get(code="B"), "fr"), seed=6)
    take(start_closer_look(placed, Area.objects.get(code="C"), "fr"), seed=7)

    assert look.is_finished
    assert replay(look).differences == []
    assert replay(placed).differences == []


def test_a_second_placement_replays_from_what_was_believed(learner):
    first = take(start_placement(learner, "fr"), seed=5)
    Attempt.objects.filter(pk=first.pk).update(
        started_at="2026-01-01T10:00Z", finished_at="2026-01-01T11:00Z"
    )
    Attempt.objects.filter(pk=first.pk).update(seen_lately=[])
    again = start_placement(learner, "fr")
    again.refresh_from_db()
    take(again, seed=6)

    assert again.prior is not None
    assert replay(again).differences == []


def test_a_result_corrected_since_replays_as_given_and_as_corrected(learner):
    attempt = take(start_placement(learner, "fr"), seed=8)
    version = attempt.responses.get(position=3).question_version
    correct_key(version, None, "the rule has changed")

    assert attempt.corrections.count() == 1
    assert replay(attempt).differences == []


def test_another_score_is_noticed(learner):
    attempt = take(start_placement(learner, "fr"), seed=9)
    changed = attempt.responses.get(position=4)
    Response.objects.filter(pk=changed.pk).update(score=1 - changed.score)

    assert replay(attempt).differences != []


def test_another_result_is_noticed(learner):
    attempt = take(start_placement(learner, "fr"), seed=9)
    stored = attempt.placements.get(area=None)
    stored.probability -= 0.01
    stored.save()

    (difference,) = replay(attempt).differences

    assert difference.startswith("Result of ")


def test_another_reason_to_end_is_noticed(learner):
    attempt = take(start_placement(learner, "fr"), seed=9)
    attempt.end_reason = "no_question"
    attempt.save()

    assert replay(attempt).differences[0].startswith("End: the replay says ")


# --- the command ----------------------------------------------------------------------


def run(attempt, *options):
    out = StringIO()
    call_command("replay_attempt", str(attempt), *options, stdout=out)
    return out.getvalue()


def test_the_command_shows_each_step(learner):
    attempt = take(start_placement(learner, "fr"), seed=1)
    count = attempt.responses.count()

    said = run(attempt.pk)

    assert said.count("why:") == said.count("before:") == said.count("after:") == count
    assert said.count("an easy start") == 3
    assert said.endswith(f"{count} questions replayed: the same as stored.\n")
    assert learner.name not in said


def test_the_command_gives_the_same_as_values(learner):
    attempt = take(start_placement(learner, "fr"), seed=1)

    said = json.loads(run(attempt.pk, "--json"))

    assert len(said["steps"]) == attempt.responses.count()
    assert sum(said["steps"][-1]["after"]["levels"]) == pytest.approx(1)
    assert said["differences"] == []


def test_the_command_fails_loudly_on_a_difference(learner):
    attempt = take(start_placement(learner, "fr"), seed=1)
    attempt.seed += 1
    attempt.save()

    with pytest.raises(CommandError, match="differs from what was stored"):
        run(attempt.pk)


@pytest.mark.parametrize("text", ["nothing", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_attempt_is_said(db, text):
    with pytest.raises(CommandError, match=f"There is no attempt {text}"):
        run(text)


def test_a_check_has_nothing_to_replay(learner):
    question = make_question(purpose=Question.Purpose.CHECK)
    check = start_check(
        learner, "fr", "00000000-0000-4000-8000-000000000001", [question], 1, 0.5
    )

    with pytest.raises(CommandError, match="Only placements and closer looks"):
        run(check.pk)
