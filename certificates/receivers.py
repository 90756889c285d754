from django.db import transaction
from django.dispatch import receiver

from assessments.signals import check_finished
from certificates import renewal
from certificates.issue import checks_of, issue_certificate
from certificates.paths import (
    NotComplete,
    has_path_certificates,
    issue_path_certificate,
)
from certificates.pdf import UnprintableName
from cms.models import reasons_to_keep
from courses.models import CheckPage
from courses.paths import paths_with
from courses.renewal import holder_counters, wallets
from courses.signals import module_completed
from people.models import User

reasons_to_keep.append(has_path_certificates)
holder_counters.append(renewal.holder_count)
wallets.append(renewal.wallet)


@receiver(module_completed)
def issue_when_module_ends(learner, module, attempt, **kwargs):
    """In the transaction that ends the module: both happen, or neither.

    A name that cannot be printed does not undo what the learner has done: her page of
    attestations says what to change, and then issues it.
    """
    if checks_of(module).exists():
        try:
            issue_certificate(learner, module, attempt)
        except UnprintableName:
            return
    issue_when_path_ends(learner, module)


def issue_when_path_ends(learner, module):
    """Issue the attestations of the paths that this module completes."""
    paths = paths_with(module)
    if not paths:
        return
    # The last two modules, ended together on two devices, must see each other.
    User.objects.select_for_update(of=("self",)).get(pk=learner.pk)
    for path in paths:
        try:
            issue_path_certificate(learner, path)
        except (NotComplete, UnprintableName):
            continue


@receiver(check_finished)
def renew_when_check_is_passed_again(attempt, **kwargs):
    """A check passed while the attestation may be renewed renews it."""
    if not attempt.is_passed:
        return
    checks = CheckPage.objects.live().filter(translation_key=attempt.step_key)
    check = checks.filter(locale__language_code=attempt.language).first()
    check = check or checks.first()
    if check is None:
        return
    try:
        with transaction.atomic():
            renewal.renew(attempt.learner, check.get_parent().specific, attempt)
    except (renewal.NotRenewable, renewal.CheckFirst, UnprintableName):
        return
