from django.urls import path
from django.utils.translation import gettext_lazy as _

from assessments import views

app_name = "assessments"
urlpatterns = [
    path("", views.placement, name="placement"),
    path(_("start/"), views.start, name="start"),
    path(_("kept-answer/"), views.kept_answer, name="kept_answer"),
    path("<uuid:pk>/", views.question, name="question"),
    path("<uuid:pk>/<int:position>/", views.feedback, name="feedback"),
    path(_("<uuid:pk>/stop/"), views.stop, name="stop"),
    path(_("<uuid:pk>/result/"), views.result, name="result"),
    path(_("<uuid:pk>/answers/"), views.answers, name="answers"),
]
