"""The versions of a question beside each other: what changed from one to the next."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from wagtail.admin.compare import diff_text

from assessments.admin.drawings import WITHOUT_KEY


@dataclass(frozen=True)
class Difference:
    """One text in two versions; each side is [(piece, whether it changed), …]."""

    name: str
    before: list
    after: list


def differences(old, new) -> list[Difference]:
    """Return what two versions do not have in common, in the order of the page."""
    before, after = facts_of(old), facts_of(new)
    names = [*after, *(name for name in before if name not in after)]
    return [
        difference(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def difference(name, before, after) -> Difference:
    changes = diff_text(before, after).changes
    return Difference(
        name,
        [(text, kind == "deletion") for kind, text in changes if kind != "addition"],
        [(text, kind == "addition") for kind, text in changes if kind != "deletion"],
    )


def facts_of(version) -> dict[str, str]:
    """Return everything that a version says and rests on, {name: text}."""
    content = version.content
    facts = {
        _("Kind"): version.get_kind_display(),
        _("Level"): str(version.level),
        _("Competence"): str(version.competence),
        _("Topic"): content.get("topic", ""),
    }
    if "picture" in content:
        facts[_("Picture")] = content["picture"]["name"]
    facts |= texts_of(content["fr"], _("in French"))
    if "en" in content:
        facts |= texts_of(content["en"], _("in English"))
    return facts | key_facts(version)


def texts_of(texts, language) -> dict[str, str]:
    """Return the texts of one language; `language` is said behind each name."""
    facts = {_("Question"): texts["stem"]}
    facts[_("E-mail or document")] = texts.get("document", "")
    facts[_("Picture in words")] = texts.get("picture_alt", "")
    for number, part in enumerate(texts.get("parts", []), start=1):
        facts[_("Linked question %(number)d") % {"number": number}] = part["stem"]
    for number, choice in enumerate(texts["choices"], start=1):
        named = {"number": number}
        facts[_("Answer %(number)d") % named] = choice["text"]
        facts[_("Answer %(number)d goes with") % named] = choice.get("match", "")
        facts[_("Answer %(number)d, explanation") % named] = choice["why"]
    return {f"{name}, {language}": text for name, text in facts.items() if text}


def key_facts(version) -> dict[str, str]:
    """Return which answers are right, where they stand and what they belong to."""
    content = version.content
    facts = {}
    if version.kind not in WITHOUT_KEY:
        facts[_("Right answers")] = ", ".join(str(n + 1) for n in version.key)
    for name, values in (
        (_("Place of answer %(number)d on the picture"), content.get("spots", [])),
        (_("Linked question of answer %(number)d"), content.get("part_of", [])),
    ):
        for number, value in enumerate(values, start=1):
            facts[name % {"number": number}] = words_of_place(value)
    return facts


def words_of_place(value):
    if isinstance(value, list):
        return " × ".join(f"{n} %" for n in value)
    return "" if value is None else str(value + 1)
