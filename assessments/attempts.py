"""Attempts, from their start to their result: rows to arrays and back, only here."""

from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.db.models import Case, Count, F, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments import placement
from assessments.bank import AREAS, prior_of, tables, with_version
from assessments.models import (
    Area,
    Attempt,
    Placement,
    QuestionVersion,
    Response,
)
from assessments.review import plan_review
from assessments.scoring import score
from assessments.signals import check_finished

# How many answers of an attempt count: those to a question whose key was right.
COUNTED = Count(
    "responses",
    filter=Q(
        responses__answered_at__isnull=False,
        responses__question_version__key_correction=None,
    ),
)


class NotCurrent(Exception):
    """The answer is for a question that is not, or no longer, the one being asked."""


class AlreadyAnswered(NotCurrent):
    """Another answer to the same question was kept before."""


@dataclass(frozen=True)
class Answer:
    """What a learner sent for one question."""

    position: int
    version: int
    choices: list | None  # None for "I don't know"
    is_sure: bool | None = None  # what the learner says of it; never scored


# --- asking ---------------------------------------------------------------------------


def pending_response(attempt):
    """Return the response that waits for an answer, or None."""
    pending = attempt.responses.filter(answered_at=None).order_by("position")
    return with_version(pending.first())


def ask_next(attempt, answered):
    """Store the next question of an adaptive attempt as pending, or finish it.

    `answered` are the attempt's own answered responses.
    """
    its_tables = tables(attempt.parameter_set_id)
    retired, void = withdrawn(its_tables)
    evidence = earlier_responses(attempt) + answered
    believed = posterior_of(its_tables, evidence, void, attempt.prior)
    asked = its_tables.rows_of(evidence)
    step = next_step(attempt, its_tables, believed, asked, len(answered), retired, void)
    if isinstance(step, str):
        return finish(attempt, step, believed)
    attempt.to_go = step.to_go
    attempt.save(update_fields=["to_go", "language"])
    return attempt.responses.create(
        position=len(answered) + 1,
        question_version_id=its_tables.versions[step.choice.index],
        language=attempt.language,
        unavailable=sorted(retired | void),
    )


@dataclass(frozen=True)
class Step:
    """The next question of an attempt, and about how many follow with it."""

    choice: placement.Choice
    to_go: int


def next_step(attempt, its_tables, believed, asked, count, retired, void):
    """Return the Step that follows `count` answers, or why the attempt ends (str).

    The same arguments always give the same step: `replay` relies on it. `asked` are
    rows of the tables, `retired` and `void` primary keys of question versions.
    """
    bank = its_tables.bank
    allowed = askable(attempt, its_tables, attempt.language, retired | void)
    if attempt.area_id:
        allowed &= bank.area == AREAS.index(attempt.area.code)
    withheld = its_tables.mask(attempt.withheld)
    free = placement.candidates(bank, asked, allowed, its_tables.topics, withheld)
    reason = reason_to_stop(attempt, bank, believed, count, free)
    if reason:
        return reason
    choice = placement.choose(
        bank,
        believed,
        asked,
        allowed,
        its_tables.topics,
        np.random.default_rng([attempt.seed, count + 1]),
        withheld,
    )
    to_go = (
        round_length(attempt, bank.settings) - count
        if attempt.area_id
        else placement.questions_to_go(believed, believed.answer_count, bank.settings)
    )
    return Step(choice, min(to_go, topic_count(its_tables, free)))


def askable(attempt, its_tables, language, gone):
    """Return which rows an attempt may ask in a language, bool (n,).

    `gone` are the question versions that are not asked any more.
    """
    return (
        its_tables.languages[language]
        & ~its_tables.mask(attempt.seen_lately)
        & ~its_tables.mask(gone)
    )


def topic_count(its_tables, free):
    """Return how many questions can still be asked: one a topic."""
    return len(np.unique(its_tables.topics[free]))


def questions_left(found, language):
    """Return {area code: how many questions a closer look could still ask}.

    `found` is a placement that led to a result.
    """
    its_tables = tables(found.parameter_set_id)
    retired, void = withdrawn(its_tables)
    met = of_placement(found).only("question_version")
    free = placement.candidates(
        its_tables.bank,
        its_tables.rows_of(met),
        askable(found, its_tables, language, retired | void),
        its_tables.topics,
    )
    area = its_tables.bank.area
    return {
        code: topic_count(its_tables, free & (area == number))
        for number, code in enumerate(AREAS)
    }


