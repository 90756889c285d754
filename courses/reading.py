"""What the pages of a module show to the person who reads them."""

from django.utils import timezone
from django.utils.translation import get_language

from assessments.models import Attempt
from courses.models import Assignment, JournalEntry, ScenarioRun
from courses.progress import mark_each, marked_steps, module_and_steps


def module_context(module, request):
    steps = marked_steps(request.user, module)
    todo = [step for step in steps if not step.is_done]
    return {
        "module": module,
        "steps": steps,
        "done_count": len(steps) - len(todo),
        "next_step": todo[0] if todo else None,
        "is_complete": bool(steps) and not todo,
        # A module without a check ends without one.
        "gives_attestation": any(step.kind == "check" for step in steps),
        "assignment": Assignment.objects.visible_to(request.user)
        .filter(learner=request.user, module_key=module.translation_key)
        .select_related("organisation")
        .first()
        if request.user.is_authenticated
        else None,
        "competences": module.competences.select_related("area"),
    }


def step_context(page, request):
    """The step among its neighbours. A preview of a new page has no module yet."""
    module, steps = module_and_steps(page) if page.path else (None, [])
    mark_each(request.user, steps)
    places = [n for n, step in enumerate(steps) if step.key == page.translation_key]
    place = places[0] if places else 0
    return {
        "module": module,
        "module_url": module.url if module else "",
        "steps": steps,
        "place": place + 1,
        "is_done": bool(places) and steps[place].is_done,
        "previous_step": steps[place - 1] if place > 0 else None,
        "next_step": steps[place + 1] if place + 1 < len(steps) else None,
    }


def lesson_context(page, request):
    has_reflection = any(block.block_type == "reflection" for block in page.body)
    entry = None
    if has_reflection and request.user.is_authenticated:
        entry = (
            JournalEntry.objects.visible_to(request.user)
            .filter(step_key=page.translation_key)
            .first()
        )
    return {"journal_entry": entry, "today": timezone.localdate()}


def scenario_context(page, request):
    runs = ScenarioRun.objects.visible_to(request.user).filter(
        version__step_key=page.translation_key,
        version__graph__language=get_language(),
    )
    return {"open_run": runs.filter(finished_at=None).order_by("-started_at").first()}


def check_context(page, request):
    """What stands before the check may begin: the steps that are not done yet."""
    attempts = Attempt.objects.visible_to(request.user).filter(
        step_key=page.translation_key
    )
    return {"last_attempt": attempts.order_by("-started_at").first()}


def booklet_steps(module):
    """Return the module's published steps, whole, in order, to print them together."""
    return [child.specific for child in module.get_children().live().specific()]
