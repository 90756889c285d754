"""The smallest valid rows for tests of certificates."""

import factory
from django.utils import timezone
from wagtail.models import Locale, Page

from assessments.models import Area, Attempt, Competence
from certificates.issue import issue_certificate
from courses.models import CataloguePage, CheckPage, LessonPage, ModulePage, ModuleWork
from people.models import User

FACTS = {
    "name": "Awa Ndiaye",
    "module_code": "M04",
    "module_title": "Guider à l’écran sans voir l’écran",
    "module_version": "2026-1",
    "objectives": ["préparer un appel", "conclure par une suite datée"],
    "competences": [{"code": "F2", "name": "Guider à distance, pas à pas"}],
    "framework": "Référentiel de compétences Repère",
    "duration_minutes": 90,
    "score_percent": 88,
    "started_on": "2026-11-03",
    "finished_on": "2026-11-22",
    "issued_on": "2026-11-22",
    "issuer": "Repère",
    "language": "fr",
}
CODE = "7K3M9QXA2BVT5N82"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"learner{n}@example.org")
    name = "Awa Ndiaye"


def make_module(language="fr", code="M04", with_check=True):
    """Return a published module with a lesson and (or not) a check."""
    locale, _created = Locale.objects.get_or_create(language_code=language)
    catalogue = CataloguePage.objects.filter(locale=locale).first()
    if catalogue is None:
        catalogue = CataloguePage(title="Modules", locale=locale)
        Page.objects.filter(depth=2, locale=locale).first().add_child(
            instance=catalogue
        )
    module = catalogue.add_child(
        instance=ModulePage(
            title="Guider à l’écran sans voir l’écran",
            code=code,
            short="Guider de repère en repère",
            objectives="préparer un appel\nconclure par une suite datée",
            summary="En bref.",
            minutes=90,
            version="2026-1",
            locale=locale,
        )
    )
    module.competences.set([make_competence()])
    module.save()
    module.add_child(instance=LessonPage(title="Leçon", locale=locale))
    if with_check:
        module.add_child(instance=CheckPage(title="Bilan", locale=locale))
    return module


def make_competence():
    area, _created = Area.objects.get_or_create(
        code="F", defaults={"name_fr": "À distance", "name_en": "At a distance"}
    )
    competence, _created = Competence.objects.get_or_create(
        code="F2",
        defaults={
            "area": area,
            "name_fr": "Guider à distance, pas à pas",
            "name_en": "Guide at a distance, step by step",
        },
    )
    return competence


def make_attempt(learner, module, score=0.875):
    """Return a finished attempt at a module's check."""
    check = CheckPage.objects.child_of(module).get()
    return Attempt.objects.create(
        learner=learner,
        purpose=Attempt.Purpose.CHECK,
        step_key=check.translation_key,
        pass_mark=0.75,
        language=module.locale.language_code,
        seed=1,
        finished_at=timezone.now(),
        score=score,
    )


def make_certificate(learner=None, module=None):
    learner = learner or UserFactory()
    module = module or make_module()
    now = timezone.now()
    ModuleWork.objects.get_or_create(
        learner=learner, module_key=module.translation_key, defaults={"done_at": now}
    )
    return issue_certificate(learner, module, make_attempt(learner, module))
