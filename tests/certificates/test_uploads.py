from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from PIL import Image

from certificates import uploads

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10">%s</svg>'
SQUARE = '<path fill="#0f4c5c" d="M0 0h10v10z"/>'


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def drawing(inside):
    return (SVG % inside).encode()


def picture(kind="PNG", size=(60, 20), mode="RGB", **options):
    out = BytesIO()
    Image.new(mode, size, options.pop("color", "#0f4c5c")).save(out, kind, **options)
    return out.getvalue()


def refusal(data):
    with pytest.raises(ValidationError) as refused:
        uploads.clean_logo(data)
    return refused.value.messages[0]


@pytest.fixture
def no_parser(monkeypatch):
    """Fails the test when anything parses the file."""

    def fail(*args, **kwargs):
        raise AssertionError("This file was parsed.")

    monkeypatch.setattr(uploads, "fromstring", fail)
    monkeypatch.setattr(uploads.Image, "open", fail)


def test_a_file_of_20_mb_is_refused_before_it_is_parsed(no_parser):
    assert "20.0 MB" in refusal(b"\x89PNG\r\n\x1a\n" + bytes(20 * 1024 * 1024 - 8))


def test_a_size_alone_is_enough_to_refuse():
    with pytest.raises(ValidationError, match="20.0 MB"):
        uploads.check_size(20 * 1024 * 1024)


@pytest.mark.parametrize(
    "bomb",
    [
        b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        + drawing("<desc>&b;</desc>"),
        b'<?xml-stylesheet href="http://example.org/a.css"?>' + drawing(SQUARE),
        drawing("<g/>" * 6001),
        drawing(SQUARE)[:20] + b"\xff" + drawing(SQUARE)[20:],
    ],
    ids=["entities", "style sheet", "many parts", "not text"],
)
def test_a_bomb_is_refused_before_it_is_parsed(bomb, no_parser):
    assert "drawing" in refusal(bomb)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<script>alert(1)</script>", "“script”"),
        ('<g onload="alert(1)"/>', "a script"),
        ("<style>@import url(http://example.org/)</style>", "“style”"),
        ('<image href="file:///etc/passwd"/>', "“image”"),
        ("<foreignObject><p/></foreignObject>", "“foreignObject”"),
        ("<text>Valmont</text>", "“text”"),
        ('<use href="file:///etc/passwd#a"/>', "outside the file"),
        ('<use href="http://example.org/a.svg#a"/>', "outside the file"),
        ('<use href="data:image/svg+xml,x#a"/>', "outside the file"),
        ('<path d="M0 0" fill="url(http://example.org/)"/>', "outside the file"),
        ('<path d="M0 0" style="fill: url( \'file:///x\')"/>', "outside the file"),
        ('<rect width="1e12" height="1"/>', "larger than any paper"),
        ('<path d="M0 0h1e400"/>', "larger than any paper"),
        ("<g>" * 40 + "</g>" * 40, "too detailed"),
    ],
)
def test_what_is_no_plain_drawing_is_refused(inside, said):
    assert said in refusal(drawing(inside))


def copies(levels, each=10):
    """A drawing of a drawing: each level shows the one before `each` times."""
    return f'<g id="a0">{SQUARE}</g>' + "".join(
        f'<g id="a{level}">' + f'<use href="#a{level - 1}"/>' * each + "</g>"
        for level in range(1, levels)
    )


@pytest.mark.parametrize(
    "inside",
    [
        copies(9),
        '<g id="a"><use href="#a"/></g>',
        '<clipPath id="a"><path d="M0 0" clip-path="url(#a)"/></clipPath>',
        copies(100, each=1),
    ],
    ids=["copies of copies", "itself", "clipped by itself", "a long chain"],
)
def test_what_grows_when_it_is_drawn_is_refused(inside):
    assert "too detailed" in refusal(drawing(inside))


