"""All results of a learner, over time."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from assessments.attempts import newest_first
from assessments.models import Attempt, Placement
from assessments.results import history_rows


@login_required
def history(request):
    attempts = Attempt.objects.visible_to(request.user).placements()
    results = (
        Placement.objects.filter(area=None, attempt__in=attempts)
        .select_related("attempt")
        .order_by(*newest_first("attempt__"))
    )
    return render(request, "assessments/history.html", {"rows": history_rows(results)})
