"""The last checks of the measure, in words that tolerate what is not known."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.admin.figures import (
    class_in_words,
    decimal,
    group_name,
    pair_in_words,
    percent,
)
from assessments.admin.listing import figures_url
from assessments.honesty import RATIO_HIGH, RATIO_LOW
from assessments.measure import verdict_of
from assessments.models import QuestionVersion, Report

TEMPLATES = {
    Report.Kind.HONESTY: "assessments/admin/report_honesty.html",
    Report.Kind.GROUPS: "assessments/admin/report_groups.html",
    Report.Kind.DRIFT: "assessments/admin/report_drift.html",
}
GROUPINGS = {
    "language": gettext_lazy("languages"),
    "organisation": gettext_lazy("kinds of organisations"),
}


@dataclass(frozen=True)
class Shown:
    """A report, its template and what it says; `report` is None before the first."""

    kind: str
    name: str
    report: Report | None
    template: str
    facts: dict


def latest_reports() -> list[Shown]:
    """Return the last report of each kind, in the order of the kinds."""
    newest = (Report.objects.filter(kind=kind).first() for kind in Report.Kind)
    last = {report.kind: report for report in newest if report}
    versions = versions_named_in(last.values())
    makers = {
        Report.Kind.HONESTY: honesty,
        Report.Kind.GROUPS: groups,
        Report.Kind.DRIFT: drift,
    }
    return [
        Shown(
            kind,
            kind.label,
            last.get(kind),
            TEMPLATES[kind],
            makers[kind](last[kind].values, versions) if kind in last else {},
        )
        for kind in Report.Kind
    ]


def versions_named_in(reports):
    """Return {primary key: version} of those that some reports name."""
    keys = set()
    for report in reports:
        keys |= {row.get("version") for row in report.values.get("questions") or []}
        keys |= set(report.values.get("easier") or [])
        keys |= set(report.values.get("harder") or [])
    versions = QuestionVersion.objects.defer("content").select_related("question")
    return versions.in_bulk(keys - {None})


def honesty(values, _versions):
    """Return sentences, whether the ranges hold, and predicted beside happened."""
    held, ratio = values.get("held"), values.get("ratio")
    factor = values.get("doubt_factor")
    is_honest = values.get(
        "is_honest", ratio is not None and RATIO_LOW <= ratio <= RATIO_HIGH
    )
    return {
        "attempt_count": values.get("attempt_count"),
        "held": None if held is None else percent(held),
        "ratio": None if ratio is None else decimal(ratio, 2),
        "is_honest": is_honest,
        "verdict": verdict_of(values | {"is_honest": is_honest}),
        "widened": decimal(factor, 2) if factor and factor != 1 else None,
        "tenths": [
            {
                "from_to": _("%(low)d to %(high)d%%")
                % {"low": 10 * place, "high": 10 * place + 10},
                "count": row["count"],
                "predicted": percent(row["predicted"]),
                "happened": percent(row["happened"]),
            }
            for place, row in enumerate(values.get("tenths") or [])
            if row.get("count")
            and None not in (row.get("predicted"), row.get("happened"))
        ],
    }


def groups(values, versions):
    """Return the pairs of groups compared, and the questions that treat them unlike."""
    return {
        "pairs": [
            {
                "by": GROUPINGS.get(row.get("by"), row.get("by") or ""),
                "between": pair_in_words(row),
                "compared": row.get("compared"),
                "watched": row.get("watched"),
                "flagged": row.get("flagged"),
            }
            for row in values.get("pairs") or []
        ],
        "questions": [
            named(versions[row["version"]])
            | {
                "between": pair_in_words(row),
                "class": class_in_words(row),
                "harder": harder_for(row),
            }
            for row in values.get("questions") or []
            if row.get("version") in versions
        ],
    }


def harder_for(row):
    """Return the group for which a question is harder, or nothing."""
    pair, shift = row.get("between") or [], row.get("shift")
    if len(pair) != 2 or not shift:
        return ""
    return group_name(row.get("by"), pair[1] if shift > 0 else pair[0])


def drift(values, versions):
    """Return how many questions were looked at, and which became easier or harder."""
    window, tested = values.get("window"), values.get("tested")
    sentence = ""
    if tested is not None:
        sentence = ngettext(
            "%(count)d question was looked at.",
            "%(count)d questions were looked at.",
            tested,
        ) % {"count": tested}
    return {
        "sentence": sentence,
        "window": window,
        "easier": named_all(values.get("easier"), versions),
        "harder": named_all(values.get("harder"), versions),
    }


def named_all(keys, versions):
    return [named(versions[key]) for key in keys or [] if key in versions]


def named(version):
    return {"question": version.question, "url": figures_url(version.question)}
