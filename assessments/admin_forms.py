from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from assessments.models import Question


class QuestionForm(WagtailAdminModelForm):
    """Lets a draft be unfinished; refuses to submit or publish what is incomplete."""

    def defer_required_fields(self):
        """While it waits for approval it stays complete: approving publishes it."""
        if not (self.instance.pk and self.instance.workflow_in_progress):
            super().defer_required_fields()

    def is_valid(self):
        valid = super().is_valid()
        if self.is_deferred_validation or not valid:
            return valid
        for problem in self.problems():
            self.add_error(None, ValidationError(problem))
        return not self.errors

    def problems(self):
        """Return what is missing, as sentences; see `assessments.models.questions`."""
        kind = self.cleaned_data.get("kind")
        choices = [
            form.cleaned_data
            for form in self.formsets["choices"].forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        right = sum(bool(choice.get("is_right")) for choice in choices)
        found = []
        if len(choices) < 2:
            found.append(_("Give at least two answers."))
        if kind == Question.Kind.SINGLE and right != 1:
            found.append(_("Mark exactly one answer as right."))
        if kind == Question.Kind.MULTIPLE and not 0 < right < len(choices):
            found.append(_("Mark at least one answer as right, and not all of them."))
        if kind == Question.Kind.MATCHING:
            for number, choice in enumerate(choices, start=1):
                if not choice.get("match_fr"):
                    found.append(_("Answer %d: say what it goes with.") % number)
        return found
