"""The pages about the whole bank, in the menu of the CMS."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from assessments.admin.permissions import can_read_bank


class BankMenuItem(MenuItem):
    def is_shown(self, request):
        return can_read_bank(request.user)


def bank_menu_items():
    return [
        BankMenuItem(
            label,
            reverse(f"question_bank:{name}"),
            name=f"bank-{name.replace('_', '-')}",
            icon_name=icon,
            order=order,
        )
        for order, (label, name, icon) in enumerate(
            [
                (_("Map of the bank"), "holes", "table"),
                (_("To review first"), "to_review", "warning"),
                (_("The measure"), "measure", "calendar-check"),
            ],
            start=10,
        )
    ]
