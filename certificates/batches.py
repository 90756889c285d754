"""Issues certificates for a group: in small steps, so that it goes on where it stopped.

A batch is a list of rows, one a learner. Working on it takes the rows that wait, 25 at
a time, each time in one transaction: a worker that is killed loses at most 25 rows of
work, and no certificate twice, since the same deed gives one certificate.
"""

import logging
import threading
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task, task_backends
from django_tasks.backends.immediate import ImmediateBackend

from certificates.deeds import Deed
from certificates.glyphs import tidy
from certificates.issue import achievement_of, checks_of, issue, issue_certificate
from certificates.models import Batch, BatchRow, Certificate
from certificates.pdf import UnprintableName
from certificates.wording import words_in
from courses.follow_up import module_titles
from courses.models import Assignment, LiveSession, ModulePage, ModuleWork
from courses.permissions import organisations_of
from people.models import Organisation, User

ROWS_AT_ONCE = 25
LONGEST_PROBLEM = BatchRow._meta.get_field("problem").max_length

log = logging.getLogger("repere.batches")


class NotPossible(Exception):
    """Nothing can be issued for this row; the message is a sentence for a trainer."""


class Erased(Exception):
    """It was issued and erased: that is between the platform and its holder."""


# --- what is missing ------------------------------------------------------------------


def without_certificate(people, kind, about):
    """Return those of some people who never had a certificate of this kind about this.

    One that was withdrawn or replaced counts: giving another is for who withdrew it.
    Those whom a batch is about to serve are left to it.
    """
    own = Certificate.objects.filter(holder=OuterRef("pk"), kind=kind, module_key=about)
    waiting = BatchRow.objects.filter(
        learner=OuterRef("pk"), is_done=False, batch__kind=kind, batch__about=about
    )
    return people.exclude(Exists(own)).exclude(Exists(waiting))


def missing_for_session(session):
    present = User.objects.filter(attendances__session=session)
    return without_certificate(present, Certificate.Kind.ATTENDANCE, session.key)


def cohort(organisation, module):
    """Return the members who have finished a module that their organisation assigned.

    Of modules taken up by oneself, an organisation knows nothing.
    """
    assigned = Assignment.objects.current().filter(
        organisation=organisation, module_key=module.translation_key
    )
    done = ModuleWork.objects.filter(
        module_key=module.translation_key, done_at__isnull=False
    )
    people = User.objects.filter(pk__in=assigned.values("learner"))
    return people.filter(pk__in=done.values("learner"))


@dataclass(frozen=True)
class Cohort:
    """How many have finished a module that their organisation assigned."""

    organisation: Organisation
    module_key: UUID
    title: str
    finished: int
    missing: int  # of these, how many have no attestation


