"""Taking an assessment: before it, its questions, and stopping."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.attempts import (
    NotCurrent,
    keep_answer,
    pending_response,
    stop_attempt,
)
from assessments.bank import EmptyBank, with_version
from assessments.forms import AnswerForm, whole_number
from assessments.models import Attempt
from assessments.results import date_of
from assessments.reviewed import reviewed
from assessments.starting import TooSoon, check_delay, start_placement
from assessments.views.own import own_attempt
from assessments.waiting import standing_of, waiting_of
from cms.dates import full_date

KEPT = "kept_answer"
LONGEST_KEPT = 2000


def placement(request):
    """What placement is, before it begins; the way back to an open or past one."""
    attempts = Attempt.objects.visible_to(request.user).placements()
    waiting, look, last = standing_of(request.user)
    possible_on = None
    try:
        check_delay(attempts)
    except TooSoon as too_soon:
        possible_on = too_soon.possible_on
    return render(
        request,
        "assessments/placement.html",
        {
            "waiting": waiting,
            "look": look,
            "last": last,
            "last_on": last and date_of(last),
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
            % {"date": full_date(too_soon.possible_on)},
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
    if request.method == "POST":
        return receive(request, pk, request.POST)
    attempt = own_attempt(request, pk)
    if attempt.is_finished or attempt.is_left:
        return redirect(place_of(attempt))
    return show_question(request, attempt)


def place_of(attempt):
    """Return the address where an attempt now stands: its question, or its result."""
    if attempt.is_finished and attempt.area_id:
        return f"{attempt.get_absolute_url()}#areas"
    if attempt.is_left:
        return reverse("assessments:result", args=[attempt.pk])
    return attempt.get_absolute_url()


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
    own = Attempt.objects.visible_to(request.user)
    if not own.filter(pk=kept["attempt"]).exists():
        messages.warning(
            request, _("The answer sent before signing in belongs to another account.")
        )
        return redirect("courses:dashboard")
    return receive(request, kept["attempt"], QueryDict(kept["body"]))


def receive(request, pk, data):
    """Keep an answer, or say clearly why not; nothing already kept is ever lost."""
    with transaction.atomic():
        attempt = own_attempt(request, pk, is_locked=True)
        responses = list(attempt.responses.all())
        pending = next((r for r in responses if not r.is_answered), None)
        response = response_sent(responses, data)
        if response is None:
            return answer_elsewhere(request, attempt, response)
        form = AnswerForm(attempt, response, get_language(), data)
        is_kept = is_answer(form) and kept(form, responses)
    if is_kept:
        return after_answer(request, attempt, response)
    if response == pending and not is_answer(form):
        return show_question(request, attempt, form)
    return answer_elsewhere(request, attempt, response)


def response_sent(responses, data):
    """Return the response whose form was sent, or None."""
    position = whole_number(data.get("position", ""))
    version = whole_number(data.get("version", ""))
    return with_version(
        next(
            (
                response
                for response in responses
                if response.position == position
                and response.question_version_id == version
            ),
            None,
        )
    )


def is_answer(form):
    return not form.is_move and form.is_valid()


def kept(form, responses):
    """Whether the answer of a valid form is kept: not when another one was before."""
    try:
        keep_answer(form.attempt, responses, form.answer(), get_language())
    except NotCurrent:
        return False
    return True


def after_answer(request, attempt, response):
    if not attempt.is_adaptive:
        return redirect("assessments:feedback", attempt.pk, response.position)
    if attempt.is_left and not attempt.is_finished:
        messages.info(request, _("Your answer is kept."))
    return redirect(place_of(attempt))


def answer_elsewhere(request, attempt, response):
    """Say why nothing was changed, and lead to where the attempt is now."""
    if response is not None and response.is_answered:
        text = _("This question was already answered: your first answer is kept.")
    elif leads_nowhere(attempt):
        text = _("This attempt is over: that answer was not added.")
    elif attempt.is_finished:
        text = _("This attempt is over: that answer was not added. Here is the result.")
    else:
        text = _("That answer was for another question. Here is the one to answer now.")
    messages.info(request, text)
    return redirect(place_of(attempt))


def leads_nowhere(attempt):
    is_over = attempt.is_finished and attempt.is_placement
    return is_over and not attempt.placements.exists()


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
    """After an answer of a check or of practice: what each choice is worth."""
    attempt = own_attempt(request, pk)
    if attempt.is_adaptive:
        raise Http404
    response = get_object_or_404(
        attempt.responses.exclude(answered_at=None).select_related(
            "question_version__key_correction"
        ),
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
    """Take a break, or end a placement or closer look: its answers count."""
    attempt = own_attempt(request, pk)
    if attempt.is_finished or not attempt.is_adaptive:
        return redirect(place_of(attempt))
    if request.method == "POST":
        found = attempt.continues_id or attempt.pk
        stop_attempt(attempt)
        return redirect("assessments:result", pk=found)
    if attempt.is_left:
        return redirect(place_of(attempt))
    return render(
        request,
        "assessments/stop.html",
        {
            "attempt": attempt,
            "waiting": waiting_of(attempt),
            "answered_count": attempt.responses.exclude(answered_at=None).count(),
        },
    )
