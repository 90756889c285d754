"""Rows that are signed, and a reader that sees only what our addresses answer."""

import uuid
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from certificates import signing
from certificates.deeds import Deed
from certificates.issue import issue
from tests.certificates.credentials import samples
from tests.certificates.factories import UserFactory, make_certificate

SITE_URL = "https://learn.example.org"
SECRET = "kept-outside-the-database-0123456789"
OTHER_SECRET = "another-one-outside-the-database-0123456789"


def make_signed(**how):
    certificate = make_certificate(**how)
    signing.sign(certificate.pk)
    return certificate


def issue_attendance(organisation=None, **values):
    return issue_sample("attendance", organisation, **values)


def issue_sample(kind, organisation=None, **values):
    """Issue a certificate on sample facts, in an organisation's name or not."""
    holder = values.pop("holder", None) or UserFactory()
    return issue(
        Deed(
            kind=kind,
            holder=holder,
            about=uuid.uuid4(),
            facts=samples.KINDS[kind],
            organisation=organisation,
            **values,
        )
    )


def set_clock(monkeypatch, **shift):
    """Set the clock to another time, told from now: days=-1."""
    now = timezone.now() + timedelta(**shift)
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


def reader(client, accept=None):
    """Return a function that fetches our addresses as a stranger's program does."""

    def fetch(address):
        headers = {"Accept": accept(address)} if accept else {}
        response = client.get(urlsplit(address).path, headers=headers)
        if response.status_code != 200:
            raise OSError(f"{address}: {response.status_code}")
        return response.content

    return fetch
