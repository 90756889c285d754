"""What comes back to a learner who asked for it, and when.

A competence whose answer was not right, or right without being sure, comes back after
3 days; each time it is then practised well, after 10 and 30 days, and then no more.
Why these fixed steps: docs/decisions/0010-fixed-steps-for-review.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from assessments.models import Attempt, Response, ReviewItem, ReviewPlan

STAGE_DAYS = (3, 10, 30)


# --- the rule -------------------------------------------------------------------------


@dataclass(frozen=True)
class Planned:
    """When a competence comes back, and after which wait: 0, 1, 2 of STAGE_DAYS."""

    stage: int
    due_on: date


def is_settled(response) -> bool:
    """Return whether an answer was right, and not said to be unsure."""
    return response.is_right and response.is_sure is not False


def outcomes(answers: Iterable[tuple[int, bool]]) -> dict[int, bool]:
    """Return {competence: is settled} of (competence, is settled) pairs.

    Of several answers on one competence, the least sure decides.
    """
    found = {}
    for competence, settled in answers:
        found[competence] = found.get(competence, True) and settled
    return found


def planned_after(
    before: Planned | None, settled: bool, is_practice: bool, on: date
) -> Planned | None:
    """Return when a competence comes back after an answer on a date; None for never.

    Only practice moves a competence on: elsewhere, a right answer changes nothing.
    """
    if not settled:
        return Planned(0, on + timedelta(days=STAGE_DAYS[0]))
    if before is None or not is_practice:
        return before
    stage = before.stage + 1
    if stage == len(STAGE_DAYS):
        return None
    return Planned(stage, on + timedelta(days=STAGE_DAYS[stage]))


def is_due(planned, today: date) -> bool:
    """Return whether something planned (it has `stage` and `due_on`) is back.

    Further away than its stage allows, it was planned while the clock was ahead: it
    is back now, rather than lost until the clock gets there again.
    """
    longest = today + timedelta(days=STAGE_DAYS[planned.stage])
    return not today < planned.due_on <= longest


# --- the plan of a learner ------------------------------------------------------------


@transaction.atomic
def begin_review(learner):
    """Plan reviews for a learner who asks for them, from what she last answered."""
    _plan, is_new = ReviewPlan.objects.get_or_create(learner=learner)
    if is_new:
        for attempt in last_attempts(learner):
            plan_review(attempt)


def last_attempts(learner):
    """Return what a new plan begins with, oldest first.

    That is the last placement with its closer looks, and the last sitting of each
    check.
    """
    finished = Attempt.objects.visible_to(learner).finished()
    placed = finished.placements().order_by("finished_at").last()
    looks = Q(pk=placed.pk) | Q(continues=placed) if placed else Q(pk=None)
    checks = {
        attempt.step_key: attempt
        for attempt in finished.filter(purpose=Attempt.Purpose.CHECK).order_by(
            "finished_at"
        )
    }
    return sorted(
        [*finished.filter(looks), *checks.values()], key=lambda a: a.finished_at
    )


@transaction.atomic
def plan_review(attempt):
    """After a finished attempt, plan what comes back. Without a plan, do nothing."""
    # Locked, so that a plan that is being stopped leaves no item behind it.
    plans = ReviewPlan.objects.select_for_update(of=("self",))
    if plans.filter(learner=attempt.learner_id).first() is None:
        return
    before = {
        item.competence_id: Planned(item.stage, item.due_on)
        for item in ReviewItem.objects.filter(learner=attempt.learner_id)
    }
    # An attempt that ended in the future did so while the clock was ahead.
    on = min(timezone.localdate(attempt.finished_at), timezone.localdate())
    is_practice = attempt.purpose == Attempt.Purpose.PRACTICE
    after = {
        competence: planned_after(before.get(competence), settled, is_practice, on)
        for competence, settled in outcomes(answers_of(attempt)).items()
    }
    keep(attempt.learner_id, after)


def answers_of(attempt):
    """Return [(competence, is settled)]; answers to a wrong key say nothing."""
    answered = Response.objects.filter(
        attempt=attempt, question_version__key_correction=None
    ).exclude(answered_at=None)
    answered = answered.annotate(competence=F("question_version__competence"))
    return [(response.competence, is_settled(response)) for response in answered]


def keep(learner, after):
    """Store {competence: Planned or None} of a learner (a primary key)."""
    gone = [competence for competence, planned in after.items() if planned is None]
    ReviewItem.objects.filter(learner=learner, competence__in=gone).delete()
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                learner_id=learner,
                competence_id=competence,
                stage=planned.stage,
                due_on=planned.due_on,
            )
            for competence, planned in after.items()
            if planned
        ],
        update_conflicts=True,
        unique_fields=["learner", "competence"],
        update_fields=["stage", "due_on"],
    )
