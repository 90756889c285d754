"""What trainers find when they enter the CMS."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from assessments.admin.bank import map_context
from assessments.admin.permissions import can_read_bank
from assessments.models import Question
from courses.models import CataloguePage, ModulePage
from courses.renewal import ACTION
from courses.session_admin import GroupsMenuItem, SessionViewSet
from courses.substance import admin_urls, header_buttons


def catalogues():
    """Return the catalogues, that of the CMS's own language first."""
    found = list(CataloguePage.objects.select_related("locale"))
    return sorted(found, key=lambda page: page.locale.language_code != get_language())


class TrainerPanel(Component):
    """The usual ways in, and where questions are missing in the bank."""

    order = 20
    template_name = "courses/admin/trainer_panel.html"

    def get_context_data(self, parent_context):
        return {
            "catalogues": catalogues(),
            "module_count": ModulePage.objects.live().count(),
            "question_count": Question.objects.filter(live=True).count(),
            "questions_url": reverse(Question.snippet_viewset.get_url_name("list")),
            "add_question_url": reverse(Question.snippet_viewset.get_url_name("add")),
            **(map_context() if can_read_bank(parent_context["request"].user) else {}),
        }


@hooks.register("construct_homepage_panels")
def add_trainer_panel(request, panels):
    panels.insert(0, TrainerPanel())


class ModulesMenuItem(MenuItem):
    """Straight to the modules, without going through the tree of pages."""

    def __init__(self):
        super().__init__(_("Modules"), "", name="modules", icon_name="folder", order=90)

    def render_component(self, request):
        found = catalogues()
        page = found[0].pk if found else 1
        self.url = reverse("wagtailadmin_explore", args=[page])
        return super().render_component(request)


@hooks.register("register_admin_menu_item")
def add_modules_item():
    return ModulesMenuItem()


@hooks.register("register_admin_viewset")
def register_live_sessions():
    return SessionViewSet("live_sessions")


@hooks.register("register_admin_menu_item")
def add_groups_item():
    return GroupsMenuItem()


hooks.register("register_page_header_buttons", header_buttons)


@hooks.register("register_admin_urls")
def add_substance_urls():
    return admin_urls


@hooks.register("register_log_actions")
def add_substance_action(actions):
    actions.register_action(
        ACTION, _("Content changed in substance"), _("Said that the content changed")
    )
