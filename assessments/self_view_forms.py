"""What a learner may say of the statements of one area."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import SelfRating

NOT_A_CHOICE = _("Choose one of the three answers, or none.")


class RatingsForm(forms.Form):
    """One choice of three for each statement, none of them required."""

    def __init__(self, said, data=None):
        """`said` is the SaidOfArea to show and to change."""
        super().__init__(data)
        self.statements = {}
        for statement, value in said.answers:
            name = f"statement-{statement.pk}"
            self.statements[name] = statement
            self.fields[name] = forms.TypedChoiceField(
                choices=SelfRating.Value.choices,
                coerce=int,
                empty_value=None,
                required=False,
                initial=value,
                label=statement.text,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": NOT_A_CHOICE},
            )

    def ratings(self):
        """Return {statement: value or None} as it was sent."""
        return {
            statement: self.cleaned_data[name]
            for name, statement in self.statements.items()
        }
