"""Looking closer at one area of a result."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.models import Area
from assessments.starting import NoCloserLook, start_closer_look
from assessments.views.own import own_attempt


@login_required
@require_POST
def look_closer(request, pk, code):
    """Begin a closer look at an area, or go on with the one that is open."""
    found = own_attempt(request, pk)
    area = get_object_or_404(Area, code=code)
    if not found.is_placement or not found.is_finished:
        return redirect(found)
    try:
        return redirect(start_closer_look(found, area, get_language()))
    except NoCloserLook as none:
        messages.info(request, why_none(none, area))
        return redirect("assessments:result", pk=(none.newer or found).pk)


def why_none(none, area):
    """Return why no closer look can begin at an area, and what to do instead."""
    if none.newer:
        return _("You have a newer result: here it is. Look closer from there.")
    if none.under_way is None:
        return _(
            "No question is left to look closer at “%(area)s”: its range is as close "
            "as questions can say for now."
        ) % {"area": area.short}
    return ngettext(
        "You are looking closer at “%(area)s”: %(count)d question to go. Go on with "
        "it, or end it, before you look closer elsewhere.",
        "You are looking closer at “%(area)s”: %(count)d questions to go. Go on with "
        "it, or end it, before you look closer elsewhere.",
        none.under_way.to_go,
    ) % {"area": none.under_way.area.short, "count": none.under_way.to_go}
