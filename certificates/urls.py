from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from certificates import batch_urls, views
from certificates.views import credentials, framework, renewing

app_name = "certificates"
checks = [
    path("", views.check, name="check"),
    path(_("file/"), views.check_file, name="check_file"),
    path("<str:code>/", views.check, name="check"),
]
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/pdf/", views.download, name="download"),
    path(_("<uuid:pk>/problem/"), views.problem, name="problem"),
    path(_("all/"), views.all_documents, name="all_documents"),
    path(_("history/"), views.history, name="history"),
    path(_("placement/<uuid:pk>/"), views.placement, name="placement"),
    path(_("issue/<uuid:module_key>/"), views.issue_module, name="issue_module"),
    path(_("links/"), views.shares, name="shares"),
    path(_("links/new/"), views.share_new, name="share_new"),
    path(_("links/<int:pk>/end/"), views.share_end, name="share_end"),
    path(_("shown/<str:token>/"), views.shared, name="shared"),
    path(_("shown/<str:token>/<uuid:pk>/"), views.shared_pdf, name="shared_pdf"),
    path(_("groups/"), include(batch_urls)),
    path("<uuid:pk>/credential/", credentials.credential, name="credential"),
    path("<uuid:pk>/badge/", credentials.badge, name="badge"),
    path(_("achievements/<path:address>/"), framework.achievement, name="achievement"),
    path(_("framework/levels/<int:number>/"), framework.level, name="level"),
    path(_("framework/<str:code>/"), framework.competence, name="competence"),
    path(_("check/"), include(checks)),
    path(_("module/<uuid:module_key>/"), views.for_module, name="for_module"),
    path(_("module/<uuid:key>/renew/"), renewing.renew, name="renew"),
    path(_("path/<uuid:key>/"), renewing.for_path, name="for_path"),
]
