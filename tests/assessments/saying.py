"""Saying what one can do, the way a learner does: pages and forms."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments.attempts import finish
from assessments.bank import tables
from assessments.models import Area, Response, SelfView, Statement
from assessments.starting import start_placement
from tests.factories import make_framework

LEVELS = [1, 2, 3, 4, 5, 7]


def make_statements(areas="ABCDEF"):
    """Create six statements in each area."""
    make_framework()
    for area in Area.objects.filter(code__in=areas):
        for number, level in enumerate(LEVELS, start=1):
            Statement.objects.create(
                reference=f"{area.code}-s{number}",
                area=area,
                level=level,
                text_fr=f"Je sais {area.code}{number}.",
                text_en=f"I can {area.code}{number}.",
            )


def address(name="", *args, language="en"):
    """Return an address of the self-view: "", "area", "summary" or "erase"."""
    with override(language):
        return reverse(f"assessments:self_view{name and '_'}{name}", args=args)


def facts(area, *values):
    """Return the fields of an area's form; None leaves a statement out."""
    statements = Statement.objects.filter(area__code=area)
    return {
        f"statement-{statement.pk}": value
        for statement, value in zip(statements, values, strict=False)
        if value is not None
    }


def say(client, area, *values, language="en"):
    """Send the form of one area; the last value is for all that remain."""
    values = [*values, *[values[-1]] * (len(LEVELS) - len(values))]
    return client.post(address("area", area, language=language), facts(area, *values))


def say_all(client, value):
    """Give the same answer to all statements; return the view that holds them."""
    for area in "ABCDEF":
        say(client, area, value)
    return SelfView.objects.latest("begun_at")


def values_of(view, area="A"):
    """Return what was kept of one area, by rising level."""
    ratings = view.ratings.filter(statement__area__code=area)
    return list(ratings.order_by("level").values_list("value", flat=True))


def set_back(row, days, field="begun_at"):
    """Move a date that the database set by itself into the past."""
    moment = timezone.now() - timedelta(days=days)
    type(row).objects.filter(pk=row.pk).update(**{field: moment})
    row.refresh_from_db()


def place(learner, score, days_ago=0):
    """Return a finished placement: three questions of each area, all with one score."""
    attempt = start_placement(learner, "fr")
    attempt.responses.all().delete()
    its_tables = tables(attempt.parameter_set_id)
    asked = [
        row
        for area in range(its_tables.bank.area_count)
        for row in (its_tables.bank.area == area).nonzero()[0][:3]
    ]
    Response.objects.bulk_create(
        Response(
            attempt=attempt,
            position=position,
            question_version_id=its_tables.versions[row],
            score=score,
            answer=[0],
            answered_at=attempt.started_at,
        )
        for position, row in enumerate(asked, start=1)
    )
    finish(attempt, "stopped")
    set_back(attempt, days_ago, "finished_at")
    return attempt
