"""Which modules to take next, from a placement: the areas with most to gain first."""

from django.utils.translation import gettext as _

from assessments.results import range_in_words
from cms.addresses import page_url
from courses.models import ModulePage, ModuleWork

AT_MOST = 3


def advise(placements, learner, language):
    """Return up to three modules {title, url, minutes, reason}, best first.

    A module answers when it serves one of the areas and its levels meet the range
    found there; areas whose range is lowest come first. Modules done are left out.
    """
    done = ModuleWork.objects.visible_to(learner).exclude(done_at=None)
    modules = list(
        ModulePage.objects.live()
        .filter(locale__language_code=language)
        .exclude(translation_key__in=done.values("module_key"))
        .prefetch_related("areas")
    )
    found, used = [], set()
    for placement in sorted(placements, key=lambda p: (p.low + p.high, p.area.code)):
        for module in modules:
            serves = placement.area_id in {area.pk for area in module.areas.all()}
            meets = (
                module.level_from <= placement.high and placement.low <= module.level_to
            )
            if serves and meets and module.pk not in used:
                used.add(module.pk)
                found.append(suggestion(module, placement, language))
    welcome = [m for m in modules if not m.areas.all() and m.pk not in used]
    for module in welcome:
        if len(found) < AT_MOST:
            found.append(
                {
                    "title": module.title,
                    "url": page_url(module.url_path, language),
                    "minutes": module.minutes,
                    "reason": _("A short start, to find your way here."),
                }
            )
    return found[:AT_MOST]


def suggestion(module, placement, language):
    return {
        "title": module.title,
        "url": page_url(module.url_path, language),
        "minutes": module.minutes,
        "reason": _(
            "Your answers in “%(area)s” point to: %(range)s. This module is made for "
            "levels %(low)d to %(high)d."
        )
        % {
            "area": placement.area.short,
            "range": range_in_words(placement),
            "low": module.level_from,
            "high": module.level_to,
        },
    }
