import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

from certificates.credentials import badge
from certificates.credentials.badge import NotBaked, bake, draw, unbake
from tests.certificates.credentials.samples import make_signed

FACE = Path("certificates/fallback_fonts/DejaVuSans-Bold.ttf")
SHORT = "Guider à l’écran sans voir l’écran"
LONG = (
    "Accompagner une personne qui ne lit pas le français dans une démarche en ligne, "
    "sans faire à sa place, et garder une trace de ce qui a été fait ensemble"
)
TITLES = [
    SHORT,
    LONG,
    "Appels",
    "Anticonstitutionnellement hypercorrespondancielle",
    "MMMMMMMMMMMMMM WWWWWWWWWWWWWW",
    "遠隔支援の基礎と実践のための研修講座",
]


def drawn(title=SHORT, label="M04, version 2026-1", issuer="Repère"):
    return draw(title, label, issuer, "F", f"Badge : {title}")


def texts(svg):
    tag = "{http://www.w3.org/2000/svg}text"
    return list(ElementTree.fromstring(svg).iter(tag))


def test_says_title_label_and_issuer():
    assert [text.text for text in texts(drawn())] == [
        "Guider à",
        "l’écran sans",
        "voir l’écran",
        "M04, version 2026-1",
        "Repère",
    ]


def test_is_named_for_those_who_cannot_see():
    root = ElementTree.fromstring(drawn())

    assert root.attrib["role"] == "img"
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert root.attrib["aria-labelledby"] == title.attrib["id"]
    assert title.text == f"Badge : {SHORT}"


def test_holds_no_script_style_or_link():
    svg = drawn("<script>alert(1)</script> & \"'")

    names = {
        element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()
    }
    assert names == {"svg", "title", "path", "text"}
    assert not re.search(r"style=|href|url\(|on\w+=", svg)


@pytest.mark.parametrize("title", TITLES)
def test_every_line_fits(title):
    """In a wide face; a line that may be too wide is squeezed."""
    face = TTFont(Path(__file__).parents[3] / FACE)
    names, widths = face.getBestCmap(), face["hmtx"]
    em = face["head"].unitsPerEm

    for text in texts(drawn(title)):
        wide = sum(widths[names.get(ord(letter), ".notdef")][0] for letter in text.text)
        room = float(text.attrib.get("textLength", 302))
        size = float(text.attrib["font-size"])
        assert "textLength" in text.attrib or wide / em * size <= room


@pytest.mark.parametrize("title", TITLES)
def test_lines_do_not_touch(title):
    lines = [
        (float(text.attrib["y"]), float(text.attrib["font-size"]))
        for text in texts(drawn(title))
    ]

    assert lines[0][0] - lines[0][1] / 2 > 95  # below the mark
    for (above, size), (below, next_size) in zip(lines, lines[1:], strict=False):
        assert below - above >= (size + next_size) / 2


def test_a_title_that_is_too_long_ends_with_dots():
    assert "".join(text.text for text in texts(drawn(LONG))[:-2]).endswith("…")


@pytest.mark.parametrize("area", ["A", "B", "C", "D", "E", "F", ""])
def test_issuer_is_legible_on_its_colour(area):
    colour = badge.COLOURS.get(area, badge.COOL)

    assert contrast(colour, badge.SHEET) >= 4.5


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    """Relative luminance of WCAG 2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    "credential",
    [
        json.dumps(make_signed(), ensure_ascii=False),
        json.dumps({"name": "]]> <b> & ü"}, ensure_ascii=False),
    ],
)
def test_what_is_baked_is_read_back(credential):
    found = unbake(bake(drawn(), credential).encode())

    assert json.loads(found) == json.loads(credential)


def test_a_baked_badge_looks_the_same():
    baked = ElementTree.fromstring(bake(drawn(), "{}"))

    baked.remove(baked.find(f"{{{badge.NAMESPACE}}}credential"))
    assert ElementTree.tostring(baked) == ElementTree.tostring(
        ElementTree.fromstring(drawn())
    )


def test_bakes_once():
    with pytest.raises(ValueError, match="baked already"):
        bake(bake(drawn(), "{}"), "{}")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        drawn().encode(),
        b"<html/>",
        bake(drawn(), "{}").encode()[:-10],
        bake(drawn(), "{}")
        .replace("</svg>", "<openbadges:credential/></svg>")
        .encode(),
        b"<!DOCTYPE svg [<!ENTITY a 'aaaa'>]>" + bake(drawn(), "{}").encode(),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE svg>' + drawn()).encode(
            "utf-16"
        ),
        b" " * (badge.LARGEST + 1),
        *(
            f'<?xml version="1.0" encoding="{encoding}"?>{drawn()}'.encode()
            for encoding in ["shift_jis", "idna", "nothing"]
        ),
    ],
)
def test_other_files_are_refused(content):
    with pytest.raises(NotBaked):
        unbake(content)
