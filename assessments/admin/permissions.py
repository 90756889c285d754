"""Who may see the trainers' pages of the bank, and who may change what was said."""

from functools import wraps

from django.views.defaults import permission_denied
from wagtail.permissions import policy_registry

from assessments.models import Question


def can_read_bank(user):
    policy = policy_registry.get_by_type(Question)
    return policy.user_has_any_permission(user, {"add", "change", "view"})


def can_publish_questions(user):
    return user.has_perm("assessments.publish_question")


def only_if(allowed):
    """Answer 403 to people of whom `allowed(user)` is false.

    An exception would not do: the CMS turns it into a redirection to its first page.
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if allowed(request.user):
                return view(request, *args, **kwargs)
            request.is_admin_page = False
            return permission_denied(request, None)

        return guarded

    return decorate
