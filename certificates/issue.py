"""Issues certificates: once a learner and module, on facts frozen that day."""

from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessments.models import Attempt
from certificates.glyphs import missing_characters, tidy
from certificates.models import Certificate
from certificates.tasks import make_pdf
from certificates.wording import words_in
from courses.models import CheckPage, ModuleWork


def checks_of(module):
    """Return a module's checks: a module without one gives no certificate."""
    return CheckPage.objects.child_of(module).live()


@transaction.atomic
def issue_certificate(learner, module, attempt=None):
    """Return the learner's certificate for a module she has finished; create it once.

    `attempt` is the check that ended the module; None when a lesson did, and then the
    best passed one counts.
    """
    certificate, created = Certificate.objects.get_or_create(
        holder=learner,
        module_key=module.translation_key,
        defaults={
            "facts": partial(facts_of, learner, module, attempt),
            "language": module.locale.language_code,
        },
    )
    if created and not missing_characters(certificate.facts["name"]):
        # The certificate stands even when drawing its document must wait.
        transaction.on_commit(
            partial(make_pdf.enqueue, str(certificate.pk)), robust=True
        )
    return certificate


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
        "competences": [
            {"code": competence.code, "name": getattr(competence, f"name_{language}")}
            for competence in module.competences.order_by("code")
        ],
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
