import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.images.models import Image

from cms.pictures import can_only_be_looked_at
from tests.factories import make_person

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
