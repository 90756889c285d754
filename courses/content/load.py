"""From a package to pages and snippets. What an editor has changed is left alone."""

import hashlib
import json
import uuid
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.text import slugify
from wagtail.blocks import StreamBlock
from wagtail.images.models import Image
from wagtail.models import Locale, get_root_collection_id

from assessments.models import (
    Area,
    Competence,
    Level,
    LevelDescriptor,
    Question,
    Statement,
)
from cms.models import HomePage, LoadedContent, TextPage
from courses.blocks import LESSON_BLOCKS
from courses.content.files import TEXT, ContentError, TextFile, graph_from_file, slug_of
from courses.content.paths import LANGUAGES, path_fields
from courses.content.questions import fill, image_from
from courses.models import (
    CataloguePage,
    CheckPage,
    CheckQuestion,
    LessonPage,
    ModulePage,
    PathModule,
    PathPage,
    ScenarioPage,
)
from courses.scenarios import write_effects

STREAM = StreamBlock(LESSON_BLOCKS)
SPACE = uuid.UUID("0e1f7c52-6b1d-4c6e-9a57-5d0b3c1f2a44")
PAGE_KEYS = {
    "aide": "help",
    "accessibilite": "accessibility",
    "vie-privee": "privacy",
    "mentions": "legal",
    "mesure": "measure",
}


@dataclass
class Report:
    """How many things were created, updated, unchanged; and what was left alone."""

    counts: Counter = field(default_factory=Counter)
    left_alone: list[str] = field(default_factory=list)


def key_of(name):
    """Return the translation key of a thing: the same in every language, for ever."""
    return uuid.uuid5(SPACE, name)


