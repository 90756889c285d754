"""Issues certificates: once a deed, on facts frozen that day."""

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery
from django.utils import timezone
from wagtail.models import Locale

from assessments.models import Attempt
from certificates.credentials.document import address_in
from certificates.deeds import Deed, key_of
from certificates.glyphs import missing_characters, tidy
from certificates.models import (
    AchievementVersion,
    Certificate,
    Event,
    HolderSalt,
    Listing,
    StatusList,
    TemplateVersion,
)
from certificates.models.credentials import STATUS_LIST_SIZE
from certificates.pdf import UnprintableName, names
from certificates.tasks import sign_certificate
from certificates.wording import words_in
from courses.models import Assignment, CheckPage, ModuleWork
from people.models import User

PLACES_TRIED = 20  # in a status list, before a new list is begun


@dataclass(frozen=True)
class Place:
    """Where a new certificate goes; None: there is none yet, it is made."""

    salt: str | None  # of its holder
    status_list: int | None
    template_version: int | None


def issue(deed: Deed) -> Certificate:
    """Return the certificate of a deed; create it once.

    Raises UnprintableName when a document cannot print the name.
    """
    if sentences := names.problems_of(deed.facts["name"]):
        if found := issued_before(deed):
            return found
        raise UnprintableName(missing_characters(deed.facts["name"]), sentences)
    # No savepoint: what fails here undoes the deed too.
    with transaction.atomic(savepoint=False):
        certificate, is_new = create_once(deed)
        if is_new:
            complete(certificate, deed)
    return certificate


def issued_before(deed):
    found = HolderSalt.objects.filter(holder=deed.holder).first()
    if found is None:
        return None
    return Certificate.objects.filter(idempotency_key=key_of(deed, found.salt)).first()


def create_once(deed):
    """Return (certificate, is_new): another place when the one drawn is taken."""
    place = place_of(deed)
    key = key_of(deed, place.salt)
    for _attempt in range(PLACES_TRIED):
        made = unsaved(deed, key, place)
        # Does nothing when it was issued before, or when the place is taken: then the
        # transaction goes on, without a savepoint.
        Certificate.objects.bulk_create([made], ignore_conflicts=True)
        with_key = Certificate.objects.filter(idempotency_key=key)
        found = with_key.values_list("pk", flat=True).first()
        if found is not None:
            is_new = found == made.pk
            return (made if is_new else with_key.get()), is_new
    newest = StatusList.objects.get(pk=place.status_list)
    StatusList.objects.create(organisation=deed.organisation, number=newest.number + 1)
    made = unsaved(deed, key, place_of(deed))
    made.save(force_insert=True)
    return made, True


def place_of(deed):
    """Return the Place of a deed: one query, and one for each thing to be made."""
    salts = HolderSalt.objects.filter(holder=OuterRef("pk"))
    lists = StatusList.objects.filter(organisation=deed.organisation)
    place = Place(
        *User.objects.filter(pk=deed.holder.pk).values_list(
            Subquery(salts.values("salt")),
            Subquery(lists.order_by("-number").values("pk")[:1]),
            Subquery(templates_for(deed).values("pk")[:1]),
        )[0]
    )
    if place.salt is None:
        place = replace(place, salt=HolderSalt.objects.ensure(deed.holder))
    if place.status_list is None:
        first, _is_new = lists.get_or_create(
            number=1, defaults={"organisation": deed.organisation}
        )
        place = replace(place, status_list=first.pk)
    return place


def unsaved(deed, key, place):
    return Certificate(
        kind=deed.kind,
        holder=deed.holder,
        module_key=deed.about,
        idempotency_key=key,
        achieved=address_in(deed.kind, deed.facts),
        facts=deed.facts | validity_of(deed),
        language=deed.facts["language"],
        organisation=deed.organisation,
        template_version_id=place.template_version,
        achievement=deed.achievement,
        valid_until=deed.valid_until,
        replaces=deed.replaces,
        renews=deed.renews,
        status_list_id=place.status_list,
        # Drawn at random: neighbours in the list say nothing of each other.
        status_index=secrets.randbelow(STATUS_LIST_SIZE),
    )


def complete(certificate, deed):
    """Add what stands beside a new certificate, and have it signed."""
    Event.objects.create(
        certificate=certificate, kind=Event.Kind.ISSUED, actor=deed.actor
    )
    if deed.rests_on:
        Listing.objects.bulk_create(
            Listing(certificate=certificate, number=number, rests_on_id=pk)
            for number, pk in deed.rests_on.items()
        )
    # The certificate stands even when signing it must wait. (A lambda: Django names a
    # failing callback by its __qualname__, and partial has none.)
    transaction.on_commit(
        lambda: sign_certificate.enqueue(str(certificate.pk)), robust=True
    )


def validity_of(deed):
    """Return the facts about the last day of validity: the document says it too."""
    if deed.valid_until is None:
        return {}
    return {"valid_until": deed.valid_until.isoformat()}


# --- looks ----------------------------------------------------------------------------


def templates_for(deed):
    """Return the published looks for a deed, the right one first.

    The newest of whoever lends its look, else of the platform. A template that was
    unpublished counts no more.
    """
    owners = Q(template__organisation__in=lenders(deed))
    return TemplateVersion.objects.filter(
        owners | Q(template__organisation=None), template__live=True
    ).order_by(F("template__organisation").desc(nulls_last=True), "-number")


