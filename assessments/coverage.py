"""How many questions the placement bank has for each area and level: its holes."""

from django.db.models import Count

from assessments.models import Area, Question
from assessments.models.framework import LEVELS

NEEDED = 2


def bank_map():
    """Return one row an area: {area, cells: [{level, count, is_hole}], total}."""
    counts = {
        (row["competence__area"], row["level"]): row["count"]
        for row in Question.objects.in_placement()
        .values("competence__area", "level")
        .annotate(count=Count("pk"))
        .order_by()
    }
    rows = []
    for area in Area.objects.all():
        cells = [
            {
                "level": level,
                "count": counts.get((area.pk, level), 0),
                "is_hole": counts.get((area.pk, level), 0) < NEEDED,
            }
            for level in LEVELS
        ]
        rows.append(
            {"area": area, "cells": cells, "total": sum(c["count"] for c in cells)}
        )
    return rows
