"""Practice: two minutes on what is due, one parallel question a competence.

The questions are those kept for practice, else those of checks; never those of the
placement, which would be known when it is taken again.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from random import Random

from django.db import IntegrityError, transaction
from django.db.models import Exists, FilteredRelation, Max, OuterRef, Q
from django.utils import timezone

from assessments.models import (
    Attempt,
    Competence,
    Placement,
    Question,
    QuestionVersion,
    Response,
    ReviewItem,
    ReviewPlan,
)
from assessments.review import Planned, is_due, plan_review
from people.models import User

LONGEST = 3  # questions
MINUTES_A_QUESTION = 2 / 3
PURPOSES = (Question.Purpose.PRACTICE, Question.Purpose.CHECK)


class NothingDue(Exception):
    """There is nothing to practise now: not asked for, not due, or done today."""


# --- which questions ------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """A question version that practice may ask, and what the learner knows of it."""

    version: int
    competence: int
    topic: str
    is_kept_for_practice: bool
    distance: float  # in levels, from where the learner stands; 0 when unknown
    seen_at: datetime | None


def choose(due: Iterable[int], candidates: list[Candidate], seed: int) -> list[int]:
    """Return one question version for each competence of `due`, three at most.

    For each, rather one kept for practice, never seen (else seen longest ago), then
    near the learner's level. A competence without a question waits, and so does one
    whose questions share their topic with a question already chosen.
    """
    shuffled = Random(seed).sample(candidates, len(candidates))
    chosen, topics = [], set()
    for competence in due:
        known = [c for c in shuffled if c.competence == competence]
        kept = [c for c in known if c.is_kept_for_practice]
        free = [c for c in kept or known if c.topic not in topics]
        if free and len(chosen) < LONGEST:
            best = min(free, key=preference)
            chosen.append(best.version)
            topics.add(best.topic)
    return chosen


def preference(candidate):
    seen_at = candidate.seen_at.timestamp() if candidate.seen_at else float("-inf")
    return seen_at, candidate.distance


def usable_versions():
    """Return the question versions that practice may ask now."""
    return QuestionVersion.objects.asked().filter(question__purpose__in=PURPOSES)


def candidates_for(learner, competences):
    """Return the Candidates of some competences (primary keys) for a learner."""
    levels = levels_of(learner)
    seen = seen_at(learner)
    versions = usable_versions().filter(competence__in=competences)
    return [
        Candidate(
            version=version.pk,
            competence=version.competence_id,
            topic=version.content["topic"],
            is_kept_for_practice=version.question.purpose == PURPOSES[0],
            distance=abs(
                version.level - levels.get(version.competence.area_id, version.level)
            ),
            seen_at=seen.get(version.question_id),
        )
        for version in versions.select_related("question", "competence").order_by("pk")
    ]


def levels_of(learner):
    """Return {area: level} where the learner was last placed.

    The likeliest level, or the middle of the range.
    """
    attempts = Attempt.objects.visible_to(learner).finished()
    placed = Placement.objects.filter(attempt__in=attempts).exclude(area=None)
    return {
        p.area_id: p.likeliest or (p.low + p.high) / 2
        for p in placed.order_by("attempt__finished_at")
    }


def seen_at(learner):
    """Return {question: when the learner last met it}, in any version."""
    met = Response.objects.filter(attempt__in=Attempt.objects.visible_to(learner))
    last = met.values("question_version__question").annotate(last=Max("shown_at"))
    return dict(last.values_list("question_version__question", "last"))


# --- beginning, going on, ending ------------------------------------------------------


def practices(learner):
    return Attempt.objects.visible_to(learner).filter(purpose=Attempt.Purpose.PRACTICE)


def start_practice(learner, language):
    """Return the learner's open practice, or a new one. Raises NothingDue."""
    return go_on(learner) or new_practice(learner, language)


@transaction.atomic
def go_on(learner):
    """Return the open practice, or None; one left for too long is closed."""
    found = practices(learner).open().select_for_update(of=("self",)).first()
    if found is None:
        return None
    if found.is_expired or not has_questions_left(found):
        close(found, "abandoned")
        return None
    return found


@transaction.atomic
def new_practice(learner, language):
    seed = secrets.randbits(62)
    due = due_competences(learner, seed)
    versions = choose(due, candidates_for(learner, due), seed)
    if not versions:
        raise NothingDue
    try:
        with transaction.atomic():
            attempt = Attempt.objects.create(
                learner=learner,
                purpose=Attempt.Purpose.PRACTICE,
                language=language,
                seed=seed,
                to_go=len(versions),
            )
    except IntegrityError:  # begun at the same moment, on another screen
        return practices(learner).open().get()
    Response.objects.bulk_create(
        Response(attempt=attempt, position=position, question_version_id=version)
        for position, version in enumerate(versions, start=1)
    )
    return attempt


def due_competences(learner, seed):
    """Return the competences (primary keys) to practise today, oldest due first.

    None without a plan, and none once a practice was done today.
    """
    today = timezone.localdate()
    has_plan = ReviewPlan.objects.filter(learner=learner).exists()
    if not has_plan or done_on(learner, today).exists():
        return []
    items = ReviewItem.objects.visible_to(learner)
    due = [item for item in items if is_due(item, today)]
    Random(seed).shuffle(due)  # those due on one day come from several areas
    return [item.competence_id for item in sorted(due, key=lambda item: item.due_on)]


