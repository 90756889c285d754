"""What the page of a path shows: its modules in order, what is done, what comes next.

A path is complete when each of its modules is done. One that is not published is not
shown by name and waits; to those who have done it already, it counts.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, Sum

from cms.addresses import page_url
from courses.models import ModulePage, ModuleWork, PathPage


@dataclass
class PathStep:
    """One module of a path, for one learner. `url` is empty when nobody may read it."""

    key: UUID
    title: str  # empty for a module in preparation that this learner has not done
    short: str
    minutes: int
    language: str
    url: str
    done_at: object = None  # a datetime, or None

    @property
    def is_done(self):
        return self.done_at is not None

    @property
    def is_waiting(self):
        """Nobody can do it now: it is being written or corrected."""
        return not self.url and not self.is_done


def path_context(path, request):
    steps = path_steps(path, request.user)
    done = [step for step in steps if step.is_done]
    todo = [step for step in steps if not step.is_done]
    is_complete = bool(steps) and not todo
    return {
        "steps": steps,
        "done_count": len(done),
        "minutes": sum(step.minutes for step in steps),
        "minutes_left": sum(step.minutes for step in todo),
        "next_step": next((step for step in todo if step.url), None),
        "waiting_count": sum(step.is_waiting for step in steps),
        "is_complete": is_complete,
        "certificate": certificate_of(path, request.user) if is_complete else None,
    }


def path_steps(path, learner):
    """Return a PathStep for each module of a path, in order: three queries at most."""
    modules = modules_of(path)
    done = done_dates(learner, modules)
    return [step_of(module, done.get(module.translation_key)) for module in modules]


def modules_of(path):
    """Return a path's modules in order, each in the path's language if it can be read.

    Else the version that is published in another language, else any.
    """
    ids = [row.module_id for row in path.path_modules.all()]
    chosen = ModulePage.objects.filter(pk__in=ids)
    versions = ModulePage.objects.filter(
        translation_key__in=chosen.values("translation_key")
    ).select_related("locale")
    keys = {version.pk: version.translation_key for version in versions}
    found = {}
    for page in sorted(versions, key=lambda v: (v.live, v.locale_id == path.locale_id)):
        found[page.translation_key] = page
    # Two versions of one module, in two languages, are one module.
    return [found[key] for key in dict.fromkeys(keys[pk] for pk in ids)]


def done_dates(learner, modules):
    """Return {module key: when this learner finished it}."""
    if not learner.is_authenticated:
        return {}
    works = ModuleWork.objects.visible_to(learner).exclude(done_at=None)
    keys = [module.translation_key for module in modules]
    return dict(works.filter(module_key__in=keys).values_list("module_key", "done_at"))


def step_of(module, done_at):
    language = module.locale.language_code
    is_named = module.live or done_at
    return PathStep(
        key=module.translation_key,
        title=module.title if is_named else "",
        short=module.short if is_named else "",
        minutes=module.minutes,
        language=language,
        url=page_url(module.url_path, language) if module.live else "",
        done_at=done_at,
    )


def certificate_of(path, learner):
    """Return the learner's attestation of a path that stands now, or None."""
    found = learner.certificates.current()
    return found.filter(kind="path", module_key=path.translation_key).first()


def paths_with(module):
    """Return the published paths that a module belongs to, one a path.

    Rather in the language of the module, else in another one.
    """
    pages = (
        PathPage.objects.live()
        .filter(path_modules__module__translation_key=module.translation_key)
        .select_related("locale")
        .distinct()
    )
    found = {}
    for page in sorted(pages, key=lambda page: page.locale_id == module.locale_id):
        found[page.translation_key] = page
    return list(found.values())


def path_cards(catalogue):
    """Return the published paths below a catalogue, with `module_count` and `minutes`.

    Only what can be read counts: one query.
    """
    is_live = Q(path_modules__module__live=True)
    return (
        PathPage.objects.live()
        .filter(locale=catalogue.locale_id, path__startswith=catalogue.path)
        .annotate(
            module_count=Count("path_modules", filter=is_live),
            minutes=Sum("path_modules__module__minutes", filter=is_live, default=0),
        )
        .order_by("path")
    )
