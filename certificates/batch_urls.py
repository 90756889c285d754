"""Attestations for groups: what trainers open, under the addresses of certificates."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from certificates.views import batches

urlpatterns = [
    path("", batches.groups, name="groups"),
    path(_("session/<uuid:key>/"), batches.session, name="session"),
    path(_("session/<uuid:key>/zip/"), batches.session_zip, name="session_zip"),
    path(
        _("module/<int:organisation>/<uuid:key>/issue/"),
        batches.issue_cohort,
        name="issue_cohort",
    ),
    path(_("batch/<int:pk>/"), batches.batch, name="batch"),
    path(_("batch/<int:pk>/go-on/"), batches.resume, name="resume_batch"),
]
