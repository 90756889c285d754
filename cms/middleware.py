from csp.constants import NONE
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import translation

ADMIN = "/admin/"
# Asks for permissions on a kind of row, never on the row: sessions of all employers.
FOR_ADMINISTRATORS = "/admin/reports/site-history/"


class AdminMiddleware:
    """The door of the CMS: who may enter, and the looser policy its editor needs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.is_admin_page = request.path.startswith(ADMIN)
        if request.is_admin_page and request.user.is_authenticated:
            self.welcome(request)
        response = self.get_response(request)
        if request.is_admin_page:
            response._csp_replace = settings.ADMIN_POLICY | {"object-src": [NONE]}
        return response

    def welcome(self, request):
        """Let in those who may, in the language of their account."""
        if not request.user.has_perm("wagtailadmin.access_admin"):
            # Wagtail would send a signed-in person to sign in, again and again.
            request.is_admin_page = False
            raise PermissionDenied
        if (
            request.path.startswith(FOR_ADMINISTRATORS)
            and not request.user.is_superuser
        ):
            request.is_admin_page = False
            raise PermissionDenied
        translation.activate(request.user.language)
