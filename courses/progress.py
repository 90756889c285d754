"""Which steps a module has, which ones a learner has done, and what completes it."""

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.models import Page

from cms.addresses import page_url
from courses.models import ModuleWork, ScenarioRun, ScenarioVersion, StepDone
from courses.signals import module_completed

KINDS = {
    "modulepage": "module",
    "lessonpage": "lesson",
    "scenariopage": "scenario",
    "checkpage": "check",
}
STEP_LENGTH = Page.steplen


@dataclass
class StepLine:
    """A step as it stands in a list of steps; or the module that they belong to."""

    title: str
    url: str
    key: UUID
    kind: str
    minutes: int
    revision: int | None
    module_path: str
    is_done: bool = False


def steps_of(*modules):
    """Return the published steps of some modules, in order: one query."""
    if not modules:
        return []
    under = Q()
    for module in modules:
        under |= Q(path__startswith=module.path, depth=module.depth + 1)
    return lines_of(under)


def module_and_steps(step):
    """Return a step's module (None if unpublished) and all its steps, in one query."""
    module_path = step.path[:-STEP_LENGTH]
    lines = lines_of(
        Q(path=module_path) | Q(path__startswith=module_path, depth=step.depth)
    )
    module = next((line for line in lines if line.kind == "module"), None)
    return module, [line for line in lines if line is not module]


def lines_of(condition):
    rows = (
        Page.objects.live()
        .filter(condition)
        .order_by("path")
        .annotate(
            minutes=Coalesce(
                F("lessonpage__minutes"),
                F("scenariopage__minutes"),
                F("checkpage__minutes"),
            )
        )
        .values_list(
            "title",
            "url_path",
            "translation_key",
            "content_type__model",
            "minutes",
            "live_revision_id",
            "path",
            "locale__language_code",
        )
    )
    return [
        StepLine(
            title=title,
            url=page_url(url_path, language),
            key=key,
            kind=KINDS.get(model, "lesson"),
            minutes=minutes or 0,
            revision=revision,
            module_path=path[:-STEP_LENGTH],
        )
        for title, url_path, key, model, minutes, revision, path, language in rows
    ]


def done_keys(learner, steps):
    """Return which of these steps a learner has done, as a set of keys."""
    if not learner.is_authenticated:
        return set()
    return set(
        StepDone.objects.visible_to(learner)
        .filter(step_key__in=[step.key for step in steps])
        .values_list("step_key", flat=True)
    )


def marked_steps(learner, *modules):
    """Return the steps of some modules, each told whether this learner has done it."""
    return mark_each(learner, steps_of(*modules))


def mark_each(learner, steps):
    done = done_keys(learner, steps)
    for step in steps:
        step.is_done = step.key in done
    return steps


def begin_module(learner, module):
    """Note that a learner has begun a module; once."""
    work, _created = ModuleWork.objects.get_or_create(
        learner=learner, module_key=module.translation_key
    )
    return work


@transaction.atomic
def mark_done(learner, step, attempt=None):
    """Note that a learner has finished a step; ends the module with the last one."""
    module = step.get_parent().specific
    begun = begin_module(learner, module)
    # The last two steps, sent together from two devices, must see each other.
    work = ModuleWork.objects.select_for_update(of=("self",)).get(pk=begun.pk)
    StepDone.objects.get_or_create(
        learner=learner,
        step_key=step.translation_key,
        defaults={
            "module_key": module.translation_key,
            "revision": step.live_revision_id,
        },
    )
    steps = marked_steps(learner, module)
    if work.done_at is None and steps and all(step.is_done for step in steps):
        work.done_at = timezone.now()
        work.save(update_fields=["done_at"])
        module_completed.send(
            sender=ModuleWork, learner=learner, module=module, attempt=attempt
        )
    return steps


@transaction.atomic
def start_run(learner, scenario):
    """Begin a new playing of a call, on the version that is published now."""
    graph = scenario.graph | {"language": scenario.locale.language_code}
    checksum = hashlib.sha256(
        json.dumps(graph, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()
    version, _created = ScenarioVersion.objects.get_or_create(
        step_key=scenario.translation_key, checksum=checksum, defaults={"graph": graph}
    )
    begin_module(learner, scenario.get_parent())
    return ScenarioRun.objects.create(learner=learner, version=version)
