"""Attestations that only exist because their holder asked: placement and history.

Nobody is issued one of these without asking: a range of levels is nobody else's
business, and a list of all training neither.
"""

import uuid

from django.conf import settings
from django.utils import timezone

from assessments.models import Attempt, Response
from assessments.results import date_of, reached
from certificates.deeds import Deed
from certificates.glyphs import tidy
from certificates.models import Certificate
from certificates.wording import words_in

Kind = Certificate.Kind
ON_REQUEST = {Kind.PLACEMENT, Kind.HISTORY}
# The facts of each kind that make one line of a history: code, title, version.
TRAININGS = {
    Kind.MODULE: ("module_code", "module_title", "module_version"),
    Kind.ATTENDANCE: ("session_code", "session_title", None),
}


class NothingToAttest(Exception):
    """The placement led nowhere, or nothing was finished yet."""


def common_facts(kind, holder, language):
    return {
        "kind": kind.value,
        "name": tidy(holder.name),
        "issued_on": timezone.localdate().isoformat(),
        "framework": words_in(language)["framework"],
        "issuer": settings.WAGTAIL_SITE_NAME,
        "language": language,
    }


def preview(deed: Deed) -> Certificate:
    """Return the certificate that a deed would give, without issuing it."""
    made = Certificate(
        kind=deed.kind, facts=deed.facts, language=deed.facts["language"]
    )
    made.has_changes = False
    return made


# --- placement ------------------------------------------------------------------------


def placement_deed(attempt, language) -> Deed:
    """Return the Deed of a placement as its result page tells it today.

    A closer look, or a correction, gives another certificate: the former one says what
    was known then. Raises NothingToAttest.
    """
    overall, areas = reached(attempt)
    if overall is None:
        raise NothingToAttest
    looks = list(attempt.closer_looks.finished())
    asked = [attempt.pk, *(look.pk for look in looks)]
    days = [date_of(attempt), *(timezone.localdate(look.finished_at) for look in looks)]
    return Deed(
        kind=Kind.PLACEMENT,
        holder=attempt.learner,
        about=attempt.pk,
        facts=common_facts(Kind.PLACEMENT, attempt.learner, language)
        | {
            "areas": [area_facts(result, language) for result in areas],
            "method_version": str(attempt.parameter_set.number),
            "question_count": answered_count(asked),
            "finished_on": max(days).isoformat(),
        },
        time=1 + len(looks) + attempt.corrections.count(),
    )


def area_facts(result, language):
    return {
        "code": result.area.code,
        "name": getattr(result.area, f"name_{language}"),
        "low": result.newest.low,
        "high": result.newest.high,
    }


def answered_count(attempts):
    answered = Response.objects.filter(attempt__in=attempts, answered_at__isnull=False)
    return answered.count()


def newest_placement(learner):
    """Return the last placement that led somewhere, or None."""
    results = Attempt.objects.visible_to(learner).with_result().finished()
    return results.order_by("-finished_at").first()


# --- history --------------------------------------------------------------------------


def history_deed(learner, language) -> Deed:
    """Return the Deed of all that somebody's attestations say she has followed.

    Without scores: each attestation bears its own. The same list, asked for again, is
    the same certificate. Raises NothingToAttest.
    """
    followed, _left_out = trainings(learner)
    if not followed:
        raise NothingToAttest
    facts = common_facts(Kind.HISTORY, learner, language)
    lines = [line_of(certificate) for certificate in followed]
    days = sorted(line["finished_on"] for line in lines)
    names = ":".join([facts["name"], language, *(str(c.pk) for c in followed)])
    return Deed(
        kind=Kind.HISTORY,
        holder=learner,
        about=uuid.uuid5(uuid.NAMESPACE_URL, names),
        facts=facts
        | {
            "modules": lines,
            "duration_minutes": sum(line["duration_minutes"] for line in lines),
            "started_on": days[0],
            "finished_on": days[-1],
        },
        rests_on={number: each.pk for number, each in enumerate(followed)},
    )


def trainings(learner):
    """Return (certificates of a history, certificates left out of it for their name).

    Expired ones too: the training was followed all the same.
    """
    own = Certificate.objects.filter(holder=learner).current().order_by("issued_at")
    return told_apart(own, tidy(learner.name))


def told_apart(certificates, name):
    """Return what `trainings` does, of certificates that stand, the latest last.

    The last of each training, oldest first. Of those in another name, only what staff
    issued anew is listed: a name typed in an account makes no document in that name.
    """
    listed, other = {}, {}
    for each in certificates:
        if each.kind in TRAININGS:
            is_hers = each.facts["name"] == name or each.replaces_id
            (listed if is_hers else other)[each.kind, each.module_key] = each
    left_out = [each for training, each in other.items() if training not in listed]
    return in_order(listed.values()), in_order(left_out)


def in_order(certificates):
    return sorted(certificates, key=lambda c: (c.facts["finished_on"], str(c.pk)))


def line_of(certificate):
    facts = certificate.facts
    code, title, version = TRAININGS[certificate.kind]
    return {
        "code": facts[code],
        "title": facts[title],
        "version": facts[version] if version else "",
        "duration_minutes": facts["duration_minutes"],
        "finished_on": facts["finished_on"],
    }
