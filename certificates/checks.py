from django.conf import settings
from django.core.checks import Tags, Warning, register
from django.db import DatabaseError

from certificates import keyring, secrets
from certificates.keys import CannotUnlock, State
from certificates.models import SigningKey
from certificates.pdf import INSTALL, PdfUnavailable, weasyprint
from certificates.secrets import SecretMissing


@register
def pdf_libraries_are_there(app_configs, **kwargs):
    """Certificates are issued without them; their documents have to wait."""
    try:
        weasyprint()
    except PdfUnavailable:
        return [
            Warning(
                "The PDFs of attestations cannot be drawn.",
                hint=f"Install three system libraries: {INSTALL}",
                id="certificates.W001",
            )
        ]
    return []


@register
def secret_is_there(app_configs, **kwargs):
    """Certificates are issued without it; their signatures have to wait."""
    try:
        secrets.passphrase()
    except SecretMissing as error:
        return [
            Warning(
                f"Attestations are issued, but wait for their signature. {error}",
                hint="See docs/keys.md, then: python manage.py sign_certificates",
                id="certificates.W002",
            )
        ]
    return []


@register
def addresses_are_known(app_configs, **kwargs):
    """Behind a proxy that is not counted, all visitors share one address."""
    if settings.HTTPS and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return [
            Warning(
                "Limits of sign-in and of checks count all visitors as one address.",
                hint="Set TRUSTED_PROXY_COUNT to the number of proxies in front.",
                id="certificates.W004",
            )
        ]
    return []


@register(Tags.database)
def keys_can_be_opened(app_configs, databases=None, **kwargs):
    """Run by `migrate`, and by `check --database default`."""
    if "default" not in (databases or []):
        return []
    try:
        keys = list(SigningKey.objects.filter(state__in=[State.ACTIVE, State.NEXT]))
    except DatabaseError:  # before the first migration
        return []
    return [warning for key in keys for warning in warnings_about(key)]


def warnings_about(key):
    try:
        keyring.private_half(key)
    except SecretMissing:  # said above
        return []
    except CannotUnlock as error:
        return [
            Warning(
                f"Nothing can be signed with {key}. {error}",
                hint=f"Set the {secrets.NAME} with which it was made: docs/keys.md.",
                obj=key,
                id="certificates.W003",
            )
        ]
    return []
