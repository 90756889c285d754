"""What a holder asks for: documents made on request, and a problem to be mended."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.models import Attempt
from certificates.forms import ProblemForm
from certificates.issue import issue
from certificates.letters import report_problem
from certificates.limits import is_over_for
from certificates.on_request import (
    NothingToAttest,
    history_deed,
    placement_deed,
    preview,
    trainings,
)
from certificates.pdf.names import problems_of as name_problems_of
from certificates.presentation import readable
from certificates.views.wallet import own_or_404

PROBLEMS_A_DAY = 5


@login_required
def placement(request, pk):
    """Show what the attestation of a placement would say; issue it when asked."""
    results = Attempt.objects.visible_to(request.user).with_result().finished()
    attempt = get_object_or_404(results.select_related("parameter_set"), pk=pk)
    return on_request(request, placement_deed(attempt, get_language()))


@login_required
def history(request):
    """Show what the document of all training would say; issue it when asked."""
    try:
        deed = history_deed(request.user, get_language())
    except NothingToAttest as error:
        raise Http404 from error
    _listed, left_out = trainings(request.user)
    return on_request(request, deed, left_out)


def on_request(request, deed, left_out=()):
    problems = name_problems_of(deed.facts["name"])
    if request.method == "POST" and not problems:
        certificate = issue(deed)
        messages.success(request, _("Your attestation is issued."))
        return redirect(certificate)
    return render(
        request,
        "certificates/on_request.html",
        {
            "name_problems": problems,
            "left_out": left_out,
            **readable(preview(deed), get_language()),
        },
    )


@login_required
def problem(request, pk):
    """Write to those who run the site about an attestation: a wrong name, say."""
    certificate = own_or_404(request, pk)
    form = ProblemForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and send(request, certificate, form)
    ):
        return redirect(certificate)
    return render(
        request,
        "certificates/problem.html",
        {"form": form, **readable(certificate, get_language())},
    )


def send(request, certificate, form):
    """Send what was asked, and say what became of it; true when it left."""
    what = ProblemForm.What(form.cleaned_data["what"]).label
    if is_over_for(request.user, "problem", PROBLEMS_A_DAY):
        form.add_error(
            None, _("You have written several times today: wait for the answer.")
        )
        return False
    try:
        is_sent = report_problem(certificate, what, form.cleaned_data["message"])
    except OSError:
        is_sent = False
    if not is_sent:
        form.add_error(
            None, _("The message could not be sent. Try again later, or ask for help.")
        )
        return False
    messages.success(
        request, _("Your request is sent. The answer comes to your e-mail address.")
    )
    return True
