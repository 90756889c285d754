"""Live sessions in the CMS: written there; presence is noted on the site."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.history import HistoryView as HistoryOfAny
from wagtail.admin.views.generic.usage import UsageView as UsageOfAny
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from cms.dates import full_date
from courses.models import LiveSession
from courses.permissions import (
    holds_sessions,
    organisations_of,
    speaks_for_platform,
    trained_by,
)


class SessionPolicy(ModelPermissionPolicy):
    """Trainers hold the sessions of their organisations, and no others.

    A session at which somebody was present is not deleted: attestations name it.
    """

    def user_has_permission(self, user, action):
        if not user.is_active:
            return False
        return super().user_has_permission(user, action) or trained_by(user).exists()

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user, action, instance):
        if action == "delete" and instance.attendances.exists():
            return False
        return self.instances_user_has_permission_for(user, action).contains(instance)

    def user_has_any_permission_for_instance(self, user, actions, instance):
        return any(
            self.user_has_permission_for_instance(user, action, instance)
            for action in actions
        )

    def instances_user_has_permission_for(self, user, action):
        return LiveSession.objects.visible_to(user)

    def instances_user_has_any_permission_for(self, user, actions):
        return LiveSession.objects.visible_to(user)


class OwnSessions:
    """A view of one session: those of others do not exist for it."""

    def get_queryset(self):
        return LiveSession.objects.visible_to(self.request.user)


class AboutOwnSessions:
    """A list about one session: the same."""

    def get_base_object_queryset(self):
        return LiveSession.objects.visible_to(self.request.user)


class OwnOrganisations:
    """A form that offers the organisations in whose name its user may act."""

    def get_form(self, *args, **kwargs):
        form = super().get_form(*args, **kwargs)
        field, user = form.fields["organisation"], self.request.user
        field.queryset = organisations_of(user)
        field.required = not speaks_for_platform(user)
        if field.required:
            field.empty_label = None
        return form


class CreateView(OwnOrganisations, generic.CreateView):
    def get_success_url(self):
        return self.object.get_absolute_url()


class EditView(OwnSessions, OwnOrganisations, generic.EditView):
    pass


class IndexView(generic.IndexView):
    def get_base_queryset(self):
        sessions = LiveSession.objects.visible_to(self.request.user)
        return sessions.select_related("organisation")


class DeleteView(OwnSessions, generic.DeleteView):
    def get_object(self, queryset=None):
        session = super().get_object(queryset)
        if not self.user_has_permission_for_instance("delete", session):
            raise PermissionDenied
        return session


class UsageView(AboutOwnSessions, UsageOfAny):
    pass


class HistoryView(AboutOwnSessions, HistoryOfAny):
    pass


class SessionViewSet(ModelViewSet):
    model = LiveSession
    icon = "calendar-alt"
    menu_label = _("Live sessions")
    menu_order = 95
    add_to_admin_menu = True
    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    delete_view_class = DeleteView
    usage_view_class = UsageView
    history_view_class = HistoryView
    copy_view_enabled = False
    list_display = [
        TitleColumn("title", label=_("Title"), url_name="live_sessions:edit"),
        Column(
            "held_on",
            label=_("Held on"),
            accessor=lambda session: full_date(session.held_on),
            sort_key="held_on",
        ),
        "organisation",
        TitleColumn(
            "presence",
            label=_("Presence and attestations"),
            accessor=lambda session: _("Note presence"),
            get_url=lambda session: session.get_absolute_url(),
        ),
    ]
    search_fields = ["title"]
    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("held_on"), FieldPanel("minutes")]),
        FieldRowPanel([FieldPanel("place"), FieldPanel("trainer_name")]),
        FieldPanel("objectives"),
        MultiFieldPanel(
            [FieldPanel("organisation"), FieldPanel("language")],
            heading=_("Attestations"),
        ),
    ]


class GroupsMenuItem(MenuItem):
    """To the page of the site where attestations are issued for groups."""

    def __init__(self):
        super().__init__(
            _("Attestations for groups"),
            "",
            name="groups",
            icon_name="list-ul",
            order=96,
        )

    def is_shown(self, request):
        return holds_sessions(request.user)

    def render_component(self, request):
        self.url = reverse("certificates:groups")
        return super().render_component(request)


register_permission_policy(LiveSession, SessionPolicy(LiveSession))
