from django.urls import path
from django.utils.translation import gettext_lazy as _

from assessments.views import results, sitting

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
]