def reason_to_stop(attempt, bank, believed, count, free):
    if not attempt.area_id:
        return placement.stop_reason(
            believed,
            believed.answer_count,
            placement.open_areas(bank, free),
            bank.settings,
        )
    if count >= round_length(attempt, bank.settings):
        return "longest"
    return None if free.any() else "no_question"


def round_length(attempt, settings):
    """Return how many questions a closer look asks in its round."""
    return settings.closer_first if attempt.round == 1 else settings.closer_second


def withdrawn(its_tables):
    """Return the versions of a bank that are retired, and those whose key was wrong.

    Two sets of primary keys. The first are not asked any more, the second do not
    count either.
    """
    gone = QuestionVersion.objects.filter(
        Q(question__live=False) | Q(key_correction__isnull=False)
    ).values_list("pk", "key_correction")
    gone = [(pk, corrected) for pk, corrected in gone if pk in its_tables.rows]
    return (
        {pk for pk, corrected in gone if corrected is None},
        {pk for pk, corrected in gone if corrected is not None},
    )


def earlier_responses(attempt):
    """Return the answers that a closer look starts from: those of its placement."""
    if attempt.purpose != Attempt.Purpose.CLOSER:
        return []
    # By their keys, which are given in order even when the clock is set back.
    first_own = Subquery(attempt.responses.order_by("pk").values("pk")[:1])
    earlier = of_placement(attempt.continues_id).exclude(attempt=attempt)
    earlier = earlier.filter(pk__lt=Coalesce(first_own, F("pk") + 1))
    return list(earlier.exclude(answered_at=None).order_by("pk"))


def of_placement(found):
    """Return the responses of a placement, those of its closer looks included."""
    return Response.objects.filter(Q(attempt=found) | Q(attempt__continues=found))


def posterior_of(its_tables, answered, void=frozenset(), prior=None):
    """Return what answered responses say; those of `void` versions say nothing."""
    counted = [r for r in answered if r.question_version_id not in void]
    scores = np.array([response.score for response in counted], dtype=float)
    skipped = np.array([response.is_skipped for response in counted], dtype=bool)
    return placement.posterior(
        its_tables.bank,
        its_tables.rows_of(counted),
        scores,
        skipped,
        prior_of(its_tables, prior),
    )


def believed_after(attempt, is_fresh=False):
    """Return what all answers of a placement say, closer looks included.

    `is_fresh` leaves out what was believed before it, to compare two placements.
    """
    answered = of_placement(attempt).exclude(answered_at=None)
    its_tables = tables(attempt.parameter_set_id)
    _retired, void = withdrawn(its_tables)
    prior = None if is_fresh else attempt.prior
    return posterior_of(its_tables, list(answered), void, prior)


# --- answering ------------------------------------------------------------------------


@transaction.atomic
def save_answer(attempt, answer, language):
    """Keep an answer, once, and prepare what follows. Returns the response.

    `language` is the one that the learner reads in now. The same answer sent twice is
    one. Raises AlreadyAnswered when another answer to this question was kept before,
    NotCurrent when the question is not the one asked.
    """
    attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    return keep_answer(attempt, list(attempt.responses.all()), answer, language)


def keep_answer(attempt, responses, answer, language):
    """Do the deed of `save_answer` for an attempt that is locked.

    `responses` are all those of the attempt, read since; both are brought up to date.
    """
    response = next((r for r in responses if r.position == answer.position), None)
    if response is None or response.question_version_id != answer.version:
        raise NotCurrent
    if response.is_answered:
        if response.answer == answer.choices:
            return response
        raise AlreadyAnswered
    first = next(r for r in responses if not r.is_answered)
    if attempt.is_finished or response is not first:
        raise NotCurrent
    version = with_version(response).question_version
    response.is_skipped = answer.choices is None
    response.answer = answer.choices
    response.is_sure = answer.is_sure
    response.score = 0.0 if answer.choices is None else score(version, answer.choices)
    response.answered_at = timezone.now()
    response.save(
        update_fields=["is_skipped", "answer", "is_sure", "score", "answered_at"]
    )
    answered = [r for r in responses if r.is_answered]
    attempt.language = language
    if attempt.is_adaptive:
        ask_next(attempt, answered)
    else:
        go_on_with_list(attempt, responses, answered)
    return response


def go_on_with_list(attempt, responses, answered):
    """After an answer of a check or of practice, whose questions are all known."""
    attempt.to_go = len(responses) - len(answered)
    if not attempt.to_go:
        attempt.finished_at = timezone.now()
        attempt.score = sum(r.score for r in answered) / len(answered)
    attempt.save(update_fields=["to_go", "language", "finished_at", "score"])
    if attempt.is_finished:
        plan_review(attempt)
    if attempt.is_finished and attempt.purpose == Attempt.Purpose.CHECK:
        check_finished.send(sender=Attempt, attempt=attempt)


