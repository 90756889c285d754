from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView
from django.views.static import serve as serve_file
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as wagtaildocs_urls

from cms import views
from people.admin_account import PreferencesView

# Wagtail's own sign-in pages would bypass allauth's rate limits and codes.
to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

site = (
    [path("page/<uuid:page_key>/", views.page_by_key, name="page")],
    "cms",
)

urlpatterns = [
    path("", views.front_door),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("", include("certificates.public_urls")),
    path("admin/login/", to_sign_in),
    path("admin/account/", require_admin_access(PreferencesView.as_view())),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    re_path(
        r"^media/(?P<path>.*)$", serve_file, {"document_root": settings.MEDIA_ROOT}
    ),
    *i18n_patterns(
        path("_util/login/", to_sign_in),
        path("", include(site)),
        path(_("account/"), include("allauth.urls")),
        path(_("account/"), include("people.urls")),
        path(_("me/"), include("courses.urls")),
        path(_("assessment/"), include("assessments.urls")),
        path(_("attestation/"), include("certificates.urls")),
        path("<path:path>/", views.page),
        path("", views.page, name="home"),
        path("", include(wagtail_urls)),
    ),
]