def cohorts(user, language):
    """Return the Cohorts of the organisations that a person trains for, in two queries.

    In order of organisations, then of titles.
    """
    organisations = organisations_of(user).in_bulk()
    rows = list(counted_assignments(organisations))
    titles = module_titles({row["module_key"] for row in rows}, language)
    found = [
        Cohort(
            organisation=organisations[row["organisation"]],
            module_key=row["module_key"],
            title=titles.get(row["module_key"], ""),
            finished=row["finished"],
            missing=row["missing"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (str(one.organisation), one.title))


def counted_assignments(organisations):
    same = {"learner": OuterRef("learner"), "module_key": OuterRef("module_key")}
    done = ModuleWork.objects.filter(**same, done_at__isnull=False)
    own = Certificate.objects.filter(
        holder=OuterRef("learner"),
        kind=Certificate.Kind.MODULE,
        module_key=OuterRef("module_key"),
    )
    return (
        Assignment.objects.current()
        .filter(organisation__in=organisations)
        .annotate(has_finished=Exists(done), has_certificate=Exists(own))
        .values("organisation", "module_key")
        .annotate(
            finished=Count("pk", filter=Q(has_finished=True)),
            missing=Count("pk", filter=Q(has_finished=True, has_certificate=False)),
        )
        .filter(finished__gt=0)
        .order_by()
    )


def missing_for_module(organisation, module):
    people = cohort(organisation, module)
    return without_certificate(people, Certificate.Kind.MODULE, module.translation_key)


# --- making a batch -------------------------------------------------------------------


def start_for_session(session, maker):
    """Return a batch for those present who have no attestation; None when none lacks.

    Raises NotPossible before the day of the session.
    """
    if session.held_on > timezone.localdate():
        raise NotPossible(_("This session is yet to come: nobody has attended it."))
    return start(
        missing_for_session(session),
        made_by=maker,
        organisation=session.organisation,
        kind=Certificate.Kind.ATTENDANCE,
        about=session.key,
        title=session.title,
    )


def start_for_module(organisation, module, maker):
    """Return a batch for those who lack the attestation of a module, or None.

    Raises NotPossible for a module without check: it gives no attestation.
    """
    if not checks_of(module).exists():
        raise NotPossible(_("This module has no check: it gives no attestation."))
    return start(
        missing_for_module(organisation, module),
        made_by=maker,
        organisation=organisation,
        kind=Certificate.Kind.MODULE,
        about=module.translation_key,
        title=module.title,
    )


@transaction.atomic
def start(people, **about):
    learners = list(people.order_by("name", "pk"))
    if not learners:
        return None
    batch = Batch.objects.create(**about)
    BatchRow.objects.bulk_create(
        BatchRow(batch=batch, learner=learner) for learner in learners
    )
    transaction.on_commit(partial(launch, batch.pk))
    return batch


@transaction.atomic
def resume(batch):
    """Have a batch go on, and try again the rows that failed."""
    failed = batch.rows.exclude(problem="")
    failed.update(problem="", is_done=False)
    if batch.rows.filter(is_done=False).exists():
        save(batch, state=Batch.State.WAITING, worked_at=timezone.now(), done_at=None)
        transaction.on_commit(partial(launch, batch.pk))


# --- working through it ---------------------------------------------------------------


def launch(batch_id):
    """Begin to work: in the worker process where there is one, else beside the page."""
    if isinstance(task_backends["default"], ImmediateBackend):
        # In the request itself, a large batch would outlast what a server waits for.
        threading.Thread(target=work_apart, args=[batch_id], daemon=True).start()
    else:
        work_through.enqueue(batch_id)


def work_apart(batch_id):
    try:
        work(batch_id)
    except Exception:
        log.exception("Batch %s stopped: it can be resumed.", batch_id)
    finally:
        connections.close_all()


@task()
def work_through(batch_id):
    work(batch_id)


def work(batch_id):
    """Issue what a batch asks for, until no row waits. Safe to run at any time."""
    batch = Batch.objects.select_related("made_by", "organisation").get(pk=batch_id)
    language = batch.made_by.language if batch.made_by else settings.LANGUAGE_CODE
    with override(language):
        maker = MAKERS[batch.kind](batch)
        while take_rows(batch, maker):
            pass


@transaction.atomic
def take_rows(batch, make):
    """Work on the next rows, all or none; return whether there were any."""
    rows = list(
        batch.rows.filter(is_done=False)
        .select_related("learner")
        .select_for_update(skip_locked=True, of=("self",))[:ROWS_AT_ONCE]
    )
    for row in rows:
        work_on(row, make)
    BatchRow.objects.bulk_update(rows, ["certificate", "problem", "is_done"])
    now = timezone.now()
    if rows:
        save(batch, state=Batch.State.RUNNING, worked_at=now)
    elif not batch.rows.filter(is_done=False).exists():
        save(batch, state=Batch.State.DONE, worked_at=now, done_at=now)
    return bool(rows)


def save(batch, **values):
    for name, value in values.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(values))


def work_on(row, make):
    """Issue one certificate, or write down why not: the others do not wait for it."""
    row.is_done = True
    try:
        check_learner(row.learner)
        with transaction.atomic():
            row.certificate = standing(make(row.learner))
    except Erased:
        pass  # no line says so
    except NotPossible as problem:
        row.problem = str(problem)
    except UnprintableName as error:
        row.problem = " ".join(map(str, error.sentences))[:LONGEST_PROBLEM]
    except Exception:
        log.exception("Row %s of batch %s failed.", row.pk, row.batch_id)
        row.problem = _("Something went wrong here. Try again; if it stays, tell us.")


def standing(certificate):
    """Return a certificate, unless it was erased: no row says any more whose it was."""
    if certificate.erased_at is not None:
        raise Erased
    return certificate


def check_learner(learner):
    if not learner.is_active:
        raise NotPossible(_("This account is closed: nobody could read it."))
    if not tidy(learner.name):
        raise NotPossible(_("There is no name in this account: its holder adds it."))


# --- one certificate ------------------------------------------------------------------


def maker_of_attendance(batch):
    """Return a function of a learner that issues the attestation of a session."""
    sessions = LiveSession.objects.select_related("organisation")
    session = sessions.filter(key=batch.about).first()

    def make(learner):
        if session is None:
            raise NotPossible(_("This session was deleted."))
        return issue(
            Deed(
                kind=Certificate.Kind.ATTENDANCE,
                holder=learner,
                about=session.key,
                facts=facts_of_attendance(learner, session),
                organisation=session.organisation,
                actor=batch.made_by,
            )
        )

    return make


def facts_of_attendance(learner, session):
    """Return what the document of one person's presence will ever say."""
    return {
        "kind": "attendance",
        "name": tidy(learner.name),
        "session_code": session.code,
        "session_title": session.title,
        "objectives": session.objective_list,
        "framework": words_in(session.language)["framework"],
        "duration_minutes": session.minutes,
        "finished_on": session.held_on.isoformat(),
        "led_by": session.trainer_name,
        "issued_on": timezone.localdate().isoformat(),
        "issuer": str(session.organisation or settings.WAGTAIL_SITE_NAME),
        "language": session.language,
    }


def maker_of_modules(batch):
    """Return a function of a learner that issues the attestation of a module.

    In the learner's language where the module exists in it.
    """
    pages = ModulePage.objects.filter(translation_key=batch.about).live()
    modules = {
        page.locale.language_code: page for page in pages.select_related("locale")
    }
    # The same for all: made here, where no row that fails takes it back.
    achievements = {page: achievement_of(page) for page in modules.values()}

    def make(learner):
        if not modules:
            raise NotPossible(_("This module is no longer published."))
        first = next(iter(modules.values()))
        module = modules.get(learner.language, first)
        return issue_certificate(learner, module, achievement=achievements[module])

    return make


MAKERS = {
    Certificate.Kind.ATTENDANCE: maker_of_attendance,
    Certificate.Kind.MODULE: maker_of_modules,
}


# --- what may be taken away -----------------------------------------------------------


def downloadable(session, user):
    """Return the attestations of a session that a trainer may take away.

    Those that this trainer issued and that still stand. They hold no result; one that
    was replaced is between the platform and its holder.
    """
    issued = Q(events__kind="issued", events__actor=user)
    own = Certificate.objects.filter(
        issued, kind=Certificate.Kind.ATTENDANCE, module_key=session.key
    )
    return own.current().filter(erased_at=None)
