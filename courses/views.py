import csv
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.models import Page

from assessments.models import Attempt
from assessments.starting import start_check
from cms.sheets import as_text
from courses import scenarios
from courses.assignments import assign as assign_module
from courses.dashboard import dashboard_context
from courses.follow_up import follow_up, own_lines
from courses.forms import AssignForm, EraseNoteForm, NoteForm
from courses.models import (
    Assignment,
    CheckPage,
    JournalEntry,
    LessonPage,
    ModulePage,
    ScenarioPage,
    ScenarioRun,
)
from courses.progress import begin_module, mark_done, marked_steps, start_run
from courses.reading import booklet_steps
from people.models import Membership, Organisation


def page_in_language(model, key):
    """Return the published page with this key, rather in the language of the address.

    None when it is not published in any language.
    """
    pages = model.objects.live().filter(translation_key=key)
    return pages.filter(locale__language_code=get_language()).first() or pages.first()


def page_or_404(model, key):
    page = page_in_language(model, key)
    if page is None:
        raise Http404
    return page


# --- a learner's own pages ------------------------------------------------------------


@login_required
def dashboard(request):
    context = dashboard_context(request.user, get_language())
    return render(request, "courses/dashboard.html", context)


def employer_view(request):
    """What an employer sees: the rule for all, and one's own line when signed in."""
    lines = []
    if request.user.is_authenticated:
        lines = own_lines(request.user, get_language())
    organisations = list(Organisation.objects.of_member(request.user))
    return render(
        request,
        "courses/employer_view.html",
        {"lines": lines, "organisations": organisations},
    )


