"""Mails about a certificate's life: to its holder, and to those who run the site."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from certificates.presentation import standing_of, title_of
from people.models import User


def help_addresses():
    """Return who answers: the site's contact, else its administrators.

    Never an organisation's: an employer does not learn what its members ask.
    """
    if settings.SITE_CONTACT:
        return [settings.SITE_CONTACT]
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    return list(administrators.values_list("email", flat=True))


def report_problem(certificate, what, message):
    """Write what a holder asks to those who run the site; False when nobody is there.

    Raises OSError when the mail cannot be sent.
    """
    addresses = help_addresses()
    if not addresses:
        return False
    page = reverse("certificates_staff:certificate", args=[certificate.pk])
    with override(settings.LANGUAGE_CODE):
        body = render_to_string(
            "certificates/email/problem.txt",
            {
                "certificate": certificate,
                "title": title_of(certificate),
                "what": what,
                "message": message,
                "address": settings.SITE_URL + page,
            },
        )
        subject = _("Attestation %(code)s: a request of its holder") % {
            "code": certificate.spaced_code
        }
    holder = certificate.holder.email
    EmailMessage(subject, body, None, addresses, reply_to=[holder]).send()
    return True


def tell_holder(holder, certificate, made=None):
    """Tell a holder what has just become of a certificate; `made` took its place.

    Raises OSError when the mail cannot be sent.
    """
    with override(holder.language):
        body = render_to_string(
            "certificates/email/ended.txt",
            {
                "title": title_of(certificate),
                "certificate": certificate,
                "standing": standing_of(certificate, holder.language),
                "made": made,
                "address": settings.SITE_URL + reverse("certificates:mine"),
            },
        )
        subject = _("One of your attestations has changed")
    EmailMessage(subject, body, None, [holder.email]).send()
