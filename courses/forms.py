from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import JournalEntry


class NoteForm(forms.ModelForm):
    class Meta:
        model = JournalEntry
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}


class EraseNoteForm(forms.Form):
    entry = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class AssignForm(forms.Form):
    """A module, a date and people: an assignment for each of them."""

    module = forms.ChoiceField(
        label=_("Module"), error_messages={"required": _("Choose a module.")}
    )
    due_on = forms.DateField(
        label=_("To be done by"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose a date.")},
    )
    why = forms.CharField(
        label=_("Why"),
        max_length=300,
        required=False,
        help_text=_("Shown to each person. For example: before the phone duty starts."),
    )
    people = forms.MultipleChoiceField(
        label=_("People"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )

    def __init__(self, data, modules, members):
        super().__init__(data)
        self.fields["module"].choices = [("", _("Choose a module"))] + [
            (str(module.translation_key), module.title) for module in modules
        ]
        self.fields["people"].choices = [
            (str(member.pk), str(member.user)) for member in members
        ]

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on < timezone.localdate():
            raise forms.ValidationError(_("This date is past: choose a later one."))
        return due_on
