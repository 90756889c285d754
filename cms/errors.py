from django.shortcuts import render
from django.urls import Resolver404, resolve

# Forms in which a learner has written something that must not be lost. What they do
# harms nobody: sending again asks for one more press of a button.
WRITTEN = {"assessments:question", "courses:save_note", "courses:run"}
LONGEST = 10_000


def csrf_failure(request, reason=""):
    """The page was too old: nothing was saved; what was written can be sent again."""
    # What another site sent is not offered: it may not be hers.
    is_foreign = reason.startswith(("Origin checking", "Referer checking"))
    fields = [] if is_foreign else written_fields(request)
    return render(request, "403_csrf.html", {"fields": fields}, status=403)


def written_fields(request):
    """Return the (name, value) pairs to send again; empty where that is not offered."""
    try:
        name = resolve(request.path).view_name
    except Resolver404:
        return []
    if name not in WRITTEN:
        return []
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    return fields if sum(len(value) for _name, value in fields) <= LONGEST else []
