"""Who was present at a live session: ticked among members, or pasted as addresses."""

import re
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from courses.models import Attendance
from people.models import Membership, User

MOST_ADDRESSES = 1_000
BETWEEN = re.compile(r"[;,\t]")


def people_of(session):
    """Return who can be ticked: the members now, and who was noted before."""
    members = Membership.objects.current().filter(organisation=session.organisation_id)
    return User.objects.filter(
        Q(pk__in=members.values("user")) | Q(attendances__session=session)
    ).distinct()


def accounts_for(session):
    """Return who may be named by an address: members, or anybody for the platform.

    A trainer of an organisation learns nothing of those who are not in it, not even
    that they have an account.
    """
    people = User.objects.filter(is_active=True)
    if session.organisation_id is None:
        return people
    members = Membership.objects.current().filter(organisation=session.organisation_id)
    return people.filter(pk__in=members.values("user"))


def read_addresses(text, session):
    """Return the people named by pasted addresses, and what is wrong, by line.

    → ([User], ["Line 3: …"]). Takes several on a line, and “Name <address>”.
    """
    named = list(addresses_in(text))
    if len(named) > MOST_ADDRESSES:
        return [], [
            _("There are %(count)d addresses: give at most %(most)d at once.")
            % {"count": len(named), "most": MOST_ADDRESSES}
        ]
    wanted = {address for _line, address in named}
    found = {
        person.email.lower(): person
        for person in accounts_for(session).filter(email__in=wanted)
    }
    problems = [
        _("Line %(line)d: %(problem)s")
        % {"line": line, "problem": problem_of(address, session)}
        for line, address in named
        if address not in found
    ]
    return list(found.values()), problems


def addresses_in(text):
    """Yield (number of the line, address in lower case); empty lines count too."""
    for number, line in enumerate(text.splitlines(), start=1):
        for part in filter(None, map(str.strip, BETWEEN.split(line))):
            yield number, (parseaddr(part)[1] or part).lower()


def problem_of(address, session):
    try:
        validate_email(address)
    except ValidationError:
        return _("“%(address)s” is not an e-mail address.") % {"address": address[:80]}
    if session.organisation_id is None:
        return _("nobody has an account with the address %(address)s.") % {
            "address": address
        }
    return _("%(address)s is not the address of a member of %(organisation)s.") % {
        "address": address,
        "organisation": session.organisation,
    }


@transaction.atomic
def note_presence(session, present, absent):
    """Write down who was there. Both are people; those in neither stay as they were."""
    Attendance.objects.filter(session=session, learner__in=absent).delete()
    Attendance.objects.bulk_create(
        (Attendance(session=session, learner=person) for person in present),
        ignore_conflicts=True,
    )
