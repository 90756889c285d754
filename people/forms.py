from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.models import User


class SignUpFields(forms.Form):
    """What is asked beside the e-mail address: a name and a language, no more."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("As it will stand on your attestations."),
        error_messages={"required": _("Write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, initial=get_language
    )
    field_order = ["name", "email", "language"]

    def signup(self, request, user):
        user.name = self.cleaned_data["name"].strip()
        user.language = self.cleaned_data["language"]
        user.save(update_fields=["name", "language"])


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class ReadingForm(forms.Form):
    """How pages look for this person: no account is needed to choose it."""

    text_size = forms.ChoiceField(
        label=_("Text size"), choices=User.TextSize, widget=forms.RadioSelect
    )
    spacing = forms.ChoiceField(
        label=_("Space between lines and letters"),
        choices=User.Spacing,
        widget=forms.RadioSelect,
    )
    face = forms.ChoiceField(
        label=_("Typeface"), choices=User.Face, widget=forms.RadioSelect
    )


class DeleteAccountForm(forms.Form):
    """Asks for the e-mail address once more: erasing cannot be undone."""

    email = forms.EmailField(
        label=_("Your e-mail address, to confirm"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self):
        if self.cleaned_data["email"].lower() != self.user.email.lower():
            raise forms.ValidationError(
                _("This is not the address of your account. Nothing was erased.")
            )
        return self.cleaned_data["email"]
