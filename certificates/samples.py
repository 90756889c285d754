"""Invented facts: the sample that a preview shows, and hard ones that designs break on.

Shapes as in `facts.py`. Never stored, never issued: their code belongs to nobody.
"""

from copy import deepcopy

from django.utils.translation import gettext_lazy as _

CODE = "0000000000000000"
# As a sentence about a document begins.
KINDS = {
    "module": _("Statement of a module"),
    "path": _("Statement of a path"),
    "placement": _("Statement of a placement"),
    "attendance": _("Statement of attendance"),
    "history": _("History of training"),
}
LANGUAGE_NAMES = {"fr": _("in French"), "en": _("in English")}
PEOPLE = {
    "name": _("with a very long name"),
    "script": _("with a name in another script"),
    "many": _("with twelve competences"),
    "title": _("with a very long title"),
}
LONG_NAME = (
    "Marie-Antoinette Ratsimandresy-Andrianampoinimerina de Vandenberghe-Papadopoulos"
)
OTHER_SCRIPT = "Ελένη Παπαδοπούλου-Κωνσταντινίδου"

TEXTS = {
    "fr": {
        "title": "Guider à l’écran sans voir l’écran",
        "long": "Accompagner à distance quand le réseau, le matériel et la confiance "
        "manquent à la fois, et passer le relais sans perdre personne en chemin",
        "objectives": [
            "préparer un appel avec la personne",
            "guider de repère en repère, sans prendre la main",
            "conclure par une suite datée",
        ],
        "competence": "Guider à distance, pas à pas",
        "competences": "Choisir avec la personne le canal qui lui convient",
        "framework": "Référentiel de compétences Repère",
        "areas": [
            "Comprendre les outils",
            "Échanger et accompagner",
            "Protéger les données",
            "Faire valoir les droits",
            "Aller vers l’autonomie",
            "Travailler à distance",
        ],
    },
    "en": {
        "title": "Guiding someone at a screen you cannot see",
        "long": "Supporting people at a distance when the network, the equipment and "
        "the confidence all fail at once, and handing over without losing anybody",
        "objectives": [
            "prepare a call with the person",
            "guide from landmark to landmark, without taking over",
            "close with a dated next step",
        ],
        "competence": "Guide at a distance, step by step",
        "competences": "Choose with the person the channel that suits them",
        "framework": "Repère competence framework",
        "areas": [
            "Understanding the tools",
            "Communicating and supporting",
            "Protecting data",
            "Claiming rights",
            "Towards autonomy",
            "Working at a distance",
        ],
    },
}


def sample(kind, language):
    """Return the facts of an ordinary document of a kind."""
    return deepcopy(common(language) | MAKERS[kind](TEXTS[language]) | {"kind": kind})


def hard_facts(kind, language, person):
    """Return the facts of a document that is hard to lay out; `person`: see PEOPLE."""
    facts, texts = sample(kind, language), TEXTS[language]
    if person == "name":
        facts["name"] = LONG_NAME
    elif person == "script":
        facts["name"] = OTHER_SCRIPT
    elif person == "many":
        facts = many(facts, texts)
    else:
        facts = {name: retitled(name, value, texts) for name, value in facts.items()}
    return facts


def many(facts, texts):
    if "competences" in facts:
        facts["competences"] = [
            {"code": f"{letter}{number}", "name": texts["competences"]}
            for letter in "ABCDEF"
            for number in (1, 2)
        ]
    return facts


def retitled(name, value, texts):
    if name.endswith("_title"):
        return texts["long"]
    if name == "modules":
        return [line | {"title": texts["long"]} for line in value[:1]] + value[1:]
    return value


def common(language):
    return {
        "name": "Awa Ndiaye",
        "started_on": "2026-11-03",
        "finished_on": "2026-11-22",
        "issued_on": "2026-11-22",
        "issuer": "Repère",
        "framework": TEXTS[language]["framework"],
        "language": language,
    }


def module_facts(texts):
    return {
        "module_code": "M04",
        "module_title": texts["title"],
        "module_version": "2026-1",
        "objectives": texts["objectives"],
        "competences": [{"code": "F2", "name": texts["competence"]}],
        "duration_minutes": 90,
        "score_percent": 88,
    }


def path_facts(texts):
    return {
        "path_code": "P1",
        "path_title": texts["title"],
        "path_version": "2026-1",
        "modules": lines(texts, 4),
        "competences": [{"code": "F2", "name": texts["competence"]}],
        "duration_minutes": 4 * 90,
    }


def lines(texts, count):
    return [
        {
            "code": f"M{number:02}",
            "title": texts["title"],
            "version": "2026-1",
            "duration_minutes": 90,
            "finished_on": "2026-11-22",
            "score_percent": 88,
        }
        for number in range(1, count + 1)
    ]


def placement_facts(texts):
    return {
        "areas": [
            {"code": code, "name": name, "low": number % 5 + 2, "high": number % 5 + 3}
            for number, (code, name) in enumerate(
                zip("ABCDEF", texts["areas"], strict=True)
            )
        ],
        "method_version": "2026-1",
        "question_count": 24,
    }


def attendance_facts(texts):
    return {
        "session_code": "S12",
        "session_title": texts["title"],
        "objectives": texts["objectives"],
        "competences": [{"code": "F2", "name": texts["competence"]}],
        "led_by": "Aïcha Moreau",
        "started_on": None,
        "duration_minutes": 180,
    }


def history_facts(texts):
    return {"modules": lines(texts, 6), "duration_minutes": 6 * 90}


MAKERS = {
    "module": module_facts,
    "path": path_facts,
    "placement": placement_facts,
    "attendance": attendance_facts,
    "history": history_facts,
}
