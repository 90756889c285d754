"""Attestations that end some day, as if issued long ago, and checks passed again."""

from datetime import timedelta

from django.utils import timezone

from assessments.models import Attempt
from assessments.signals import check_finished
from certificates.deeds import Deed
from certificates.issue import achievement_of, facts_of, issue
from certificates.models import Certificate
from tests.courses.factories import check_of


def hold(learner, module, days=None, months=24):
    """Return an attestation that ends in some days; None: never."""
    module.validity_months = None if days is None else months
    module.save()
    achievement = achievement_of(module)
    today = timezone.localdate()
    return issue(
        Deed(
            kind=Certificate.Kind.MODULE,
            holder=learner,
            about=module.translation_key,
            facts=facts_of(learner, module, None, achievement),
            achievement=achievement,
            valid_until=None if days is None else today + timedelta(days=days),
        )
    )


def pass_check(learner, module, score=1.0, language="fr", **fields):
    """Finish a sitting of the module's check, and tell who listens."""
    check = check_of(module)
    attempt = Attempt.objects.create(
        learner=learner,
        purpose=Attempt.Purpose.CHECK,
        step_key=check.translation_key,
        pass_mark=check.pass_mark,
        language=language,
        seed=1,
        finished_at=timezone.now(),
        score=score,
    )
    if fields:
        Attempt.objects.filter(pk=attempt.pk).update(**fields)
        attempt.refresh_from_db()
    check_finished.send(sender=Attempt, attempt=attempt)
    return attempt
