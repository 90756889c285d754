"""What trainers ask of the pages of the bank."""

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from assessments.models import QuestionVersion


class VersionForm(forms.Form):
    """Which version's figures to show, by its number."""

    version = forms.IntegerField(min_value=1, required=False)

    def asked(self):
        return self.cleaned_data.get("version") if self.is_valid() else None


class VersionField(forms.ModelChoiceField):
    def label_from_instance(self, version):
        return _("Version %(number)d, of %(date)s") % {
            "number": version.number,
            "date": date_format(version.made_at, "SHORT_DATE_FORMAT"),
        }


class KeyWrongForm(forms.Form):
    """Which version's key was wrong, and what was wrong with it."""

    version = VersionField(
        QuestionVersion.objects.none(), label=_("Version"), empty_label=None
    )
    reason = forms.CharField(
        label=_("What was wrong"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "For those who write and for those who contest a result: which answer was "
            "marked as right, and why that does not hold."
        ),
    )

    def __init__(self, versions, *args, **kwargs):
        """`versions` can still be corrected; the one proposed stands first."""
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = versions
