"""Assigning modules, and what a learner is asked to do."""

from dataclasses import dataclass

from django.db import transaction

from courses.models import Assignment


@dataclass(frozen=True)
class Outcome:
    created: int
    already: int


@transaction.atomic
def assign(module_key, memberships, assigned_by, due_on, why=""):
    """Assign a module to members of organisations; those who have it keep theirs."""
    created = 0
    for membership in memberships:
        _assignment, is_new = Assignment.objects.get_or_create(
            organisation_id=membership.organisation_id,
            learner_id=membership.user_id,
            module_key=module_key,
            defaults={"assigned_by": assigned_by, "due_on": due_on, "why": why},
        )
        created += is_new
    return Outcome(created=created, already=len(memberships) - created)
