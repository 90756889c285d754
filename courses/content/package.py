"""A whole folder of content, read and checked before anything is loaded."""

from dataclasses import dataclass
from pathlib import Path

from courses.content.files import (
    ModuleFiles,
    TextFile,
    line_of,
    need,
    need_list,
    read,
    read_module,
    read_questions,
    read_text_file,
    read_yaml_file,
)

# What the rows of the framework need: names, then texts in both languages.
FRAMEWORK = {
    "areas": (["code"], ["name", "short", "description"]),
    "competences": (["code", "area"], ["name"]),
    "levels": (["number"], ["meaning"]),
    "descriptors": (["area", "level"], ["text"]),
}


@dataclass
class Package:
    """What a content folder holds, each file checked for its shape."""

    framework: dict
    bank: dict[str, list[dict]]  # area code -> questions
    modules: list[ModuleFiles]
    pages: dict[str, dict[str, TextFile]]  # language -> file name -> page
    places: dict[str, str]  # question id, in small letters -> its file and line

    @property
    def areas(self):
        return {area["code"] for area in self.framework["areas"]}

    @property
    def competences(self):
        return {competence["code"] for competence in self.framework["competences"]}


def read_package(folder: Path) -> Package:
    """Return everything in a content folder. Raises ContentError at the first fault."""
    bank = {path.stem: path for path in sorted((folder / "bank").glob("?.yaml"))}
    modules = [read_module(path) for path in folders_in(folder / "modules")]
    questions = [*bank.values(), *(m.folder / "questions.yaml" for m in modules)]
    return Package(
        framework=read_framework(folder / "framework" / "framework.yaml"),
        bank={area: read_questions(path) for area, path in bank.items()},
        modules=modules,
        pages={
            path.name: {
                page.stem: read_text_file(page) for page in sorted(path.glob("*.md"))
            }
            for path in folders_in(folder / "pages")
        },
        places=places_of(path for path in questions if path.exists()),
    )


def folders_in(folder):
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir())


def places_of(paths):
    """Return where each question of some files stands, as “file, line n”."""
    places = {}
    for path in paths:
        lines = read(path).splitlines()
        for question in read_questions(path):
            line = line_of(lines, question)
            places[question["id"].lower()] = f"{path}, line {line}"
    return places


def read_framework(path):
    """Return areas, competences, levels and descriptors, each in both languages."""
    framework = read_yaml_file(path)
    need(framework, FRAMEWORK, path)
    lines = read(path).splitlines()
    for kind, (names, texts) in FRAMEWORK.items():
        need_list(framework, kind, path)
        for row in framework[kind]:
            line = line_of(lines, row, names[0])
            need(row, names + texts, path, line)
            for text in texts:
                need(row[text], ["fr", "en"], path, line)
    return framework
