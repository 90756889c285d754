"""The one door of the views to an attempt."""

from django.shortcuts import get_object_or_404

from assessments.models import Attempt


def own_attempt(request, pk):
    return get_object_or_404(Attempt.objects.visible_to(request.user), pk=pk)
