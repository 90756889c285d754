"""Signing up, in and out through the forms that people use."""

import re

from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse
from django.utils.translation import override

PASSWORD = "pass-word-1"


def address(name, *args, language="fr"):
    with override(language):
        return reverse(name, args=args)


def confirm(user):
    """Note that a person's e-mail address is hers, as after its first code."""
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    return user


def sign_in(client, user, password=PASSWORD, url=None, **fields):
    """Send the sign-in form; `url` is the page one was led to, if any."""
    return client.post(
        url or address("account_login"),
        {"login": user.email, "password": password, **fields},
    )


def is_signed_in(client):
    return "_auth_user_id" in client.session


def code_in(message):
    """Return what matches the code of an e-mail, alone on its line, or None."""
    return re.search(r"^([A-Z0-9-]{6,9})$", message.body, re.M)


def has_code(message):
    return code_in(message) is not None


def last_code():
    return code_in(mail.outbox[-1])[1]
