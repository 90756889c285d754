from csp.constants import NONE
from django.conf import settings

ADMIN = "/admin/"


class AdminPolicyMiddleware:
    """The CMS gets the looser content policy that Wagtail's editor needs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.is_admin_page = request.path.startswith(ADMIN)
        response = self.get_response(request)
        if request.is_admin_page:
            response._csp_replace = settings.ADMIN_POLICY | {"object-src": [NONE]}
        return response
