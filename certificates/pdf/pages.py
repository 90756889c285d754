"""What a document shows: its facts turned into the words and marks of a template."""

import unicodedata
from html import escape

from django.utils.safestring import mark_safe

from certificates import glyphs, wording
from certificates.addresses import check_address
from certificates.codes import in_fours
from certificates.facts import kind_of
from certificates.pdf.measure import is_high, is_tall, name_size


def context(facts, code, look=None):
    """Return what the template `certificates/pdf_KIND.html` needs."""
    kind, language = kind_of(facts), facts["language"]
    words = wording.words_in(language)
    name = glyphs.tidy(facts["name"])
    return (
        {
            "kind": kind,
            "language": language,
            "words": words,
            "title": words["title" if kind == "module" else f"{kind}_title"],
            "subject": plain(facts.get(SUBJECTS.get(kind))),
            "plain_name": name,
            "name": printed(name),
            "name_class": name_class(name),
            "issuer": plain(facts["issuer"]),
            "created": facts["issued_on"],
            "objectives": [printed(text) for text in facts.get("objectives") or []],
            "competences": [
                {"code": part["code"], "name": printed(part["name"])}
                for part in facts.get("competences") or []
            ],
            "framework": printed(facts["framework"]),
            "cells": CELLS[kind](facts, words),
            "nature": words.get(f"nature_{kind}", words["nature"]),
            "address": check_address(code),
            "spaced_code": in_fours(code),
        }
        | BODIES[kind](facts, words)
        | look_parts(look, facts)
    )


# Other kinds prove something else, and keep their own name.
RENAMED = ("module", "path")
# A placement is an estimate that the learner asked for: nobody signs it.
VOUCHED_FOR = ("module", "path", "attendance", "history")


def look_parts(look, facts):
    """Return what a look (looks.Look) puts in the place of the usual, or adds."""
    if look is None:
        return {}
    kind, language = kind_of(facts), facts["language"]
    title = look.title(language) if kind in RENAMED else ""
    parts = {"has_own_logo": look.logo is not None, "logo_alt": plain(look.logo_alt)}
    if title:
        parts["title"] = plain(title)
    if kind in VOUCHED_FOR:
        parts |= vouching(look, facts)
    return parts


def vouching(look, facts):
    """Return the closing sentence and the people who answer for a document."""
    language = facts["language"]
    return {
        "closing": printed(look.closing(language, closing_values(facts))),
        "signatures": [
            {"name": printed(signature.name), "role": printed(signature.role)}
            for signature in look.signatures(language)
        ],
    }


def closing_values(facts):
    """Return what a closing sentence may name: {"name", "title", "date"}."""
    day = facts.get("finished_on") or facts["issued_on"]
    return {
        "name": glyphs.tidy(facts["name"]),
        "title": plain(facts.get(SUBJECTS.get(kind_of(facts)))),
        "date": wording.day_in(facts["language"], day),
    }


SUBJECTS = {
    "module": "module_title",
    "path": "path_title",
    "attendance": "session_title",
}


def plain(text):
    return glyphs.without_missing(text or "")


def printed(text):
    """Return a text as HTML: what the main face lacks is marked with its own face."""
    return mark_safe(
        "".join(marked(face, part) for face, part in glyphs.runs(plain(text)))
    )


def marked(face, part):
    if not face.key:
        return escape(part)
    return f'<span class="face {face.key}">{escape(part)}</span>'


def name_class(name):
    """Return the classes of the name: size, direction, room of its lines."""
    words = [
        name_size(name),
        is_right_to_left(name) and "rtl",
        is_tall(name) and "tall",
        is_high(name) and "high",
    ]
    return " ".join(["name", *(f"name--{word}" for word in words if word)])


def is_right_to_left(name):
    """Tell if the first letter of a name is of a script written from the right."""
    strong = (unicodedata.bidirectional(character) for character in name)
    return next((d for d in strong if d in ("L", "R", "AL")), "L") != "L"


def module_body(facts, words):
    return {
        "label": words["delivered_to"],
        "heading": printed(facts["module_title"]),
        "edition": edition(words["module"], "module", facts, words),
    }


def edition(word, kind, facts, words):
    code, version = facts[f"{kind}_code"], facts[f"{kind}_version"]
    return printed(f"{word} {code}, {words['version']} {version}")


def path_body(facts, words):
    return {
        "label": words["delivered_to"],
        "heading": printed(facts["path_title"]),
        "edition": edition(words["path"], "path", facts, words),
        "has_scores": True,
        "modules": [line(module, facts["language"]) for module in facts["modules"]],
    }


def history_body(facts, words):
    return {
        "label": words["history_for"],
        "has_scores": any("score_percent" in module for module in facts["modules"]),
        "modules": [line(module, facts["language"]) for module in facts["modules"]],
    }