def checksum(data):
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class Loader:
    """Loads one package in one transaction; `progress` is called with each name."""

    def __init__(self, package, progress=lambda name: None):
        self.package = package
        self.progress = progress
        self.report = Report()
        self.known = {row.path: row for row in LoadedContent.objects.all()}
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}

    @transaction.atomic
    def load(self):
        self.load_framework()
        for bank, purpose in (
            (self.package.bank, Question.Purpose.PLACEMENT),
            (self.package.practice, Question.Purpose.PRACTICE),
        ):
            for area in sorted(bank):
                for question in bank[area]:
                    self.load_question(question, purpose)
        for module in self.package.modules:
            for question in module.questions:
                self.load_question(question, Question.Purpose.CHECK)
        for module in self.package.modules:
            for language in sorted(module.languages, reverse=True):
                self.load_module(module, language)
        for path in self.package.paths:
            for language in LANGUAGES:
                self.load_path(path, language)
        for language, pages in self.package.pages.items():
            self.load_pages(language, pages)
        return self.report

    # --- what is new, what has changed, and by whom -----------------------------------

    def sync(self, path, data, found, build):
        """Create or update one thing and publish it; returns it, or None if deleted.

        `found` is what exists already, `build(found)` returns it filled from the file
        and saved.
        """
        self.progress(path)
        known, fresh = self.known.get(path), checksum(data)
        if known and found is None:
            self.report.left_alone.append(f"{path} (deleted in the CMS)")
            return None
        if known is None and found is not None:
            self.report.left_alone.append(f"{path} (made in the CMS)")
            return found
        if known and known.state != str(found.latest_revision_id):
            if known.checksum != fresh:
                self.report.left_alone.append(path)
            self.report.counts["unchanged"] += 1
            return found
        if known and known.checksum == fresh:
            self.report.counts["unchanged"] += 1
            return found
        if found is not None and not getattr(found, "live", True):
            self.report.left_alone.append(f"{path} (unpublished in the CMS)")
            self.report.counts["unchanged"] += 1
            return found
        try:
            made = build(found)
        except ValidationError as error:
            raise ContentError(path, 1, " ".join(error.messages)) from error
        revision = made.save_revision()
        if hasattr(made, "live"):
            revision.publish()
        made.refresh_from_db(fields=["latest_revision"])
        self.report.counts["updated" if known else "created"] += 1
        row, _created = LoadedContent.objects.update_or_create(
            path=path,
            defaults={"checksum": fresh, "state": str(made.latest_revision_id)},
        )
        self.known[path] = row
        return made

    def sync_row(self, path, model, lookup, values):
        def build(found):
            row = found or model(**lookup)
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
            return row

        found = model.objects.filter(**lookup).first()
        return self.sync(path, [str(lookup), values], found, build)

    # --- framework and questions ------------------------------------------------------

    def load_framework(self):
        framework = self.package.framework
        for area in framework["areas"]:
            self.sync_row(
                f"framework/{area['code']}",
                Area,
                {"code": area["code"]},
                both("name", area) | both("short", area) | both("description", area),
            )
        areas = {area.code: area for area in Area.objects.all()}
        for competence in framework["competences"]:
            self.sync_row(
                f"framework/{competence['code']}",
                Competence,
                {"code": competence["code"]},
                both("name", competence) | {"area_id": areas[competence["area"]].pk},
            )
        for level in framework["levels"]:
            self.sync_row(
                f"framework/level-{level['number']}",
                Level,
                {"number": level["number"]},
                both("meaning", level),
            )
        for row in framework["descriptors"]:
            self.sync_row(
                f"framework/{row['area']}-level-{row['level']}",
                LevelDescriptor,
                {"area_id": areas[row["area"]].pk, "level_id": row["level"]},
                both("text", row),
            )
        for row in self.package.statements:
            reference = row["id"].lower()
            self.sync_row(
                f"framework/statement-{reference}",
                Statement,
                {"reference": reference},
                both("text", row)
                | {"area_id": areas[row["area"]].pk, "level": row["level"]},
            )

    def load_question(self, data, purpose):
        competences = self.competences()

        def build(found):
            question = found or Question(reference=data["id"].lower(), live=False)
            question.purpose = purpose
            question.competence_id = competences[data["competence"]]
            fill(question, data, self.picture(data.get("picture")))
            question.save()
            return question

        found = Question.objects.filter(reference=data["id"].lower()).first()
        facts = [purpose, data]
        if "picture" in data:
            facts.append(image_from(self.package.pictures[data["picture"]]).file_hash)
        return self.sync(f"questions/{data['id']}", facts, found, build)

    def picture(self, name):
        """Return the image of a picture of the folder, made once; None without one."""
        if name is None:
            return None
        path = self.package.pictures[name]
        image = image_from(path)
        found = Image.objects.filter(file_hash=image.file_hash).first()
        if found:
            return found
        image.collection_id = get_root_collection_id()
        image.file = File(BytesIO(path.read_bytes()), name)
        image.save()
        return image

    def competences(self):
        if not hasattr(self, "_competences"):
            self._competences = dict(Competence.objects.values_list("code", "pk"))
        return self._competences

    # --- modules ----------------------------------------------------------------------

    def load_module(self, module, language):
        code = module.meta["code"]
        steps = module.languages[language]
        catalogue = CataloguePage.objects.get(locale=self.locales[language])
        page = self.sync_page(
            f"modules/{code}/{language}/index",
            key_of(code),
            ModulePage,
            catalogue,
            module_fields(module.meta, steps["index"]),
            self.module_relations(module.meta),
        )
        for number in sorted(n for n in steps if n != "index"):
            step = steps[number]
            if page is None:
                continue
            name = f"modules/{code}/{language}/{number:02d}"
            slug = slug_of(module.folder / language, number)
            model, fields = step_fields(step, slug, module.meta)
            relations = {}
            if model is CheckPage:
                relations = {"check_questions": self.check_questions(module)}
            self.sync_page(
                name, key_of(f"{code}/{number:02d}"), model, page, fields, relations
            )

    def module_relations(self, meta):
        codes = meta.get("competences") or []
        return {
            "areas": list(Area.objects.filter(code__in=meta.get("areas") or [])),
            "competences": list(Competence.objects.filter(code__in=codes)),
        }

    def check_questions(self, module):
        references = [question["id"].lower() for question in module.questions]
        found = {
            q.reference: q for q in Question.objects.filter(reference__in=references)
        }
        return [
            CheckQuestion(question=found[reference], sort_order=number)
            for number, reference in enumerate(references)
            if reference in found
        ]

    def sync_page(self, path, key, model, parent, fields, relations=None):
        locale = parent.locale

        def build(found):
            page = found or model(locale=locale, translation_key=key)
            for name, value in fields.items():
                setattr(page, name, value)
            if found is None:
                page.live = False
                parent.add_child(instance=page)
            for name, value in (relations or {}).items():
                setattr(page, name, value)
            if found is not None or relations:
                page.save()
            return page

        found = model.objects.filter(locale=locale, translation_key=key).first()
        data = [
            fields,
            {k: [name_of(v) for v in vs] for k, vs in (relations or {}).items()},
        ]
        return self.sync(path, data, found, build)

    # --- paths ------------------------------------------------------------------------

    def load_path(self, data, language):
        catalogue = CataloguePage.objects.get(locale=self.locales[language])
        slug = slug_from(data[language]["title"])
        self.sync_page(
            f"paths/{data['code']}/{language}",
            key_of(f"paths/{data['code']}"),
            PathPage,
            catalogue,
            path_fields(data, language, slug),
            {"path_modules": self.path_modules(data["modules"], catalogue.locale)},
        )

    def path_modules(self, codes, locale):
        """Return the rows of a path, in order; a module deleted in the CMS is left."""
        pages = ModulePage.objects.filter(locale=locale)
        found = {page.translation_key: page for page in pages}
        modules = [found[key_of(code)] for code in codes if key_of(code) in found]
        return [
            PathModule(module=module, sort_order=number)
            for number, module in enumerate(modules)
        ]

    # --- site pages -------------------------------------------------------------------

    def load_pages(self, language, pages):
        home = HomePage.objects.get(locale=self.locales[language])
        for name, page in pages.items():
            if name == "accueil":
                self.load_home(home, language, page)
                continue
            self.sync_page(
                f"pages/{language}/{name}",
                key_of(f"pages/{name}"),
                TextPage,
                home,
                {
                    "title": page.meta["title"],
                    "slug": page.meta.get("slug") or name,
                    "summary": page.meta.get("summary", "").strip(),
                    "body": "".join(b.value["text"] for b in page.blocks),
                    "key": PAGE_KEYS.get(name, ""),
                },
            )

    def load_home(self, home, language, page):
        path = f"pages/{language}/accueil"
        data = page.meta | {"body": [block.value for block in page.blocks]}

        def build(found):
            found.title = page.meta["title"]
            found.lead = page.meta["lead"]
            found.body = json.dumps(home_body(page, home.locale))
            found.save()
            return found

        known = self.known.get(path)
        if known is None and home.latest_revision_id is None:
            # The empty page of the migration: nobody has written on it yet.
            self.known[path] = LoadedContent(path=path, checksum="", state="None")
        self.sync(path, data, home, build)


