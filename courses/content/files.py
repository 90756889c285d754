"""Reading the content files of docs/content.md: plain data out, or a ContentError."""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml
from markdown_it import MarkdownIt

from courses import scenarios

FENCE = re.compile(r"^:::\s*(\w*)\s*$")
NUMBERED = re.compile(r"^(\d\d)-(.+)\.(md|yaml)$")
TEXT = "text"
LEVELS = range(1, 9)
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
# Fields that hold several things, and what each of those needs, if it has names.
LISTS = {
    "lines": ["who", "says"],
    "items": [],
    "say": [],
    "avoid": [],
    "columns": [],
    "rows": [],
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
    questions: list[dict] = field(default_factory=list)
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
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ContentError(path, 1, "this file is needed: write it") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ContentError(path, line, "save this file as UTF-8") from error


def need(data, names, path, line=1):
    """Refuse data that lacks one of the names."""
    if not isinstance(data, dict):
        raise ContentError(path, line, "names and values are expected here")
    for name in names:
        if data.get(name) in (None, "", []):
            raise ContentError(path, line, f"“{name}” is missing: add it")


def need_list(data, name, path, line=1):
    if not isinstance(data.get(name), list):
        raise ContentError(path, line, f"“{name}” is a list: begin its lines with -")


def need_texts(texts, path, line):
    """Refuse what is not a text in each language, in French at least."""
    need(texts, ["fr"], path, line)
    for text in texts.values():
        if not isinstance(text, str):
            # YAML takes a bare Yes or No for true or false.
            raise ContentError(path, line, f"a text is read as “{text}”: quote it")


def need_number(data, name, numbers, path, line=1):
    """Refuse what is not a whole number of a range."""
    value = data.get(name)
    if type(value) is not int or value not in numbers:
        least, most = numbers[0], numbers[-1]
        raise ContentError(
            path, line, f"“{name}” is a whole number from {least} to {most}"
        )


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
    for name in value.keys() & LISTS.keys():
        need_list(value, name, path, line)
        for row in value[name] if LISTS[name] else []:
            need(row, LISTS[name], path, line)
    return Block(kind, value, line)


def as_rich_text(html):
    """Return HTML in the few tags that the CMS's editor knows."""
    for old, new in (("strong", "b"), ("em", "i"), ("h1", "h2"), ("h4", "h3")):
        html = html.replace(f"<{old}>", f"<{new}>").replace(f"</{old}>", f"</{new}>")
    return html.replace("\n", " ").strip()


ROWS = {
    "nodes": ["id", "heard", "screen", "choices"],
    "endings": ["id", "title", "text", "advice"],
    "measures": ["key", "name", "start", "max", "low", "high"],
}


def read_scenario(path):
    """Return the data of a scenario in which no learner can be stuck."""
    data = read_yaml_file(path)
    need(data, ["title", "start", "intro", *ROWS], path)
    lines = read(path).splitlines()
    for name, needed in ROWS.items():
        need_list(data, name, path)
        for row in data[name]:
            line = line_of(lines, row, needed[0])
            need(row, needed, path, line)
            if name == "nodes":
                need_choices(row, path, line)
    for problem in scenarios.problems_of(graph_from_file(data)):
        line = line_of(lines, {"id": problem.name})
        raise ContentError(path, line, problem.sentence.rstrip("."))
    return data


def need_choices(node, path, line):
    need_list(node, "choices", path, line)
    for choice in node["choices"]:
        need(choice, ["say", "to", "comment"], path, line)
        effects = choice.get("effects") or {}
        if not isinstance(effects, dict) or any(
            type(change) is not int for change in effects.values()
        ):
            raise ContentError(path, line, "write effects as names: {trust: 1}")


def graph_from_file(data):
    """Return a scenario file as the graph that `courses.scenarios` plays."""
    return {
        "start": data["start"],
        "nodes": {
            node["id"]: {
                "heard": node["heard"],
                "screen": node["screen"],
                "choices": [
                    {
                        "say": choice["say"],
                        "to": choice["to"],
                        "effects": choice.get("effects") or {},
                        "comment": choice["comment"],
                    }
                    for choice in node["choices"]
                ],
            }
            for node in data["nodes"]
        },
        "endings": {ending["id"]: ending for ending in data["endings"]},
        "measures": data["measures"],
    }


def read_module(folder):
    """Return the ModuleFiles of one folder."""
    meta = read_yaml_file(folder / "module.yaml")
    need_module(meta, folder / "module.yaml")
    module = ModuleFiles(folder, meta)
    for language in sorted(p.name for p in folder.iterdir() if p.is_dir()):
        module.languages[language] = read_steps(folder / language)
    return module


def need_module(meta, path):
    need(meta, ["code", "level_from", "level_to", "minutes", "version"], path)
    lines = read(path).splitlines()
    need_number(meta, "level_from", LEVELS, path, line_of(lines, meta, "level_from"))
    highest = range(meta["level_from"], 9)
    need_number(meta, "level_to", highest, path, line_of(lines, meta, "level_to"))
    need_number(meta, "minutes", range(1, 1000), path, line_of(lines, meta, "minutes"))


def read_steps(folder):
    index = folder / "index.md"
    if not index.exists():
        raise ContentError(index, 1, "write this file: it holds the module's title")
    steps = {
        "index": read_text_file(index, ["title", "short", "objectives", "summary"])
    }
    need_list(steps["index"].meta, "objectives", index, line=2)
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


def line_of(lines, row, key="id"):
    """Return where a row with this key stands among the lines of a YAML file."""
    name = row.get(key) if isinstance(row, dict) else None
    wanted = re.compile(rf"^[\s-]*{key}:\s*[\"']?{re.escape(str(name))}[\"']?\s*$")
    return next((n for n, line in enumerate(lines, 1) if wanted.match(line)), 1)
