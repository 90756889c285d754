"""The fixed sentences of credentials, in each language.

Not in the translation files, as for the documents: what is signed never changes.
"""

WORDS = {
    "fr": {
        "about_module": "Module {code} «\u00a0{title}\u00a0», version {version}, "
        "durée moyenne {duration}.",
        "about_path": "Modules du parcours\u00a0: {count}. Durée totale\u00a0: "
        "{duration}.",
        "about_placement": "Positionnement sur l’échelle à huit niveaux du "
        "{framework}, méthode {version}.",
        "about_attendance": "Séance en direct, {duration}.",
        "about_history": "Formations suivies\u00a0: {count}. Durée totale\u00a0: "
        "{duration}.",
        "nature": "Ni diplôme, ni certification professionnelle enregistrée au RNCP "
        "ou au répertoire spécifique.",
        "do_module": "Suivre le module jusqu’au bout.",
        "pass_module": "Suivre le module jusqu’au bout et réussir son bilan.",
        "pass_module_mark": "Suivre le module jusqu’au bout et réussir son bilan, avec "
        "au moins {percent}\u00a0% de bonnes réponses.",
        "do_path": "Terminer chacun des modules du parcours.",
        "do_placement": "Répondre aux questions du positionnement, qui donne pour "
        "chaque domaine une fourchette de niveaux.",
        "do_attendance": "Participer à la séance.",
        "do_history": "Avoir terminé chacune des formations de la liste.",
        "objectives": "Ce qui est travaillé\u00a0: {objectives}.",
        "and": "\u00a0; ",
        "questions": "Questions posées\u00a0: {count}.",
        "done": "Terminé le {day}",
        "score_name": "Bonnes réponses au bilan",
        "score": "{percent}\u00a0% de bonnes réponses",
        "range": "{code}. {name}\u00a0: niveau {low} à {high}.",
        "one_level": "{code}. {name}\u00a0: niveau {low}.",
        "scale": "Échelle à huit niveaux",
        "level": "Niveau {number} ({band})",
        "bands": "fondations intermédiaire avancé spécialisé",
        "badge": "Badge\u00a0: {title}",
        "digcomp": "DigComp 3.0, compétence {code}",
        "indicative": "Correspondance indicative, établie par la plateforme.",
        "history": "Historique de formation",
        "placement": "Positionnement",
    },
    "en": {
        "about_module": "Module {code} “{title}”, version {version}, average duration "
        "{duration}.",
        "about_path": "Modules in the path: {count}. Duration in all: {duration}.",
        "about_placement": "Placement on the eight-level scale of the {framework}, "
        "method {version}.",
        "about_attendance": "Live session, {duration}.",
        "about_history": "Trainings followed: {count}. Duration in all: {duration}.",
        "nature": "Neither a diploma nor a professional certification entered in the "
        "French national registers.",
        "do_module": "Follow the module to its end.",
        "pass_module": "Follow the module to its end and pass its check.",
        "pass_module_mark": "Follow the module to its end and pass its check, with at "
        "least {percent}% of right answers.",
        "do_path": "Finish each module of the path.",
        "do_placement": "Answer the questions of the placement, which gives a range of "
        "levels for each area.",
        "do_attendance": "Be present at the session.",
        "do_history": "Have finished each training of the list.",
        "objectives": "What is trained: {objectives}.",
        "and": "; ",
        "questions": "Questions asked: {count}.",
        "done": "Finished on {day}",
        "score_name": "Right answers in the check",
        "score": "{percent}% of right answers",
        "range": "{code}. {name}: level {low} to {high}.",
        "one_level": "{code}. {name}: level {low}.",
        "scale": "Eight-level scale",
        "level": "Level {number} ({band})",
        "bands": "foundation intermediate advanced specialised",
        "badge": "Badge: {title}",
        "digcomp": "DigComp 3.0, competence {code}",
        "indicative": "Indicative correspondence, made by the platform.",
        "history": "Training history",
        "placement": "Placement",
    },
}


def words_in(language: str) -> dict:
    return WORDS.get(language, WORDS["en"])


def level_in(language: str, number: int) -> str:
    """Write a level from 1 to 8 with the name of its band."""
    words = words_in(language)
    band = words["bands"].split()[(number - 1) // 2]
    return words["level"].format(number=number, band=band)
