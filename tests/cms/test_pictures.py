import io

import pytest
import willow.image
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override
from PIL import Image as Pixels
from wagtail.images.models import Image

from cms import pictures
from cms.pictures import MOST_BYTES, can_only_be_looked_at
from tests.factories import PICTURE, make_person, make_picture

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 5">{}</svg>'
PLAIN = [
    '<rect width="8" height="5" fill="#eee"/>',
    '<g stroke="#000" style="fill:#fff"><path d="M0 0h8"/><title>Un écran</title></g>',
    '<defs><linearGradient id="a"/></defs><circle r="2" fill="url(#a)"/>',
    '<symbol id="b"/><use href="#b"/>',
]
DANGEROUS = [
    "<script>alert(1)</script>",
    '<rect onload="alert(1)"/>',
    "<style>@import 'https://example.org/a.css'</style>",
    '<rect style="fill:url(https://example.org/a)"/>',
    '<use href="https://example.org/a.svg#b"/>',
    '<use xmlns:x="http://www.w3.org/1999/xlink" x:href="data:image/svg+xml,a"/>',
    '<image href="/media/a.png"/>',
    '<a href="javascript:alert(1)"><rect/></a>',
    "<foreignObject/>",
    '<iframe xmlns="http://www.w3.org/1999/xhtml"/>',
    '<animate attributeName="href"/>',
]
BROKEN = [
    b"",
    b"<svg",
    b"<html/>",
    SVG.format("<rect/>").encode("utf-16"),
    b"<!DOCTYPE svg>" + SVG.format("").encode(),
    b'<?xml-stylesheet href="a.css"?>' + SVG.format("").encode(),
    b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    *(
        b'<?xml version="1.0" encoding="%b"?>' % encoding + SVG.format("").encode()
        for encoding in [b"shift_jis", b"idna", b"nothing"]
    ),
]


@pytest.mark.parametrize("inside", PLAIN)
def test_shapes_and_texts_are_welcome(inside):
    assert can_only_be_looked_at(SVG.format(inside).encode())


@pytest.mark.parametrize("inside", DANGEROUS)
def test_what_could_run_or_fetch_something_is_refused(inside):
    assert not can_only_be_looked_at(SVG.format(inside).encode())


@pytest.mark.parametrize("data", BROKEN)
def test_what_is_no_plain_drawing_is_refused(data):
    assert not can_only_be_looked_at(data)


@pytest.mark.parametrize(
    ("inside", "count"), [(PLAIN[0], 1), (DANGEROUS[0], 0), (DANGEROUS[1], 0)]
)
def test_only_plain_drawings_are_uploaded(client, db, inside, count):
    client.force_login(make_person("Odile Roux", is_superuser=True))
    drawing = SimpleUploadedFile("dessin.svg", SVG.format(inside).encode())

    response = client.post(
        reverse("wagtailimages:add"), {"title": "Dessin", "file": drawing}
    )

    assert Image.objects.count() == count
    if not count:
        assert "SVG" in str(response.context["form"].errors["file"])


# --- weighed before they are read -----------------------------------------------------

TOO_HEAVY = "A drawing weighs 1 MB at most. Simplify it and try again."
TWENTY_MB = 20 * MOST_BYTES
ADD = reverse("wagtailimages:add")


def drawing_of(size, inside="<rect/>"):
    """Return a drawing of shapes alone that weighs `size` bytes, to the byte."""
    around = len(SVG.format("").encode())
    count, rest = divmod(size - around, len(inside))
    return SVG.format(inside * count + " " * rest).encode()


@pytest.fixture
def parsed(monkeypatch):
    """What parsers are given, as (whose, bytes): that of uploads, and our own."""
    calls = []
    trees, ours = willow.image.ElementTree, pictures.fromstring

    def parse_upload(file):
        calls.append(("willow", file.seek(0, io.SEEK_END)))
        file.seek(0)
        return parse(file)

    def parse_ours(data):
        calls.append(("ours", len(data)))
        return ours(data)

    parse = trees.parse
    monkeypatch.setattr(trees, "parse", parse_upload)
    monkeypatch.setattr(pictures, "fromstring", parse_ours)
    return calls


@pytest.fixture
def editor(client, db):
    client.force_login(make_person("Odile Roux", is_superuser=True, language="en"))
    return client


