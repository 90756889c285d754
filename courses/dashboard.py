"""The learner's page: what to do next, what is under way, what is done."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from assessments.practice import practice_state
from assessments.results import date_of
from assessments.waiting import standing_of
from cms.addresses import page_url
from courses.models import Assignment, ModulePage, ModuleWork
from courses.permissions import trained_by
from courses.progress import marked_steps
from courses.renewal import wallet_of


@dataclass
class Card:
    """One module on the dashboard."""

    module: ModulePage
    url: str
    language: str
    steps: list
    work: ModuleWork | None
    assignment: Assignment | None

    @cached_property
    def done_count(self):
        return sum(step.is_done for step in self.steps)

    @cached_property
    def next_step(self):
        return next((step for step in self.steps if not step.is_done), None)

    @property
    def is_done(self):
        return self.work is not None and self.work.done_at is not None

    @property
    def is_late(self):
        due = self.assignment.due_on if self.assignment else None
        return due is not None and not self.is_done and due < timezone.localdate()


def dashboard_context(user, language):
    assignments = {
        assignment.module_key: assignment
        for assignment in Assignment.objects.current()
        .filter(learner=user)
        .select_related("organisation", "assigned_by")
        .order_by("-due_on")
    }
    works = {
        work.module_key: work
        for work in ModuleWork.objects.visible_to(user).order_by("-started_at")
    }
    cards = cards_of(user, assignments, works, language)
    open_placement, open_look, last = standing_of(user)
    wallet = wallet_of(user, language)
    return {
        "to_do": sorted(
            (c for c in cards if not c.is_done),
            key=lambda c: c.assignment.due_on if c.assignment else date.max,
        ),
        "done": [c for c in cards if c.is_done],
        "open_placement": open_placement,
        "open_look": open_look,
        "last_placement": last,
        "placed_on": last and date_of(last),
        "practice": practice_state(user),
        "renewals": wallet.invitations,
        "certificates": wallet.certificates,
        "trains_for": trained_by(user),
    }


def cards_of(user, assignments, works, language):
    keys = [*assignments, *(key for key in works if key not in assignments)]
    found = {}
    pages = (
        ModulePage.objects.live()
        .filter(translation_key__in=keys)
        .select_related("locale")
    )
    for page in pages:
        code = page.locale.language_code
        if code == language or page.translation_key not in found:
            found[page.translation_key] = page
    modules = [found[key] for key in keys if key in found]
    steps = marked_steps(user, *modules)
    return [
        Card(
            module=module,
            url=page_url(module.url_path, module.locale.language_code),
            language=module.locale.language_code,
            steps=[step for step in steps if step.module_path == module.path],
            work=works.get(module.translation_key),
            assignment=assignments.get(module.translation_key),
        )
        for module in modules
    ]
