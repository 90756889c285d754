"""The question bank and the framework in the CMS."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from assessments.admin_forms import QuestionForm
from assessments.models import (
    Area,
    Competence,
    Level,
    LevelDescriptor,
    Question,
)


class QuestionFilters(WagtailFilterSet):
    area = django_filters.ModelChoiceFilter(
        field_name="competence__area", queryset=Area.objects.all(), label=_("Area")
    )

    class Meta:
        model = Question
        fields = ["area", "competence", "level", "kind", "purpose", "live"]


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
    list_display = [
        "reference",
        "stem_fr",
        Column(
            "competence",
            label=_("Competence"),
            accessor="competence.code",
            sort_key="competence__code",
        ),
        Column("level", label=_("Level"), sort_key="level"),
        Column("get_kind_display", label=_("Kind")),
        LiveStatusTagColumn(),
    ]
    list_per_page = 50
    filterset_class = QuestionFilters
    list_export = ["reference", "purpose", "kind", "competence", "level", "stem_fr"]
    copy_view_enabled = True
    inspect_view_enabled = True
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("reference"), FieldPanel("purpose")]),
                    FieldRowPanel([FieldPanel("kind"), FieldPanel("level")]),
                    FieldPanel("competence"),
                    FieldPanel("topic"),
                ],
                heading=_("What it measures"),
            ),
            MultiFieldPanel(
                [FieldPanel("stem_fr"), FieldPanel("stem_en")], heading=_("Question")
            ),
            InlinePanel(
                "choices",
                label=_("Answer"),
                heading=_("Answers, each with its explanation"),
                min_num=2,
                max_num=6,
                panels=[
                    FieldPanel("text_fr"),
                    FieldPanel("why_fr"),
                    FieldPanel("is_right"),
                    FieldPanel("text_en"),
                    FieldPanel("why_en"),
                    FieldRowPanel([FieldPanel("match_fr"), FieldPanel("match_en")]),
                ],
            ),
        ],
        base_form_class=QuestionForm,
    )


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


class FrameworkGroup(SnippetViewSetGroup):
    items = (AreaViewSet, CompetenceViewSet, LevelViewSet, DescriptorViewSet)
    menu_label = _("Framework")
    menu_icon = "order"
    menu_order = 220


class BankGroup(SnippetViewSetGroup):
    items = (QuestionViewSet,)
    menu_label = _("Question bank")
    menu_icon = "help"
    menu_order = 210


register_permission_policy(Question, KeptPolicy(Question))
register_snippet(BankGroup)
register_snippet(FrameworkGroup)
