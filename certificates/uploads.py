"""Logos: which files may become one, and how they are made harmless.

Each check is cheaper than the next: size, first bytes, counted brackets; only then does
a parser see the file. What comes out holds shapes or pixels, and nothing else.
"""

import re
from io import BytesIO
from xml.etree import ElementTree

from defusedxml.ElementTree import fromstring
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from PIL import Image

MOST_BYTES = 1024 * 1024
MOST_PIXELS = 16_000_000  # 4,000 × 4,000: far more than paper can show
# As kept: more than 300 dots an inch in the place of the logo (at most 70 × 22 mm).
KEPT_SIZE = (1000, 300)
PNG, JPEG, SVG = "image/png", "image/jpeg", "image/svg+xml"
ENDS = {PNG: b"IEND\xaeB`\x82", JPEG: b"\xff\xd9"}

MOST_BRACKETS = 6000
MOST_PARTS = 3000  # shapes, each counted as often as it is drawn
MOST_DRAWING_BYTES = 150_000
DEEPEST = 30
LARGEST_NUMBER = 1e6

SVG_SPACE = "{http://www.w3.org/2000/svg}"
SHAPES = {
    *("svg", "g", "defs", "symbol", "use"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    *("linearGradient", "radialGradient", "stop", "clipPath"),
}
# Says something about the drawing, and draws nothing.
NOTES = {"title", "desc", "metadata"}
GEOMETRY = {
    *("id", "d", "points", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy"),
    *("cx", "cy", "r", "rx", "ry", "fx", "fy", "width", "height", "viewBox"),
    *("preserveAspectRatio", "transform", "offset", "gradientUnits"),
    *("gradientTransform", "spreadMethod", "clipPathUnits"),
}
PAINT = {
    *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-width"),
    *("stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit"),
    *("stroke-dasharray", "stroke-dashoffset", "stop-color", "stop-opacity"),
    *("opacity", "color", "clip-path", "clip-rule", "display", "visibility"),
}
MEASURES = GEOMETRY - {"id"} | {"stroke-width"}
PROLOGUE = re.compile(r"<!|<\?(?!xml\s)", re.IGNORECASE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
OUTSIDE = re.compile(r"url\(\s*[\"']?(?!#)|@import|javascript:", re.IGNORECASE)
INSIDE = re.compile(r"url\(\s*[\"']?#([^)\"']+)[\"']?\s*\)")
NUMBER = re.compile(r"\d*\.?\d+(?:[eE][-+]?\d+)?")


def check_size(size):
    """Refuse a file by its size in bytes, before anything reads it."""
    if size > MOST_BYTES:
        raise ValidationError(
            _(
                "This logo weighs %(size)s MB; at most 1 MB is possible. Save it "
                "smaller and choose it again."
            )
            % {"size": number_format(size / MOST_BYTES, 1)}
        )


def clean_logo(data: bytes) -> tuple[bytes, str]:
    """Return a logo made harmless, and its type; raises ValidationError."""
    check_size(len(data))
    if data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return clean_picture(data)
    if b"<svg" in data[:20_000]:
        return clean_drawing(data), SVG
    raise ValidationError(
        _("This file is no PNG, JPEG or SVG picture. Choose another file.")
    )


# --- pixels ---------------------------------------------------------------------------


def clean_picture(data):
    """Return the pixels alone, in a size fit for paper: no profile, no note."""
    kind = PNG if data.startswith(b"\x89") else JPEG
    # Checked here: another library may tell Pillow to make do with half a picture.
    if not data.rstrip(b"\0\r\n ").endswith(ENDS[kind]):
        raise half_a_picture()
    try:
        with Image.open(BytesIO(data), formats=["PNG", "JPEG"]) as picture:
            check_pixels(*picture.size)
            kept = picture.convert("RGB" if kind == JPEG else "RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise half_a_picture() from error
    kept.thumbnail(KEPT_SIZE)
    return encoded(kept, kind), kind


def half_a_picture():
    return ValidationError(
        _("This picture cannot be read to its end. Save it again as PNG.")
    )


def check_pixels(width, height):
    if width * height > MOST_PIXELS:
        raise ValidationError(
            _(
                "This logo has %(width)d × %(height)d pixels. Save it smaller: 2,000 "
                "pixels across are plenty."
            )
            % {"width": width, "height": height}
        )


def encoded(picture, kind):
    out = BytesIO()
    if kind == JPEG:
        picture.save(out, "JPEG", quality=90)
    elif picture.getextrema()[3] == (255, 255):  # nothing shines through
        picture.convert("RGB").save(out, "PNG", optimize=True)
    else:
        picture.save(out, "PNG", optimize=True)
    return out.getvalue()


# --- drawings -------------------------------------------------------------------------


def clean_drawing(data: bytes) -> bytes:
    """Return a drawing with its shapes alone; raises ValidationError."""
    root = parsed(data)
    check_shape(root)
    kept = copied(root)
    check_extent(kept)
    check_references(kept)
    out = ElementTree.tostring(kept, encoding="unicode").encode()
    if len(out) > MOST_DRAWING_BYTES:
        raise too_detailed()
    return out


def parsed(data):
    if data.count(b"<") > MOST_BRACKETS:
        raise too_detailed()
    try:
        text = COMMENT.sub("", data.decode("utf-8-sig"))
        if PROLOGUE.search(text):
            raise not_plain(_("a document type or a style sheet"))
        return fromstring(text.encode())
    except (ValueError, SyntaxError, LookupError) as error:  # the parsers' own
        raise unreadable() from error


def check_shape(root):
    """Walk without recursion: the file decides how deep it goes."""
    if root.tag != SVG_SPACE + "svg":
        raise unreadable()
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        if depth > DEEPEST:
            raise too_detailed()
        check_element(element)
        waiting += [(child, depth + 1) for child in element if is_drawn(child)]


def is_drawn(element):
    """Notes, and what drawing programs add for themselves, are left out."""
    space, _brace, name = element.tag.rpartition("}")
    return f"{space}}}" == SVG_SPACE and name not in NOTES or not space


def check_element(element):
    name = element.tag.removeprefix(SVG_SPACE)
    if name not in SHAPES:
        raise not_plain(f"“{name}”")
    for attribute, value in element.items():
        local = attribute.rpartition("}")[2].lower()
        if local.startswith("on"):
            raise not_plain(_("a script"))
        is_link = local == "href" and not value.strip().startswith("#")
        if is_link or OUTSIDE.search(value):
            raise not_plain(_("an address outside the file"))


def copied(element):
    """Return a copy that holds the shapes and attributes of the two lists alone."""
    copy = ElementTree.Element(element.tag.removeprefix(SVG_SPACE))
    if copy.tag == "svg":
        copy.set("xmlns", SVG_SPACE[1:-1])
    for name, value in kept_attributes(element):
        if name in MEASURES:
            check_numbers(value)
        copy.set(name, value)
    copy.extend([copied(child) for child in element if is_drawn(child)])
    return copy


def kept_attributes(element):
    for name, value in element.items():
        if name.rpartition("}")[2] == "href":
            yield "href", value.strip()
        elif name in GEOMETRY or name in PAINT:
            yield name, value
    for declaration in element.get("style", "").split(";"):
        name, _colon, value = declaration.partition(":")
        if name.strip() in PAINT and value.strip():
            yield name.strip(), value.strip()


def check_numbers(value):
    if any(float(number) > LARGEST_NUMBER for number in NUMBER.findall(value)):
        raise ValidationError(
            _(
                "This drawing is larger than any paper. Save it again with its page "
                "fitted to the drawing."
            )
        )


def check_extent(root):
    """Without a size, nobody knows how to fit it into its place."""
    box = [float(number) for number in NUMBER.findall(root.get("viewBox", ""))]
    sides = box[2:] if len(box) == 4 else [side(root, "width"), side(root, "height")]
    if min(sides) <= 0:
        raise ValidationError(
            _("This drawing does not say its size. Save it again as “plain SVG”.")
        )


def side(root, name):
    number = NUMBER.match(root.get(name, ""))
    return float(number.group()) if number else 0.0


def check_references(root):
    """Count each shape as often as it is drawn: copies of copies grow without end."""
    named = {part.get("id"): part for part in root.iter() if part.get("id")}
    counted = {}

    def count(part, path):
        if part in path or len(path) > DEEPEST:
            raise too_detailed()
        if part not in counted:
            path = path | {part}
            parts = [*part, *(named[name] for name in names_in(part) if name in named)]
            counted[part] = 1 + sum(count(other, path) for other in parts)
        if counted[part] > MOST_PARTS:
            raise too_detailed()
        return counted[part]

    count(root, frozenset())


def names_in(part):
    """Return the names of the parts that a part draws again or paints with."""
    if part.get("href"):
        yield part.get("href")[1:]
    for value in part.attrib.values():
        yield from INSIDE.findall(value)


def unreadable():
    return ValidationError(
        _("This drawing cannot be read. Save it again as “plain SVG”.")
    )


def too_detailed():
    return ValidationError(
        _("This drawing is too detailed for a logo. Simplify it, or save it as PNG.")
    )


def not_plain(what):
    return ValidationError(
        _(
            "This drawing holds %(what)s, which a document does not print. Turn its "
            "texts into outlines and save it again as “plain SVG”, or as PNG."
        )
        % {"what": what}
    )
