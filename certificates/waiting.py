"""Modules that were finished, and whose attestation could not be issued that day."""

from certificates.issue import Deed, best_passed
from certificates.models import Certificate
from certificates.renewal import modules_in
from courses.models import ModuleWork


def unissued(learner, language):
    """Return the modules that a learner finished, check passed, without certificate.

    Her name could not be printed. One query when there is nothing to find.
    """
    done = ModuleWork.objects.filter(learner=learner, done_at__isnull=False)
    keys = {
        deed_key(learner, key): key for key in done.values_list("module_key", flat=True)
    }
    issued = Certificate.objects.filter(idempotency_key__in=keys)
    for key in issued.values_list("idempotency_key", flat=True):
        del keys[key]
    modules = modules_in(language, list(keys.values()))
    return [m for m in modules.values() if best_passed(learner, m) is not None]


def deed_key(learner, module_key):
    """Return the key of the first certificate of a module, whatever became of it."""
    kind = Certificate.Kind.MODULE
    return Deed(kind=kind, holder=learner, about=module_key, facts={}).key
