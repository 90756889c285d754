from django.urls import path
from django.utils.translation import gettext_lazy as _

from assessments.views import closer, history, practice, results, self_view, sitting

app_name = "assessments"
urlpatterns = [
    path("", sitting.placement, name="placement"),
    path(_("start/"), sitting.start, name="start"),
    path(_("kept-answer/"), sitting.kept_answer, name="kept_answer"),
    path("<uuid:pk>/", sitting.question, name="question"),
    path("<uuid:pk>/<int:position>/", sitting.feedback, name="feedback"),
    path(_("<uuid:pk>/stop/"), sitting.stop, name="stop"),
    path(_("<uuid:pk>/result/"), results.result, name="result"),
    path(_("<uuid:pk>/answers/"), results.answers, name="answers"),
    path(
        _("<uuid:pk>/look-closer/<slug:code>/"), closer.look_closer, name="look_closer"
    ),
    path(_("results/"), history.history, name="history"),
    path(_("as-i-see-it/"), self_view.introduction, name="self_view"),
    path(_("as-i-see-it/<int:pk>/"), self_view.summary, name="self_view_summary"),
    path(_("as-i-see-it/<int:pk>/erase/"), self_view.erase, name="self_view_erase"),
    path(_("as-i-see-it/<slug:code>/"), self_view.area, name="self_view_area"),
    path(_("practice/accept/"), practice.begin, name="practice_begin"),
    path(_("practice/stop/"), practice.stop, name="practice_stop"),
    path(_("practice/start/"), practice.start, name="practice_start"),
    path(_("<uuid:pk>/practised/"), practice.result, name="practice_result"),
]
