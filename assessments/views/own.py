"""The one door of the views to an attempt."""

from django.shortcuts import get_object_or_404

from assessments.models import Attempt


def own_attempt(request, pk, is_locked=False):
    """Return an attempt of the person who asks, or raise Http404.

    `is_locked`, inside a transaction, keeps others from changing it meanwhile.
    """
    attempts = Attempt.objects.visible_to(request.user)
    if is_locked:
        attempts = attempts.select_for_update(of=("self",))
    return get_object_or_404(attempts, pk=pk)
