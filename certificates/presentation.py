"""A certificate as people read it on a page, in the language of that page."""

from dataclasses import dataclass

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from certificates.credentials.verify import Finding
from certificates.inspection import HOLDS, Found
from certificates.models import Certificate, Event
from certificates.wording import (
    bands_in,
    count_in,
    dates_in,
    day_in,
    duration_in,
    range_in,
    result_in,
    score_in,
    words_in,
)

Kind, State = Certificate.Kind, Certificate.State
TITLES = {
    Kind.MODULE: "module_title",
    Kind.PATH: "path_title",
    Kind.ATTENDANCE: "session_title",
}
CODES = {
    Kind.MODULE: "module_code",
    Kind.PATH: "path_code",
    Kind.ATTENDANCE: "session_code",
}
VERSIONS = {Kind.MODULE: "module_version", Kind.PATH: "path_version"}
# The word of the document under which a duration stands.
DURATIONS = {Kind.MODULE: "duration", Kind.ATTENDANCE: "session_duration"}
TONES = {
    State.VALID: "done",
    State.EXPIRED: "notyet",
    State.REPLACED: "warm",
    State.REVOKED: "warm",
    State.ERASED: "warm",
}
UNENDED = {State.VALID, State.EXPIRED}


def readable(certificate, language):
    """Return all that the document claims, ready to show.

    The words are in the language of the page; what `facts` froze stays as it is. Only
    `facts`, `kind` and `title` when the certificate was erased.
    """
    facts = certificate.facts
    said = {
        "facts": facts,
        "kind": certificate.get_kind_display(),
        "title": title_of(certificate),
    }
    if certificate.erased_at is not None:
        return said
    words, kind = words_in(language), certificate.kind
    return said | {
        "code": facts.get(CODES.get(kind), ""),
        "version": facts.get(VERSIONS.get(kind), ""),
        "result": result_of(certificate, language),
        "dates": dates_of(facts, language),
        "duration": duration_of(facts, language),
        "duration_name": words[DURATIONS.get(kind, "total")],
        "modules": [
            module_line(each, language) | {"ended": ended_in(certificate, n, language)}
            for n, each in enumerate(facts.get("modules", []))
        ],
        "areas": [area_line(each, language) for each in facts.get("areas", [])],
        "estimate": words["estimate"] if "areas" in facts else "",
        "issued_on": day_in(language, facts["issued_on"]),
        "issued_anew_on": optional_day(facts.get("issued_anew_on"), language),
        "valid_until": optional_day(certificate.valid_until, language),
        "nature": words.get(f"nature_{kind}", words["nature"]),
    }


def title_of(certificate):
    """Return what the certificate is about; what it is when it names nothing."""
    name = TITLES.get(certificate.kind)
    if name in certificate.facts:
        return certificate.facts[name]
    words = words_in(certificate.facts["language"])
    return words.get(f"{certificate.kind}_title", certificate.get_kind_display())


def result_of(certificate, language):
    facts, words = certificate.facts, words_in(language)
    if certificate.kind == Kind.MODULE:
        return result_in(language, facts.get("score_percent"))
    if certificate.kind == Kind.PATH:
        count = count_in(language, "module_count", len(facts["modules"]))
        return f"{words['path_reached']}, {count}"
    return words["present"] if certificate.kind == Kind.ATTENDANCE else ""


def dates_of(facts, language):
    if not facts.get("finished_on"):
        return ""
    return dates_in(language, facts.get("started_on"), facts["finished_on"])


def duration_of(facts, language):
    minutes = facts.get("duration_minutes")
    return "" if minutes is None else duration_in(language, minutes)


def module_line(module, language):
    """Return one module of a path or of a history, with its duration and day."""
    percent = module.get("score_percent")
    return module | {
        "result": "" if percent is None else score_in(language, percent),
        "duration": duration_in(language, module["duration_minutes"]),
        "day": day_in(language, module["finished_on"]),
    }


def ended_in(certificate, number, language):
    """Return what became since of what a line rests on; "" while it stands."""
    if number not in certificate.ended_lines:
        return ""
    moment = certificate.ended_lines[number]
    if moment is None:
        return _("no longer on record")
    day = day_in(language, localdate(moment).isoformat())
    return _("withdrawn on %(day)s") % {"day": day}


def area_line(area, language):
    """Return an area of a placement with its range of levels, in numbers and words."""
    low, high = area["low"], area["high"]
    return area | {
        "range": range_in(language, low, high),
        "bands": bands_in(language, low, high),
    }


def optional_day(day, language):
    return day_in(language, str(day)) if day else ""


# --- what it is worth today -----------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A certificate's state, in words: a tag, a headline and one sentence."""

    state: str
    tag: str
    headline: str
    sentence: str
    has_changed: bool = False  # something that it states, not itself

    @property
    def tone(self):
        return TONES[self.state]

    @property
    def is_valid(self):
        return self.state == State.VALID

    @property
    def is_sound(self):
        """Valid, and so is all that it rests on."""
        return self.is_valid and not self.has_changed


def standing_of(certificate, language):
    """Return what a certificate is worth today. Reads its events, and its lines."""
    state = certificate.state()
    headline, sentence = WORDS_OF[state](certificate, language)
    changed = change_of(certificate, language) if state in UNENDED else ""
    if changed and state == State.VALID:
        headline = _("This attestation is valid, but something has changed since")
    sentence = " ".join(filter(None, [sentence, changed]))
    return Standing(state, str(state.label), headline, sentence, bool(changed))


