"""The secret that locks keys and seals in the database; tasks and commands ask for it.

It is read from the environment at the moment of use and is no setting: pages of errors
and other code never hold it.
"""

import base64
import hmac
import os

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import salted_hmac

from certificates.keys import SHORTEST_PASSPHRASE, CannotUnlock

NAME = "CERTIFICATE_SECRET"
# Not for processes that only draw or check documents.
WITHHELD = {NAME, "SECRET_KEY", "DATABASE_URL", "EMAIL_URL"}


class SecretMissing(Exception):
    """There is no secret, or one that is too short: signing waits, nothing is lost."""


def passphrase() -> str:
    """Return the secret of this installation. Raises SecretMissing.

    In development, where the site has no https address, it follows from SECRET_KEY.
    """
    given = os.environ.get(NAME, "").strip()
    if given and len(given) < SHORTEST_PASSPHRASE:
        raise SecretMissing(
            f"{NAME} has {len(given)} characters: give at least {SHORTEST_PASSPHRASE}."
        )
    if not given and settings.HTTPS:
        raise SecretMissing(f"{NAME} is not set in the environment.")
    return given or from_secret_key()


def from_secret_key():
    return salted_hmac("certificates.secrets", NAME, algorithm="sha256").hexdigest()


def public_environment():
    """Return the environment of this process without its secrets."""
    return {name: said for name, said in os.environ.items() if name not in WITHHELD}


def lock(content: bytes) -> bytes:
    """Return a file, such as a seal's, as the database may hold it."""
    return box().encrypt(content)


def unlock(content: bytes) -> bytes:
    """Return what `lock` was given. Raises CannotUnlock, which quotes no secret."""
    try:
        return box().decrypt(bytes(content))
    except InvalidToken:
        raise CannotUnlock("The secret does not open what it should open.") from None


def box():
    # A key of its own: what opens a seal's file is not what opens a signing key.
    key = hmac.digest(passphrase().encode(), b"certificates.secrets.lock", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))
