import re
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.management import call_command

from assessments.example_drawings import WORDS, drawings

DOCS = settings.BASE_DIR / "docs"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawn():
    return drawings()


def test_each_picture_exists_in_both_languages(drawn):
    names = {language: set() for language in WORDS}
    for name in drawn:
        stem, language, _svg = name.rsplit(".", 2)
        names[language].add(stem)

    assert names["fr"] == names["en"]
    assert len(names["fr"]) == 5


def test_each_picture_is_whole_and_says_what_it_shows(drawn):
    for name, text in drawn.items():
        root = ElementTree.fromstring(text)
        assert root.find(f"{SVG}title").text, name
        assert root.find(f"{SVG}desc").text, name
        assert "href" not in text, name


def test_nothing_is_drawn_outside_its_picture(drawn):
    for name, text in drawn.items():
        root = ElementTree.fromstring(text)
        width, height = float(root.get("width")), float(root.get("height"))
        for shape in root.iter(f"{SVG}rect"):
            left, top = float(shape.get("x", 0)), float(shape.get("y", 0))
            assert left >= 0 and top >= 0, name
            assert left + float(shape.get("width")) <= width, name
            assert top + float(shape.get("height")) <= height, name


def test_the_three_ways_to_see_oneself_stand_in_order(drawn):
    root = ElementTree.fromstring(drawn["placement-gap.en.svg"])
    bands = [
        float(shape.get("x"))
        for shape in root.iter(f"{SVG}rect")
        if shape.get("class") == "in"
    ]

    assert len(bands) == 3
    assert bands == sorted(bands)


def test_the_command_draws_them_all(drawn, tmp_path, capsys):
    call_command("draw_placement", folder=tmp_path / "pictures")

    files = {file.name: file.read_text() for file in (tmp_path / "pictures").iterdir()}
    assert files == drawn
    assert "10 pictures" in capsys.readouterr().out


@pytest.mark.parametrize(
    "page, language", [("placement", "en"), ("placement.fr", "fr")]
)
def test_the_page_shows_the_pictures_of_its_language(page, language, drawn):
    text = (DOCS / f"{page}.md").read_text()

    shown = set(re.findall(r"\]\(pictures/([^)]+)\)", text))

    assert shown == {name for name in drawn if name.endswith(f".{language}.svg")}
    assert all((DOCS / "pictures" / name).is_file() for name in shown)