def line(module, language):
    """Return one module of a list, as its row shows it."""
    percent, words = module.get("score_percent"), wording.words_in(language)
    return {
        "code": printed(module["code"]),
        "title": printed(module["title"]),
        "version": printed(module["version"]),
        "finished": wording.short_day_in(language, module["finished_on"]),
        "duration": wording.duration_in(language, module["duration_minutes"]),
        "score": words["no_score"]
        if percent is None
        else words["percent"].format(percent=percent),
    }


def placement_body(facts, words):
    return {
        "label": words["at_request"],
        "heading": words["levels"],
        "areas": [area_row(area, facts["language"]) for area in facts["areas"]],
        "estimate": words["estimate"],
    }


def area_row(area, language):
    low, high = area["low"], area["high"]
    return {
        "code": printed(area["code"]),
        "name": printed(area["name"]),
        "low": low,
        "high": high,
        "drawing": f"asset:scale-{low}-{high}",
        "alt": wording.scale_in(language, low, high),
        "range": wording.range_in(language, low, high),
        "bands": wording.bands_in(language, low, high),
    }


def attendance_body(facts, words):
    led_by = facts.get("led_by")
    said = words["session"] + " " + facts["session_code"]
    if led_by:
        said += ", " + words["led_by"].format(name=led_by)
    return {
        "label": words["delivered_to"],
        "heading": printed(facts["session_title"]),
        "edition": printed(said),
    }


BODIES = {
    "module": module_body,
    "path": path_body,
    "placement": placement_body,
    "attendance": attendance_body,
    "history": history_body,
}


def cell(label, strong="", *lines, css=""):
    """Return a column of facts: a strong line, then others; empty ones are left out."""
    return {
        "label": label,
        "strong": strong,
        "lines": [line for line in lines if line],
        "css": css,
    }


def module_cells(facts, words):
    language, percent = facts["language"], facts.get("score_percent")
    score = "" if percent is None else wording.score_in(language, percent)
    return [
        cell(words["result"], words["reached"], score, css="wide"),
        dates_cell(facts, words),
        duration_cell(facts, words["duration"]),
        issued_cell(facts, words),
    ]


def path_cells(facts, words):
    language, count = facts["language"], len(facts["modules"])
    counted = wording.count_in(language, "module_count", count)
    return [
        cell(words["result"], words["path_reached"], counted, css="wide"),
        dates_cell(facts, words),
        duration_cell(facts, words["total"]),
        issued_cell(facts, words),
    ]


def placement_cells(facts, words):
    language, count = facts["language"], facts["question_count"]
    version = words["method_version"].format(version=plain(facts["method_version"]))
    counted = wording.count_in(language, "question_count", count)
    return [
        cell(words["method"], version, counted),
        cell(words["date"], "", wording.day_in(language, facts["finished_on"])),
        issued_cell(facts, words),
    ]


def attendance_cells(facts, words):
    return [
        cell(words["result"], words["present"], css="wide"),
        dates_cell(facts, words),
        duration_cell(facts, words["session_duration"]),
        issued_cell(facts, words),
    ]


def history_cells(facts, words):
    language, count = facts["language"], len(facts["modules"])
    days = [module["finished_on"] for module in facts["modules"]]
    start = facts.get("started_on") or min(days)
    end = facts.get("finished_on") or max(days)
    counted = wording.count_in(language, "module_count", count)
    return [
        cell(words["trained"], counted, css="wide"),
        cell(words["dates"], "", wording.dates_in(language, start, end), css="dates"),
        duration_cell(facts, words["total"]),
        issued_cell(facts, words, "history_by"),
    ]


CELLS = {
    "module": module_cells,
    "path": path_cells,
    "placement": placement_cells,
    "attendance": attendance_cells,
    "history": history_cells,
}


def dates_cell(facts, words):
    """Return when it was done, and until when it counts if it does not for ever."""
    language, until = facts["language"], facts.get("valid_until")
    dates = wording.dates_in(language, facts.get("started_on"), facts["finished_on"])
    if until:
        until = words["valid_until"].format(day=wording.day_in(language, until))
    return cell(words["dates"], "", dates, until, css="dates")


def duration_cell(facts, label):
    duration = wording.duration_in(facts["language"], facts["duration_minutes"])
    return cell(label, "", duration, css="duration")


def issued_cell(facts, words, label="issued"):
    """Return who issued it and when, and if it is a second one."""
    language, again = facts["language"], facts.get("issued_anew_on")
    if again:
        again = words["issued_anew"].format(day=wording.day_in(language, again))
    day = wording.dates_in(language, None, facts["issued_on"])
    return cell(words[label], printed(facts["issuer"]), day, again)
