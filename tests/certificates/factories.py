"""The smallest valid rows for tests of certificates."""

import uuid

import factory
from django.utils import timezone
from wagtail.models import Locale, Page

from assessments.models import Area, Attempt, Competence
from certificates.deeds import Deed
from certificates.issue import issue, issue_certificate
from certificates.models import Certificate
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
COMMON = {
    name: FACTS[name]
    for name in ["name", "framework", "issued_on", "issuer", "language"]
}
MODULE_LINES = [
    {
        "code": "M04",
        "title": "Guider à l’écran sans voir l’écran",
        "version": "2026-1",
        "duration_minutes": 90,
        "finished_on": "2026-11-22",
        "score_percent": 88,
    },
    {
        "code": "M00",
        "title": "Prendre en main Repère",
        "version": "2026-2",
        "duration_minutes": 20,
        "finished_on": "2026-11-02",
    },
]
FACTS_OF = {
    "module": FACTS,
    "path": COMMON
    | {
        "kind": "path",
        "path_code": "P1",
        "path_title": "Accompagner à distance",
        "path_version": "2026-1",
        "modules": MODULE_LINES,
        "competences": FACTS["competences"],
        "duration_minutes": 110,
        "finished_on": "2026-11-22",
    },
    "placement": COMMON
    | {
        "kind": "placement",
        "areas": [
            {"code": "A", "name": "Se repérer", "low": 3, "high": 5},
            {"code": "F", "name": "À distance", "low": 4, "high": 4},
        ],
        "method_version": "7",
        "question_count": 24,
        "finished_on": "2026-11-20",
    },
    "attendance": COMMON
    | {
        "kind": "attendance",
        "session_code": "S-2026-11",
        "session_title": "Aidants et mandats",
        "objectives": ["reconnaître un mandat"],
        "duration_minutes": 180,
        "finished_on": "2026-11-18",
        "led_by": "Aïcha Moreau",
    },
    "history": COMMON
    | {
        "kind": "history",
        "modules": [
            {k: v for k, v in line.items() if k != "score_percent"}
            for line in MODULE_LINES
        ],
        "duration_minutes": 110,
        "started_on": "2026-11-02",
        "finished_on": "2026-11-22",
    },
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


def make_of_kind(kind, holder=None, facts=None, **fields):
    """Return a certificate of any kind, issued on facts of its kind."""
    holder = holder or UserFactory()
    known = FACTS_OF[kind] | {"name": holder.name} | (facts or {})
    deed = Deed(
        kind=Certificate.Kind(kind),
        holder=holder,
        about=uuid.uuid4(),
        facts=known,
        **fields,
    )
    return issue(deed)


def finish_module(learner, module, score=0.875):
    """Finish a module, its check passed, without anything being issued."""
    now = timezone.now()
    ModuleWork.objects.create(
        learner=learner, module_key=module.translation_key, done_at=now
    )
    return make_attempt(learner, module, score)