def lenders(deed):
    """Return the organisation whose look a document has, as ids: one, or none.

    The one in whose name it stands; the one that the document which it replaces shows;
    else the one that alone assigned what was done.
    """
    if deed.organisation:
        return [deed.organisation.pk]
    if deed.replaces:
        former = TemplateVersion.objects.filter(pk=deed.replaces.template_version_id)
        return former.values("template__organisation")
    return sole_assigner(deed.holder, deed.modules)


def sole_assigner(learner, modules):
    """Return the organisation that assigned all of some modules, alone, as a query.

    None when others assigned one of them too, or when the learner has left it: the
    platform's own look then favours nobody.
    """
    return (
        Assignment.objects.current()
        .filter(learner=learner, module_key__in=modules)
        .order_by()
        .values("learner")
        .annotate(first=Min("organisation"), last=Max("organisation"), count=Count("*"))
        .filter(first=F("last"), count=len(modules))
        .values("first")
    )


# --- modules --------------------------------------------------------------------------


def checks_of(module):
    """Return a module's checks: a module without one gives no certificate."""
    return CheckPage.objects.child_of(module).live()


def issue_certificate(learner, module, attempt=None, achievement=None):
    """Return the learner's certificate for a module she has finished; create it once.

    `attempt` is the check that ended the module; None when a lesson did, and then the
    best passed one counts. Who issues for many gives the `achievement_of` the module.
    Raises UnprintableName.
    """
    achievement = achievement or achievement_of(module)
    return issue(
        Deed(
            kind=Certificate.Kind.MODULE,
            holder=learner,
            about=module.translation_key,
            facts=facts_of(learner, module, attempt, achievement),
            achievement=achievement,
            valid_until=end_of_validity(achievement),
            modules=(module.translation_key,),
        )
    )


def end_of_validity(achievement):
    """Return the last day of validity, or None: valid for ever."""
    if achievement.validity_months is None:
        return None
    return months_later(timezone.localdate(), achievement.validity_months)


def months_later(day, months):
    """Return the same day some months later, or the last day of a shorter month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("Every month has 28 days.")


def achievement_of(module):
    """Return what a module's certificates reward now; a new version when it changed.

    Two queries: the newest version, with the pass mark of today, and the competences.
    """
    spoken = Locale.objects.filter(pk=module.locale_id).values("language_code")
    versions = AchievementVersion.objects.filter(
        about=module.translation_key, language__in=spoken
    )
    marks = checks_of(module).values("pass_mark")[:1]
    newest = versions.annotate(mark=Subquery(marks)).order_by("-number").first()
    language = newest.language if newest else module.locale.language_code
    mark = newest.mark if newest else pass_mark_of(module)
    content = content_of(module, language, mark)
    facts = [content, module.validity_months, module.substance]
    checksum = hashlib.sha256(
        json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()
    if newest and newest.checksum == checksum:
        return newest
    # Of two that make it at once, one does.
    made, _is_new = AchievementVersion.objects.get_or_create(
        about=module.translation_key,
        language=language,
        number=newest.number + 1 if newest else 1,
        defaults={
            "content": content,
            "checksum": checksum,
            "validity_months": module.validity_months,
            "substance": module.substance,
        },
    )
    return made


def pass_mark_of(module):
    return checks_of(module).values_list("pass_mark", flat=True).first()


def content_of(module, language, mark):
    """Return the content of an AchievementVersion."""
    return {
        "name": module.title,
        "code": module.code,
        "criteria": module.objective_list,
        "minutes": module.minutes,
        "version": module.version,
        "competences": [
            {"code": competence.code, "name": getattr(competence, f"name_{language}")}
            for competence in module.competences.order_by("code")
        ],
        "pass_percent": None if mark is None else round(mark * 100),
    }


def facts_of(learner, module, attempt, achievement):
    """Return all that the document will ever say, as plain JSON.

    What it says of the module is what its achievement froze.
    """
    language, content = achievement.language, achievement.content
    attempt = attempt or best_passed(learner, module)
    work = ModuleWork.objects.filter(
        learner=learner, module_key=module.translation_key
    ).first()
    today = timezone.localdate()
    return {
        "name": tidy(learner.name),
        "module_code": content["code"],
        "module_title": content["name"],
        "module_version": content["version"],
        "objectives": content["criteria"],
        "competences": content["competences"],
        "framework": words_in(language)["framework"],
        "duration_minutes": content["minutes"],
        "score_percent": percent_of(attempt),
        "started_on": iso_day(work and work.started_at),
        "finished_on": iso_day(work and work.done_at) or today.isoformat(),
        "issued_on": today.isoformat(),
        "issuer": settings.WAGTAIL_SITE_NAME,
        "language": language,
    }


def best_passed(learner, module):
    keys = checks_of(module).values("translation_key")
    return (
        Attempt.objects.finished()
        .filter(learner=learner, purpose=Attempt.Purpose.CHECK, step_key__in=keys)
        .filter(score__gte=F("pass_mark") - 1e-9)
        .order_by("-score", "finished_at")
        .first()
    )


def percent_of(attempt):
    if attempt is None or attempt.score is None:
        return None
    return round(attempt.score * 100)


def iso_day(moment):
    return timezone.localdate(moment).isoformat() if moment else None