def name_of(row):
    """Return what a related row is called for ever: its wording may change."""
    if isinstance(row, PathModule):
        return row.module.code
    return row.question.reference if isinstance(row, CheckQuestion) else row.code


def both(name, data):
    return {f"{name}_{code}": data[name][code].strip() for code in ("fr", "en")}


def html_of(file: TextFile):
    return "".join(block.value["text"] for block in file.blocks if block.kind == TEXT)


def module_fields(meta, index: TextFile):
    return {
        "title": index.meta["title"],
        "slug": index.meta.get("slug") or slug_from(index.meta["title"]),
        "code": meta["code"],
        "short": index.meta["short"].strip(),
        "objectives": "\n".join(index.meta["objectives"]),
        "summary": index.meta["summary"].strip(),
        "audience": index.meta.get("audience", ""),
        "intro": html_of(index),
        "level_from": meta["level_from"],
        "level_to": meta["level_to"],
        "minutes": meta["minutes"],
        "version": meta["version"],
    }


def slug_from(title):
    return slugify(title.replace("’", "-").replace("'", "-"))[:80].strip("-")


def step_fields(step, slug, meta):
    """Return the page model of a step and its fields."""
    if isinstance(step, dict):
        return ScenarioPage, scenario_fields(step, slug)
    common = {
        "title": step.meta["title"],
        "slug": slug,
        "minutes": step.meta.get("minutes", 5),
        "summary": step.meta.get("summary", "").strip(),
    }
    if step.meta.get("kind") == "check":
        check = meta.get("check", {})
        return CheckPage, common | {
            "intro": html_of(step),
            "draw": check.get("draw", 8),
            "pass_mark": check.get("pass_mark", 0.75),
        }
    return LessonPage, common | {"body": json.dumps(lesson_body(step, slug))}


def lesson_body(step, slug):
    for block in step.blocks:
        clean_block(block, step.path)
    return [
        {
            "type": block.kind,
            "id": str(uuid.uuid5(SPACE, f"{slug}/{number}")),
            "value": block_value(block),
        }
        for number, block in enumerate(step.blocks)
    ]


def clean_block(block, path):
    """Refuse what the CMS would refuse: saving a page does not look into its blocks."""
    its_block = STREAM.child_blocks[block.kind]
    try:
        its_block.clean(its_block.to_python(block_value(block)))
    except ValidationError as error:
        faults = [
            f"{name}: {' '.join(fault.messages)}"
            for name, fault in getattr(error, "block_errors", {}).items()
        ]
        remedy = "; ".join(faults) or " ".join(error.messages)
        raise ContentError(path, block.line, remedy) from error


def block_value(block):
    value = dict(block.value)
    if block.kind == "fact":
        value["year"] = str(value["year"])
    if block.kind == "legal":
        value.setdefault("country", "France")
    return value


def scenario_fields(data, slug):
    graph = graph_from_file(data)
    return {
        "title": data["title"],
        "slug": slug,
        "minutes": data.get("minutes", 8),
        "summary": data.get("summary", "").strip(),
        "intro": data["intro"].strip(),
        "role": data.get("role", ""),
        "start": data["start"],
        "measures": json.dumps(stream("measure", data["measures"])),
        "nodes": json.dumps(
            stream(
                "moment",
                [
                    {"id": name}
                    | node
                    | {
                        "choices": [
                            choice | {"effects": write_effects(choice["effects"])}
                            for choice in node["choices"]
                        ]
                    }
                    for name, node in graph["nodes"].items()
                ],
            )
        ),
        "endings": json.dumps(
            stream(
                "ending",
                [{"is_success": False} | ending for ending in data["endings"]],
            )
        ),
    }


def stream(kind, values):
    return [
        {"type": kind, "id": str(uuid.uuid5(SPACE, f"{kind}/{n}")), "value": value}
        for n, value in enumerate(values)
    ]


def home_body(page, locale):
    body = stream("promise", page.meta.get("promises", []))
    for number, situation in enumerate(page.meta.get("situations", [])):
        module = ModulePage.objects.filter(
            locale=locale, translation_key=key_of(situation["module"])
        ).first()
        if module:
            body.append(
                {
                    "type": "situation",
                    "id": str(uuid.uuid5(SPACE, f"situation/{number}")),
                    "value": {"text": situation["text"], "page": module.pk},
                }
            )
    return body
