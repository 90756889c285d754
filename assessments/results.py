"""What a result says: sentences and drawings, from what was stored."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.forms import shown_order
from assessments.models import LevelDescriptor
from assessments.models.framework import band_of

# Rooms further down add here what they would learn next: each takes (areas, learner,
# language) and returns a list of {title, url, minutes, reason}.
advisers = []


def sentence_of(placement):
    """Return the overall result in plain words, with its certainty."""
    certainty = round(placement.likeliest_probability * 100)
    count = placement.answer_count
    values = {
        "likeliest": placement.likeliest,
        "certainty": certainty,
        "low": placement.low,
        "high": placement.high,
        "questions": ngettext(
            "from %(count)d question", "from %(count)d questions", count
        )
        % {"count": count},
    }
    if placement.low == placement.high:
        return (
            _(
                "Most likely level %(likeliest)d (%(certainty)d chances in 100), "
                "%(questions)s."
            )
            % values
        )
    return (
        _(
            "Most likely level %(likeliest)d (%(certainty)d chances in 100). "
            "Between level %(low)d and level %(high)d with 90 %% certainty, "
            "%(questions)s."
        )
        % values
    )


def range_in_words(placement):
    if placement.low == placement.high:
        return _("level %(level)d") % {"level": placement.low}
    return _("from level %(low)d to level %(high)d") % {
        "low": placement.low,
        "high": placement.high,
    }


def bands_in_words(placement):
    """Return the names of the bands that a range touches."""
    first, last = band_of(placement.low), band_of(placement.high)
    return str(first) if first == last else f"{first} – {last}"


def scale_rows(placements):
    """Return the rows of the scale's drawing, one an area."""
    return [
        {
            "label": placement.area.short,
            "mark": placement.area.code,
            "low": placement.low,
            "high": placement.high,
            "likeliest": placement.likeliest,
            "text": range_in_words(placement),
            "bands": bands_in_words(placement),
            "area": placement.area,
            "placement": placement,
        }
        for placement in placements
    ]


def descriptors_at(placements):
    """Return {area id: text} of what each area's range begins with."""
    wanted = {p.area_id: p.low for p in placements}
    found = LevelDescriptor.objects.filter(area__in=wanted)
    return {d.area_id: d.text for d in found if d.level_id == wanted[d.area_id]}


def advice(placements, learner, language):
    """Return two or three things to learn next, each with its reason."""
    found = []
    for adviser in advisers:
        found += adviser(placements, learner, language)
    return found[:3]


def reviewed(attempt, response, language):
    """Return an answered question as the page shows it afterwards."""
    version = response.question_version
    content = version.in_language(language)
    choices = content["choices"]
    answer = response.answer or []
    if version.kind in ("single", "multiple"):
        lines = [
            {
                "text": choices[number]["text"],
                "why": choices[number]["why"],
                "is_right": number in version.key,
                "is_chosen": number in answer,
            }
            for number in shown_order(attempt, response, len(choices))
        ]
    else:
        lines = [
            {
                "text": choice["text"],
                "match": choice["match"],
                "why": choice["why"],
                "place": number + 1,
                "is_right": is_in_place(version.kind, answer, number),
                "given": given(version.kind, choices, answer, number),
            }
            for number, choice in enumerate(choices)
        ]
    return {
        "stem": content["stem"],
        "kind": version.kind,
        "lines": lines,
        "language": language if version.has_language(language) else "fr",
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
