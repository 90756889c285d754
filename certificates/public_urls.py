"""The short addresses on paper and in credentials, outside the languages.

They are printed and signed, so kept for ever (certificates/credentials/sites.py).
"""

from django.urls import path

from certificates import views
from certificates.views import machines

urlpatterns = [
    path("v/", views.short),
    path("v/<str:code>", machines.certificate, name="check_certificate"),
    path("v/<str:code>/", machines.certificate),
    path(".well-known/did.json", machines.did_document),
    # For a site that lives in a folder of its host.
    path("did.json", machines.did_document),
    path("org/<slug:slug>/did.json", machines.did_document),
    path("status/<str:name>", machines.status_list),
    path("achievements/<path:address>/badge.svg", machines.badge, name="badge_picture"),
    path("achievements/<path:address>", machines.achievement),
    path("framework/levels/<int:number>", machines.level),
    path("framework/<str:code>", machines.competence),
]
