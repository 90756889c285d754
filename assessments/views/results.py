"""Where an attempt led, and its answers read again."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from assessments.attempts import newest_first
from assessments.bank import AREAS
from assessments.closer import offers_of
from assessments.models import Area, Attempt, Level
from assessments.results import (
    advice,
    correction_of,
    date_of,
    descriptors_at,
    end_of_scale_in_words,
    progress_since,
    reached,
    scale_rows,
    sentence_of,
)
from assessments.reviewed import reviewed
from assessments.self_view_words import beside_result
from assessments.views.own import own_attempt
from assessments.waiting import waiting_for, waiting_of


@login_required
def result(request, pk):
    """Where a placement led; what is still needed when it led nowhere yet."""
    attempt = own_attempt(request, pk)
    if not attempt.is_placement:
        return redirect(attempt)
    overall, areas = reached(attempt)
    correction = correction_of(attempt, overall, areas)
    if overall is None:
        return not_yet(request, attempt, correction)
    newest = [area.newest for area in areas]
    rows = scale_rows(areas)
    descriptors = descriptors_at(newest)
    for row in rows:
        row["descriptor"] = descriptors.get(row["area"].pk, "")
    context = {
        "attempt": attempt,
        "told_on": date_of(attempt),
        "areas": areas,
        "changes": [area.change for area in areas if area.rounds],
        "unknown": unknown_areas(areas),
        "looks": looks_of(attempt, areas),
        "rows": rows,
        "sentence": sentence_of(overall),
        "end_of_scale": end_of_scale_in_words(overall),
        "correction": correction,
        "levels": Level.objects.all(),
        "advice": advice(newest, request.user, get_language()),
    }
    context |= in_time(request, attempt)
    context["self_view"] = beside_result(attempt, request.user)
    context |= closer(request, attempt, areas, is_newest=context["newer"] is None)
    return render(request, "assessments/result.html", context)


def unknown_areas(areas):
    """Return the areas that a result says nothing about."""
    if len(areas) == len(AREAS):
        return []
    return Area.objects.exclude(pk__in=[result.area.pk for result in areas])


def looks_of(attempt, areas):
    """Return the finished closer looks of a placement, to read their answers again."""
    if not any(area.rounds for area in areas):
        return []
    looks = attempt.closer_looks.finished().select_related("area")
    return looks.order_by("area__code", "round")


def not_yet(request, attempt, correction):
    waiting = None if attempt.is_finished else waiting_of(attempt)
    return render(
        request,
        "assessments/not_yet.html",
        {"attempt": attempt, "waiting": waiting, "correction": correction},
    )


def in_time(request, attempt):
    """Return what the page says of the results before and after this one."""
    results = Attempt.objects.visible_to(request.user).with_result()
    ordered = list(results.order_by(*newest_first()))
    place = ordered.index(attempt)
    before = ordered[place + 1] if place + 1 < len(ordered) else None
    return {
        "progress": progress_since(attempt, before),
        "newer": ordered[0] if place else None,
    }


def closer(request, attempt, areas, is_newest):
    """Return what the page offers to know an area better: on the newest result."""
    _waiting, look = waiting_for(request.user)
    is_offered = is_newest and look is None
    return {
        "look": look,
        "offers": offers_of(attempt, areas, get_language()) if is_offered else [],
    }


@login_required
def answers(request, pk):
    """All answers of a finished attempt, with what each choice is worth."""
    attempt = own_attempt(request, pk)
    if not attempt.is_finished:
        return redirect(attempt)
    responses = attempt.responses.order_by("position").select_related(
        "question_version__key_correction"
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