def upload(client, data, name="dessin.svg", to=ADD, **fields):
    file = SimpleUploadedFile(name, data)
    with override("en"):
        return client.post(to, {"title": "Dessin", "file": file} | fields)


def errors_of(response):
    return [str(error) for error in response.context["form"].errors["file"]]


@pytest.mark.parametrize("size", [MOST_BYTES + 1, TWENTY_MB])
@pytest.mark.parametrize("name", ["dessin.svg", "DESSIN.SVG"])
def test_a_heavy_drawing_is_refused_before_any_parser(editor, parsed, size, name):
    data = drawing_of(size)
    assert len(data) == size

    response = upload(editor, data, name)

    assert errors_of(response) == [TOO_HEAVY]
    assert parsed == []
    assert not Image.objects.exists()


def test_a_drawing_of_the_weight_allowed_is_parsed_and_kept(editor, parsed):
    response = upload(
        editor, drawing_of(MOST_BYTES, inside=f"<title>{'a' * 500}</title>")
    )

    assert response.status_code == 302
    assert set(parsed) == {("willow", MOST_BYTES), ("ours", MOST_BYTES)}
    assert Image.objects.count() == 1


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n  "])
def test_another_name_does_not_get_a_heavy_drawing_parsed(editor, parsed, before):
    response = upload(editor, before + drawing_of(2 * MOST_BYTES), "photo.png")

    assert errors_of(response) == [TOO_HEAVY]
    assert parsed == []


def test_a_photograph_may_weigh_more_than_a_drawing(editor, parsed):
    out = io.BytesIO()
    Pixels.effect_noise((1400, 1400), 100).save(out, "PNG")
    assert out.tell() > MOST_BYTES

    response = upload(editor, out.getvalue(), "photo.png")

    assert response.status_code == 302
    assert Image.objects.get().width == 1400
    assert parsed == []


def test_what_weighs_more_than_any_picture_is_not_opened(editor, monkeypatch):
    opened = []
    monkeypatch.setattr(willow.Image, "open", lambda file: opened.append(file))

    response = upload(editor, b"\x89PNG" + bytes(11 * MOST_BYTES), "photo.png")

    [error] = errors_of(response)
    assert error.startswith("This file is too big (11")
    assert opened == []


def test_the_other_doors_weigh_too(editor, parsed):
    doors = [
        ("wagtailimages:add_multiple", "files[]", {}),
        ("wagtailimages_chooser:create", "image-chooser-upload-file", {}),
    ]
    heavy = drawing_of(2 * MOST_BYTES)
    answers = []
    for door, field, fields in doors:
        file = SimpleUploadedFile("dessin.svg", heavy)
        with override("en"):
            response = editor.post(
                reverse(door),
                {field: file, "image-chooser-upload-title": "Dessin"} | fields,
                headers={"x-requested-with": "XMLHttpRequest"},
            )
        answers.append(response.content.decode())

    assert [TOO_HEAVY in answer for answer in answers] == [True, True]
    assert parsed == []
    assert not Image.objects.exists()


def test_a_picture_keeps_its_file_when_only_its_title_changes(editor, parsed):
    picture = make_picture()
    edit = reverse("wagtailimages:edit", args=[picture.pk])

    response = editor.post(edit, {"title": "Un autre titre"})

    assert response.status_code == 302
    picture.refresh_from_db()
    assert picture.title == "Un autre titre"


def test_a_heavy_drawing_does_not_take_the_place_of_a_picture(editor, parsed):
    picture = make_picture()
    name = picture.file.name
    edit = reverse("wagtailimages:edit", args=[picture.pk])

    response = upload(editor, drawing_of(TWENTY_MB), to=edit)

    assert errors_of(response) == [TOO_HEAVY]
    # The page shows the picture that there was: it alone is read.
    assert max(size for _parser, size in parsed) < 2 * len(PICTURE)
    picture.refresh_from_db()
    assert picture.file.name == name


def test_who_may_not_add_pictures_uploads_none(client, learner, parsed):
    client.force_login(learner)

    response = upload(client, drawing_of(200))

    assert response.status_code in (302, 403)
    assert parsed == []
    assert not Image.objects.exists()
