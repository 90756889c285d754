"""What a learner says she can do, area by area, and what it says beside a result."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.models import SelfView
from assessments.self_view_forms import RatingsForm
from assessments.self_view_words import beside_view, values_in_words
from assessments.self_views import (
    changeable_view,
    is_changeable,
    said_by_area,
    save_ratings,
    take_back,
)

TO_BEGIN = "assessments:self_view"


@login_required
def introduction(request):
    """What it is, before the first statement; the way back to what was said."""
    view = changeable_view(request.user)
    said = said_by_area(view)
    earlier = SelfView.objects.visible_to(request.user).order_by("-begun_at")
    return render(
        request,
        "assessments/self_view.html",
        {
            "view": view,
            "said": said,
            "said_count": sum(area.said_count for area in said),
            "total": sum(len(area.answers) for area in said),
            "to_go_on": next((a for a in said if not a.is_complete), None),
            "earlier": [other for other in earlier if other != view],
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def area(request, code):
    """The statements of one area. A POST keeps what is said and leads to the next."""
    view = changeable_view(request.user)
    said = said_by_area(view)
    number = number_of(code, said)
    if request.method == "POST" and "take_back" in request.POST:
        return take_back_area(request, view, said[number].area)
    sent = request.POST if request.method == "POST" else None
    form = RatingsForm(said[number], sent)
    if form.is_valid():
        view = save_ratings(request.user, form.ratings())
        return go_on(view, said[number + 1 :])
    return render(
        request,
        "assessments/self_view_area.html",
        {
            "form": form,
            "said": said[number],
            "number": number + 1,
            "total": len(said),
            "before": said[number - 1] if number else None,
            "is_last": number + 1 == len(said),
        },
        status=422 if form.is_bound else 200,
    )


def number_of(code, said):
    """Return which of the areas has a code; 404 when none has."""
    codes = [of_area.area.code for of_area in said]
    if code not in codes:
        raise Http404
    return codes.index(code)


def go_on(view, after):
    """Lead to the next area, then to all that was said."""
    if after:
        return redirect("assessments:self_view_area", code=after[0].area.code)
    if view is None:
        return redirect(TO_BEGIN)
    return redirect("assessments:self_view_summary", pk=view.pk)


def take_back_area(request, view, area):
    if view is not None:
        take_back(view, area)
        messages.info(request, _("Your answers in this area are erased."))
    return redirect("assessments:self_view_area", code=area.code)


def own_view(request, pk):
    return get_object_or_404(SelfView.objects.visible_to(request.user), pk=pk)


@login_required
def summary(request, pk):
    """All that was said around one date, beside the result of that time."""
    view = own_view(request, pk)
    return render(
        request,
        "assessments/self_view_summary.html",
        {
            "view": view,
            "is_changeable": is_changeable(view),
            "said": [
                {"area": said.area, "answers": said.answers, "values": said.values}
                | {"text": values_in_words(said.values)}
                for said in said_by_area(view)
            ],
            "self_view": beside_view(view, request.user),
        },
    )


@login_required
@require_POST
def erase(request, pk):
    own_view(request, pk).delete()
    messages.info(request, _("What you said is erased."))
    return redirect(TO_BEGIN)