def change_of(certificate, language):
    """Return a sentence about what changed since in what it states; "" for nothing."""
    if certificate.ended_lines:
        return _(
            "Part of what it lists no longer stands: the lines concerned say so. The "
            "rest holds."
        )
    if moment := certificate.corrected_at:
        day = day_in(language, localdate(moment).isoformat())
        return _(
            "The result was worked out again on %(day)s, because one of our questions "
            "was wrong: ask its holder for a newer attestation."
        ) % {"day": day}
    return ""


def day_of(certificate, kind, language):
    """Return the day of an event that happens once, written in full."""
    moments = [event.at for event in certificate.events.all() if event.kind == kind]
    return day_in(language, localdate(moments[0]).isoformat())


def valid(certificate, language):
    sentence = ""
    if certificate.valid_until:
        day = optional_day(certificate.valid_until, language)
        sentence = _("It is valid until %(day)s.") % {"day": day}
    return _("This attestation is valid"), sentence


def expired(certificate, language):
    day = optional_day(certificate.valid_until, language)
    return _("This attestation has expired"), _(
        "It was valid until %(day)s. What it states was true when it was issued; it "
        "has not been withdrawn."
    ) % {"day": day}


def replaced(certificate, language):
    # Nothing of the reason: a change of name is the holder's own business.
    day = day_of(certificate, Event.Kind.REPLACED, language)
    return _("This attestation was replaced"), _(
        "Another one took its place on %(day)s. Only its holder can give you the new "
        "one: ask for it."
    ) % {"day": day}


def revoked(certificate, language):
    event = next(e for e in certificate.events.all() if e.kind == Event.Kind.REVOKED)
    return _("This attestation was withdrawn"), _(
        "It was withdrawn on %(day)s and no longer proves anything. Reason: %(reason)s."
    ) % {
        "day": day_of(certificate, Event.Kind.REVOKED, language),
        "reason": event.get_reason_display(),
    }


def erased(certificate, language):
    return _("This attestation is no longer on record"), _(
        "An attestation of this site bore this code. What it stated was erased on "
        "%(day)s, so we can neither confirm it nor deny it."
    ) % {"day": day_of(certificate, Event.Kind.ERASED, language)}


WORDS_OF = {
    State.VALID: valid,
    State.EXPIRED: expired,
    State.REPLACED: replaced,
    State.REVOKED: revoked,
    State.ERASED: erased,
}


# --- what a file is worth -------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    tone: str  # "valid", "doubt" or "void"
    headline: str
    sentence: str


def verdict_of(inspection, standing):
    """Return what to say of a file; `standing` is its certificate's, or None."""
    found = inspection.found
    if found is Found.SAME:
        return verdict_of_same(standing)
    if found in HOLDS:
        return verdict_of_genuine(inspection, standing)
    headline, sentence = sentences_about(inspection)
    return Verdict("void", headline, sentence)


def verdict_of_same(standing):
    """The very file that we handed out: what it is worth depends on its state."""
    sentence = _("We handed out this very file: not one byte differs.")
    if standing.is_sound:
        return Verdict("valid", _("This file is ours, and unchanged"), sentence)
    return Verdict("void", standing.headline, sentence)


def verdict_of_genuine(inspection, standing):
    if not standing.is_sound:
        sentence = _("What we signed in this file is unchanged.")
        return Verdict("void", standing.headline, sentence)
    if inspection.is_document:
        return Verdict(
            "doubt",
            _("What we signed is genuine; the page may not be"),
            _(
                "The data inside this PDF are ours and unchanged, but the file is not "
                "one that we handed out: it was saved again, or changed. Trust what "
                "stands below, not the page of the PDF."
            ),
        )
    return Verdict(
        "valid",
        _("This credential is ours, and unchanged"),
        _("We signed it, and it says what we have on record."),
    )


def sentences_about(inspection):
    """Return the headline and the sentence about a file that proves nothing."""
    return {
        Finding.UNREADABLE: (
            _("There is no credential in this file"),
            _(
                "It may be damaged, or something else. Ask for the PDF or the "
                "credential again, or type the code of the document."
            ),
        ),
        Finding.NOT_OURS: (
            _("This credential is not ours"),
            _(
                "It is not signed, or somebody else signed it. If it claims to come "
                "from here, do not rely on it."
            ),
        ),
        Finding.CHANGED: (
            _("This credential was changed"),
            _(
                "It claims to be signed by us, but it does not say what we signed. Do "
                "not rely on it: ask for it again."
            ),
        ),
        Finding.COMPROMISED: (
            _("This credential can no longer be trusted"),
            _(
                "The key that signed it is no longer safe. The holder can download it "
                "anew, signed with another key: ask for it."
            ),
        ),
        Found.CUT_SHORT: (
            _("This PDF is cut short"),
            _(
                "Its end is missing, as when a download stops half-way. Download it "
                "again, or ask for it again."
            ),
        ),
        Found.NOT_OURS: (
            _("This PDF is not one of ours"),
            _(
                "We never handed out this file, and nothing in it is signed by us. If "
                "it bears a code, type it: the page then shows what we have on record."
            ),
        ),
        Found.UNKNOWN_KIND: (
            _("We do not know this kind of file"),
            _(
                "Choose the PDF of the attestation, its badge (SVG) or its credential "
                "(JSON)."
            ),
        ),
        Found.GONE: (
            _("This attestation is no longer on record"),
            _(
                "We signed it, but what it stated was erased since: we can neither "
                "confirm it nor deny it."
            ),
        ),
    }[inspection.found]
