from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from assessments.models import Choice, Part, Question
from assessments.models.questions import content_of
from assessments.question_rules import problems_of


class QuestionForm(WagtailAdminModelForm):
    """Lets a draft be unfinished; refuses to submit or publish what is incomplete."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.data.get(self.add_prefix("kind")) == Question.Kind.SHORT:
            # One accepted form can be all there is to say.
            self.formsets["choices"].min_num = 1
        if not (self.instance.pk and self.instance.versions.exists()):
            self.fields.pop("is_wording_only", None)

    def defer_required_fields(self):
        """While it waits for approval it stays complete: approving publishes it."""
        if not (self.instance.pk and self.instance.workflow_in_progress):
            super().defer_required_fields()

    def is_valid(self):
        valid = super().is_valid()
        if self.is_deferred_validation or not valid:
            return valid
        written = self.written()
        for problem in problems_of(content_of(written), written.kind):
            self.add_error(None, ValidationError(problem))
        return not self.errors

    def written(self):
        """Return the question as it was typed, unsaved."""
        names = {field.name for field in Question._meta.fields}
        values = {n: v for n, v in self.cleaned_data.items() if n in names}
        question = Question(**values)
        question.choices = self.rows("choices", Choice)
        question.parts = self.rows("parts", Part)
        return question

    def rows(self, formset, model):
        """Return the rows of an inline form, unsaved, in the order shown."""
        typed = [
            form.cleaned_data
            for form in self.formsets[formset].forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        typed.sort(key=lambda row: row.get("ORDER") or 0)
        names = {field.name for field in model._meta.fields} - {"id", "sort_order"}
        return [
            model(sort_order=place, **{n: v for n, v in row.items() if n in names})
            for place, row in enumerate(typed)
        ]
