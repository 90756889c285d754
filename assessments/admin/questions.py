"""The page of a question's figures, version by version."""

from itertools import zip_longest

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from assessments.admin.drawings import bars_of, choice_lines, curves_of, right_line
from assessments.admin.figures import figures_of
from assessments.admin.flags import FEWEST_ANSWERS, advice_of
from assessments.admin.forms import VersionForm
from assessments.admin.page import page, question_address
from assessments.admin.permissions import (
    can_publish_questions,
    can_read_bank,
    only_if,
)
from assessments.admin.versions import differences
from assessments.models import Question


def versions_of(question):
    """Return a question's versions, the newest first, each with `given` answers."""
    answered = Q(response__answered_at__isnull=False)
    return (
        question.versions.annotate(given=Count("response", filter=answered))
        .select_related("question", "figures", "key_correction", "competence__area")
        .select_related("wording_of")
        .prefetch_related("figures__flags")
        .order_by("-number")
    )


@only_if(can_read_bank)
def figures(request, pk):
    question = get_object_or_404(Question, pk=pk)
    versions = list(versions_of(question))
    shown = shown_version(versions, VersionForm(request.GET).asked())
    return page(
        request,
        "assessments/admin/figures.html",
        _("Figures"),
        question=question,
        versions=versions,
        shown=shown,
        history=history_of(versions),
        fewest=FEWEST_ANSWERS,
        edit_url=question_address("edit", question),
        key_wrong_url=question_address("key_wrong", question),
        may_correct=can_publish_questions(request.user)
        and any(not hasattr(version, "key_correction") for version in versions),
        **(facts_of(shown) if shown else {}),
    )


def shown_version(versions, number):
    """Return the version asked for; else the newest one with figures to show."""
    asked = next((v for v in versions if v.number == number), None)
    told = next((v for v in versions if has_figures(v)), None)
    return asked or told or next(iter(versions), None)


def has_figures(version):
    return (
        hasattr(version, "figures") and version.figures.answer_count >= FEWEST_ANSWERS
    )


def facts_of(version):
    """Return what the page says of one version, pictures first."""
    counted = hasattr(version, "figures")
    facts = {"answer_count": version.figures.answer_count if counted else version.given}
    if not has_figures(version):
        return facts
    values = version.figures.values
    lines = choice_lines(version, values)
    right = right_line(values)
    return facts | {
        "computed_at": version.figures.computed_at,
        "choices": lines,
        "right": None if lines else right,
        "curves": curves_of(lines or [right]),
        "bars": bars_of(lines),
        "level_counts": (values.get("curves") or {}).get("counts"),
        "figures": figures_of(version, values),
        "advice": advice_of(version.figures.flags.all()),
    }


def history_of(versions):
    """Return [(version, what changed since the one before)], the newest first."""
    return [
        (version, differences(old, version) if old else None)
        for version, old in zip_longest(versions, versions[1:])
    ]
