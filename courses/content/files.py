"""Reading the content files of docs/content.md: plain data out, or a ContentError."""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml
from markdown_it import MarkdownIt

FENCE = re.compile(r"^:::\s*(\w*)\s*$")
NUMBERED = re.compile(r"^(\d+)-(.+)\.(md|yaml)$")
TEXT = "text"
# Fields of each block: those that must be there, then those that may.
BLOCKS = {
    "fact": (["text", "year", "source"], ["sample", "checked_on"]),
    "legal": (["text", "source", "checked_on", "review_on"], ["country"]),
    "estimate": (["question", "answer"], []),
    "dialogue": (["lines"], []),
    "phrases": (["say", "avoid"], ["why"]),
    "steps": (["items"], []),
    "situation": (["text", "question", "answer"], []),
    "compare": (["columns", "rows"], []),
    "checklist": (["title", "items"], []),
    "remember": (["items"], []),
    "try": (["text"], []),
    "reflection": (["prompt"], []),
}


class ContentError(Exception):
    """A file that cannot be used: which one, where, and what to do."""

    def __init__(self, path, line, remedy):
        super().__init__(f"{path}, line {line}: {remedy}")
        self.path, self.line, self.remedy = path, line, remedy


@dataclass
class Block:
    kind: str
    value: dict
    line: int


@dataclass
class TextFile:
    """A Markdown file: its front matter and its blocks."""

    path: Path
    meta: dict
    blocks: list[Block]


@dataclass
class ModuleFiles:
    """One module: what languages share, then {language: {"index" or number: file}}."""

    folder: Path
    meta: dict
    questions: list[dict]
    languages: dict = field(default_factory=dict)


