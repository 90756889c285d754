"""What learners say of themselves: kept, and put beside what a placement shows.

The only place that turns ratings into the arrays of `self_view` and back.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from assessments import self_view
from assessments.attempts import of_placement, withdrawn
from assessments.bank import AREAS, prior_of, tables
from assessments.models import (
    Area,
    Attempt,
    SelfRating,
    SelfView,
    Statement,
)
from people.models import User

DAYS_TO_CHANGE = 30
DAYS_BESIDE = 60  # an older or later result tells nothing of how one saw oneself


# --- what is said ---------------------------------------------------------------------


@dataclass(frozen=True)
class SaidOfArea:
    """The statements of one area by rising level, each with its value or None."""

    area: Area
    answers: list[tuple[Statement, int | None]]

    @property
    def values(self):
        return [value for _statement, value in self.answers]

    @property
    def said_count(self):
        return sum(value is not None for value in self.values)

    @property
    def is_complete(self):
        return None not in self.values


def changeable_view(learner):
    """Return what a learner may still change of what she said, or None."""
    since = timezone.now() - timedelta(days=DAYS_TO_CHANGE)
    views = SelfView.objects.visible_to(learner).filter(begun_at__gte=since)
    return views.order_by("begun_at").last()


def is_changeable(view):
    return view.begun_at >= timezone.now() - timedelta(days=DAYS_TO_CHANGE)


def said_by_area(view):
    """Return a SaidOfArea for each area that has statements; `view` may be None."""
    said = dict(view.ratings.values_list("statement_id", "value")) if view else {}
    found = {}
    for statement in Statement.objects.select_related("area"):
        answer = (statement, said.get(statement.pk))
        found.setdefault(statement.area, []).append(answer)
    return [SaidOfArea(area, answers) for area, answers in found.items()]


@transaction.atomic
def save_ratings(learner, values):
    """Keep what a learner says; return her view, or None when she never said a thing.

    `values` maps statements to a SelfRating.Value, or to None, which changes nothing.
    A view changes for 30 days; what is said later begins another.
    """
    User.objects.select_for_update(of=("self",)).get(pk=learner.pk)
    view = changeable_view(learner)
    said = {s: value for s, value in values.items() if value is not None}
    if not said:
        return view
    if view is None:
        view = SelfView.objects.create(learner=learner)
    known = dict(view.ratings.values_list("statement_id", "value"))
    SelfRating.objects.bulk_create(
        [
            SelfRating(self_view=view, statement=s, level=s.level, value=value)
            for s, value in said.items()
            if known.get(s.pk) != value
        ],
        update_conflicts=True,
        unique_fields=["self_view", "statement"],
        update_fields=["level", "value", "rated_at"],
    )
    return view


@transaction.atomic
def take_back(view, area):
    """Erase what was said of one area, and the view when nothing else was said."""
    view.ratings.filter(statement__area=area).delete()
    if not view.ratings.exists():
        view.delete()


# --- beside a placement ---------------------------------------------------------------


def beside(date):
    """Return the first and last moment at which something can be put beside a date."""
    return date - timedelta(days=DAYS_BESIDE), date + timedelta(days=DAYS_BESIDE)


def placement_beside(view, learner):
    """Return the learner's placement nearest in time to what she said, or None."""
    attempts = (
        Attempt.objects.visible_to(learner)
        .with_result()
        .filter(finished_at__range=beside(view.begun_at))
    )
    return min(attempts, key=lambda a: abs(a.finished_at - view.begun_at), default=None)


def view_beside(attempt, learner):
    """Return what the learner said nearest in time to a finished placement, or None."""
    around = beside(attempt.finished_at)
    views = SelfView.objects.visible_to(learner).filter(begun_at__range=around)
    return min(
        views, key=lambda view: abs(view.begun_at - attempt.finished_at), default=None
    )


@dataclass(frozen=True)
class AreaGap:
    """One area where the two differ with enough certainty: `side` as in `self_view`."""

    area: Area
    side: str


def gap_between(view, attempt):
    """Return how what was said differs from what was shown: (overall, areas).

    A `self_view.Gap` in levels, and the AreaGap of each area that differs for sure.
    Answers of closer looks count with those of the placement they continue.
    """
    its_tables = tables(attempt.parameter_set_id)
    ratings = comparable(view, its_tables.bank)
    places = tuple((AREAS.index(r.statement.area.code), r.level) for r in ratings)
    found = self_view.compare(
        its_tables.bank,
        *answers_of(attempt, its_tables),
        statement_tables(places, its_tables.bank.settings),
        {number: rating.value for number, rating in enumerate(ratings)},
        prior_of(its_tables, attempt.prior),
    )
    areas = {rating.statement.area.code: rating.statement.area for rating in ratings}
    return found.overall, [
        AreaGap(areas[code], side)
        for code, side in zip(AREAS, found.arrows, strict=False)
        if side
    ]


def comparable(view, bank):
    """Return the ratings about areas that a bank has, always in the same order."""
    codes = AREAS[: bank.area_count]
    ratings = view.ratings.filter(statement__area__code__in=codes)
    return list(
        ratings.select_related("statement__area").order_by(
            "statement__area__code", "level", "pk"
        )
    )


def answers_of(attempt, its_tables):
    """Return the rows, scores and skips of all answers that count in a placement."""
    _retired, void = withdrawn(its_tables)
    answered = [
        response
        for response in of_placement(attempt).exclude(answered_at=None)
        if response.question_version_id not in void
    ]
    return (
        its_tables.rows_of(answered),
        [response.score for response in answered],
        [response.is_skipped for response in answered],
    )


@lru_cache(maxsize=32)
def statement_tables(places, settings):
    """Return the Statements at some (area, level), for one scale."""
    area = [area for area, _level in places]
    level = [level for _area, level in places]
    return self_view.Statements(area, level, settings)
