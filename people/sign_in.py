"""Signing in. Apart from `people.forms`, which allauth loads while it loads its own."""

from allauth.account.forms import LoginForm, RequestLoginCodeForm
from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _


def name_address(field):
    """Call the e-mail address what the rest of the site calls it."""
    field.label = _("E-mail address")
    field.error_messages["required"] = _("Write your e-mail address.")
    field.widget.attrs.pop("placeholder", None)


class SharedDeviceField(forms.BooleanField):
    def __init__(self):
        super().__init__(
            required=False,
            label=_("This computer is shared"),
            help_text=_("You will be signed out after 20 minutes without activity."),
        )


class SharedDeviceMixin(forms.Form):
    """Remembers for this session whether others use the same computer."""

    def clean(self):
        cleaned = super().clean()
        is_shared = self.cleaned_data.get("is_shared_device", False)
        context.request.session["is_shared_device"] = is_shared
        return cleaned


class SignInForm(SharedDeviceMixin, LoginForm):
    """An e-mail address and, for those who chose one, a password; else a code."""

    def _setup_password_field(self):
        # allauth drops the field when sign-up asks for no password.
        self.fields["password"].required = False
        self.fields["password"].help_text = _(
            "Leave empty to receive a code by e-mail."
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        name_address(self.fields["login"])
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["is_shared_device"] = SharedDeviceField()


class RequestCodeForm(SharedDeviceMixin, RequestLoginCodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_address(self.fields["email"])
        self.fields["is_shared_device"] = SharedDeviceField()