def test_a_drawing_without_a_size_is_refused():
    data = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1"/></svg>'
    assert "does not say its size" in refusal(data)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"%PDF-1.7", b"<html></html>"])
def test_other_files_are_refused(data):
    assert "no PNG, JPEG or SVG" in refusal(data)


def test_an_unfinished_drawing_is_refused():
    assert "cannot be read" in refusal(drawing(SQUARE)[:-4])


def test_a_drawing_keeps_its_shapes_and_loses_the_rest():
    notes = (
        '<metadata><a xmlns="urn:x"/></metadata><title>Logo</title>'
        '<tool:view xmlns:tool="urn:tool" tool:zoom="2"/>'
        '<g class="x" style="fill:#123456;font-family:Arial" data-a="1">'
        f'{SQUARE}</g><use xmlns:l="http://www.w3.org/1999/xlink" l:href="#b"/>'
    )
    cleaned, kind = uploads.clean_logo(b"<!-- made by hand -->" + drawing(notes))
    assert kind == "image/svg+xml"
    assert [
        (part.tag.rpartition("}")[2], part.attrib)
        for part in ElementTree.fromstring(cleaned).iter()
    ] == [
        ("svg", {"viewBox": "0 0 40 10"}),
        ("g", {"fill": "#123456"}),
        ("path", {"fill": "#0f4c5c", "d": "M0 0h10v10z"}),
        ("use", {"href": "#b"}),
    ]


def test_cleaning_twice_changes_nothing():
    once, _kind = uploads.clean_logo(drawing(SQUARE))
    assert uploads.clean_logo(once) == (once, "image/svg+xml")


@pytest.mark.parametrize(
    ("data", "kind", "mode"),
    [
        (picture(), "image/png", "RGB"),
        (picture(mode="RGBA", color=(1, 2, 3, 0)), "image/png", "RGBA"),
        (picture(mode="L", color=3), "image/png", "RGB"),
        (picture("JPEG"), "image/jpeg", "RGB"),
        (picture("JPEG", mode="CMYK", color=(9, 9, 9, 9)), "image/jpeg", "RGB"),
    ],
    ids=["png", "transparent", "grey", "jpeg", "print colours"],
)
def test_pictures_come_out_in_colours_that_documents_allow(data, kind, mode):
    cleaned, cleaned_kind = uploads.clean_logo(data)
    with Image.open(BytesIO(cleaned)) as opened:
        assert (cleaned_kind, opened.mode, opened.size) == (kind, mode, (60, 20))


def test_a_picture_is_kept_in_a_size_fit_for_paper():
    cleaned, _kind = uploads.clean_logo(picture(size=(3000, 1000)))
    with Image.open(BytesIO(cleaned)) as opened:
        assert opened.size == (900, 300)


def test_what_a_picture_says_of_its_maker_is_left_out():
    exif = Image.Exif()
    exif[0x013B] = "Inès Belkacem"
    data = picture("JPEG", exif=exif)
    cleaned, _kind = uploads.clean_logo(data)
    assert b"Belkacem" in data
    assert b"Belkacem" not in cleaned


def test_a_picture_of_huge_dimensions_is_refused_before_it_is_decoded(monkeypatch):
    def fail(self):
        raise AssertionError("This picture was decoded.")

    data = picture(size=(20_000, 2000), mode="1", color=0)
    monkeypatch.setattr(Image.Image, "load", fail)
    assert len(data) < uploads.MOST_BYTES
    assert "20000 × 2000" in refusal(data)


def test_a_truncated_picture_is_refused():
    assert "cannot be read to its end" in refusal(picture(size=(900, 900))[:-300])


@pytest.mark.parametrize("encoding", ["shift_jis", "idna", "nothing"])
def test_a_drawing_in_letters_that_no_parser_knows_is_refused(encoding):
    prologue = f'<?xml version="1.0" encoding="{encoding}"?>'
    assert "cannot be read" in refusal(prologue.encode() + drawing(SQUARE))
