"""Taking an assessment: before it, its questions, and stopping."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.attempts import (
    AlreadyAnswered,
    NotCurrent,
    last_placement,
    pending_response,
    save_answer,
    stop_attempt,
)
from assessments.bank import EmptyBank, with_version
from assessments.forms import AnswerForm, whole_number
from assessments.models import Attempt
from assessments.results import reviewed
from assessments.starting import TooSoon, check_delay, start_placement
from assessments.views.own import own_attempt

KEPT = "kept_answer"
LONGEST_KEPT = 2000


def placement(request):
    """What placement is, before it begins; the way back to an open or past one."""
    attempts = Attempt.objects.visible_to(request.user).placements()
    possible_on = None
    try:
        check_delay(attempts)
    except TooSoon as too_soon:
        possible_on = too_soon.possible_on
    return render(
        request,
        "assessments/placement.html",
        {
            "open_attempt": attempts.open().first(),
            "last": last_placement(request.user)
            if request.user.is_authenticated
            else None,
            "possible_on": possible_on,
        },
    )


@login_required
@require_POST
def start(request):
    try:
        attempt = start_placement(request.user, get_language())
    except TooSoon as too_soon:
        messages.info(
            request,
            _(
                "You can take the placement again from %(date)s: by then you will meet "
                "other questions."
            )
            % {"date": date_format(too_soon.possible_on)},
        )
        return redirect("assessments:placement")
    except EmptyBank:
        messages.warning(request, _("There is no question to ask yet."))
        return redirect("assessments:placement")
    return redirect(attempt)


@require_http_methods(["GET", "POST"])
def question(request, pk):
    """The question being asked. A POST keeps its answer, then shows what follows."""
    if not request.user.is_authenticated:
        return keep_for_later(request, pk)
    attempt = own_attempt(request, pk)
    if request.method == "POST":
        return receive(request, attempt, request.POST)
    if attempt.is_finished:
        return redirect(attempt)
    return show_question(request, attempt)


def keep_for_later(request, pk):
    """The session has ended: keep what was sent, and ask who is there."""
    address = reverse("assessments:question", args=[pk])
    if request.method == "POST":
        body = request.POST.urlencode()
        if len(body) <= LONGEST_KEPT:
            request.session[KEPT] = {"attempt": str(pk), "body": body}
            address = reverse("assessments:kept_answer")
            messages.info(
                request, _("Your answer is kept. Sign in again and it will be saved.")
            )
    query = urlencode({"next": address})
    return redirect(f"{reverse('account_login')}?{query}")


@login_required
def kept_answer(request):
    """Save the answer that was sent just before signing in again."""
    kept = request.session.pop(KEPT, None)
    if kept is None:
        return redirect("courses:dashboard")
    attempt = Attempt.objects.visible_to(request.user).filter(pk=kept["attempt"])
    attempt = attempt.first()
    if attempt is None:
        messages.warning(
            request, _("The answer sent before signing in belongs to another account.")
        )
        return redirect("courses:dashboard")
    return receive(request, attempt, QueryDict(kept["body"]))


def receive(request, attempt, data):
    """Keep an answer, or say clearly why not; nothing already kept is ever lost."""
    response = with_version(
        attempt.responses.filter(
            position=whole_number(data.get("position", "")),
            question_version=whole_number(data.get("version", "")),
        ).first()
    )
    if response is None:
        return answer_elsewhere(request, attempt)
    form = AnswerForm(attempt, response, get_language(), data)
    if form.is_move or not form.is_valid():
        if response == pending_response(attempt) and not attempt.is_finished:
            return show_question(request, attempt, form)
        return answer_elsewhere(request, attempt, response)
    try:
        kept = save_answer(attempt, form.answer(), get_language())
    except AlreadyAnswered:
        response.refresh_from_db(fields=["answered_at"])
        return answer_elsewhere(request, attempt, response)
    except NotCurrent:
        return answer_elsewhere(request, attempt)
    if attempt.is_placement:
        return redirect("assessments:question", pk=attempt.pk)
    return redirect("assessments:feedback", pk=attempt.pk, position=kept.position)


def answer_elsewhere(request, attempt, response=None):
    """Say why nothing was changed, and lead to where the attempt is now."""
    attempt.refresh_from_db(fields=["finished_at"])
    if response is not None and response.is_answered:
        text = _("This question was already answered: your first answer is kept.")
    elif attempt.is_finished:
        text = _("This attempt is over: that answer was not added. Here is the result.")
    else:
        text = _("That answer was for another question. Here is the one to answer now.")
    messages.info(request, text)
    return redirect(attempt)


def show_question(request, attempt, form=None):
    response = form.response if form else pending_response(attempt)
    language = get_language()
    form = form or AnswerForm(attempt, response, language)
    return render(
        request,
        "assessments/question.html",
        {
            "attempt": attempt,
            "form": form,
            "response": response,
            "shown_language": language
            if response.question_version.has_language(language)
            else "fr",
            "answered_count": response.position - 1,
            "total": response.position - 1 + attempt.to_go,
        },
        status=422 if form.is_bound and not form.is_move else 200,
    )


@login_required
def feedback(request, pk, position):
    """After an answer of a check: what each choice is worth, and the way on."""
    attempt = own_attempt(request, pk)
    if attempt.is_placement:
        raise Http404
    response = get_object_or_404(
        attempt.responses.exclude(answered_at=None).select_related("question_version"),
        position=position,
    )
    return render(
        request,
        "assessments/feedback.html",
        {
            "attempt": attempt,
            "response": response,
            "reviewed": reviewed(attempt, response, get_language()),
            "total": attempt.responses.count(),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def stop(request, pk):
    """Stop a placement for good: the answers count when there are enough."""
    attempt = own_attempt(request, pk)
    if attempt.is_finished or not attempt.is_placement:
        return redirect(attempt)
    if request.method == "POST":
        return redirect(stop_attempt(attempt))
    count = attempt.responses.exclude(answered_at=None).count()
    return render(
        request, "assessments/stop.html", {"attempt": attempt, "answered_count": count}
    )
