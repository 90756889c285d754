"""Accounts in the CMS: a name and an e-mail address, as everywhere else."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

FIELDS = {"email", "name", "language", "is_superuser", "groups"}


class CreateForm(UserCreationForm):
    first_name = last_name = None
    name = forms.CharField(label=_("Name"), max_length=150)

    class Meta(UserCreationForm.Meta):
        fields = FIELDS


class EditForm(UserEditForm):
    first_name = last_name = None
    name = forms.CharField(label=_("Name"), max_length=150)

    class Meta(UserEditForm.Meta):
        fields = FIELDS | {"is_active"}


class PeopleViewSet(UserViewSet):
    def get_form_class(self, for_update=False):
        return EditForm if for_update else CreateForm
