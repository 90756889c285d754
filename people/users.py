"""Accounts in the CMS: a name and an e-mail address, as everywhere else."""

from allauth.account.models import EmailAddress
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

FIELDS = {"email", "name", "language", "is_superuser", "groups"}


class AddressMixin(forms.Form):
    """Keeps addresses as allauth looks them up: else no code would ever arrive."""

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def save(self, commit=True):
        user = super().save(commit)
        if commit:
            note_address(user)
        return user


def note_address(user):
    """Tell allauth the account's address: one code proves it and signs in.

    The address that it replaces signs in no more.
    """
    addresses = EmailAddress.objects.filter(user=user)
    addresses.filter(primary=True).exclude(email=user.email).delete()
    addresses.update_or_create(
        email=user.email, defaults={"user": user, "primary": True}
    )


class CreateForm(AddressMixin, UserCreationForm):
    first_name = last_name = None
    name = forms.CharField(label=_("Name"), max_length=150)

    class Meta(UserCreationForm.Meta):
        fields = FIELDS

    def save(self, commit=True):
        if not self.cleaned_data["password1"]:
            self.instance.set_unusable_password()  # a code by e-mail is enough
        return super().save(commit)


class EditForm(AddressMixin, UserEditForm):
    first_name = last_name = None
    name = forms.CharField(label=_("Name"), max_length=150)

    class Meta(UserEditForm.Meta):
        fields = FIELDS | {"is_active"}


class PeopleViewSet(UserViewSet):
    def get_form_class(self, for_update=False):
        return EditForm if for_update else CreateForm
