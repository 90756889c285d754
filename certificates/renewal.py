"""Attestations that end or whose module has changed: reminders, and renewal.

Only those of modules are renewed: by passing the module's check again, or, when it has
none any more, by confirming that one has read what changed.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments.models import Attempt
from certificates.deeds import Deed, time_of
from certificates.issue import (
    achievement_of,
    checks_of,
    end_of_validity,
    facts_of,
    iso_day,
    issue,
)
from certificates.models import Certificate, Event
from courses.models import ModulePage
from courses.renewal import Invitation, Wallet, changed_at

REMINDERS = (90, 30, 7)  # days before the end
DAYS_AHEAD = 90  # renewal opens so long before the end
HALF_A_MONTH = 15
# Of those issued before achievements had versions: the first.
SUBSTANCE = Coalesce("achievement__substance", Value(1))


class NotRenewable(Exception):
    """There is nothing to renew: too early, withdrawn, or renewed already."""


class CheckFirst(Exception):
    """The module has a check: it is passed again first."""


# --- which ones -----------------------------------------------------------------------


def standing(certificates):
    """Return those of modules that still stand and that none has renewed."""
    return (
        certificates.filter(
            kind=Certificate.Kind.MODULE, renewed_by=None, replaces__renewed_by=None
        )
        .current()
        .select_related("achievement")
        .annotate(substance=SUBSTANCE)
        .order_by("-issued_at")
    )


def half_of_validity(certificate):
    """Return half the time of validity, in days; what has no months has no limit."""
    months = certificate.achievement and certificate.achievement.validity_months
    return (months or 1200) * HALF_A_MONTH


def opens_on(certificate):
    """Return the day from which one may renew before the end, or None without an end.

    90 days before, but never in the first half of a short validity.
    """
    if certificate.valid_until is None:
        return None
    days = min(DAYS_AHEAD, half_of_validity(certificate))
    return certificate.valid_until - timedelta(days=days)


def reason_of(certificate, substance, today=None):
    """Return why a certificate may be renewed now, or None when it may not.

    `substance` is that of the module today.
    """
    today = today or timezone.localdate()
    end = certificate.valid_until
    if end is not None and end < today:
        return Invitation.ENDED
    if certificate.substance < substance:
        return Invitation.CHANGED
    if end is not None and opens_on(certificate) <= today:
        return Invitation.ENDING
    return None


def wallet(user, language):
    """Return a person's certificates, without facts, and what she may renew now.

    One query, and another to name what may be renewed.
    """
    if not user.is_authenticated:
        return Wallet([], [])
    own = list(with_today(Certificate.objects.visible_to(user)).defer("facts"))
    found = [
        (certificate, reason_of(certificate, certificate.of_today))
        for certificate in own
        if certificate.is_standing and certificate.of_today is not None
    ]
    keys = [certificate.module_key for certificate, reason in found if reason]
    modules = modules_in(language, keys)
    return Wallet(
        own,
        [
            invitation(certificate, modules[certificate.module_key], reason)
            for certificate, reason in found
            if reason
        ],
    )


def invitations(user, language):
    return wallet(user, language).invitations


def with_today(certificates):
    """Tell each whether it is `standing`, and the substance of its module today.

    `of_today` is None when the module is no longer offered.
    """
    versions = ModulePage.objects.live().filter(translation_key=OuterRef("module_key"))
    return (
        certificates.select_related("achievement")
        .annotate(
            substance=SUBSTANCE,
            of_today=Subquery(versions.order_by("-substance").values("substance")[:1]),
            is_standing=Exists(
                standing(Certificate.objects.filter(pk=OuterRef("pk"))).order_by()
            ),
        )
        .order_by("-issued_at")
    )


def invitation(certificate, module, reason):
    return Invitation(
        module_key=module.translation_key,
        title=module.title,
        language=module.locale.language_code,
        url=reverse("certificates:renew", args=[module.translation_key]),
        reason=reason,
        valid_until=certificate.valid_until,
    )


def modules_in(language, keys):
    """Return {key: published module}, rather in a language: one query."""
    if not keys:
        return {}
    live = ModulePage.objects.live().filter(translation_key__in=keys)
    pages = live.select_related("locale")
    in_order = sorted(pages, key=lambda page: page.locale.language_code == language)
    return {page.translation_key: page for page in in_order}


def holder_count(module_key, substance):
    """Return how many people hold a valid certificate of less than this substance."""
    today = timezone.localdate()
    holders = standing(Certificate.objects.filter(module_key=module_key)).filter(
        Q(valid_until=None) | Q(valid_until__gte=today),
        substance__lt=substance,
        holder__is_active=True,
    )
    return holders.order_by().values("holder").distinct().count()


# --- renewal --------------------------------------------------------------------------


def renewable(learner, module):
    """Return (certificate, reason), or raise NotRenewable."""
    own = Certificate.objects.filter(holder=learner, module_key=module.translation_key)
    certificate = standing(own).first()
    reason = certificate and reason_of(certificate, module.substance)
    if not reason:
        raise NotRenewable
    return certificate, reason


@transaction.atomic
def renew(learner, module, attempt=None):
    """Return a new certificate of a module, on today's facts; the old one stays.

    `attempt` is the check just passed; without it, one passed since renewal was
    possible counts. Raises NotRenewable, CheckFirst, UnprintableName.
    """
    # Two requests at once: the second finds what the first has made.
    own = Certificate.objects.filter(holder=learner, module_key=module.translation_key)
    list(own.select_for_update(of=("self",)).values_list("pk"))
    certificate, reason = renewable(learner, module)
    if checks_of(module).exists():
        attempt = passed_since(learner, module, certificate, reason, attempt)
    made = issue(renewal_of(certificate, module, attempt))
    Event.objects.create(
        certificate=certificate, kind=Event.Kind.RENEWED, actor=learner
    )
    return made


def passed_since(learner, module, certificate, reason, attempt=None):
    """Return a passed check that was begun when renewal was already possible.

    An earlier one is of the former content, or proves nothing new. Raises CheckFirst.
    """
    attempts = Attempt.objects.finished().filter(
        learner=learner,
        purpose=Attempt.Purpose.CHECK,
        step_key__in=checks_of(module).values("translation_key"),
        score__gte=F("pass_mark") - 1e-9,
        started_at__gt=possible_since(certificate, module, reason),
    )
    if attempt is not None:
        attempts = attempts.filter(pk=attempt.pk)
    found = attempts.order_by("-finished_at").first()
    if found is None:
        raise CheckFirst
    return found


def possible_since(certificate, module, reason):
    """Return the moment since when a certificate could be renewed.

    Moments that have not come yet come from a clock that was set back: left out.
    """
    moments = [certificate.issued_at]
    if reason == Invitation.CHANGED or certificate.substance < module.substance:
        moments.append(changed_at(module))
    else:
        morning = datetime.combine(opens_on(certificate), time.min)
        moments.append(timezone.make_aware(morning))
    now = timezone.now()
    return max((m for m in moments if m and m <= now), default=now - timedelta(days=1))


def renewal_of(certificate, module, attempt):
    """Return the Deed: today's version of the module, done on the day of the check."""
    achievement = achievement_of(module)
    today = timezone.localdate().isoformat()
    done_on = iso_day(attempt.finished_at) if attempt else today
    learner = certificate.holder
    facts = facts_of(learner, module, attempt, achievement)
    return Deed(
        kind=Certificate.Kind.MODULE,
        holder=learner,
        about=module.translation_key,
        facts=facts | {"started_on": None, "finished_on": done_on},
        time=time_of(certificate) + 1,
        organisation=certificate.organisation,
        achievement=achievement,
        valid_until=end_of_validity(achievement),
        renews=certificate,
        modules=(module.translation_key,),
    )


