from django.urls import path
from django.utils.translation import gettext_lazy as _

from courses import views

app_name = "courses"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path(_("what-my-employer-sees/"), views.employer_view, name="employer_view"),
    path(_("notes/"), views.journal, name="journal"),
    path(_("team/"), views.team, name="team"),
    path(_("team/sheet.csv"), views.team_sheet, name="team_sheet"),
    path(_("team/assign/"), views.assign, name="assign"),
    path(
        _("team/withdraw/<int:pk>/"),
        views.withdraw,
        name="withdraw",
    ),
    path(_("calendar/<int:pk>.ics"), views.calendar, name="calendar"),
    path(_("module/<uuid:key>/start/"), views.begin, name="begin"),
    path(_("module/<uuid:key>/booklet/"), views.booklet, name="booklet"),
    path(_("step/<uuid:key>/done/"), views.step_done, name="step_done"),
    path(_("step/<uuid:key>/note/"), views.save_note, name="save_note"),
    path(_("call/<uuid:key>/start/"), views.start_call, name="start_call"),
    path(_("call/<uuid:pk>/"), views.run, name="run"),
    path(_("check/<uuid:key>/start/"), views.begin_check, name="begin_check"),
    path(_("check/<uuid:pk>/result/"), views.check_result, name="check_result"),
]
