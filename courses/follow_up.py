"""The only road from learners to managers: states and dates, nothing else.

What stands in `Line` is all that a manager, an export or a mail may ever show of a
person. The page "what my employer sees" is drawn from the same lines.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import DateTimeField, Exists, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from courses.models import Assignment, ModuleWork
from people.models import Membership, User


@dataclass(frozen=True)
class Line:
    """One module assigned to one person, as her organisation sees it."""

    assignment: int
    person: str
    module: str
    due_on: date
    state: str
    done_on: date | None
    has_attestation: bool
    is_late: bool

    @property
    def state_name(self):
        return STATES[self.state]


STATES = {
    "assigned": _("Assigned"),
    "started": _("Started"),
    "done": _("Done"),
}


def follow_up(user, language):
    """Return the lines of everybody in the organisations that `user` manages."""
    managed = Membership.objects.current().filter(
        user=user, role=Membership.Role.MANAGER
    )
    return lines(
        Assignment.objects.current().filter(
            organisation__in=managed.values("organisation")
        ),
        language,
    )


def own_lines(user, language):
    """Return a learner's own lines, exactly as her managers see them."""
    return lines(Assignment.objects.current().filter(learner=user), language)


def lines(assignments, language):
    work = ModuleWork.objects.filter(
        learner=OuterRef("learner"), module_key=OuterRef("module_key")
    )
    rows = (
        assignments.annotate(
            has_begun=Exists(work),
            ended_at=Subquery(work.values("done_at")[:1], output_field=DateTimeField()),
            has_attestation=Exists(attestations()),
        )
        .order_by("learner__name", "due_on", "pk")
        .values_list(
            "pk",
            "learner__name",
            "module_key",
            "due_on",
            "has_begun",
            "ended_at",
            "has_attestation",
        )
    )
    rows = list(rows)
    titles = module_titles({row[2] for row in rows}, language)
    today = timezone.localdate()
    return [
        Line(
            assignment=pk,
            person=name,
            module=titles.get(key, ""),
            due_on=due_on,
            state="done" if ended_at else "started" if has_begun else "assigned",
            done_on=timezone.localdate(ended_at) if ended_at else None,
            has_attestation=has_attestation,
            is_late=not ended_at and due_on < today,
        )
        for pk, name, key, due_on, has_begun, ended_at, has_attestation in rows
    ]


def attestations():
    """Return those of an assignment's module that its learner holds and that stand.

    One that was withdrawn, or replaced by another, counts no more; one that has
    expired does. The room of certificates is known here by the related name alone.
    """
    certificates = User._meta.get_field("certificates").related_model.objects
    return certificates.current().filter(
        holder=OuterRef("learner"), module_key=OuterRef("module_key")
    )


def module_titles(keys, language):
    """Return {module key: title}, in a language where there is one."""
    titles = {}
    pages = Page.objects.filter(translation_key__in=keys).values_list(
        "translation_key", "title", "locale__language_code"
    )
    for key, title, code in pages:
        if code == language or key not in titles:
            titles[key] = title
    return titles
