"""Paths for tests, and modules done as if their last button had been pressed."""

import uuid

from django.utils import timezone

from courses.models import CataloguePage, ModuleWork, PathModule, PathPage
from courses.signals import module_completed


def make_path(*modules, language="fr", code="P1", **fields):
    """Create a published path of some modules, in order."""
    catalogue = CataloguePage.objects.get(locale__language_code=language)
    path = PathPage(
        locale=catalogue.locale,
        translation_key=uuid.uuid5(uuid.NAMESPACE_URL, code),
        **{
            "title": f"Parcours {code} {language}",
            "slug": f"path-{code}".lower(),
            "code": code,
            "short": "En une ligne",
            "version": "2026-1",
        }
        | fields,
    )
    path.path_modules = [
        PathModule(module=module, sort_order=number)
        for number, module in enumerate(modules)
    ]
    catalogue.add_child(instance=path)
    path.save_revision().publish()
    return PathPage.objects.get(pk=path.pk)


def work_on(learner, module, done_at=None):
    return ModuleWork.objects.create(
        learner=learner, module_key=module.translation_key, done_at=done_at
    )


def end_module(learner, module, attempt=None):
    """End a module as its last step does, in the state that this step leaves."""
    work_on(learner, module, timezone.now())
    module_completed.send(
        sender=ModuleWork, learner=learner, module=module, attempt=attempt
    )