# --- finishing ------------------------------------------------------------------------


def finish(attempt, reason, believed=None):
    """End an adaptive attempt and store where it led.

    A placement of fewer than 12 answers leads nowhere; a closer look adds to a
    placement whatever its answers are, and without any it never was. A placement that
    was left for too long ends as abandoned, whatever else ended it.
    """
    attempt.responses.filter(answered_at=None).delete()
    if attempt.area_id and not attempt.responses.exists():
        return attempt.delete()
    if believed is None:
        believed = believed_after(attempt.continues if attempt.area_id else attempt)
    retired, void = withdrawn(tables(attempt.parameter_set_id))
    attempt.unavailable = sorted(retired | void)
    attempt.finished_at = timezone.now()
    attempt.end_reason = "abandoned" if attempt.is_left else reason
    attempt.to_go = 0
    has_result = attempt.area_id or (
        believed.answer_count >= believed.settings.minimum_questions
    )
    if has_result and not attempt.area_id:
        attempt.progress = progress_since_last(attempt)
    attempt.save(
        update_fields=["finished_at", "end_reason", "to_go", "progress", "unavailable"]
    )
    if has_result:
        Placement.objects.bulk_create(placements_of(attempt, believed))
    plan_review(attempt)


def progress_since_last(attempt):
    """Return how likely this placement stands above the one before, or None."""
    before = last_placement(attempt.learner)
    if before is None:
        return None
    return placement.probability_of_progress(
        believed_after(before, is_fresh=True), believed_after(attempt, is_fresh=True)
    )


def placements_of(attempt, believed, areas=None):
    """Return where an attempt led, unsaved: overall then by area, or its one area.

    Nothing is said of an area in which no answer counts. `areas` maps codes to areas,
    for who asks often.
    """
    if attempt.area_id:
        return [area_placement(attempt, believed, attempt.area)]
    areas = areas or areas_by_code()
    overall = placement.level_range(believed.level_probabilities)
    return [
        Placement(
            attempt=attempt,
            low=overall.low,
            high=overall.high,
            likeliest=overall.likeliest,
            probability=overall.held,
            likeliest_probability=overall.probability,
            answer_count=believed.answer_count,
        ),
        *(
            area_placement(attempt, believed, areas[AREAS[number]])
            for number in np.flatnonzero(believed.answered_per_area)
        ),
    ]


def results_of(attempt, believed, areas=None):
    """Return the same, or nothing when too few answers count."""
    fewest = 1 if attempt.area_id else believed.settings.minimum_questions
    if believed.answer_count < fewest:
        return []
    return placements_of(attempt, believed, areas)


def areas_by_code():
    return {area.code: area for area in Area.objects.all()}


def area_placement(attempt, believed, area):
    """Return the range in one area; no single level until it is known well enough."""
    number = AREAS.index(area.code)
    reached = placement.area_range(believed, number)
    return Placement(
        attempt=attempt,
        area=area,
        low=reached.low,
        high=reached.high,
        likeliest=reached.likeliest,
        probability=reached.held,
        likeliest_probability=reached.probability,
        answer_count=int(believed.answered_per_area[number]),
    )


@transaction.atomic
def stop_attempt(attempt):
    """End an open placement or closer look at the learner's wish: its answers count.

    A placement of fewer than 12 answers stays open instead: it can be resumed.
    """
    attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    if not attempt.is_finished and (attempt.area_id or has_enough_answers(attempt)):
        finish(attempt, "stopped")
    return attempt


def has_enough_answers(attempt):
    """Return whether an open placement's answers lead to a result."""
    settings = tables(attempt.parameter_set_id).bank.settings
    counted = Attempt.objects.filter(pk=attempt.pk).aggregate(count=COUNTED)["count"]
    return counted >= settings.minimum_questions


def newest_first(path=""):
    """Return how to order finished attempts, or rows that lead to them by `path`.

    A date in the future, left by a clock that was set back, comes last.
    """
    is_ahead = When(**{f"{path}finished_at__gt": timezone.now()}, then=1)
    return [Case(is_ahead, default=0), f"-{path}finished_at"]


def last_placement(learner):
    """Return the learner's last placement that led somewhere, or None."""
    results = Attempt.objects.visible_to(learner).with_result()
    return results.order_by(*newest_first()).first()
