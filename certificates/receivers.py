from django.dispatch import receiver

from certificates.issue import checks_of, issue_certificate
from courses.signals import module_completed


@receiver(module_completed)
def issue_when_module_ends(learner, module, attempt, **kwargs):
    """In the transaction that ends the module: both happen, or neither."""
    if checks_of(module).exists():
        issue_certificate(learner, module, attempt)
