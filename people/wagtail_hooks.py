"""People and organisations in the CMS, for administrators."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.viewsets.model import ModelViewSet

from people.models import Organisation


class OrganisationViewSet(ModelViewSet):
    model = Organisation
    icon = "group"
    menu_label = _("Organisations")
    menu_order = 500
    add_to_admin_menu = True
    list_display = ["name", "kind", "help_name"]
    search_fields = ["name"]
    exclude_form_fields = []
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("kind")]),
        MultiFieldPanel(
            [
                FieldPanel("help_name"),
                FieldRowPanel([FieldPanel("help_phone"), FieldPanel("help_email")]),
            ],
            heading=_("Help shown to its members"),
        ),
        InlinePanel(
            "memberships",
            label=_("Member"),
            heading=_("Members"),
            panels=[
                FieldPanel("user", widget=forms.Select),
                FieldPanel("role"),
                FieldRowPanel([FieldPanel("joined_on"), FieldPanel("left_on")]),
            ],
        ),
    ]


@hooks.register("register_admin_viewset")
def register_organisations():
    return OrganisationViewSet("organisations")