def done_on(learner, day):
    """Return the practices that a learner took to their end on a local date."""
    return practices(learner).filter(end_reason="", finished_at__date=day)


def has_questions_left(attempt):
    """Take out of an open practice what was withdrawn since; say if any is left."""
    pending = attempt.responses.filter(answered_at=None)
    withdrawn = pending.filter(
        Q(question_version__question__live=False)
        | Q(question_version__key_correction__isnull=False)
    )
    if withdrawn.exists():
        withdrawn.delete()
        for position, response in enumerate(attempt.responses.all(), start=1):
            response.position = position
            response.save(update_fields=["position"])
        attempt.to_go = pending.count()
        attempt.save(update_fields=["to_go"])
    return pending.exists()


def close(attempt, reason):
    """End a practice before its last question: what was answered counts."""
    attempt.responses.filter(answered_at=None).delete()
    scores = list(attempt.responses.values_list("score", flat=True))
    attempt.finished_at = timezone.now()
    attempt.end_reason = reason
    attempt.to_go = 0
    attempt.score = sum(scores) / len(scores) if scores else None
    attempt.save(update_fields=["finished_at", "end_reason", "to_go", "score"])
    plan_review(attempt)


@transaction.atomic
def stop_review(learner):
    """Delete what was planned, and end the practice under way."""
    under_way = practices(learner).open().select_for_update(of=("self",)).first()
    ReviewPlan.objects.filter(learner=learner).delete()
    ReviewItem.objects.visible_to(learner).delete()
    if under_way:
        close(under_way, "stopped")


# --- what the pages say ---------------------------------------------------------------


@dataclass(frozen=True)
class PracticeState:
    """Where a learner's practice is today."""

    is_offered: bool = False  # no plan yet, and answers to begin one with
    is_planned: bool = False
    open_count: int = 0  # questions to go of the practice under way
    due_count: int = 0  # competences to practise today
    next_on: date | None = None  # when the next ones come, when none is due

    @property
    def minutes(self):
        return ceil((self.open_count or self.due_count) * MINUTES_A_QUESTION)


def practice_state(user) -> PracticeState:
    """Return where a learner's practice is today, in one query."""
    today = timezone.localdate()
    rows = state_rows(user, today)
    first = rows[0]
    if not first["is_planned"]:
        return PracticeState(is_offered=first["is_offered"])
    open_count = first["under_way__to_go"] or 0
    if open_count and Attempt(started_at=first["under_way__started_at"]).is_expired:
        open_count = 0
    items = [
        Planned(row["review_items__stage"], row["review_items__due_on"])
        for row in rows
        if row["has_question"]
    ]
    due_count, next_on = agenda(items, today, first["is_done_today"])
    return PracticeState(
        is_planned=True, open_count=open_count, due_count=due_count, next_on=next_on
    )


def agenda(items: list[Planned], today: date, is_done: bool) -> tuple[int, date | None]:
    """Return how many competences to practise today, and else when the next come.

    One practice a day: once it `is_done`, what is still due waits for tomorrow.
    """
    due = [item for item in items if is_due(item, today)]
    if due and is_done:
        return 0, today + timedelta(days=1)
    if due:
        return min(len(due), LONGEST), None
    return 0, min((item.due_on for item in items), default=None)


def state_rows(user, today):
    """Return one row for each item of the plan, or one row without an item."""
    attempts = Attempt.objects.visible_to(user)
    answered = attempts.finished().filter(
        purpose__in=[Attempt.Purpose.PLACEMENT, Attempt.Purpose.CHECK]
    )
    under_way = Q(
        attempts__purpose=Attempt.Purpose.PRACTICE, attempts__finished_at=None
    )
    askable = usable_versions().filter(competence=OuterRef("review_items__competence"))
    return list(
        User.objects.filter(pk=user.pk)
        .annotate(
            is_planned=Exists(ReviewPlan.objects.filter(learner=user)),
            is_offered=Exists(answered.exclude(end_reason="abandoned")),
            is_done_today=Exists(done_on(user, today)),
            under_way=FilteredRelation("attempts", condition=under_way),
            has_question=Exists(askable),
        )
        .values(
            "is_planned",
            "is_offered",
            "is_done_today",
            "has_question",
            "under_way__started_at",
            "under_way__to_go",
            "review_items__stage",
            "review_items__due_on",
        )
    )


@dataclass(frozen=True)
class Practised:
    """A competence just practised: what becomes of it."""

    competence: Competence
    is_back: bool  # it comes at the next practice
    due_on: date | None  # None: it does not come back


def practised(attempt) -> list[Practised]:
    """Return what a practice was about and when it comes back, in its order."""
    today = timezone.localdate()
    items = {
        item.competence_id: item
        for item in ReviewItem.objects.visible_to(attempt.learner)
    }
    responses = attempt.responses.exclude(answered_at=None)
    competences = [
        response.question_version.competence
        for response in responses.select_related("question_version__competence")
    ]
    found = [(competence, items.get(competence.pk)) for competence in competences]
    return [
        Practised(
            competence=competence,
            is_back=item is not None and is_due(item, today),
            due_on=item.due_on if item else None,
        )
        for competence, item in found
    ]
