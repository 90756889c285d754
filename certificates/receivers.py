from django.dispatch import receiver

from certificates.issue import checks_of, issue_certificate
from certificates.pdf import UnprintableName
from courses.signals import module_completed


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
