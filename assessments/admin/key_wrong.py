"""The pages that say that a key was wrong: which, what that changes, then the deed."""

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import key_doubts
from assessments.admin.forms import KeyWrongForm
from assessments.admin.listing import figures_url
from assessments.admin.page import page, question_address
from assessments.admin.permissions import can_publish_questions, only_if
from assessments.admin.small_numbers import said, said_parts
from assessments.corrections import Preview
from assessments.models import KeyCorrection, KeyDoubt, Question, Response

SECONDS_BETWEEN_LOOKS = 3


@only_if(can_publish_questions)
def key_wrong(request, pk):
    """Which version, and what was wrong with its key."""
    question = get_object_or_404(Question, pk=pk)
    form = KeyWrongForm(correctable(question), request.POST or None)
    if request.method == "POST" and form.is_valid():
        doubt = key_doubts.raise_doubt(
            form.cleaned_data["version"], request.user, form.cleaned_data["reason"]
        )
        return redirect(doubt_url(doubt))
    return page(
        request,
        "assessments/admin/key_wrong.html",
        _("The key was wrong"),
        question=question,
        form=form,
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


def doubt_url(doubt):
    name = Question.snippet_viewset.get_url_name("key_doubt")
    return reverse(name, args=[doubt.question_version.question_id, doubt.pk])


@only_if(can_publish_questions)
def key_doubt(request, pk, doubt):
    """What a correction would change, then how far it is; looks again by itself."""
    doubts = KeyDoubt.objects.select_related("question_version__question", "made_by")
    found = get_object_or_404(doubts, pk=doubt, question_version__question=pk)
    if request.method == "POST":
        go_on(found, request.user)
        return redirect(doubt_url(found))
    question = found.question_version.question
    looks_again = found.is_under_way and "still" not in request.GET
    response = page(
        request,
        "assessments/admin/key_doubt.html",
        _("The key was wrong"),
        question=question,
        doubt=found,
        looks_again=looks_again,
        seconds=SECONDS_BETWEEN_LOOKS,
        address=doubt_url(found),
        edit_url=question_address("edit", question),
        figures_url=figures_url(question),
        parents=[(figures_url(question), _("Figures"))],
        **facts_of(found),
    )
    if looks_again:
        response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


def go_on(doubt, user):
    """Do what the only button of the page asks for; nothing when there is none."""
    if doubt.state == KeyDoubt.State.COUNTED:
        key_doubts.confirm(doubt, user)
    elif doubt.stands_still:
        key_doubts.begin(doubt)


def facts_of(doubt):
    """Return what was found, or what was done, in words."""
    if doubt.state == KeyDoubt.State.COUNTED:
        return {"found": in_numbers(Preview.from_dict(doubt.counts))}
    if doubt.state == KeyDoubt.State.MENDED:
        correction = KeyCorrection.objects.get(question_version=doubt.question_version)
        return {"mended": said(correction.results.count())}
    return {}


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
