from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from certificates import views

app_name = "certificates"
checks = [
    path("", views.check, name="check"),
    path("<str:code>/", views.check, name="check"),
]
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/pdf/", views.download, name="download"),
    path(_("check/"), include(checks)),
    path(_("module/<uuid:module_key>/"), views.for_module, name="for_module"),
]
