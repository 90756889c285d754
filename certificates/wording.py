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
        "how": "Photographiez ce dessin, ou ouvrez l’adresse et comparez : la page "
        "affiche ce que cette attestation affirme, et rien d’autre.",
        "code": "Code",
        "qr": "Code à photographier, qui mène à la page de vérification",
        "nature": "Ce document n’est ni un diplôme, ni une certification "
        "professionnelle enregistrée au RNCP ou au répertoire spécifique. Il ne "
        "remplace pas le certificat de réalisation, que seul l’organisme de "
        "formation délivre.",
        "framework": "Référentiel de compétences Repère",
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
