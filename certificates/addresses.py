"""The address at which anybody checks a certificate: printed, so kept for ever."""

from django.conf import settings
from django.urls import reverse


def check_address(code):
    return settings.SITE_URL + reverse("check_certificate", args=[code])
