"""Attempts, from their start to their result: rows to arrays and back, only here."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from assessments import placement
from assessments.bank import (
    AREAS,
    EmptyBank,
    current_parameters,
    tables,
    with_version,
)
from assessments.models import (
    Area,
    Attempt,
    Exposure,
    Placement,
    Question,
    QuestionVersion,
    Response,
)
from assessments.scoring import score
from assessments.signals import check_finished

DAYS_BETWEEN_PLACEMENTS = 14
DAYS_TO_RESUME = 30


class TooSoon(Exception):
    """A new placement is for later; `possible_on` says when."""

    def __init__(self, possible_on):
        super().__init__(possible_on)
        self.possible_on = possible_on


class NotCurrent(Exception):
    """The answer is for a question that is not, or no longer, the one being asked."""


class AlreadyAnswered(NotCurrent):
    """Another answer to the same question was kept before."""


@dataclass(frozen=True)
class Answer:
    """What a learner sent for one question."""

    position: int
    version: int
    choices: list[int] | None  # None for "I don't know"


# --- starting -------------------------------------------------------------------------


@transaction.atomic
def start_placement(learner, language):
    """Return the learner's open placement, or a new one with its first question.

    Raises TooSoon within 14 days of the last finished one.
    """
    attempts = Attempt.objects.placements().filter(learner=learner)
    found = attempts.open().select_for_update().first()
    if found:
        if found.started_at > timezone.now() - timedelta(days=DAYS_TO_RESUME):
            return found
        finish_placement(found, "abandoned")
    check_delay(attempts)
    recent = list(attempts.finished().order_by("-finished_at")[:2])
    parameters = current_parameters()
    attempt = Attempt(
        learner=learner,
        purpose=Attempt.Purpose.PLACEMENT,
        parameter_set=parameters,
        language=language,
        seed=secrets.randbits(62),
    )
    attempt.seen_lately = versions_seen(recent)
    attempt.withheld = withheld_versions(tables(parameters.pk), attempt.seed)
    try:
        with transaction.atomic():
            attempt.save()
    except IntegrityError:  # begun at the same moment, on another screen
        return attempts.open().get()
    ask_next(attempt, [])
    return attempt


def versions_seen(attempts):
    """Return every version of the questions that some attempts met."""
    questions = Response.objects.filter(attempt__in=attempts).values(
        "question_version__question"
    )
    versions = QuestionVersion.objects.filter(question__in=questions)
    return list(versions.order_by("pk").values_list("pk", flat=True))


def check_delay(attempts):
    """Raise TooSoon after a recent result; what led nowhere delays nothing."""
    complete = attempts.with_result().exclude(end_reason="abandoned")
    last = complete.order_by("-finished_at").first()
    if last:
        possible_at = last.finished_at + timedelta(days=DAYS_BETWEEN_PLACEMENTS)
        if possible_at > timezone.now():
            raise TooSoon(timezone.localdate(possible_at))


def withheld_versions(its_tables, seed):
    """Return the versions that this attempt spares, to keep questions unknown."""
    eligibility = dict(
        Exposure.objects.filter(eligibility__lt=1).values_list(
            "question_version", "eligibility"
        )
    )
    if not eligibility:
        return []
    exposure = [eligibility.get(pk, 1.0) for pk in its_tables.versions]
    spared = placement.withheld(exposure, np.random.default_rng([seed, 0]))
    return [its_tables.versions[row] for row in np.flatnonzero(spared)]


@transaction.atomic
def start_check(learner, language, step_key, questions, draw, pass_mark):
    """Return the learner's open attempt at a check, or a new one.

    `questions` are those that the check may ask: `draw` of them are taken, one a
    topic, rather one that the last attempt did not ask. Raises EmptyBank when all of
    them are retired.
    """
    attempts = Attempt.objects.filter(learner=learner, step_key=step_key)
    found = attempts.open().first()
    if found:
        return found
    last = attempts.order_by("-started_at").first()
    asked_before = (
        set(last.responses.values_list("question_version__question", flat=True))
        if last
        else set()
    )
    seed = secrets.randbits(62)
    versions = draw_versions(questions, draw, asked_before, seed)
    if not versions:
        raise EmptyBank
    try:
        with transaction.atomic():
            attempt = Attempt.objects.create(
                learner=learner,
                purpose=Attempt.Purpose.CHECK,
                step_key=step_key,
                pass_mark=pass_mark,
                language=language,
                seed=seed,
                to_go=len(versions),
            )
    except IntegrityError:  # begun at the same moment, on another screen
        return attempts.open().get()
    Response.objects.bulk_create(
        Response(attempt=attempt, position=position, question_version=version)
        for position, version in enumerate(versions, start=1)
    )
    return attempt


def draw_versions(questions, draw, asked_before, seed):
    """Return the newest versions of one question of each of `draw` topics.

    Topics and questions that the last attempt did not ask come first.
    """
    newest = {}
    for version in QuestionVersion.objects.filter(
        question__in=questions, question__live=True
    ).order_by("number"):
        newest[version.question_id] = version
    topics = {}
    for version in newest.values():
        topics.setdefault(version.content["topic"], []).append(version)
    generator = np.random.default_rng([seed, 0])
    drawn = []
    for name in generator.permutation(sorted(topics)):
        variants = sorted(topics[name], key=lambda v: v.question_id)
        fresh = [v for v in variants if v.question_id not in asked_before]
        known = fresh or variants
        drawn.append((not fresh, known[int(generator.integers(len(known)))]))
    drawn.sort(key=lambda pair: pair[0])
    return [version for _is_known, version in drawn[:draw]]


# --- asking ---------------------------------------------------------------------------


def pending_response(attempt):
    """Return the response that waits for an answer, or None."""
    pending = attempt.responses.filter(answered_at=None).order_by("position")
    return with_version(pending.first())


def ask_next(attempt, answered):
    """Store the next question of a placement as its pending response, or finish.

    `answered` are the attempt's answered responses.
    """
    its_tables = tables(attempt.parameter_set_id)
    bank = its_tables.bank
    believed, rows = posterior_of(its_tables, answered)
    generator = np.random.default_rng([attempt.seed, len(answered) + 1])
    allowed = allowed_rows(attempt, its_tables)
    withheld = its_tables.mask(attempt.withheld)
    free = placement.candidates(bank, rows, allowed, its_tables.topics, withheld)
    reason = placement.stop_reason(
        believed, len(answered), placement.open_areas(bank, free), bank.settings
    )
    if reason:
        return finish_placement(attempt, reason, believed, len(answered))
    choice = placement.choose(
        bank, believed, rows, allowed, its_tables.topics, generator, withheld
    )
    to_go = placement.questions_to_go(believed, len(answered), bank.settings)
    attempt.to_go = min(to_go, int(free.sum()))
    attempt.save(update_fields=["to_go", "language"])
    return attempt.responses.create(
        position=len(answered) + 1,
        question_version_id=its_tables.versions[choice.index],
    )


def allowed_rows(attempt, its_tables):
    """Return which questions this attempt may still meet, bool (n,)."""
    retired = Question.objects.filter(live=False).values_list("pk", flat=True)
    return (
        its_tables.languages[attempt.language]
        & ~its_tables.mask(attempt.seen_lately)
        & ~np.isin(its_tables.questions, list(retired))
    )


def posterior_of(its_tables, answered):
    """Return what answered responses say, and the bank's rows that they belong to."""
    rows = np.array(
        [its_tables.rows[response.question_version_id] for response in answered],
        dtype=int,
    )
    scores = np.array([response.score for response in answered], dtype=float)
    skipped = np.array([response.is_skipped for response in answered], dtype=bool)
    return placement.posterior(its_tables.bank, rows, scores, skipped), rows