@login_required
@require_http_methods(["GET", "POST"])
def journal(request):
    """One's private notes: read, taken away as text, erased."""
    entries = JournalEntry.objects.visible_to(request.user).order_by("-updated_at")
    if request.method == "POST":
        form = EraseNoteForm(request.POST)
        if not form.is_valid():
            raise Http404
        get_object_or_404(entries, pk=form.cleaned_data["entry"]).delete()
        messages.success(request, _("The note is erased."))
        return redirect("courses:journal")
    if "text" in request.GET:
        content = "\n\n---\n\n".join(
            f"{timezone.localdate(entry.updated_at)}\n{entry.prompt}\n\n{entry.text}"
            for entry in entries
        )
        response = HttpResponse(content, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="notes.txt"'
        return response
    return render(request, "courses/journal.html", {"entries": entries})


@login_required
def calendar(request, pk):
    """The due date of an assignment, for the learner's own calendar."""
    assignment = get_object_or_404(
        Assignment.objects.current().filter(learner=request.user), pk=pk
    )
    module = page_or_404(ModulePage, assignment.module_key)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Repere//FR",
        "BEGIN:VEVENT",
        f"UID:assignment-{assignment.pk}@repere",
        f"DTSTAMP:{timezone.now():%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{assignment.due_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{assignment.due_on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{ics_text(module.title)}",
        f"URL:{request.build_absolute_uri(module.get_url(request))}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    response = HttpResponse("\r\n".join(lines), content_type="text/calendar")
    response["Content-Disposition"] = 'attachment; filename="repere.ics"'
    return response


def ics_text(text):
    """Return text as RFC 5545 wants it: commas, semicolons, backslashes escaped."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


# --- modules and their steps ----------------------------------------------------------


@login_required
@require_POST
def begin(request, key):
    """Begin a module, or go on: leads to its first step that is not done."""
    module = page_or_404(ModulePage, key)
    begin_module(request.user, module)
    steps = marked_steps(request.user, module)
    todo = [step for step in steps if not step.is_done] or steps
    return redirect(todo[0].url if todo else module.get_url(request))


@login_required
@require_POST
def step_done(request, key):
    """A lesson is read: go to the next step, or back to a module that is complete."""
    lesson = page_or_404(LessonPage, key)
    steps = mark_done(request.user, lesson)
    place = [step.key for step in steps].index(lesson.translation_key)
    if all(step.is_done for step in steps):
        messages.success(request, _("This module is complete. Well done."))
        return redirect(lesson.get_parent().get_url(request))
    following = steps[place + 1 :] or [step for step in steps if not step.is_done]
    return redirect(following[0].url)


def booklet(request, key):
    """A whole module on paper."""
    module = page_or_404(ModulePage, key)
    if module.locale.language_code != get_language():
        return redirect("cms:page", key)
    return render(
        request,
        "courses/booklet.html",
        {
            "module": module,
            "steps": booklet_steps(module),
            "today": timezone.localdate(),
        },
    )


@login_required
@require_POST
def save_note(request, key):
    """Keep a private reflection; an empty one is erased."""
    lesson = page_or_404(LessonPage, key)
    prompts = [b.value["prompt"] for b in lesson.body if b.block_type == "reflection"]
    if not prompts:
        raise Http404
    own = JournalEntry.objects.visible_to(request.user).filter(step_key=key)
    entry = own.first() or JournalEntry(learner=request.user, step_key=key)
    entry.prompt = prompts[0]
    form = NoteForm(request.POST, instance=entry)
    if form.is_valid():
        if form.cleaned_data["text"].strip():
            form.save()
            messages.success(request, _("Your note is saved. Only you can read it."))
        elif entry.pk:
            entry.delete()
            messages.success(request, _("The note is erased."))
    return redirect(f"{lesson.get_url(request)}#reflection")


# --- the call -------------------------------------------------------------------------


@login_required
@require_POST
def start_call(request, key):
    return redirect(start_run(request.user, page_or_404(ScenarioPage, key)))


@login_required
@require_http_methods(["GET", "POST"])
def run(request, pk):
    """One moment of a call; at its end, the debrief."""
    the_run = get_object_or_404(
        ScenarioRun.objects.visible_to(request.user).select_related("version"), pk=pk
    )
    if request.method == "POST":
        return take_turn(request, pk)
    graph = the_run.version.graph
    if graph.get("language", get_language()) != get_language():
        # The call itself has one language: say so, rather than mix two on a page.
        return redirect("cms:page", the_run.version.step_key)
    name, turns, measures = scenarios.play(graph, the_run.path)
    context = {"run": the_run, "turns": turns, "turn": len(turns)}
    if name in graph["endings"]:
        return render(
            request,
            "courses/debrief.html",
            context
            | {
                "ending": graph["endings"][name],
                "measures": [
                    m | {"end": measures[m["key"]]} for m in graph["measures"]
                ],
            },
        )
    return render(
        request,
        "courses/call.html",
        context | {"node": graph["nodes"][name], "last": turns[-1] if turns else None},
    )


@transaction.atomic
def take_turn(request, pk):
    """Keep a choice, once: the turn that it answers is in the form."""
    the_run = (
        ScenarioRun.objects.visible_to(request.user)
        .select_for_update(of=("self",))
        .select_related("version")
        .get(pk=pk)
    )
    graph = the_run.version.graph
    turn, number = request.POST.get("turn", ""), request.POST.get("choice", "")
    is_now = turn == str(len(the_run.path)) and the_run.finished_at is None
    if not is_now:
        return redirect(the_run)
    if not number.isdigit():
        messages.info(request, _("Choose what you say, then go on."))
        return redirect(the_run)
    try:
        name, _turns, _measures = scenarios.play(graph, [*the_run.path, int(number)])
    except ValueError:
        messages.info(request, _("This answer is not one of the choices."))
        return redirect(the_run)
    the_run.path = [*the_run.path, int(number)]
    if name in graph["endings"]:
        the_run.finished_at = timezone.now()
    the_run.save(update_fields=["path", "finished_at"])
    scenario = page_in_language(ScenarioPage, the_run.version.step_key)
    if the_run.finished_at and scenario:  # unpublished meanwhile, it counts no more
        mark_done(request.user, scenario)
    return redirect(the_run)


# --- checks ---------------------------------------------------------------------------


@login_required
@require_POST
def begin_check(request, key):
    check = page_or_404(CheckPage, key)
    questions = check.check_questions.filter(question__live=True)
    if not questions:
        messages.info(request, _("There is no question to ask yet."))
        return redirect(check.get_url(request))
    begin_module(request.user, check.get_parent())
    attempt = start_check(
        request.user,
        get_language(),
        check.translation_key,
        [row.question_id for row in questions],
        check.draw,
        check.pass_mark,
    )
    return redirect(attempt)


@login_required
def check_result(request, pk):
    attempt = get_object_or_404(
        Attempt.objects.visible_to(request.user).finished(),
        pk=pk,
        step_key__isnull=False,
    )
    check = page_or_404(CheckPage, attempt.step_key)
    module = check.get_parent()
    responses = list(
        attempt.responses.select_related("question_version__competence").order_by(
            "position"
        )
    )
    steps = marked_steps(request.user, module)
    own = request.user.certificates.filter(module_key=module.translation_key)
    return render(
        request,
        "courses/check_result.html",
        {
            "attempt": attempt,
            "check": check,
            "module": module,
            "right_count": sum(r.is_right for r in responses),
            "total": len(responses),
            "to_review": sorted(
                {r.question_version.competence for r in responses if not r.is_right},
                key=lambda competence: competence.code,
            ),
            "steps_left": [step for step in steps if not step.is_done],
            "has_attestation": own.current().exists(),
            "had_attestation": own.exists(),
        },
    )


# --- the team -------------------------------------------------------------------------


def managed_members(user):
    """The current members of the organisations that a person manages, or a 403."""
    if not user.manages_people:
        raise PermissionDenied
    return (
        Membership.objects.managed_by(user)
        .select_related("user", "organisation")
        .order_by("user__name")
    )


@login_required
def team(request):
    """Who was asked for what, by when, and where it stands; nothing else."""
    members = list(managed_members(request.user))
    lines = follow_up(request.user, get_language())
    return render(
        request,
        "courses/team.html",
        {
            "organisations": sorted({str(m.organisation) for m in members}),
            "member_count": len(members),
            "lines": lines,
        },
    )


@login_required
def team_sheet(request):
    """The same table as `team`, for a spreadsheet: the same lines, nothing more."""
    managed_members(request.user)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="repere.csv"'
    response.write("\ufeff")  # so that spreadsheets read accents right
    sheet = csv.writer(response, delimiter=";")
    sheet.writerow(
        [_("Person"), _("Module"), _("To be done by"), _("State"), _("Done on")]
        + [_("Attestation")]
    )
    for line in follow_up(request.user, get_language()):
        sheet.writerow(
            [
                as_text(line.person),
                as_text(line.module),
                line.due_on.isoformat(),
                line.state_name,
                line.done_on.isoformat() if line.done_on else "",
                _("Yes") if line.has_attestation else _("No"),
            ]
        )
    return response


@login_required
@require_http_methods(["GET", "POST"])
def assign(request):
    """Ask people to finish a module by a date."""
    members = managed_members(request.user)
    modules = ModulePage.objects.live().filter(locale__language_code=get_language())
    form = AssignForm(request.POST or None, modules, members)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        outcome = assign_module(
            chosen["module"],
            members.filter(pk__in=chosen["people"]),
            request.user,
            chosen["due_on"],
            chosen["why"],
        )
        messages.success(
            request,
            ngettext(
                "The module is assigned to %(count)d person.",
                "The module is assigned to %(count)d people.",
                outcome.created,
            )
            % {"count": outcome.created},
        )
        if outcome.already:
            messages.info(
                request,
                ngettext(
                    "%(count)d person already had it and keeps the date set before.",
                    "%(count)d people already had it and keep the date set before.",
                    outcome.already,
                )
                % {"count": outcome.already},
            )
        return redirect("courses:team")
    return render(request, "courses/assign.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request, pk):
    """Take an assignment back; what the person has done stays hers."""
    members = managed_members(request.user)
    assignment = get_object_or_404(
        Assignment.objects.current().filter(
            organisation__in=members.values("organisation")
        ),
        pk=pk,
    )
    if request.method == "POST":
        assignment.delete()
        messages.success(request, _("The assignment is withdrawn."))
        return redirect("courses:team")
    return render(
        request,
        "courses/withdraw.html",
        {"assignment": assignment, "module": title_of(assignment.module_key)},
    )


def title_of(key):
    pages = Page.objects.filter(translation_key=key)
    here = pages.filter(locale__language_code=get_language()).first()
    page = here or pages.first()
    return page.title if page else ""
