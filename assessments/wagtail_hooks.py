"""The question bank and the framework in the CMS."""

from django.templatetags.static import static
from django.urls import include, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import ObjectList
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from assessments.admin import key_wrong, questions
from assessments.admin import urls as admin_urls
from assessments.admin.editing import (
    PublishingPanel,
    QuestionCreateView,
    QuestionEditView,
    RetireView,
    rename_unpublish,
)
from assessments.admin.listing import (
    COLUMNS,
    QuestionFilters,
    QuestionIndexView,
    listed_questions,
)
from assessments.admin.menu import bank_menu_items
from assessments.models import (
    Area,
    Competence,
    Level,
    LevelDescriptor,
    Question,
    Statement,
)
from assessments.panels import QUESTION_FORM


class KeptPolicy(ModelPermissionPolicy):
    """Questions that learners may have answered are retired, never deleted."""

    def user_has_permission(self, user, action):
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return super().user_has_any_permission(user, set(actions) - {"delete"})

    def user_has_permission_for_instance(self, user, action, instance):
        return self.user_has_permission(user, action)

    def user_has_any_permission_for_instance(self, user, actions, instance):
        return self.user_has_any_permission(user, actions)


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("Questions")
    index_view_class = QuestionIndexView
    add_view_class = QuestionCreateView
    edit_view_class = QuestionEditView
    unpublish_view_class = RetireView
    list_display = COLUMNS
    list_per_page = 50
    filterset_class = QuestionFilters
    # The database's own search works together with every filter.
    search_backend_name = None
    search_fields = ["reference", "topic", "stem_fr", "stem_en"]
    list_export = ["reference", "purpose", "kind", "competence", "level", "stem_fr"]
    copy_view_enabled = True
    inspect_view_enabled = True
    edit_handler = ObjectList(
        [PublishingPanel(heading=_("What publishing does")), *QUESTION_FORM.children],
        base_form_class=QUESTION_FORM.base_form_class,
    )

    def get_queryset(self, request):
        return listed_questions()

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("figures/<int:pk>/", questions.figures, name="figures"),
            path("key-wrong/<int:pk>/", key_wrong.key_wrong, name="key_wrong"),
            path(
                "key-wrong/<int:pk>/<int:doubt>/",
                key_wrong.key_doubt,
                name="key_doubt",
            ),
        ]


class FrameworkViewSet(SnippetViewSet):
    icon = "order"
    list_per_page = 60
    copy_view_enabled = False


class AreaViewSet(FrameworkViewSet):
    model = Area


class CompetenceViewSet(FrameworkViewSet):
    model = Competence
    list_filter = ["area"]


class LevelViewSet(FrameworkViewSet):
    model = Level


class DescriptorViewSet(FrameworkViewSet):
    model = LevelDescriptor
    list_display = ["__str__", "text_fr"]
    list_filter = ["area", "level"]


class StatementViewSet(FrameworkViewSet):
    model = Statement
    list_display = ["reference", "text_fr", "level"]
    list_filter = ["area", "level"]


class FrameworkGroup(SnippetViewSetGroup):
    items = (
        AreaViewSet,
        CompetenceViewSet,
        LevelViewSet,
        DescriptorViewSet,
        StatementViewSet,
    )
    menu_label = _("Framework")
    menu_icon = "order"
    menu_order = 220


class BankGroup(SnippetViewSetGroup):
    items = (QuestionViewSet,)
    menu_label = _("Question bank")
    menu_icon = "help"
    menu_order = 210

    def get_submenu_items(self):
        return [*super().get_submenu_items(), *bank_menu_items()]


register_permission_policy(Question, KeptPolicy(Question))
register_snippet(BankGroup)
register_snippet(FrameworkGroup)


hooks.register("construct_snippet_action_menu", rename_unpublish)


@hooks.register("register_admin_urls")
def bank_urls():
    return [path("question-bank/", include(admin_urls))]


@hooks.register("insert_global_admin_css")
def bank_css():
    return format_html(
        '<link rel="stylesheet" href="{}">', static("assessments/admin.css")
    )
