"""A small folder of content, whole and right, that a test then breaks."""

from django.apps import apps

ROOMS = ["cms", "assessments", "courses", "wagtailcore"]

FRAMEWORK = """\
areas:
  - code: A
    name: {fr: Outils, en: Tools}
    short: {fr: Outils, en: Tools}
    description: {fr: Ses outils., en: One's tools.}
competences:
  - code: A1
    area: A
    name: {fr: Ses outils, en: One's tools}
levels:
  - number: 1
    meaning: {fr: Avec de l'aide, en: With help}
descriptors:
  - area: A
    level: 1
    text: {fr: ouvrir un document, en: open a document}
"""
MODULE = """\
code: M50
areas: [A]
competences: [A1]
level_from: 1
level_to: 3
minutes: 30
version: "2026-1"
check:
  draw: 2
  pass_mark: 0.5
"""
INDEX = """\
---
title: Essai ({language})
short: En une ligne.
objectives:
  - faire un essai
summary: Une phrase.
---
Une **introduction**.
"""
LESSON = """\
---
title: Leçon ({language})
minutes: 4
summary: Une phrase.
---
## Un titre

Un paragraphe.

::: remember
items:
  - Un point.
:::

::: reflection
prompt: Et vous ?
:::
"""
SCENARIO = """\
title: L'appel ({language})
summary: Une phrase.
intro: Avant.
role: Vous êtes Léa.
measures:
  - key: trust
    name: Confiance
    start: 1
    max: 3
    low: Peu.
    high: Beaucoup.
start: N1
nodes:
  - id: N1
    heard: « Allô ? »
    screen: L'accueil.
    choices:
      - say: Bonjour.
        to: E1
        effects: {{trust: 1}}
        comment: Bien.
      - say: Cliquez.
        to: N1
        comment: Pas encore.
endings:
  - id: E1
    title: Envoyé
    text: C'est envoyé.
    is_success: true
    advice: À garder.
"""
CHECK = """\
---
title: Bilan ({language})
kind: check
summary: Deux questions.
---
Prenez votre temps.
"""
QUESTION = """\
- id: M50-{number}
  competence: A1
  level: 2
  kind: single
  topic: topic-{number}
  stem: {{fr: "Question {number} ?", en: "Question {number}?"}}
  choices:
    - right: true
      text: {{fr: Oui, en: "Yes"}}
      why: {{fr: Juste., en: Right.}}
    - text: {{fr: Plutôt non, en: Rather not}}
      why: {{fr: Non., en: No.}}
"""
PAGE = """\
---
title: {title}
lead: Une phrase.
promises:
  - title: Promesse
    text: Tenue.
situations:
  - text: J'essaie.
    module: M50
---
Un texte.
"""
FILES = {
    "framework/framework.yaml": FRAMEWORK,
    "modules/M50/module.yaml": MODULE,
    "modules/M50/questions.yaml": "".join(
        QUESTION.format(number=number) for number in (1, 2)
    ),
}
for language in ("fr", "en"):
    FILES |= {
        f"modules/M50/{language}/index.md": INDEX.format(language=language),
        f"modules/M50/{language}/01-lecon.md": LESSON.format(language=language),
        f"modules/M50/{language}/02-appel.yaml": SCENARIO.format(language=language),
        f"modules/M50/{language}/03-bilan.md": CHECK.format(language=language),
        f"pages/{language}/accueil.md": PAGE.format(title=f"Accueil {language}"),
        f"pages/{language}/aide.md": PAGE.format(title=f"Aide {language}"),
    }


def write_package(folder):
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def change(path, old, new):
    """Replace a text that must be in a file, so that no test breaks nothing."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def row_counts():
    """Return how many rows each table of content has: {model: count}."""
    return {
        model._meta.label: model._default_manager.count()
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
    }
