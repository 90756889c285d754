"""The smallest valid rows for tests of modules and of what learners do in them."""

from datetime import timedelta

from django.utils import timezone
from wagtail.signal_handlers import disable_reference_index_auto_update

from assessments.models import Attempt
from courses.models import (
    Assignment,
    CataloguePage,
    CheckPage,
    LessonPage,
    ModulePage,
    ScenarioPage,
)
from tests.factories import add_page, make_organisation, step_key


def many_modules(count, code="N", lessons=0):
    """Create published modules quickly: without revisions, logs or references."""
    catalogue = CataloguePage.objects.get(locale__language_code="fr")
    made = []
    with disable_reference_index_auto_update():
        for number in range(count):
            module = ModulePage(
                title=f"Module {code}{number}",
                slug=f"module-{code}-{number}".lower(),
                code=f"{code}{number}",
                short="En une ligne",
                objectives="guider",
                summary="Court.",
                minutes=60,
                version="2026-1",
                locale=catalogue.locale,
            )
            made.append(catalogue.add_child(instance=module))
            for _lesson in range(lessons):
                lesson = LessonPage(title="Leçon", locale=catalogue.locale, body=[])
                module.add_child(instance=lesson)
    return made


def steps_of(module, model=LessonPage):
    return list(model.objects.child_of(module).order_by("path"))


def check_of(module):
    return CheckPage.objects.child_of(module).get()


def make_assignment(learner, module, organisation=None, **fields):
    return Assignment.objects.create(
        learner=learner,
        module_key=module.translation_key,
        organisation=organisation or make_organisation(),
        due_on=fields.pop("due_on", timezone.localdate() + timedelta(days=30)),
        **fields,
    )


def make_attempt(learner, check, score, language="fr"):
    """A finished sitting of a check, as if its last answer had been sent."""
    return Attempt.objects.create(
        learner=learner,
        purpose=Attempt.Purpose.CHECK,
        step_key=check.translation_key,
        pass_mark=check.pass_mark,
        language=language,
        seed=1,
        finished_at=timezone.now(),
        score=score,
    )


def add_reflection(module, number=1, prompt="Et vous ?"):
    from tests.factories import add_lesson

    return add_lesson(module, number, body=[("reflection", {"prompt": prompt})])


def choice(say, to, effects="", comment="Commentaire."):
    return {"say": say, "to": to, "effects": effects, "comment": comment}


NODES = [
    {
        "id": "N1",
        "heard": "« Allô ? »",
        "screen": "L'écran d'accueil.",
        "choices": [
            choice("Bonjour.", "N2", "trust +1"),
            choice("Cliquez.", "N1", "trust -1"),
        ],
    },
    {
        "id": "N2",
        "heard": "« Je vois un cadenas. »",
        "screen": "La page de connexion.",
        "choices": [
            choice("Décrivez-le.", "E1", "trust +5"),
            choice("Laissez.", "E2"),
        ],
    },
]
ENDINGS = [
    {
        "id": name,
        "title": title,
        "text": f"{title}.",
        "is_success": name == "E1",
        "advice": "À garder.",
    }
    for name, title in [("E1", "C'est envoyé"), ("E2", "Une autre fois")]
]
MEASURES = [
    {
        "key": "trust",
        "name": "Confiance",
        "start": 1,
        "max": 3,
        "low": "Peu de confiance.",
        "high": "Grande confiance.",
    }
]


def add_scenario(module, nodes=NODES, **fields):
    return add_page(
        module,
        ScenarioPage,
        translation_key=step_key(module, "call"),
        **{
            "title": "L'appel",
            "slug": "appel",
            "intro": "Avant.",
            "role": "Vous êtes Léa.",
            "start": "N1",
            "nodes": [("moment", node) for node in nodes],
            "endings": [("ending", ending) for ending in ENDINGS],
            "measures": [("measure", measure) for measure in MEASURES],
        }
        | fields,
    )
