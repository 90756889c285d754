"""Beginning an attempt: who may, with which questions, from which belief."""

import secrets
from datetime import timedelta

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from assessments import placement
from assessments.attempts import (
    ask_next,
    believed_after,
    finish,
    last_placement,
    newest_first,
    topic_count,
)
from assessments.bank import EmptyBank, current_parameters, tables
from assessments.models import (
    Attempt,
    Exposure,
    QuestionVersion,
    Response,
)

DAYS_BETWEEN_PLACEMENTS = 14
ROUNDS = 2  # of a closer look at one area


class TooSoon(Exception):
    """A new placement is for later; `possible_on` says when."""

    def __init__(self, possible_on):
        super().__init__(possible_on)
        self.possible_on = possible_on


class NoCloserLook(Exception):
    """No closer look can begin here: nothing is left to ask, unless one of two is set.

    `under_way` is the open one at another area, `newer` the result that counts now.
    """

    def __init__(self, under_way=None, newer=None):
        super().__init__(under_way, newer)
        self.under_way = under_way
        self.newer = newer


@transaction.atomic
def start_placement(learner, language):
    """Return the learner's open placement, or a new one with its first question.

    One that waited for more than 30 days is ended first: twelve answers in it are a
    result. Raises TooSoon within 14 days of the last finished one, EmptyBank when no
    question can be asked in this language.
    """
    attempts = Attempt.objects.placements().filter(learner=learner)
    found = attempts.open().select_for_update().first()
    if found:
        if not found.is_expired:
            return found
        finish(found, "abandoned")
    check_delay(attempts)
    asked = attempts.finished().exclude(responses=None)
    recent = list(asked.order_by(*newest_first())[:2])
    parameters = current_parameters()
    attempt = Attempt(
        learner=learner,
        purpose=Attempt.Purpose.PLACEMENT,
        parameter_set=parameters,
        language=language,
        seed=secrets.randbits(62),
        prior=prior_from(attempts, parameters),
    )
    attempt.seen_lately = spared_versions(recent, tables(parameters.pk), language)
    attempt.withheld = withheld_versions(tables(parameters.pk), attempt.seed)
    try:
        with transaction.atomic():
            attempt.save()
    except IntegrityError:  # begun at the same moment, on another screen
        return attempts.open().get()
    ask_next(attempt, [])
    if attempt.is_finished:
        raise EmptyBank
    return attempt


def prior_from(attempts, parameters):
    """Return the last result of these attempts, widened; None when none is recent.

    {"mean": [area…], "sd": [area…]} in logits, for the areas of the new parameters:
    of an area that the last placement did not know, what is believed of anybody.
    """
    settings = placement.Settings.from_dict(parameters.settings)
    since = timezone.now() - timedelta(days=settings.retake_days)
    recent = attempts.with_result().filter(started_at__gt=since)
    last = recent.order_by(*newest_first()).first()
    if last is None:
        return None
    believed = believed_after(last)
    areas = tables(parameters.pk).bank.area_count
    mean = np.full(areas, settings.prior_mean)
    sd = np.full(areas, settings.prior_sd)
    known = min(areas, len(believed.area_mean))
    mean[:known] = believed.area_mean[:known]
    sd[:known] = placement.widened(believed.area_sd, settings)[:known]
    return {"mean": mean.tolist(), "sd": sd.tolist()}


def spared_versions(recent, its_tables, language):
    """Return the question versions that the last attempts met, the newest first.

    An area must keep its two questions, or nothing could be said of it: one that has
    fewer left takes back what only the older attempt met, then everything.
    """
    bank = its_tables.bank
    spared = np.zeros(bank.size, dtype=bool)
    seen = [its_tables.mask(versions_seen(recent[:count])) for count in (2, 1, 0)]
    for number in range(bank.area_count):
        here = its_tables.languages[language] & (bank.area == number)
        for mask in seen:
            left = topic_count(its_tables, here & ~mask)
            if left >= bank.settings.minimum_per_area:
                spared |= mask & (bank.area == number)
                break
    return [its_tables.versions[row] for row in np.flatnonzero(spared)]


def versions_seen(attempts):
    """Return every version of the questions that some attempts met.

    Closer looks at these attempts count with them.
    """
    met = Q(attempt__in=attempts) | Q(attempt__continues__in=attempts)
    questions = Response.objects.filter(met).values("question_version__question")
    versions = QuestionVersion.objects.filter(question__in=questions)
    return list(versions.order_by("pk").values_list("pk", flat=True))


def check_delay(attempts):
    """Raise TooSoon after a recent result.

    What led nowhere or was left for too long delays nothing, nor does a date in the
    future: it comes from a clock that was set back since.
    """
    now = timezone.now()
    complete = attempts.with_result().exclude(end_reason="abandoned")
    last = complete.filter(finished_at__lte=now).order_by("-finished_at").first()
    if last:
        possible_at = last.finished_at + timedelta(days=DAYS_BETWEEN_PLACEMENTS)
        if possible_at > now:
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
    topics = {}
    for version in QuestionVersion.objects.asked().filter(question__in=questions):
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


@transaction.atomic
def start_closer_look(found, area, language):
    """Return the open closer look of a placement at an area, or a new one.

    A first round asks 8 questions, a second one 7 more. Raises NoCloserLook after the
    second, when the learner is looking closer at another area, when no question is
    left there, or when `found` is not the learner's newest result.
    """
    looks = Attempt.objects.closer_looks().filter(learner=found.learner_id)
    under_way = looks.open().first()
    if under_way and is_at(under_way, found, area):
        return under_way
    if under_way and not under_way.is_expired:
        raise NoCloserLook(under_way)
    if under_way:
        finish(under_way, "abandoned")
    last = last_placement(found.learner)
    if found != last:
        raise NoCloserLook(newer=last)
    done = looks.filter(continues=found, area=area).count()
    if done >= ROUNDS or not found.placements.filter(area=area).exists():
        raise NoCloserLook
    attempt = closer_look_at(found, area, done + 1, language)
    try:
        with transaction.atomic():
            attempt.save()
    except IntegrityError:  # begun at the same moment, on another screen
        other = looks.open().get()
        if is_at(other, found, area):
            return other
        raise NoCloserLook(other) from None
    ask_next(attempt, [])
    if attempt.pk is None:  # no question is left: it ended before it began
        raise NoCloserLook
    return attempt


def closer_look_at(found, area, number, language):
    """Return round `number` of a closer look of a placement at an area, unsaved."""
    return Attempt(
        learner=found.learner,
        purpose=Attempt.Purpose.CLOSER,
        parameter_set=found.parameter_set,
        continues=found,
        area=area,
        round=number,
        language=language,
        seed=secrets.randbits(62),
        prior=found.prior,
        seen_lately=found.seen_lately,
    )


def is_at(look, found, area):
    """Return whether a closer look is at an area of a placement."""
    return look.continues_id == found.pk and look.area_id == area.pk
