"""The page of a question's figures, and the one that says that its key was wrong."""

from itertools import zip_longest

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from assessments import corrections
from assessments.admin.drawings import bars_of, choice_lines, curves_of, right_line
from assessments.admin.figures import figures_of
from assessments.admin.flags import FEWEST_ANSWERS, advice_of
from assessments.admin.forms import KeyWrongForm, VersionForm
from assessments.admin.listing import figures_url
from assessments.admin.page import page, question_address
from assessments.admin.permissions import (
    can_publish_questions,
    can_read_bank,
    only_if,
)
from assessments.admin.small_numbers import said, said_parts
from assessments.admin.versions import differences
from assessments.models import Question, Response


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


# --- the key was wrong ----------------------------------------------------------------


@only_if(can_publish_questions)
def key_wrong(request, pk):
    question = get_object_or_404(Question, pk=pk)
    form = KeyWrongForm(correctable(question), request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        if form.cleaned_data["is_confirmed"]:
            return correct(request, version, form.cleaned_data["reason"])
        found = in_numbers(corrections.preview(version))
    return page(
        request,
        "assessments/admin/key_wrong.html",
        _("The key was wrong"),
        question=question,
        form=form,
        found=found,
        figures_url=figures_url(question),
        parents=[(figures_url(question), _("Figures"))],
    )


def correctable(question):
    """Return the versions whose key holds so far, the newest with answers first."""
    answered = Response.objects.filter(question_version=OuterRef("pk"))
    answered = answered.exclude(answered_at=None)
    versions = question.versions.filter(key_correction=None)
    return versions.annotate(has_answers=Exists(answered)).order_by(
        "-has_answers", "-number"
    )


def correct(request, version, reason):
    """Mend the results, say how many, and go back to the figures."""
    correction = corrections.correct_key(version, request.user, reason)
    message = _(
        "The answers to this version do not count any more. Results computed again: "
        "%(count)s."
    )
    messages.success(request, message % {"count": said(correction.results.count())})
    return redirect(figures_url(version.question))


def in_numbers(found):
    """Return a Preview in words: no number tells of fewer than eight people."""
    unchanged = found.result_count - found.changed_count
    not_passed = found.check_count - found.passed_count
    # By range, not by count: the order of hidden numbers would say something of them.
    moves = sorted(
        found.overall.items(), key=lambda move: (move[0][0], move[0][1] or ())
    )
    counts = said_parts([count for _move, count in moves])
    return {
        "is_empty": not (found.result_count or found.check_count),
        "answers": said(found.answer_count),
        "results": said(found.result_count),
        "changed": said_parts([found.changed_count, unchanged])[0],
        "checks": said(found.check_count),
        "passed": said_parts([found.passed_count, not_passed])[0],
        "moves": [
            {"before": range_words(before), "after": range_words(after), "count": count}
            for ((before, after), _count), count in zip(moves, counts, strict=True)
        ],
    }


def range_words(ends):
    """Return a range of levels (low, high) in words; None is no result."""
    if ends is None:
        return _("not enough answers any more")
    low, high = ends
    if low == high:
        return _("level %(level)d") % {"level": low}
    return _("level %(low)d to %(high)d") % {"low": low, "high": high}
