"""The facts of a certificate: all that its document will ever say, as plain JSON.

Frozen at issue; the document, the credential and the check page read nothing else.
Days are ISO dates, durations whole minutes, scores whole percents, levels 1 to 8. What
is in brackets may be missing or None; `kind` is “module” when it is missing.

every kind  name, language (fr, en), issuer, issued_on, framework (the name of the
            competence framework), (valid_until, issued_anew_on)
module      module_code, module_title, module_version, objectives [texts], competences
            [{code, name}], duration_minutes, finished_on, (started_on, score_percent,
            pass_mark_percent)
path        path_code, path_title, path_version, modules [{code, title, version,
            duration_minutes, finished_on, (score_percent)}], competences,
            duration_minutes: the total, finished_on, (started_on, objectives)
placement   areas [{code, name, low, high}], method_version, question_count,
            finished_on
attendance  session_code, session_title, duration_minutes, finished_on: the day,
            (started_on, objectives, competences, led_by)
history     modules as in a path, duration_minutes: the total, (started_on,
            finished_on, competences); no column of scores when no module has one
"""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates import glyphs
from certificates.pdf import names

LANGUAGES = ("fr", "en")
LEVELS = range(1, 9)
# What still fits on a line of the document that a reader can follow.
MAX_TEXT = 240
MAX_MODULES = 500


class Malformed(ValueError):
    """Facts that no code of ours should make: the message is for developers."""


class Unprintable(Exception):
    """Facts that a document cannot print; `sentences` say why, and what to do."""

    def __init__(self, sentences):
        self.sentences = sentences
        super().__init__(" ".join(sentences))


def check(facts):
    """Raise Malformed or Unprintable unless a document can print these facts."""
    check_shape(facts)
    if sentences := problems_of(facts):
        raise Unprintable(sentences)


def kind_of(facts):
    return facts.get("kind") or "module"


def check_shape(facts):
    """Raise Malformed for the first fact that is missing, or not what it should be."""
    kind = kind_of(facts)
    if kind not in FIELDS:
        raise Malformed(f"Unknown kind {kind!r}: use one of {', '.join(FIELDS)}.")
    check_fields(facts, EVERY_KIND | FIELDS[kind], "")
    check_order(facts)


def check_fields(values, fields, where):
    for name, (is_needed, test, remedy) in fields.items():
        value = values.get(name)
        if value is None and not is_needed:
            continue
        if not test(value):
            raise Malformed(f"{where}{name} is {value!r}: give {remedy}.")


def check_order(facts):
    """Refuse dates that go backwards, ranges upside down, and a total that is not."""
    start, end = facts.get("started_on"), facts.get("finished_on")
    if start and end and start > end:
        raise Malformed(f"started_on {start} is after finished_on {end}.")
    for area in facts.get("areas") or []:
        if area["low"] > area["high"]:
            raise Malformed(f"low {area['low']} is above high {area['high']}.")
    if "modules" in facts:
        total = sum(module["duration_minutes"] for module in facts["modules"])
        if facts["duration_minutes"] != total:
            raise Malformed(
                f"duration_minutes is {facts['duration_minutes']}: its modules "
                f"last {total} minutes."
            )


def is_text(value):
    return isinstance(value, str)


def is_day(value):
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_percent(value):
    return is_count(value) and value <= 100


def is_level(value):
    return is_count(value) and value in LEVELS


def list_of(fields):
    """Return a test of lists of objects that have these fields."""

    def test(value):
        if not isinstance(value, list):
            return False
        for number, item in enumerate(value):
            check_fields(item, fields, f"[{number}].")
        return True

    return test


def texts(value):
    return isinstance(value, list) and all(map(is_text, value))


def needed(test, remedy):
    return (True, test, remedy)


def may_be(test, remedy):
    return (False, test, remedy)


