from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from certificates.codes import ALPHABET, LENGTH, is_well_formed, normalise
from certificates.sharing import DURATIONS


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of the attestation"),
        help_text=_(
            "16 letters and digits, for example on the paper beside the square code. "
            "Capital letters, spaces and dashes make no difference."
        ),
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "autocapitalize": "characters",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )

    def clean_code(self):
        code = normalise(self.cleaned_data["code"])
        if problem := problem_of(code):
            raise forms.ValidationError(problem)
        return code


def problem_of(code):
    """Return what is wrong with a code as it was read, or "" when nothing is."""
    if is_well_formed(code):
        return ""
    if strange := [c for c in dict.fromkeys(code) if c not in ALPHABET]:
        return _("No code of ours has this character in it: %(characters)s") % {
            "characters": " ".join(strange)
        }
    if len(code) != LENGTH:
        return ngettext(
            "A code has 16 letters and digits: %(count)d was read here.",
            "A code has 16 letters and digits: %(count)d were read here.",
            len(code),
        ) % {"count": len(code)}
    return _(
        "One character differs from the document, or two have changed places: the last "
        "character of a code checks the others, and does not go with these."
    )


class FileForm(forms.Form):
    document = forms.FileField(
        label=_("File of the attestation"),
        help_text=_(
            "The PDF, the badge (SVG) or the credential (JSON), up to 5 MB. We read it "
            "and keep nothing of it."
        ),
        widget=forms.FileInput(
            attrs={"accept": ".pdf,.json,.svg,application/pdf,application/json"}
        ),
        error_messages={
            "required": _("Choose a file first."),
            "invalid": _("Choose a file first."),
            "empty": _("This file is empty: download it again, or ask for it again."),
        },
    )

    def say_too_large(self):
        sentence = _("This file is larger than 5 MB: ours never are.")
        self.fields["document"].error_messages["required"] = sentence


class ShareForm(forms.Form):
    """Which attestations, until when, for whom; needs the holder's certificates."""

    certificates = forms.ModelMultipleChoiceField(
        None,
        label=_("What to show"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one attestation.")},
    )
    days = forms.TypedChoiceField(
        label=_("For how long"),
        choices=DURATIONS,
        coerce=int,
        initial=30,
        widget=forms.RadioSelect,
        help_text=_("You can end the link earlier, at any time."),
    )
    label = forms.CharField(
        label=_("For whom"),
        max_length=80,
        required=False,
        help_text=_("Only for you, to know your links apart."),
    )

    def __init__(self, certificates, name_of, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["certificates"]
        field.queryset = certificates
        field.label_from_instance = name_of


class ProblemForm(forms.Form):
    """What a holder asks of those who run the site, about one attestation."""

    class What(models.TextChoices):
        NAME = "name", _("My name is wrong, or has changed")
        MISTAKE = "mistake", _("Something else in it is wrong")
        ERASE = "erase", _("I want it to be erased for good")

    what = forms.ChoiceField(
        label=_("What is it about?"), choices=What, widget=forms.RadioSelect
    )
    message = forms.CharField(
        label=_("What should it say?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For a name: write it exactly as it must be printed."),
    )


class StaffForm(forms.Form):
    """Why staff ends a certificate, confirmed; `reasons` are those that make sense."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "For staff, kept until the attestation is erased and shown to nobody else: "
            "what proves the request, for example. Write no name here."
        ),
    )
    is_confirmed = forms.BooleanField()

    def __init__(self, reasons, confirmation, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(r.value, r.label) for r in reasons]
        self.fields["is_confirmed"].label = confirmation
        if not reasons:  # then nothing keeps a note either
            del self.fields["reason"], self.fields["note"]


class ReplaceForm(StaffForm):
    name = forms.CharField(label=_("Name to print"), max_length=150)
    field_order = ["name"]
