"""The list of questions: what it filters by and what each line says."""

import django_filters
from django.db.models import CharField, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.models import WorkflowState
from wagtail.snippets.views.snippets import IndexView

from assessments.models import (
    Area,
    KeyCorrection,
    Question,
    QuestionFigures,
    QuestionFlag,
    QuestionVersion,
)
from cms.sheets import as_text

STATES = [
    ("live", _("Published")),
    ("draft", _("Draft, or published with changes that are not")),
    ("review", _("Waiting for approval")),
    ("retired", _("Retired")),
    ("key_wrong", _("Its key was wrong")),
]


def listed_questions(request=None):
    """Return the questions with what their lines say: a few queries, however many.

    Each has `newest` (primary key of its newest version or None), `answer_count` of
    that version, `waits` for approval, `key_was_wrong` and `all_versions`.
    """
    newest = QuestionVersion.objects.filter(question=OuterRef("pk"))
    figures = QuestionFigures.objects.filter(question_version=OuterRef("newest"))
    waiting = WorkflowState.objects.filter(
        base_content_type__app_label="assessments",
        base_content_type__model="question",
        object_id=Cast(OuterRef("pk"), CharField()),
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    corrected = KeyCorrection.objects.filter(question_version=OuterRef("newest"))
    versions = QuestionVersion.objects.defer("content").select_related("figures")
    return (
        Question.objects.annotate(
            newest=Subquery(newest.order_by("-number").values("pk")[:1]),
            answer_count=Coalesce(Subquery(figures.values("answer_count")[:1]), 0),
            waits=Exists(waiting),
            key_was_wrong=Exists(corrected),
        )
        .select_related("competence")
        .prefetch_related(
            Prefetch("versions", versions, to_attr="all_versions"),
            "all_versions__figures__flags",
        )
    )


def in_state(queryset, _name, state):
    if state == "live":
        return queryset.filter(live=True)
    if state == "draft":
        return queryset.filter(
            Q(newest=None, live=False) | Q(live=True, has_unpublished_changes=True)
        )
    if state == "review":
        return queryset.filter(waits=True)
    if state == "retired":
        return queryset.filter(live=False, newest__isnull=False)
    return queryset.filter(key_was_wrong=True)


def with_english(queryset, _name, value):
    """Keep what learners can or cannot read in English; a draft by what is written."""
    english = QuestionVersion.objects.filter(content__has_key="en").values("pk")
    if value == "yes":
        return queryset.filter(Q(newest__in=english) | Q(newest=None) & ~Q(stem_en=""))
    written = Q(newest__isnull=False) & ~Q(newest__in=english)
    return queryset.filter(written | Q(newest=None, stem_en=""))


def with_flag(queryset, _name, kind):
    flagged = QuestionFlag.objects.filter(
        kind=kind, figures__question_version=OuterRef("newest")
    )
    return queryset.filter(Exists(flagged))


class QuestionFilters(WagtailFilterSet):
    """Works on `listed_questions`."""

    area = django_filters.ModelChoiceFilter(
        field_name="competence__area", queryset=Area.objects.all(), label=_("Area")
    )
    state = django_filters.ChoiceFilter(
        choices=STATES, method=in_state, label=_("State")
    )
    english = django_filters.ChoiceFilter(
        choices=[("yes", _("Has English")), ("no", _("English missing"))],
        method=with_english,
        label=_("Language"),
    )
    flag = django_filters.ChoiceFilter(
        choices=QuestionFlag.Kind.choices, method=with_flag, label=_("To look at")
    )

    class Meta:
        model = Question
        fields = [
            "area",
            "competence",
            "level",
            "state",
            "english",
            "kind",
            "purpose",
            "flag",
        ]


def state_of(question):
    """Return the state of a listed question, in words."""
    words = [main_state(question)]
    if question.waits:
        words.append(_("waiting for approval"))
    if question.key_was_wrong:
        words.append(_("its key was wrong"))
    return ", ".join(map(str, words))


def main_state(question):
    if question.live:
        changed = question.has_unpublished_changes
        return _("Published, changes are not") if changed else _("Published")
    return _("Draft") if question.newest is None else _("Retired")


def flags_of(question):
    """Return why a listed question should be looked at, in words."""
    newest = next((v for v in question.all_versions if v.pk == question.newest), None)
    if newest is None or not hasattr(newest, "figures"):
        return ""
    return ", ".join(flag.get_kind_display() for flag in newest.figures.flags.all())


def figures_url(question):
    return reverse(Question.snippet_viewset.get_url_name("figures"), args=[question.pk])


class LabelledColumn(Column):
    """A column whose cells carry its label, for screens too narrow for a table."""

    cell_template_name = "assessments/admin/components/labelled_cell.html"


class QuestionIndexView(IndexView):
    table_classname = "listing bank-listing"
    custom_field_preprocess = {"stem_fr": {IndexView.FORMAT_CSV: as_text}}

    def get_list_more_buttons(self, instance):
        figures = MenuItem(
            _("Figures"), figures_url(instance), icon_name="view", priority=15
        )
        return [*super().get_list_more_buttons(instance), figures]


class AnswersColumn(LabelledColumn):
    """How many answered, with the way to what is known of them."""

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        return context | {"url": figures_url(instance)}


COLUMNS = [
    "reference",
    "stem_fr",
    LabelledColumn(
        "competence",
        label=_("Competence"),
        accessor="competence.code",
        sort_key="competence__code",
    ),
    LabelledColumn("level", label=_("Level"), sort_key="level"),
    LabelledColumn("get_kind_display", label=_("Kind")),
    LabelledColumn("state", label=_("State"), accessor=state_of),
    AnswersColumn("answer_count", label=_("Answers"), sort_key="answer_count"),
    LabelledColumn("flags", label=_("To look at"), accessor=flags_of),
]