TEXT = (is_text, "a text")
DAY = (is_day, "a day as 2026-11-22")
COUNT = (is_count, "a whole number, 0 or more")
PERCENT = (is_percent, "a whole number from 0 to 100")
LEVEL = (is_level, "a level from 1 to 8")
TEXTS = (texts, "a list of texts")
COMPETENCES = (
    list_of({"code": needed(*TEXT), "name": needed(*TEXT)}),
    "a list of {code, name}",
)
MODULES = (
    list_of(
        {
            "code": needed(*TEXT),
            "title": needed(*TEXT),
            "version": needed(*TEXT),
            "duration_minutes": needed(*COUNT),
            "finished_on": needed(*DAY),
            "score_percent": may_be(*PERCENT),
        }
    ),
    "a list of modules",
)
AREAS = (
    list_of(
        {
            "code": needed(*TEXT),
            "name": needed(*TEXT),
            "low": needed(*LEVEL),
            "high": needed(*LEVEL),
        }
    ),
    "a list of {code, name, low, high}",
)
EVERY_KIND = {
    "name": needed(*TEXT),
    "language": needed(lambda value: value in LANGUAGES, "fr or en"),
    "issuer": needed(*TEXT),
    "issued_on": needed(*DAY),
    "framework": needed(*TEXT),
    "valid_until": may_be(*DAY),
    "issued_anew_on": may_be(*DAY),
}
FIELDS = {
    "module": {
        "module_code": needed(*TEXT),
        "module_title": needed(*TEXT),
        "module_version": needed(*TEXT),
        "objectives": needed(*TEXTS),
        "competences": needed(*COMPETENCES),
        "duration_minutes": needed(*COUNT),
        "started_on": may_be(*DAY),
        "finished_on": needed(*DAY),
        "score_percent": may_be(*PERCENT),
        "pass_mark_percent": may_be(*PERCENT),
    },
    "path": {
        "path_code": needed(*TEXT),
        "path_title": needed(*TEXT),
        "path_version": needed(*TEXT),
        "modules": needed(*MODULES),
        "competences": needed(*COMPETENCES),
        "objectives": may_be(*TEXTS),
        "duration_minutes": needed(*COUNT),
        "started_on": may_be(*DAY),
        "finished_on": needed(*DAY),
    },
    "placement": {
        "areas": needed(*AREAS),
        "method_version": needed(*TEXT),
        "question_count": needed(*COUNT),
        "finished_on": needed(*DAY),
    },
    "attendance": {
        "session_code": needed(*TEXT),
        "session_title": needed(*TEXT),
        "duration_minutes": needed(*COUNT),
        "started_on": may_be(*DAY),
        "finished_on": needed(*DAY),
        "objectives": may_be(*TEXTS),
        "competences": may_be(*COMPETENCES),
        "led_by": may_be(*TEXT),
    },
    "history": {
        "modules": needed(*MODULES),
        "competences": may_be(*COMPETENCES),
        "duration_minutes": needed(*COUNT),
        "started_on": may_be(*DAY),
        "finished_on": may_be(*DAY),
    },
}


def problems_of(facts):
    """Return why a document cannot print well-formed facts, each reason a sentence."""
    return [
        *names.problems_of(facts["name"]),
        *(sentence for text in titles_of(facts) for sentence in problems_of_text(text)),
        *problems_of_lists(facts),
    ]


TITLES = {
    "module": "module_title",
    "path": "path_title",
    "attendance": "session_title",
}


def titles_of(facts):
    """Return the texts that editors wrote and a document cannot do without."""
    title = TITLES.get(kind_of(facts))
    rows = [
        row
        for name in ("modules", "competences", "areas")
        for row in facts.get(name) or []
    ]
    return [
        facts["issuer"],
        *([facts[title]] if title else []),
        *(facts.get("objectives") or []),
        *(row["title"] if "title" in row else row["name"] for row in rows),
    ]


def problems_of_text(text):
    if not glyphs.without_missing(text).strip():
        return [_("The text “%(text)s” has no letters to print.") % {"text": text}]
    if len(text) > MAX_TEXT:
        return [
            _("The text “%(text)s…” is too long: keep it to %(count)d characters.")
            % {"text": text[:40], "count": MAX_TEXT}
        ]
    return []


def problems_of_lists(facts):
    kind = kind_of(facts)
    if kind in ("path", "history") and not facts["modules"]:
        return [_("There is no finished module yet: finish one first.")]
    if kind == "placement" and not (facts["areas"] and facts["question_count"]):
        return [_("This placement has no result yet: answer its questions first.")]
    if len(facts.get("modules") or []) > MAX_MODULES:
        return [
            ngettext(
                "A document lists %(count)d module at most.",
                "A document lists %(count)d modules at most.",
                MAX_MODULES,
            )
            % {"count": MAX_MODULES}
        ]
    return []
