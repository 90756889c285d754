"""Facts of each kind of document, and names that documents find hard."""

import unicodedata

from certificates.wording import words_in
from tests.certificates.factories import CODE, FACTS

__all__ = ["CODE", "FACTS", "KINDS", "LONG", "NAMES", "facts_in", "full"]

LONG = (
    "Marie-Antoinette Ratsimandresy-Andrianampoinimerina de Vandenberghe-Papadopoulos"
)
# Twelve that are hard, each in its own way.
NAMES = {
    "Breton": "Nolwenn Le Goñideg",
    "Polish": "Łukasz Świątek-Żółć",
    "Turkish, decomposed": unicodedata.normalize("NFD", "Çağla Şimşek İnönü"),
    "Vietnamese": "Nguyễn Thị Ánh Tuyết",
    "Greek": "Ελένη Παπαδοπούλου",
    "Ukrainian": "Олена Ковальчук",
    "Arabic and Latin": "فاطمة الزهراء Ben Saïd",
    "Hebrew": "רחל בן־דוד",
    "Armenian and Georgian": "Անի Պետրոսյան ნინო ბერიძე",
    "Devanagari and Tamil": "श्रीकृष्ण त्रिपाठी கிருஷ்ணமூர்த்தி",
    "long": LONG,
    "one long word": "Wolfeschlegelsteinhausenbergerdorff" * 3,
}
COMMON = {
    name: FACTS[name]
    for name in ("name", "issuer", "issued_on", "framework", "language")
}
MODULES = [
    {
        "code": "M04",
        "title": "Guider à l’écran sans voir l’écran",
        "version": "2026-1",
        "duration_minutes": 90,
        "finished_on": "2026-11-12",
        "score_percent": 88,
    },
    {
        "code": "M05",
        "title": "Protéger les données des personnes que l’on accompagne au guichet",
        "version": "2026-1",
        "duration_minutes": 45,
        "finished_on": "2026-11-20",
        "score_percent": None,
    },
]
AREAS = [
    ("A", "Outils et environnements numériques de travail", 4, 5),
    ("B", "Repérer et apprécier l’autonomie numérique", 3, 5),
    ("C", "Connaître les acteurs et se coordonner", 2, 2),
    ("D", "Accompagner vers l’autonomie et l’accès aux droits", 5, 7),
    ("E", "Protéger les données, agir avec éthique", 1, 2),
    ("F", "Accompagner à distance", 7, 8),
]
KINDS = {
    "module": FACTS,
    "path": COMMON
    | {
        "kind": "path",
        "path_code": "P1",
        "path_title": "Accompagner à distance",
        "path_version": "1",
        "modules": MODULES,
        "competences": FACTS["competences"],
        "duration_minutes": 135,
        "started_on": "2026-01-12",
        "finished_on": "2026-11-20",
    },
    "placement": COMMON
    | {
        "kind": "placement",
        "areas": [
            {"code": code, "name": name, "low": low, "high": high}
            for code, name, low, high in AREAS
        ],
        "method_version": "3",
        "question_count": 42,
        "finished_on": "2026-11-20",
    },
    "attendance": COMMON
    | {
        "kind": "attendance",
        "session_code": "S12",
        "session_title": "Le partage d’écran en pratique",
        "objectives": ["installer un partage d’écran", "le conclure"],
        "duration_minutes": 60,
        "finished_on": "2026-11-20",
        "led_by": "Marc Delmas",
    },
    "history": COMMON
    | {
        "kind": "history",
        "modules": MODULES * 20,
        "duration_minutes": 135 * 20,
    },
}


def facts_in(language, kind, **changes):
    """Return the facts of a kind in a language: the fixed words change, titles stay."""
    framework = words_in(language)["framework"]
    return KINDS[kind] | {"language": language, "framework": framework} | changes


def full():
    """Return the facts of a module with as much to say as one may have."""
    return FACTS | {
        "name": LONG,
        "module_title": "Accompagner à distance quand le réseau, le matériel et la "
        "confiance manquent à la fois",
        "objectives": ["reconnaître une situation et choisir une manière de faire"] * 4,
        "competences": [
            {"code": f"{area}{number}", "name": "Guider à distance, pas à pas"}
            for area in "ABCD"
            for number in (1, 2, 3)
        ],
        "valid_until": "2029-11-22",
        "issued_anew_on": "2026-12-01",
    }
