"""Links by which a holder shows attestations to someone, for a while."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models import ShareLink

DURATIONS = [
    (7, _("One week")),
    (30, _("One month")),
    (90, _("Three months")),
    (365, _("One year")),
]


@transaction.atomic
def share(holder, certificates, days, label="") -> ShareLink:
    """Return a new link to some of the holder's certificates.

    Raises ValueError when one of them is somebody else's.
    """
    if any(certificate.holder_id != holder.pk for certificate in certificates):
        raise ValueError("Only the holder shares a certificate.")
    link = ShareLink.objects.create(
        holder=holder, label=label, ends_at=timezone.now() + timedelta(days=days)
    )
    link.certificates.set(certificates)
    return link


def end(link):
    """Close a link at once; one that has ended stays as it was."""
    now = timezone.now()
    if link.ends_at > now:
        link.ends_at = now
        link.save(update_fields=["ends_at"])


def shown_by(link):
    """Return the certificates that a link shows: those still its holder's."""
    return (
        link.certificates.filter(holder=link.holder_id)
        .with_state()
        .order_by("-issued_at")
    )


def share_address(link):
    """Return the address to give, in the language of the page where it is given."""
    return settings.SITE_URL + reverse("certificates:shared", args=[link.token])