def read_yaml(text, path, first_line=1):
    """Return the data of a piece of YAML that begins at `first_line` of a file."""
    try:
        return plain(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        problem = getattr(error, "problem", None) or "this is not YAML"
        raise ContentError(
            path, line, f"{problem}. Quote a text that holds a colon or starts with «."
        ) from error


def plain(data):
    """Return the same data with dates as ISO texts, as JSON wants them."""
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    return data.isoformat() if isinstance(data, date) else data


def read_yaml_file(path):
    return read_yaml(read(path), path)


def read(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ContentError(path, 1, "save this file as UTF-8") from error


def need(data, names, path, line=1):
    """Refuse data that lacks one of the names."""
    if not isinstance(data, dict):
        raise ContentError(path, line, "names and values are expected here")
    for name in names:
        if data.get(name) in (None, "", []):
            raise ContentError(path, line, f"“{name}” is missing: add it")


def read_text_file(path, needed=("title",)):
    """Return a TextFile. Blocks of text come out as HTML, the others as data."""
    lines = read(path).splitlines()
    if not lines or lines[0].strip() != "---":
        raise ContentError(path, 1, "start the file with --- and its title")
    try:
        end = next(n for n, line in enumerate(lines[1:], 1) if line.strip() == "---")
    except StopIteration:
        raise ContentError(
            path, len(lines), "close the front matter with ---"
        ) from None
    meta = read_yaml("\n".join(lines[1:end]), path, first_line=2)
    need(meta, needed, path, line=2)
    return TextFile(path, meta, read_blocks(lines, end + 1, path))


def read_blocks(lines, start, path):
    blocks, text, opened = [], [], None
    markdown = MarkdownIt("commonmark")

    def close_text(line):
        source = "\n".join(text).strip()
        if source:
            html = markdown.render(source)
            blocks.append(Block(TEXT, {"text": as_rich_text(html)}, line))
        text.clear()

    for number, line in enumerate(lines[start:], start + 1):
        fence = FENCE.match(line)
        if not fence:
            text.append(line)
        elif opened is None:
            if fence[1] not in BLOCKS:
                names = ", ".join(sorted(BLOCKS))
                raise ContentError(path, number, f"use one of these blocks: {names}")
            close_text(number)
            opened = (fence[1], number)
        elif fence[1]:
            raise ContentError(path, opened[1], "close this block with :::")
        else:
            blocks.append(read_block(*opened, "\n".join(text), path))
            text.clear()
            opened = None
    if opened:
        raise ContentError(path, opened[1], "close this block with :::")
    close_text(len(lines))
    return blocks


def read_block(kind, line, source, path):
    value = read_yaml(source, path, first_line=line + 1)
    needed, optional = BLOCKS[kind]
    need(value, needed, path, line)
    for name in value:
        if name not in needed + optional:
            raise ContentError(path, line, f"“{name}” is not a field of {kind}")
    return Block(kind, value, line)


def as_rich_text(html):
    """Return HTML in the few tags that the CMS's editor knows."""
    for old, new in (("strong", "b"), ("em", "i"), ("h1", "h2"), ("h4", "h3")):
        html = html.replace(f"<{old}>", f"<{new}>").replace(f"</{old}>", f"</{new}>")
    return html.replace("\n", " ").strip()


def read_scenario(path):
    data = read_yaml_file(path)
    need(data, ["title", "start", "nodes", "endings", "measures", "intro"], path)
    for name in ("nodes", "endings", "measures"):
        key = "key" if name == "measures" else "id"
        for row in data[name]:
            need(row, [key], path)
    for node in data["nodes"]:
        need(node, ["heard", "screen", "choices"], path)
        for choice in node["choices"]:
            need(choice, ["say", "to", "comment"], path)
    return data


def read_module(folder):
    """Return the ModuleFiles of one folder."""
    meta = read_yaml_file(folder / "module.yaml")
    need(
        meta,
        ["code", "level_from", "level_to", "minutes", "version"],
        folder / "module.yaml",
    )
    questions_path = folder / "questions.yaml"
    questions = read_questions(questions_path) if questions_path.exists() else []
    module = ModuleFiles(folder, meta, questions)
    for language in sorted(p.name for p in folder.iterdir() if p.is_dir()):
        module.languages[language] = read_steps(folder / language)
    return module


def read_steps(folder):
    index = folder / "index.md"
    if not index.exists():
        raise ContentError(index, 1, "write this file: it holds the module's title")
    steps = {
        "index": read_text_file(index, ["title", "short", "objectives", "summary"])
    }
    for path in sorted(folder.iterdir()):
        named = NUMBERED.match(path.name)
        if path == index:
            continue
        if not named:
            raise ContentError(path, 1, "name it 01-title.md or 01-title.yaml")
        number = int(named[1])
        if number in steps:
            raise ContentError(path, 1, f"step {number} stands twice: number it anew")
        steps[number] = (
            read_scenario(path) if named[3] == "yaml" else read_text_file(path)
        )
    return steps


def slug_of(folder, number):
    """Return the address part of a step: its file's name without the number."""
    path = next(p for p in folder.iterdir() if p.name.startswith(f"{number:02d}-"))
    return NUMBERED.match(path.name)[2]


def read_questions(path):
    """Return the questions of a file, each checked for its shape."""
    questions = read_yaml_file(path)
    if not isinstance(questions, list):
        raise ContentError(path, 1, "a list of questions is expected")
    text = read(path).splitlines()
    for question in questions:
        line = line_of(text, question)
        need(
            question,
            ["id", "competence", "level", "kind", "topic", "stem", "choices"],
            path,
            line,
        )
        if question["kind"] not in ("single", "multiple", "ordering", "matching"):
            raise ContentError(
                path, line, "kind is single, multiple, ordering or matching"
            )
        if question["level"] not in range(1, 9):
            raise ContentError(path, line, "level is a number from 1 to 8")
        need(question["stem"], ["fr"], path, line)
        for choice in question["choices"]:
            need(choice, ["text", "why"], path, line)
            need(choice["text"], ["fr"], path, line)
            need(choice["why"], ["fr"], path, line)
    return questions


def line_of(lines, question):
    name = question.get("id") if isinstance(question, dict) else None
    for number, line in enumerate(lines, 1):
        if name and line.strip().startswith(f"- id: {name}"):
            return number
    return 1
