"""An answered question as pages show it afterwards: in feedback, in all answers."""

from django.utils.translation import gettext_lazy as _

from assessments.documents import document_of
from assessments.forms import of_part, shown_order
from assessments.pictures import drawn
from assessments.scoring import matching_form

# What the learner said of her answer and whether it was right -> what to make of it.
CONFIDENCE = {
    (True, True): _("You were sure, and it was right."),
    (False, True): _(
        "You were not sure, and it was right: you know more than you think."
    ),
    (True, False): _("A useful surprise: worth reading twice."),
    (False, False): _("You were not sure: your doubt was a good guide."),
}


def reviewed(attempt, response, language):
    """Return an answered question as the page shows it afterwards.

    Its "lines" say what each choice is worth; a short scenario has them in its "parts",
    [{stem, lines}], instead. "typed" is what was written as a short answer; "is_void"
    whether the key was found to be wrong since.
    """
    version = response.question_version
    content = version.in_language(language)
    answer = response.answer or []
    order = shown_order(attempt, response, len(content["choices"]))
    is_void = hasattr(version, "key_correction")
    document = content.get("document")
    return {
        "stem": content["stem"],
        "kind": version.kind,
        "document": document_of(document) if document else None,
        "picture": drawn(version.content, content.get("picture_alt", ""), order),
        "is_void": is_void,
        "confidence": "" if is_void else confidence_in_words(response),
        "typed": answer[0] if version.kind == "short" and answer else "",
        "lines": lines_of(version, content, answer, order),
        "parts": parts_of(version, content, answer, order),
        "language": language if version.has_language(language) else "fr",
    }


def confidence_in_words(response):
    """Return a sentence on what the learner said of her answer; "" for nothing."""
    if response.is_skipped or response.is_sure is None:
        return ""
    return CONFIDENCE[response.is_sure, response.is_right]


def lines_of(version, content, answer, order):
    """Return what each choice is worth, in the order in which the page shows them."""
    if version.kind == "linked":
        return []
    if version.kind in ("ordering", "matching"):
        return [
            placed_line(version.kind, content["choices"], answer, number)
            for number in range(len(order))
        ]
    if version.kind == "short":
        own = matching_form(version.content, answer[0]) if answer else None
        answer, order = [own], forms_to_show(own, version.key)
    return [chosen_line(version, content, answer, number) for number in order]


def parts_of(version, content, answer, order):
    """Return the linked questions of a short scenario, each with its lines."""
    part_of = version.content.get("part_of", [])
    return [
        {
            "stem": part["stem"],
            "lines": [
                chosen_line(version, content, answer, choice)
                for choice in of_part(order, part_of, number)
            ],
        }
        for number, part in enumerate(content.get("parts", []))
    ]


def forms_to_show(own, key):
    """Return the forms that matter to what was typed: its own, then an accepted one."""
    if own in key:
        return [own]
    return [*([] if own is None else [own]), *key[:1]]


def chosen_line(version, content, answer, number):
    choice = content["choices"][number]
    return {
        "text": choice["text"],
        "why": choice["why"],
        "is_right": number in version.key,
        "is_chosen": number in answer,
    }


def placed_line(kind, choices, answer, number):
    """Return one line of an ordering or a matching."""
    choice = choices[number]
    return {
        "text": choice["text"],
        "match": choice["match"],
        "why": choice["why"],
        "place": number + 1,
        "is_right": is_in_place(kind, answer, number),
        "given": given(kind, choices, answer, number),
    }


def is_in_place(kind, answer, number):
    if not answer:
        return False
    return answer[number] == number


def given(kind, choices, answer, number):
    """Return what the learner put for one line of an ordering or a matching."""
    if not answer:
        return None
    if kind == "matching":
        return choices[answer[number]]["match"]
    return answer.index(number) + 1
