"""Attestations of paths: several modules with their days and hours, and the total."""

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from assessments.models import Competence
from certificates.deeds import Deed
from certificates.glyphs import tidy
from certificates.issue import best_passed, iso_day, issue, percent_of
from certificates.models import Certificate, Event
from certificates.wording import words_in
from courses.paths import done_dates, modules_of


class NotComplete(Exception):
    """A module of the path is not done, or its attestation was withdrawn."""


def issue_path_certificate(learner, path):
    """Return the learner's certificate of a path, in the path's language; once.

    Raises NotComplete, UnprintableName.
    """
    modules = modules_of(path)
    stated = stated_by(learner, modules)
    keys = [module.translation_key for module in modules]
    return issue(
        Deed(
            kind=Certificate.Kind.PATH,
            holder=learner,
            about=path.translation_key,
            facts=path_facts(learner, path, modules, stated),
            modules=tuple(keys),
            rests_on={
                number: stated[key].pk
                for number, key in enumerate(keys)
                if stated.get(key)
            },
        )
    )


def path_facts(learner, path, modules, stated):
    """Return all that the document will ever say, as plain JSON."""
    language = path.locale.language_code
    lines = module_lines(learner, modules, stated)
    today = timezone.localdate().isoformat()
    return {
        "kind": Certificate.Kind.PATH.value,
        "name": tidy(learner.name),
        "path_code": path.code,
        "path_title": path.title,
        "path_version": path.version,
        "modules": lines,
        "competences": competences_of(modules, language),
        "framework": words_in(language)["framework"],
        "duration_minutes": sum(line["duration_minutes"] for line in lines),
        "finished_on": max(line["finished_on"] for line in lines),
        "issued_on": today,
        "issuer": settings.WAGTAIL_SITE_NAME,
        "language": language,
    }


def module_lines(learner, modules, stated):
    """Return {code, title, version, duration_minutes, finished_on, score_percent} each.

    What the attestation of a module says is said again; one that was withdrawn counts
    for nothing. Raises NotComplete.
    """
    done = done_dates(learner, modules)
    if not modules:
        raise NotComplete
    lines = []
    for module in modules:
        key = module.translation_key
        if key not in done or stated.get(key, module) is None:
            raise NotComplete
        lines.append(line_of(learner, module, done[key], stated.get(key)))
    return lines


def stated_by(learner, modules):
    """Return {module key: its newest standing certificate}.

    None for a module of which no certificate stands any more; a module that never had
    one is missing.
    """
    own = Certificate.objects.filter(
        holder=learner,
        kind=Certificate.Kind.MODULE,
        module_key__in=[module.translation_key for module in modules],
    )
    ends = Event.objects.filter(certificate=OuterRef("pk"), kind__in=Event.ENDS)
    found = {}
    for one in own.annotate(has_ended=Exists(ends)).order_by("issued_at"):
        key = one.module_key
        found[key] = found.get(key) if one.has_ended else one
    return found


def line_of(learner, module, done_at, certificate):
    if certificate:
        facts = certificate.facts
    else:
        facts = {
            "module_version": module.version,
            "duration_minutes": module.minutes,
            "finished_on": iso_day(done_at),
            "score_percent": percent_of(best_passed(learner, module)),
        }
    return {
        "code": module.code,
        "title": module.title,
        "version": facts["module_version"],
        "duration_minutes": facts["duration_minutes"],
        "finished_on": facts["finished_on"],
        "score_percent": facts["score_percent"],
    }


def competences_of(modules, language):
    """Return the competences of all the modules, each once, by code: one query."""
    found = Competence.objects.filter(modulepage__in=modules).distinct()
    return [
        {"code": competence.code, "name": getattr(competence, f"name_{language}")}
        for competence in found.order_by("code")
    ]


def has_path_certificates(page):
    """Whether somebody holds an attestation of a path at or below a page."""
    keys = page.get_descendants(inclusive=True).values("translation_key")
    return Certificate.objects.filter(
        kind=Certificate.Kind.PATH, module_key__in=keys
    ).exists()
