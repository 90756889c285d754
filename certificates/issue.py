"""Issues certificates: once a deed, on facts frozen that day."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from assessments.models import Attempt
from certificates.glyphs import missing_characters, tidy
from certificates.models import (
    AchievementVersion,
    Certificate,
    Event,
    StatusList,
    TemplateVersion,
)
from certificates.models.credentials import STATUS_LIST_SIZE
from certificates.pdf import UnprintableName, names
from certificates.tasks import sign_certificate
from certificates.wording import words_in
from courses.models import CheckPage, ModuleWork
from people.models import Organisation, User

PLACES_TRIED = 20  # in a status list, before a new list is begun


@dataclass(frozen=True)
class Deed:
    """What someone did that deserves a certificate: the same deed gives it once."""

    kind: str
    holder: User
    about: UUID  # the module, path, session or attempt
    facts: dict
    time: int = 1  # 2 for the first renewal, and so on
    organisation: Organisation | None = None
    achievement: AchievementVersion | None = None
    valid_until: date | None = None
    replaces: Certificate | None = None
    renews: Certificate | None = None
    actor: User | None = None

    @property
    def key(self):
        anew = f":{self.replaces.pk}" if self.replaces else ""
        return f"{self.holder.pk}:{self.kind}:{self.about}:{self.time}{anew}"


@transaction.atomic
def issue(deed: Deed) -> Certificate:
    """Return the certificate of a deed; create it once.

    Raises UnprintableName when a document cannot print the name.
    """
    found = Certificate.objects.filter(idempotency_key=deed.key).first()
    if found:
        return found
    if sentences := names.problems_of(deed.facts["name"]):
        raise UnprintableName(missing_characters(deed.facts["name"]), sentences)
    certificate, is_new = create_once(deed)
    if is_new:
        # The certificate stands even when signing it must wait. (A lambda: Django
        # names a failing callback by its __qualname__, and partial has none.)
        transaction.on_commit(
            lambda: sign_certificate.enqueue(str(certificate.pk)), robust=True
        )
    return certificate


def create_once(deed):
    """Return (certificate, is_new): another place when the one drawn is taken."""
    for _attempt in range(PLACES_TRIED):
        try:
            with transaction.atomic():
                return create(deed), True
        except IntegrityError:
            # Issued at the same moment by another request, or the place was taken.
            found = Certificate.objects.filter(idempotency_key=deed.key).first()
            if found:
                return found, False
    newest = status_list_of(deed.organisation)
    StatusList.objects.create(organisation=deed.organisation, number=newest.number + 1)
    return create(deed), True


def create(deed):
    certificate = Certificate.objects.create(
        kind=deed.kind,
        holder=deed.holder,
        module_key=deed.about,
        idempotency_key=deed.key,
        facts=deed.facts | validity_of(deed),
        language=deed.facts["language"],
        organisation=deed.organisation,
        template_version=template_of(deed.organisation),
        achievement=deed.achievement,
        valid_until=deed.valid_until,
        replaces=deed.replaces,
        renews=deed.renews,
        status_list=status_list_of(deed.organisation),
        # Drawn at random: neighbours in the list say nothing of each other.
        status_index=secrets.randbelow(STATUS_LIST_SIZE),
    )
    Event.objects.create(
        certificate=certificate, kind=Event.Kind.ISSUED, actor=deed.actor
    )
    return certificate


def validity_of(deed):
    """Return the facts about the last day of validity: the document says it too."""
    if deed.valid_until is None:
        return {}
    return {"valid_until": deed.valid_until.isoformat()}


def template_of(organisation):
    """Return the newest published look for an organisation, else the platform's.

    A template that was unpublished counts no more.
    """
    versions = TemplateVersion.objects.filter(template__live=True).order_by("-pk")
    versions = versions.only("pk")
    own = versions.filter(template__organisation=organisation).first()
    if own or organisation is None:
        return own
    return versions.filter(template__organisation=None).first()


def status_list_of(organisation):
    newest = StatusList.objects.filter(organisation=organisation).order_by("-number")
    return newest.first() or StatusList.objects.create(
        organisation=organisation, number=1
    )


# --- modules --------------------------------------------------------------------------


def checks_of(module):
    """Return a module's checks: a module without one gives no certificate."""
    return CheckPage.objects.child_of(module).live()


def issue_certificate(learner, module, attempt=None, renews=None):
    """Return the learner's certificate for a module she has finished; create it once.

    `attempt` is the check that ended the module; None when a lesson did, and then the
    best passed one counts. Raises UnprintableName.
    """
    achievement = achievement_of(module)
    return issue(
        Deed(
            kind=Certificate.Kind.MODULE,
            holder=learner,
            about=module.translation_key,
            facts=facts_of(learner, module, attempt),
            time=time_after(renews),
            achievement=achievement,
            valid_until=end_of_validity(achievement),
            renews=renews,
        )
    )


def time_after(renewed):
    return int(renewed.idempotency_key.split(":")[3]) + 1 if renewed else 1


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
    """Return what a module's certificates reward now; a new version when it changed."""
    language = module.locale.language_code
    content = {
        "name": module.title,
        "code": module.code,
        "criteria": module.objective_list,
        "minutes": module.minutes,
        "version": module.version,
        "competences": competences_of(module, language),
        "pass_percent": pass_percent_of(module),
    }
    facts = [content, module.validity_months, module.substance]
    checksum = hashlib.sha256(
        json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()
    versions = AchievementVersion.objects.filter(
        about=module.translation_key, language=language
    )
    latest = versions.order_by("-number").first()
    if latest and latest.checksum == checksum:
        return latest
    return AchievementVersion.objects.create(
        about=module.translation_key,
        language=language,
        number=latest.number + 1 if latest else 1,
        content=content,
        checksum=checksum,
        validity_months=module.validity_months,
        substance=module.substance,
    )


def competences_of(module, language):
    return [
        {"code": competence.code, "name": getattr(competence, f"name_{language}")}
        for competence in module.competences.order_by("code")
    ]


def pass_percent_of(module):
    check = checks_of(module).first()
    return round(check.pass_mark * 100) if check else None


def facts_of(learner, module, attempt):
    """Return all that the document will ever say, as plain JSON."""
    language = module.locale.language_code
    attempt = attempt or best_passed(learner, module)
    work = ModuleWork.objects.filter(
        learner=learner, module_key=module.translation_key
    ).first()
    today = timezone.localdate()
    return {
        "name": tidy(learner.name),
        "module_code": module.code,
        "module_title": module.title,
        "module_version": module.version,
        "objectives": module.objective_list,
        "competences": competences_of(module, language),
        "framework": words_in(language)["framework"],
        "duration_minutes": module.minutes,
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
