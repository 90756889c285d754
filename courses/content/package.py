"""A whole folder of content, read and checked before anything is loaded."""

from dataclasses import dataclass
from pathlib import Path

from courses.content.files import (
    ContentError,
    ModuleFiles,
    TextFile,
    read_module,
    read_questions,
    read_text_file,
    read_yaml_file,
)


@dataclass
class Package:
    framework: dict
    bank: dict[str, list[dict]]  # area code -> questions
    modules: list[ModuleFiles]
    pages: dict[str, dict[str, TextFile]]  # language -> file name -> page


def read_package(folder: Path) -> Package:
    """Return everything in a content folder. Raises ContentError at the first fault."""
    framework = folder / "framework" / "framework.yaml"
    if not framework.exists():
        raise ContentError(framework, 1, "this file is needed: it holds the framework")
    return Package(
        framework=read_yaml_file(framework),
        bank={
            path.stem: read_questions(path)
            for path in sorted((folder / "bank").glob("?.yaml"))
        },
        modules=[
            read_module(path.parent)
            for path in sorted((folder / "modules").glob("*/module.yaml"))
        ],
        pages={
            path.name: {
                page.stem: read_text_file(page) for page in sorted(path.glob("*.md"))
            }
            for path in sorted((folder / "pages").iterdir())
            if path.is_dir()
        },
    )


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
