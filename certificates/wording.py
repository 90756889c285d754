"""The fixed words of the documents, in each language.

Not in the translation files, on purpose: a document issued today must still say the
same, byte for byte, when the words of the site have changed.
"""

from datetime import date

from django.utils.safestring import mark_safe

WORDS = {
    "fr": {
        "title": "Attestation de suivi et\u00a0de\u00a0résultats",
        "delivered_to": "Délivrée à",
        "for_module": "pour le module",
        "module": "Module",
        "version": "version",
        "objectives": "Ce que le module fait travailler",
        "competences": "Compétences",
        "result": "Résultat",
        "reached": "Objectifs atteints",
        "score": "{percent} % de bonnes réponses au bilan",
        "dates": "Dates",
        "from_to": "du\u00a0{start} au\u00a0{end}",
        "on": "le\u00a0{day}",
        "duration": "Durée moyenne",
        "issued": "Délivrée par",
        "check": "Vérifier cette attestation",
        "how": "Photographiez le code carré, ou ouvrez l’adresse et comparez\u00a0: "
        "la page affiche ce que cette attestation affirme, et rien d’autre.",
        "code": "Code",
        "qr": "Code carré à photographier, qui mène à la page de vérification",
        "nature": "Ce document n’est ni un diplôme, ni une certification "
        "professionnelle enregistrée au RNCP ou au répertoire spécifique. Il ne "
        "remplace pas le certificat de réalisation, que seul l’organisme de "
        "formation délivre.",
        "framework": "Référentiel de compétences Repère",
        "path_title": "Attestation de\u00a0parcours",
        "for_path": "pour le parcours",
        "path": "Parcours",
        "modules": "Modules du parcours",
        "done": "Terminé",
        "module_duration": "Durée",
        "module_score": "Bilan",
        "percent": "{percent}\u00a0%",
        "no_score": "sans bilan",
        "total": "Durée totale",
        "path_reached": "Parcours terminé",
        "module_count": ["{count} module", "{count} modules"],
        "placement_title": "Attestation de\u00a0positionnement",
        "at_request": "Délivrée, à sa demande, à",
        "levels": "Niveaux par domaine, de 1 à 8",
        "area": "Domaine",
        "scale": "Échelle",
        "range": "Fourchette",
        "range_of": "{low} à\u00a0{high}",
        "scale_alt": ["Niveau {low} sur 8", "Niveaux {low} à {high} sur 8"],
        "bands": ["fondations", "intermédiaire", "avancé", "spécialisé"],
        "estimate": "Une fourchette est une estimation\u00a0: elle contient le niveau "
        "de la personne neuf fois sur dix, à la date du positionnement. Niveaux 1 et "
        "2\u00a0: fondations\u00a0; 3 et 4\u00a0: intermédiaire\u00a0; 5 et 6\u00a0: "
        "avancé\u00a0; 7 et 8\u00a0: spécialisé.",
        "method": "Méthode",
        "method_version": "Version {version}",
        "question_count": ["{count} question", "{count} questions"],
        "date": "Date",
        "attendance_title": "Attestation de\u00a0présence",
        "for_session": "a participé à la séance en direct",
        "session": "Séance",
        "led_by": "animée par {name}",
        "session_objectives": "Ce que la séance fait travailler",
        "session_duration": "Durée",
        "present": "Présence constatée",
        "history_title": "Historique de\u00a0formation",
        "history_for": "Établi pour",
        "history_by": "Établi par",
        "trained": "Formations terminées",
        "valid_until": "valable jusqu’au {day}",
        "issued_anew": "de nouveau le {day}",
        "page_of": "page {page} sur {pages}",
        "nature_placement": "Ce document décrit un positionnement, fait en ligne et "
        "sans surveillance. Il n’est ni un diplôme, ni une certification "
        "professionnelle enregistrée au RNCP ou au répertoire spécifique.",
        "nature_attendance": "Ce document atteste une présence. Il n’est ni un "
        "diplôme, ni une certification professionnelle enregistrée au RNCP ou au "
        "répertoire spécifique. Il ne remplace pas le certificat de réalisation, que "
        "seul l’organisme de formation délivre.",
    },
    "en": {
        "title": "Statement of attendance and results",
        "delivered_to": "Issued to",
        "for_module": "for the module",
        "module": "Module",
        "version": "version",
        "objectives": "What the module trains",
        "competences": "Competences",
        "result": "Result",
        "reached": "Objectives reached",
        "score": "{percent}% of right answers in the check",
        "dates": "Dates",
        "from_to": "{start} to\u00a0{end}",
        "on": "{day}",
        "duration": "Average duration",
        "issued": "Issued by",
        "check": "Check this statement",
        "how": "Scan this square, or open the address and compare: the page shows "
        "what this statement says, and nothing else.",
        "code": "Code",
        "qr": "Square to scan, leading to the page that checks this statement",
        "nature": mark_safe(
            "This document is neither a diploma nor a professional certification "
            "entered in the national registers in France (RNCP or "
            '<span lang="fr">répertoire spécifique</span>). It does not replace the '
            '<span lang="fr">certificat de réalisation</span>, the proof of completed '
            "training that, in France, only the training provider issues."
        ),
        "framework": "Repère competence framework",
        "path_title": "Statement of a\u00a0path followed",
        "for_path": "for the path",
        "path": "Path",
        "modules": "Modules of the path",
        "done": "Finished",
        "module_duration": "Duration",
        "module_score": "Check",
        "percent": "{percent}%",
        "no_score": "no check",
        "total": "Total duration",
        "path_reached": "Path finished",
        "module_count": ["{count} module", "{count} modules"],
        "placement_title": "Statement of\u00a0placement",
        "at_request": "Issued, at this person’s request, to",
        "levels": "Levels by area, from 1 to 8",
        "area": "Area",
        "scale": "Scale",
        "range": "Range",
        "range_of": "{low} to\u00a0{high}",
        "scale_alt": ["Level {low} of 8", "Levels {low} to {high} of 8"],
        "bands": ["foundation", "intermediate", "advanced", "specialised"],
        "estimate": "A range is an estimate: it holds the person’s level nine times "
        "out of ten, on the date of the placement. Levels 1 and 2: foundation; 3 and "
        "4: intermediate; 5 and 6: advanced; 7 and 8: specialised.",
        "method": "Method",
        "method_version": "Version {version}",
        "question_count": ["{count} question", "{count} questions"],
        "date": "Date",
        "attendance_title": "Statement of attendance at\u00a0a live\u00a0session",
        "for_session": "took part in the live session",
        "session": "Session",
        "led_by": "led by {name}",
        "session_objectives": "What the session trains",
        "session_duration": "Duration",
        "present": "Attendance recorded",
        "history_title": "Training history",
        "history_for": "Issued to",
        "history_by": "Issued by",
        "trained": "Trainings finished",
        "valid_until": "valid until {day}",
        "issued_anew": "issued anew on {day}",
        "page_of": "page {page} of {pages}",
        "nature_placement": mark_safe(
            "This document describes a placement, taken online and without "
            "supervision. It is neither a diploma nor a professional certification "
            "entered in the national registers in France (RNCP or "
            '<span lang="fr">répertoire spécifique</span>).'
        ),
        "nature_attendance": mark_safe(
            "This document states an attendance. It is neither a diploma nor a "
            "professional certification entered in the national registers in France "
            '(RNCP or <span lang="fr">répertoire spécifique</span>). It does not '
            'replace the <span lang="fr">certificat de réalisation</span>, the proof '
            "of completed training that, in France, only the training provider issues."
        ),
    },
}
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre "
    "novembre décembre",
    "en": "January February March April May June July August September October "
    "November December",
}