# --- answering ------------------------------------------------------------------------


@transaction.atomic
def save_answer(attempt, answer, language):
    """Keep an answer, once, and prepare what follows. Returns the response.

    `language` is the one that the learner reads in now. The same answer sent twice is
    one. Raises AlreadyAnswered when another answer to this question was kept before,
    NotCurrent when the question is not the one asked.
    """
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("learner")
        .get(pk=attempt.pk)
    )
    responses = list(attempt.responses.all())
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
    response.score = (
        0.0
        if answer.choices is None
        else score(
            version.kind,
            version.key,
            answer.choices,
            len(version.content["fr"]["choices"]),
        )
    )
    response.answered_at = timezone.now()
    response.save(update_fields=["is_skipped", "answer", "score", "answered_at"])
    answered = [r for r in responses if r.is_answered]
    attempt.language = language
    if attempt.is_placement:
        ask_next(attempt, answered)
    else:
        go_on_with_check(attempt, responses, answered)
    return response


def go_on_with_check(attempt, responses, answered):
    attempt.to_go = len(responses) - len(answered)
    if not attempt.to_go:
        attempt.finished_at = timezone.now()
        attempt.score = sum(r.score for r in answered) / len(answered)
    attempt.save(update_fields=["to_go", "language", "finished_at", "score"])
    if attempt.is_finished:
        check_finished.send(sender=Attempt, attempt=attempt)


# --- finishing ------------------------------------------------------------------------


def finish_placement(attempt, reason, believed=None, count=None):
    """End a placement and store where it led; nothing from fewer than 12 answers."""
    if believed is None:
        answered = list(attempt.responses.exclude(answered_at=None))
        believed, _rows = posterior_of(tables(attempt.parameter_set_id), answered)
        count = len(answered)
    attempt.responses.filter(answered_at=None).delete()
    attempt.finished_at = timezone.now()
    attempt.end_reason = reason
    attempt.to_go = 0
    attempt.save(update_fields=["finished_at", "end_reason", "to_go"])
    if count >= believed.settings.minimum_questions:
        store_placements(attempt, believed, count)


def store_placements(attempt, believed, count):
    areas = {area.code: area for area in Area.objects.all()}
    overall = placement.level_range(believed.level_probabilities)
    rows = [
        Placement(
            attempt=attempt,
            low=overall.low,
            high=overall.high,
            likeliest=overall.likeliest,
            probability=overall.held,
            likeliest_probability=overall.probability,
            answer_count=count,
        )
    ]
    for number, probabilities in enumerate(believed.area_level_probabilities):
        precise = bool(believed.area_is_precise[number])
        reached = placement.level_range(probabilities, fewest=1 if precise else 2)
        rows.append(
            Placement(
                attempt=attempt,
                area=areas[AREAS[number]],
                low=reached.low,
                high=reached.high,
                likeliest=reached.likeliest if precise else None,
                probability=reached.held,
                likeliest_probability=reached.probability if precise else None,
                answer_count=int(believed.answered_per_area[number]),
            )
        )
    Placement.objects.bulk_create(rows)


@transaction.atomic
def stop_placement(attempt):
    """End an open placement at the learner's wish: its answers count, if enough."""
    attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    if not attempt.is_finished:
        finish_placement(attempt, "stopped")
    return attempt


def last_placement(learner):
    """Return the learner's last placement that led somewhere, or None."""
    return (
        Attempt.objects.visible_to(learner)
        .with_result()
        .order_by(F("finished_at").desc())
        .first()
    )
