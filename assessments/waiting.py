"""Placements and closer looks that wait for their next answer: what pages say."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from assessments import placement
from assessments.attempts import COUNTED, newest_first
from assessments.models import Attempt, Placement

OPEN = Q(
    finished_at=None,
    purpose__in=[Attempt.Purpose.PLACEMENT, Attempt.Purpose.CLOSER],
)


@dataclass(frozen=True)
class Waiting:
    """An open placement, with how many of its answers count towards a result."""

    attempt: Attempt
    answer_count: int
    settings: placement.Settings

    @property
    def is_expired(self):
        return self.attempt.is_expired

    @property
    def kept_until(self):
        return self.attempt.kept_until

    @property
    def missing(self):
        """How many answers are still needed for a result."""
        return max(0, self.settings.minimum_questions - self.answer_count)

    @property
    def says_nothing(self):
        """Whether so few answers were given that a level is not even spoken of."""
        return self.answer_count < self.settings.resume_under


def waiting_of(attempt):
    """Return the Waiting of an open placement."""
    return open_among(told(Attempt.objects.filter(pk=attempt.pk)))[0]


def waiting_for(user):
    """Return a user's open placement (Waiting) and open closer look; None for none."""
    return open_among(told(Attempt.objects.visible_to(user).filter(OPEN)))


def standing_of(user):
    """Return the same two and the user's last placement with a result, or None.

    In one query.
    """
    overall = Placement.objects.filter(attempt=OuterRef("pk"), area=None)
    attempts = Attempt.objects.visible_to(user).annotate(has_result=Exists(overall))
    found = told(attempts.filter(OPEN | Q(has_result=True)).order_by(*newest_first()))
    found = list(found)
    last = next((attempt for attempt in found if attempt.has_result), None)
    return *open_among(found), last


def told(attempts):
    """Return attempts with all that pages tell of them, without another query."""
    attempts = attempts.select_related("parameter_set", "area")
    return attempts.annotate(answer_count=COUNTED)


def open_among(attempts):
    open_attempts = {a.purpose: a for a in attempts if not a.is_finished}
    attempt = open_attempts.get(Attempt.Purpose.PLACEMENT)
    waiting = attempt and Waiting(
        attempt,
        attempt.answer_count,
        placement.Settings.from_dict(attempt.parameter_set.settings),
    )
    return waiting, open_attempts.get(Attempt.Purpose.CLOSER)
