"""A key said to be wrong: counted, then mended, apart from the page that waits for it.

What takes no longer than a page is done at once. The rest goes to the worker process
where there is one, else to a thread beside the page. Cut short, both can begin again:
counting writes nothing, and mending leaves what is mended.
"""

import logging
import threading
from functools import partial

from django.db import connections, transaction
from django.utils import timezone
from django_tasks import task, task_backends
from django_tasks.backends.immediate import ImmediateBackend

from assessments import corrections
from assessments.models import KeyDoubt

State = KeyDoubt.State

log = logging.getLogger("repere.corrections")


def raise_doubt(version, made_by, reason) -> KeyDoubt:
    """Return a new doubt about a version's key; what it would change is counted."""
    doubt = KeyDoubt.objects.create(
        question_version=version, made_by=made_by, reason=reason
    )
    begin(doubt)
    return doubt


def confirm(doubt, made_by):
    """Have the key corrected, once what that changes was counted."""
    counted = KeyDoubt.objects.filter(pk=doubt.pk, state=State.COUNTED)
    if counted.update(state=State.MENDING, made_by=made_by):
        begin(doubt)


def begin(doubt):
    """Count or mend, from the start: here when it is short, else apart."""
    total = corrections.size_of(doubt.question_version)
    KeyDoubt.objects.filter(pk=doubt.pk).update(
        total=total, done=0, worked_at=timezone.now()
    )
    if total <= corrections.AT_ONCE:
        work(doubt.pk)
    else:
        transaction.on_commit(partial(launch, doubt.pk))
    doubt.refresh_from_db()


def launch(doubt_id):
    if isinstance(task_backends["default"], ImmediateBackend):
        # In the request itself, it would outlast what a server waits for.
        threading.Thread(target=work_apart, args=[doubt_id], daemon=True).start()
    else:
        work_on_doubt.enqueue(doubt_id)


def work_apart(doubt_id):
    try:
        work(doubt_id)
    except Exception:
        log.exception("Correction %s stopped: it can be begun again.", doubt_id)
    finally:
        connections.close_all()


@task()
def work_on_doubt(doubt_id):
    work(doubt_id)


def work(doubt_id):
    """Do what a doubt waits for: count, or mend. Safe to run at any time."""
    doubt = KeyDoubt.objects.select_related("question_version", "made_by").get(
        pk=doubt_id
    )
    tell = partial(note_progress, doubt_id)
    if doubt.state == State.COUNTING:
        found = corrections.preview(doubt.question_version, tell)
        end(doubt, State.COUNTED, counts=found.to_dict())
    elif doubt.state == State.MENDING:
        corrections.correct_key(
            doubt.question_version, doubt.made_by, doubt.reason, tell
        )
        end(doubt, State.MENDED)


def note_progress(doubt_id, done):
    now = timezone.now()
    KeyDoubt.objects.filter(pk=doubt_id).update(done=done, worked_at=now)


def end(doubt, state, **values):
    """Say that what a doubt waited for is done; not when it went on meanwhile."""
    same = KeyDoubt.objects.filter(pk=doubt.pk, state=doubt.state)
    same.update(state=state, done=doubt.total, worked_at=timezone.now(), **values)
