"""How we measure, for anybody: what is in force today, and pictures from the engine.

Shown on the text page whose fixed place is "measure", around what editors write.
"""

from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.bank import parameters_in_force
from assessments.example import LEVEL, example, success_at
from assessments.models import Question, Report
from assessments.results import range_in_words

# Of the drawing of the bars, in letters: where they stand, and the tallest.
FOOT, TALLEST = 7.6, 6.0
NUMBER = 0.85  # size of the numbers, of which their own places are multiples


def companion():
    """Return what the page shows above and below its text, and their context."""
    return (
        {
            "above": "assessments/measure_pictures.html",
            "below": "assessments/measure_facts.html",
        }
        | pictures()
        | {"facts": facts()}
    )


def facts():
    """Return the measure in force, as shares, counts and dates; `report` may be None.

    A version of the difficulties is made when a placement begins: before the first
    one, `version` is None and the published questions are counted.
    """
    version = parameters_in_force()
    calibration = version and version.calibration
    return {
        "version": version,
        "question_count": version.parameters.count()
        if version
        else Question.objects.in_placement().count(),
        "answer_count": calibration.answer_count if calibration else 0,
        "attempt_count": calibration.attempt_count if calibration else 0,
        "report": honesty_in_words(
            Report.objects.filter(kind=Report.Kind.HONESTY).order_by("-made_on").first()
        ),
    }


def honesty_in_words(report):
    """Return {made_on, said, verdict} of an honesty report; None without figures."""
    held = report and report.values.get("held")
    if held is None:
        return None
    count = report.values.get("attempt_count") or 0
    said = ngettext(
        "In %(count)d placement, its two halves agreed within the announced range "
        "%(held)d times in 100; 90 were announced.",
        "In %(count)d placements, the two halves agreed within the announced range "
        "%(held)d times in 100; 90 were announced.",
        count,
    ) % {"count": count, "held": round(100 * held)}
    verdict = verdict_of(report.values)
    return {"made_on": report.made_on, "said": said, "verdict": verdict}


def verdict_of(values):
    """Return what a report of honesty means for the ranges, or nothing."""
    ratio, is_honest = values.get("ratio"), values.get("is_honest")
    if is_honest:
        return _("The ranges are as sure as they say.")
    if ratio is None or is_honest is None:
        return ""
    if ratio > 1 and not values.get("is_widened", True):
        return _(
            "The ranges may be too narrow, or it was chance: with more placements the "
            "next check tells them apart."
        )
    if ratio > 1:
        return _("The ranges were too narrow: the next version widens them.")
    return _("The ranges were wider than needed.")


def pictures():
    """Return the rows of the drawings of the example, and the bars of one level."""
    found = example()
    return {
        "on_the_way": [
            row(
                ngettext("After %(count)d question", "After %(count)d questions", count)
                % {"count": count},
                reached,
            )
            for count, reached in found.overall
        ],
        "closer": closer_rows(found),
        "level": LEVEL,
        "bars": [bar(*pair) for pair in enumerate(success_at(LEVEL), start=1)],
    }


def closer_rows(found):
    """Return the rows of one area: each but the first shows the range before it."""
    labels = [_("After the placement"), _("8 questions more"), _("7 questions more")]
    ranges = [reached for _count, reached in found.area]
    rows = [row(label, reached) for label, reached in zip(labels, ranges, strict=True)]
    for earlier, later in pairwise(rows):
        later["before"] = {"low": earlier["low"], "high": earlier["high"]}
    return rows


def row(label, reached):
    return {
        "label": label,
        "mark": "",
        "low": reached.low,
        "high": reached.high,
        "likeliest": reached.likeliest,
        "text": range_in_words(reached),
    }


def bar(level, share):
    """Return one bar as the drawing takes it: text with its units."""
    height = share * TALLEST
    return {
        "level": level,
        "percent": round(100 * share),
        "is_level": level == LEVEL,
        "left": f"{12.5 * (level - 1) + 1.5:.1f}%",
        "middle": f"{12.5 * (level - 0.5):.2f}%",
        "top": f"{FOOT - height:.2f}em",
        "over": f"{(FOOT - height - 0.35) / NUMBER:.2f}em",
        "height": f"{height:.2f}em",
    }
