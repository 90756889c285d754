"""Files of paths: which modules make a whole, with a title in each language."""

from markdown_it import MarkdownIt

from courses.content.files import (
    ContentError,
    as_rich_text,
    need,
    need_list,
    read,
    read_yaml_file,
)

LANGUAGES = ["fr", "en"]


def read_paths(folder, codes):
    """Return the data of each path. `codes` are those of the modules that exist."""
    return [read_path(path, codes) for path in sorted(folder.glob("*.yaml"))]


def read_path(path, codes):
    data = read_yaml_file(path)
    need(data, ["code", "version", "modules"], path)
    need_list(data, "modules", path)
    lines = enumerate(read(path).splitlines(), 1)
    line = next(number for number, text in lines if text.startswith("modules:"))
    if len(set(data["modules"])) < 2:
        raise ContentError(path, line, "a path has at least two modules, each once")
    for code in data["modules"]:
        if code not in codes:
            raise ContentError(path, line, f"there is no module {code} in modules/")
    for language in LANGUAGES:
        need(data.get(language), ["title", "short"], path)
    return data


def path_fields(data, language, slug):
    """Return the fields of a path's page in a language."""
    text = data[language]
    intro = MarkdownIt("commonmark").render(text.get("intro", ""))
    return {
        "title": text["title"],
        "slug": text.get("slug") or slug,
        "code": data["code"],
        "short": text["short"].strip(),
        "intro": as_rich_text(intro),
        "version": data["version"],
    }
