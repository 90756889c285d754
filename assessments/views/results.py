"""Where an attempt led, and its answers read again."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from assessments.models import Level
from assessments.results import (
    advice,
    descriptors_at,
    reviewed,
    scale_rows,
    sentence_of,
)
from assessments.views.own import own_attempt


@login_required
def result(request, pk):
    attempt = own_attempt(request, pk)
    if not attempt.is_finished:
        return redirect(attempt)
    if not attempt.is_placement:
        return redirect(attempt)
    placements = list(attempt.placements.select_related("area"))
    overall = next((p for p in placements if p.area_id is None), None)
    areas = [p for p in placements if p.area_id is not None]
    rows = scale_rows(areas)
    descriptors = descriptors_at(areas)
    for row in rows:
        row["descriptor"] = descriptors.get(row["area"].pk, "")
    context = {
        "attempt": attempt,
        "overall": overall,
        "areas": areas,
        "rows": rows,
        "sentence": sentence_of(overall) if overall else "",
        "levels": Level.objects.all(),
        "advice": advice(areas, request.user, get_language()) if areas else [],
        "answered_count": attempt.responses.count(),
    }
    return render(request, "assessments/result.html", context)


@login_required
def answers(request, pk):
    """All answers of a finished attempt, with what each choice is worth."""
    attempt = own_attempt(request, pk)
    if not attempt.is_finished:
        return redirect(attempt)
    responses = attempt.responses.select_related("question_version").order_by(
        "position"
    )
    language = get_language()
    return render(
        request,
        "assessments/answers.html",
        {
            "attempt": attempt,
            "reviews": [
                (response, reviewed(attempt, response, language))
                for response in responses
            ],
        },
    )
