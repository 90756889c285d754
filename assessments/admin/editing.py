"""Writing, publishing and retiring a question."""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.action_menu import UnpublishMenuItem
from wagtail.snippets.views.snippets import CreateView, EditView, UnpublishView

from assessments.admin.listing import figures_url
from assessments.models import Competence, Question
from assessments.models.framework import LEVELS


class PlaceForm(forms.Form):
    """Where a new question is wanted, as the map of the bank asks for it."""

    competence = forms.ModelChoiceField(Competence.objects.all(), required=False)
    level = forms.TypedChoiceField(
        choices=[(level, level) for level in LEVELS], coerce=int, required=False
    )

    def asked(self):
        """Return what was asked for and exists, by name of field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class WordingOnlyOfAVersion:
    """Asks whether only the wording changed when there is a version to compare with."""

    def get_form(self, *args, **kwargs):
        form = super().get_form(*args, **kwargs)
        if not has_versions(form.instance):
            form.fields.pop("is_wording_only", None)
        return form


def has_versions(question):
    return bool(question.pk) and question.versions.exists()


class QuestionCreateView(WordingOnlyOfAVersion, CreateView):
    def get_initial_form_instance(self):
        return Question(**PlaceForm(self.request.GET).asked())


class QuestionEditView(WordingOnlyOfAVersion, EditView):
    def get_object(self, queryset=None):
        question = super().get_object(queryset)
        if question.latest_revision_id == question.live_revision_id:
            # It was said of the version that is published now, not of the next one.
            question.is_wording_only = False
        return question

    @cached_property
    def header_buttons(self):
        if not has_versions(self.object):
            return []
        url = figures_url(self.object)
        return [HeaderButton(_("Figures"), url=url, icon_name="view")]


class RetireView(UnpublishView):
    page_title = _("Retire")
    success_message = _("“%(object)s” is retired: it is asked no more.")
    template_name = "assessments/admin/retire.html"


class RetireMenuItem(UnpublishMenuItem):
    label = _("Retire")


def rename_unpublish(menu_items, _request, context):
    """Say “Retire” in the editor of a question: that is what learners see of it."""
    if context["model"] is not Question:
        return
    for place, item in enumerate(menu_items):
        if item.name == UnpublishMenuItem.name:
            menu_items[place] = RetireMenuItem(order=item.order)


class PublishingPanel(Panel):
    """Says in the editor what publishing does."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "assessments/admin/publishing.html"

        def get_context_data(self, parent_context=None):
            newest = None
            if self.instance.pk:
                newest = self.instance.versions.order_by("-number").first()
            return super().get_context_data(parent_context) | {"newest": newest}
