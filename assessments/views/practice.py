"""Practice: asking for it, two minutes of it, what was practised, stopping."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.practice import (
    NothingDue,
    practice_state,
    practices,
    practised,
    start_practice,
    stop_review,
)
from assessments.review import begin_review


@login_required
@require_POST
def begin(request):
    """Ask for practice: from now on, what was less sure comes back."""
    begin_review(request.user)
    messages.success(
        request,
        _("Practice has begun: what you were less sure of comes back on this page."),
    )
    return redirect("courses:dashboard")


@login_required
@require_POST
def stop(request):
    stop_review(request.user)
    messages.success(
        request,
        _("Practice has stopped. What was planned is deleted; your results stay."),
    )
    return redirect("courses:dashboard")


@login_required
@require_POST
def start(request):
    """Two minutes now: the practice under way, or a new one."""
    try:
        attempt = start_practice(request.user, get_language())
    except NothingDue:
        messages.info(request, _("Nothing more to practise today."))
        return redirect("courses:dashboard")
    return redirect(attempt)


@login_required
def result(request, pk):
    attempt = get_object_or_404(practices(request.user), pk=pk)
    if not attempt.is_finished:
        return redirect(attempt)
    return render(
        request,
        "assessments/practice_result.html",
        {
            "attempt": attempt,
            "practised": practised(attempt),
            "practice": practice_state(request.user),
        },
    )