def words_in(language):
    return WORDS.get(language, WORDS["en"])


def day_in(language, iso):
    """Write an ISO date in full: 1er mars 2027, 1 March 2027."""
    day = date.fromisoformat(iso)
    month = MONTHS.get(language, MONTHS["en"]).split()[day.month - 1]
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number}\u00a0{month}\u00a0{day.year}"


def short_day_in(language, iso):
    """Write an ISO date for a table: 22/11/2026, 22 Nov 2026."""
    day = date.fromisoformat(iso)
    if language == "fr":
        return day.strftime("%d/%m/%Y")
    month = MONTHS["en"].split()[day.month - 1][:3]
    return f"{day.day}\u00a0{month}\u00a0{day.year}"


def count_in(language, key, count):
    """Write a number of things: 1 module, 12 modules."""
    one, several = words_in(language)[key]
    is_one = count <= 1 if language == "fr" else count == 1
    return (one if is_one else several).format(count=count).replace(" ", "\u00a0")


def range_in(language, low, high):
    """Write a range of levels: 3, or 3 to 5."""
    if low == high:
        return str(low)
    return words_in(language)["range_of"].format(low=low, high=high)


def bands_in(language, low, high):
    """Write the bands that a range touches; two levels make a band."""
    bands = words_in(language)["bands"]
    first, last = bands[(low - 1) // 2], bands[(high - 1) // 2]
    return first if first == last else f"{first} – {last}"


def scale_in(language, low, high):
    """Say what the drawing of a range shows."""
    one, several = words_in(language)["scale_alt"]
    return (one if low == high else several).format(low=low, high=high)


def dates_in(language, start, end):
    """Write when the module was begun and ended; `start` may be unknown."""
    words = words_in(language)
    if not start or start == end:
        return words["on"].format(day=day_in(language, end))
    return words["from_to"].format(
        start=day_in(language, start), end=day_in(language, end)
    )


def duration_in(language, minutes):
    """Write a duration: 45 min, 2 h, 1 h 30."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\u00a0min"
    if not rest:
        return f"{hours}\u00a0h"
    unit = "" if language == "fr" else "\u00a0min"
    return f"{hours}\u00a0h\u00a0{rest:02d}{unit}"


def result_in(language, percent):
    """Write a result on one line; `percent` is None when the module has no score."""
    words = words_in(language)
    if percent is None:
        return words["reached"]
    return f"{words['reached']}, {score_in(language, percent)}"


def score_in(language, percent):
    text = words_in(language)["score"].format(percent=percent)
    return text.replace(" %", "\u00a0%")
