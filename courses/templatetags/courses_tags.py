from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.renewal import wallet_of

register = template.Library()


@register.filter
def duration(minutes):
    """Return a number of minutes in words: 45 min, 1 h, 1 h 15."""
    hours, rest = divmod(int(minutes or 0), 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}


@register.simple_tag
def invitation_for(user, certificate):
    """Return the Invitation of a holder to renew an attestation, or None."""
    return wallet_of(user, get_language()).invitation_for(certificate)


@register.filter
def labelled(row, columns):
    """Return the cells of a row after its name, each with its column's name."""
    return list(zip(columns, list(row)[1:], strict=False))
