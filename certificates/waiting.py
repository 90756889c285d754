"""What was finished, and whose attestation could not be issued that day."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from certificates.deeds import Deed, key_of
from certificates.issue import best_passed
from certificates.models import Certificate, HolderSalt
from certificates.paths import NotComplete, path_facts, stated_by
from certificates.renewal import modules_in
from courses.models import ModuleWork, PathModule, PathPage
from courses.paths import modules_of

Kind = Certificate.Kind


@dataclass(frozen=True)
class Unissued:
    """What may be issued now, as pages."""

    modules: list
    paths: list

    def __bool__(self):
        return bool(self.modules or self.paths)


def unissued(learner, language) -> Unissued:
    """Return what a learner finished and never received, whatever became of it since.

    Modules whose check is passed: her name could not be printed. Paths: the same, where
    no module has a check that would bring the attestation of the path along; or they
    were published after their modules were done. Three queries when there is nothing.
    """
    salt, done = finished(learner)
    complete = completed_paths(done)
    modules, paths = never_issued(learner, salt, done, complete)
    return Unissued(
        modules=[
            module
            for module in modules_in(language, modules).values()
            if best_passed(learner, module) is not None
        ],
        paths=[
            path
            for path in pages_in(language, [complete[key] for key in paths])
            if is_complete(learner, path)
        ],
    )


def finished(learner):
    """Return (the learner's salt or None, {the keys of the modules done})."""
    salts = HolderSalt.objects.filter(holder=OuterRef("learner")).values("salt")
    done = ModuleWork.objects.filter(learner=learner, done_at__isnull=False)
    rows = list(done.values_list(Subquery(salts), "module_key"))
    return (rows[0][0] if rows else None), {key for _salt, key in rows}


def completed_paths(done):
    """Return {key of a path: [ids of its published pages whose modules are done]}."""
    if not done:
        return {}
    rows = PathModule.objects.filter(path__live=True).values_list(
        "path__translation_key", "path", "module__translation_key"
    )
    modules, found = {}, {}
    for key, page, module in rows:
        modules.setdefault((key, page), set()).add(module)
    for (key, page), needed in modules.items():
        if needed <= done:
            found.setdefault(key, []).append(page)
    return found


def never_issued(learner, salt, modules, paths):
    """Return (keys of modules, keys of paths) that never gave a certificate."""
    if salt is None:
        return list(modules), list(paths)
    deeds = {
        key_of(Deed(kind=kind, holder=learner, about=about, facts={}), salt): (
            kind,
            about,
        )
        for kind, abouts in ((Kind.MODULE, modules), (Kind.PATH, paths))
        for about in abouts
    }
    issued = Certificate.objects.filter(idempotency_key__in=deeds)
    for key in issued.values_list("idempotency_key", flat=True):
        del deeds[key]
    left = list(deeds.values())
    return (
        [about for kind, about in left if kind == Kind.MODULE],
        [about for kind, about in left if kind == Kind.PATH],
    )


def pages_in(language, groups):
    """Return one page of each group of ids, rather in a language."""
    if not groups:
        return []
    pages = PathPage.objects.select_related("locale").in_bulk(sum(groups, []))
    return [
        min(
            (pages[pk] for pk in group),
            key=lambda page: page.locale.language_code != language,
        )
        for group in groups
    ]


def is_complete(learner, path):
    """Whether nothing else keeps the attestation of a path from being issued."""
    modules = modules_of(path)
    try:
        path_facts(learner, path, modules, stated_by(learner, modules))
    except NotComplete:
        return False
    return True
