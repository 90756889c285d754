"""A whole folder of content, read and checked before anything is loaded."""

from dataclasses import dataclass, field
from pathlib import Path

from courses.content.files import (
    LEVELS,
    ContentError,
    ModuleFiles,
    TextFile,
    line_of,
    need,
    need_list,
    need_number,
    need_texts,
    read,
    read_module,
    read_text_file,
    read_yaml_file,
)
from courses.content.paths import read_paths
from courses.content.questions import read_questions

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
    statements: list[dict]
    bank: dict[str, list[dict]]  # area code -> questions
    practice: dict[str, list[dict]]  # the same, of the short reviews
    pictures: dict[str, Path]  # file name -> file
    modules: list[ModuleFiles]
    pages: dict[str, dict[str, TextFile]]  # language -> file name -> page
    places: dict[str, str]  # question id, in small letters -> its file and line
    paths: list[dict] = field(default_factory=list)

    @property
    def areas(self):
        return {area["code"] for area in self.framework["areas"]}

    @property
    def competences(self):
        return {competence["code"] for competence in self.framework["competences"]}


def read_package(folder: Path) -> Package:
    """Return everything in a content folder. Raises ContentError at the first fault."""
    banks = {
        name: {path.stem: path for path in sorted((folder / name).glob("?.yaml"))}
        for name in ("bank", "practice")
    }
    modules = [read_module(path) for path in folders_in(folder / "modules")]
    files = [path for bank in banks.values() for path in bank.values()]
    for module in modules:
        path = module.folder / "questions.yaml"
        if path.exists():
            module.questions = read_questions(path)
            files.append(path)
    return Package(
        framework=read_framework(folder / "framework" / "framework.yaml"),
        statements=read_statements(folder / "framework" / "statements.yaml"),
        **{
            name: {area: read_questions(path) for area, path in bank.items()}
            for name, bank in banks.items()
        },
        pictures={path.name: path for path in sorted(folder.glob("pictures/*.*"))},
        modules=modules,
        pages={
            path.name: {
                page.stem: read_text_file(page) for page in sorted(path.glob("*.md"))
            }
            for path in folders_in(folder / "pages")
        },
        places=places_of(files),
        paths=read_paths(folder / "paths", {m.meta["code"] for m in modules}),
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


def read_statements(path):
    """Return the “I can…” statements, none when there is no such file."""
    if not path.exists():
        return []
    statements = read_yaml_file(path)
    if not isinstance(statements, list):
        raise ContentError(path, 1, "a list of statements is expected")
    lines, known = read(path).splitlines(), set()
    for row in statements:
        line = line_of(lines, row)
        need(row, ["id", "area", "level", "text"], path, line)
        need_number(row, "level", LEVELS, path, line)
        need_texts(row["text"], path, line)
        need(row["text"], ["fr", "en"], path, line)
        if row["id"].lower() in known:
            raise ContentError(path, line, f"the id {row['id']} stands twice")
        known.add(row["id"].lower())
    return statements
