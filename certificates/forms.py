from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.codes import is_well_formed, normalise


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
        if not is_well_formed(code):
            raise forms.ValidationError(
                _(
                    "This is not quite a code of ours: a character is missing, or one "
                    "differs. Compare it with the paper, four by four."
                )
            )
        return code