# --- reminders ------------------------------------------------------------------------


def reminder_due(certificate, today):
    """Return 90, 30 or 7: the reminder for today, or None.

    Only the last one whose day has come: after days without a run, one mail, not three.
    None in the first half of a short validity.
    """
    days_left = (certificate.valid_until - today).days
    half = half_of_validity(certificate)
    due = [days for days in REMINDERS if days_left <= days <= half]
    return min(due) if due and days_left >= 0 else None


def remind_holders(today=None):
    """Write to the holders whose attestations end soon → (sent, failed).

    Each reminder once, however often this runs. `failed` holds (code, error).
    """
    today = today or timezone.localdate()
    sent, failed = 0, []
    with get_connection() as connection:
        for certificate in ending_soon(today):
            try:
                sent += remind(certificate, today, connection)
            except OSError as error:  # of the mail server: tried again next time
                failed.append((certificate.code, error))
    return sent, failed


def ending_soon(today):
    soon = today + timedelta(days=max(REMINDERS))
    return (
        standing(Certificate.objects.filter(valid_until__range=(today, soon)))
        .filter(holder__is_active=True)
        .select_related("achievement", "holder")
        .order_by("valid_until", "pk")
    )


@transaction.atomic
def remind(certificate, today, connection):
    """Send the reminder that is due, if it was not; returns whether it was sent.

    The mail leaves inside the transaction, on purpose: were it refused, the event that
    says it was sent must not remain, and an event cannot be taken back.
    """
    days = reminder_due(certificate, today)
    if days is None or was_reminded(certificate, days):
        return False
    Event.objects.create(
        certificate=certificate, kind=Event.Kind.REMINDED, note=str(days)
    )
    reminder(certificate, connection).send()
    return True


def was_reminded(certificate, days):
    """Whether this reminder was sent, for it or for one that it replaced."""
    return Event.objects.filter(
        kind=Event.Kind.REMINDED,
        note=str(days),
        certificate__module_key=certificate.module_key,
        certificate__valid_until=certificate.valid_until,
        certificate__holder=certificate.holder_id,
    ).exists()


def reminder(certificate, connection):
    """Return the mail, in the holder's language."""
    holder = certificate.holder
    module = modules_in(holder.language, [certificate.module_key]).get(
        certificate.module_key
    )
    with override(holder.language):
        context = {
            "title": module.title if module else certificate.facts["module_title"],
            "valid_until": certificate.valid_until,
            "renew_address": module and absolute("certificates:renew", module),
            "wallet_address": settings.SITE_URL + reverse("certificates:mine"),
        }
        subject, body = (
            render_to_string(f"certificates/email/reminder_{part}.txt", context)
            for part in ("subject", "message")
        )
    return EmailMessage(
        " ".join(subject.split()), body, None, [holder.email], connection=connection
    )


def absolute(name, module):
    return settings.SITE_URL + reverse(name, args=[module.translation_key])
