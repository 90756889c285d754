"""Issues the attestations of learners who have finished a module: what it costs.

Run on the folder of a trial site (courses/benchmark/site.py), in a process of its own:
python -m certificates.benchmark.issuing 1000
"""

import json
import sys
import time
from dataclasses import asdict, dataclass

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.transaction import atomic  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from assessments.models import Attempt  # noqa: E402
from certificates.issue import issue_certificate  # noqa: E402
from certificates.models import Certificate, Credential  # noqa: E402
from courses.benchmark.queries import TRANSACTIONS  # noqa: E402
from courses.models import CheckPage, ModulePage, ModuleWork  # noqa: E402
from people.models import User  # noqa: E402

MODULE, LANGUAGE = "M03", "fr"
# Issued first, and not measured: the first of all makes the key, the status list and
# the version of the achievement. The queries of the others are counted.
WARM_UPS = 10


class NotIssued(RuntimeError):
    pass


@dataclass
class Cost:
    """What `count` certificates cost.

    CPU milliseconds of one, on average: `issue_ms` in the transaction that ends the
    module, `all_ms` with the commit and the signature. `seconds`: of all, by the clock.
    Queries: the most of one; transactions do not count.
    """

    count: int
    issue_ms: float
    all_ms: float
    seconds: float
    queries: int
    signature_queries: int


def module_now():
    """Return the module as a request reads it: nothing of it is known yet."""
    return ModulePage.objects.get(code=MODULE, locale__language_code=LANGUAGE)


def finish_module(count):
    """Return new learners who have passed the check and finished the module."""
    module, now = module_now(), timezone.now()
    check = CheckPage.objects.child_of(module).get()
    learners = User.objects.bulk_create(
        User(email=f"issued-{number}@demo.repere", name=f"Inès Belkacem {number}")
        for number in range(count)
    )
    ModuleWork.objects.bulk_create(
        ModuleWork(learner=learner, module_key=module.translation_key, done_at=now)
        for learner in learners
    )
    Attempt.objects.bulk_create(
        Attempt(
            learner=learner,
            purpose=Attempt.Purpose.CHECK,
            step_key=check.translation_key,
            pass_mark=check.pass_mark,
            language=LANGUAGE,
            seed=1,
            finished_at=now,
            score=1,
        )
        for learner in learners
    )
    return learners


def issue_one(learner):
    """Issue as completion does; return seconds: CPU of issuing, CPU and clock of all.

    The signature is a task that begins at the commit: in this process, unless a worker
    is there to make it.
    """
    module, attempt = module_now(), Attempt.objects.get(learner=learner)
    cpu, clock = time.process_time(), time.perf_counter()
    with atomic():
        issue_certificate(learner, module, attempt)
        issued = time.process_time() - cpu
    return issued, time.process_time() - cpu, time.perf_counter() - clock


def queries_of(learner):
    """Return how many queries (issuing, its signature) make."""
    module, attempt = module_now(), Attempt.objects.get(learner=learner)
    with CaptureQueriesContext(connection) as captured, atomic():
        issue_certificate(learner, module, attempt)
        issued = counted(captured)
    return issued, counted(captured) - issued


def counted(captured):
    return sum(not query["sql"].startswith(TRANSACTIONS) for query in captured)


def cost_of(count):
    learners = finish_module(WARM_UPS + count)
    queries = [queries_of(learner) for learner in learners[:WARM_UPS]][1:]
    spent = [issue_one(learner) for learner in learners[WARM_UPS:]]
    check_all_there(learners)
    issuing, whole, seconds = map(sum, zip(*spent, strict=True))
    return Cost(
        count=count,
        issue_ms=1000 * issuing / count,
        all_ms=1000 * whole / count,
        seconds=seconds,
        queries=max(issued for issued, _signed in queries),
        signature_queries=max(signed for _issued, signed in queries),
    )


def check_all_there(learners):
    """Raises NotIssued unless each learner has one certificate, and it is signed."""
    wanted = len(learners)
    issued = Certificate.objects.filter(module_key=module_now().translation_key)
    signed = Credential.objects.filter(certificate__in=issued)
    if (issued.count(), signed.count()) != (wanted, wanted):
        raise NotIssued(
            f"Of {wanted}: {issued.count()} issued, {signed.count()} signed."
        )


if __name__ == "__main__":
    print(json.dumps(asdict(cost_of(int(sys.argv[1])))))
