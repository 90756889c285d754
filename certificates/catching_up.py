"""Signs all that waits for a signature, and tells holders whose file is a new one."""

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from certificates import signing


@dataclass
class Report:
    signed: int = 0
    lists: int = 0
    told: int = 0  # people
    faults: Counter = field(default_factory=Counter)  # sentence → how many times

    @property
    def problems(self):
        return [
            f"{sentence} ({count} times)" if count > 1 else sentence
            for sentence, count in self.faults.items()
        ]


def catch_up() -> Report:
    """Sign each waiting certificate and each list that is behind; then tell holders.

    Goes on past what cannot be signed; cut off in the middle, it goes on where it was.
    """
    report = Report()
    for certificate_id in list(signing.waiting().values_list("pk", flat=True)):
        report.signed += tried(report, signing.sign, certificate_id)
    for found in signing.stale_lists():
        report.lists += tried(report, signing.sign_list, found.pk)
    tell(report)
    return report


def tried(report, deed, pk):
    """Do a deed on a row; return 1, or 0 with its fault noted."""
    try:
        return 1 if deed(pk) else 0
    except (signing.CannotSign, *signing.Waits) as error:
        report.faults[str(error)] += 1
        return 0


def tell(report):
    """Write one mail a holder about all that was signed again.

    The event that says so comes after the mail: rather told twice than never.
    """
    for holder, credentials in groupby(
        list(signing.untold()), key=lambda credential: credential.certificate.holder
    ):
        credentials = list(credentials)
        if holder:
            try:
                write_to(holder, credentials)
            except OSError as error:  # what mail servers answer
                report.faults[f"A holder could not be told: {error}."] += 1
                continue
            report.told += 1
        signing.note_told(credentials)


def write_to(holder, credentials):
    with override(holder.language):
        lines = [
            {"title": json.loads(credential.text)["name"], "address": address}
            for credential in credentials
            for address in [
                settings.SITE_URL + credential.certificate.get_absolute_url()
            ]
        ]
        text = render_to_string("certificates/email/signed_again.txt", {"lines": lines})
        send_mail(_("Your attestations were signed again"), text, None, [holder.email])
