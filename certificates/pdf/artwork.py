"""Drawings that WeasyPrint paints as images, written as PDF operators.

WeasyPrint asks two things of an image: its size and to draw itself. An SVG answers by
walking its tree each time, which takes a sixth of a page; these answer with operators
that were made once. (WeasyPrint 70, images.py; ISO 32000-1, section 8.5.)
"""

import re
from functools import cache
from xml.etree import ElementTree

import pydyf
import segno
from fontTools.pens.basePen import BasePen

from certificates import glyphs

INK = "0.114 0.157 0.188 rg"
TEAL = "0.059 0.298 0.361 rg"
SAND = "0.925 0.894 0.827 rg"
WHITE = "1 1 1 rg"
EARTH = "0.525 0.29 0.024 rg"
SUN = "0.867 0.612 0.184 rg"
QUIET_ZONE = 4
# States, shadings and objects have names that only one file knows; full opacity is
# what a drawing starts with.
OPAQUE = re.compile(rb"/[aA]1(\.0)? gs\n")
NOT_PLAIN = re.compile(rb"/\S+ (gs|sh|Do|cs|CS|Tf)\b")


def colour(hexadecimal):
    """Return a colour (#rrggbb) as an operator: what follows is filled with it."""
    parts = (int(hexadecimal[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return " ".join(f"{part:.3f}" for part in parts) + " rg"


class Drawing:
    """Operators in a box of `width` × `height` units, y downwards."""

    def __init__(self, width, height, operators):
        self.width, self.height, self.operators = width, height, operators

    def get_intrinsic_size(self, resolution, font_size):
        return self.width, self.height, self.width / self.height

    def draw(self, stream, width, height, style):
        with stream.stacked():
            stream.transform(a=width / self.width, d=height / self.height)
            stream.stream.append(self.operators)


class Svg(Drawing):
    """A plain SVG of ours, drawn once by WeasyPrint: its operators are then kept."""

    def __init__(self, path):
        self.path, self.tree = path, ElementTree.fromstring(path.read_bytes())
        _left, _top, width, height = map(float, self.tree.get("viewBox").split())
        super().__init__(width, height, None)

    def draw(self, stream, width, height, style):
        if self.operators is None:
            self.operators = self.pressed(stream)
        super().draw(stream, width, height, style)

    def pressed(self, stream):
        from weasyprint.svg import SVG

        # Apart from the document's own: the first one must not differ from the next.
        resources = pydyf.Dictionary({"ExtGState": pydyf.Dictionary()})
        sheet = stream.clone(stream=[], resources=resources, tags=None)
        drawing = SVG(self.tree, None, None, None)
        drawing.draw(sheet, self.width, self.height, None, None)
        operators = OPAQUE.sub(b"", b"\n".join(map(as_bytes, sheet.stream)))
        if found := NOT_PLAIN.search(operators):
            raise ValueError(
                f"{self.path} needs {found[0].decode()}: keep to opaque plain shapes."
            )
        return operators


def as_bytes(operator):
    return operator if isinstance(operator, bytes) else str(operator).encode()


def qr_code(text, accent=TEAL):
    """Return the QR code of a text, each run of dark modules a rectangle."""
    rows = segno.make(text, error="m", micro=False).matrix
    side = len(rows) + 2 * QUIET_ZONE
    found = [frame(side, accent), INK]
    for y, row in enumerate(rows, start=QUIET_ZONE):
        for x, length in dark_runs(row):
            found.append(f"{x + QUIET_ZONE} {y} {length} 1 re")
    return Drawing(side, side, "\n".join([*found, "f"]).encode())


def frame(side, accent):
    """Return a line round a square, its corners rounded."""
    near, far = 0.25, side - 0.25
    first, last = near + 2.2, far - 2.2
    return (
        f"{accent.replace('rg', 'RG')} 0.5 w {first} {near} m {last} {near} l "
        f"{far} {near} {far} {first} y {far} {last} l {far} {far} {last} {far} y "
        f"{first} {far} l {near} {far} {near} {last} y {near} {first} l "
        f"{near} {near} {first} {near} y s"
    )


def circle(middle, radius):
    """Return the outline of a circle, as four curves."""
    near, far, bend = middle - radius, middle + radius, radius * 0.5523
    low, high = middle - bend, middle + bend
    return (
        f"{far} {middle} m {far} {high} {high} {far} {middle} {far} c "
        f"{low} {far} {near} {high} {near} {middle} c "
        f"{near} {low} {low} {near} {middle} {near} c "
        f"{high} {near} {far} {low} {far} {middle} c h"
    )


def stop(fill, stroke):
    """Return a stop of the trail, 4.8 mm wide: a filled ring."""
    ring = f"{fill} {stroke.replace('rg', 'RG')} 0.8 w {circle(2.4, 2.0)} b"
    return Drawing(4.8, 4.8, ring.encode())


class Trail(Drawing):
    """A dotted line, as long as what it stands beside."""

    def __init__(self):
        super().__init__(1, 1, b"")

    def draw(self, stream, width, height, style):
        middle, gap = width / 2, width * 2.35
        line = (
            f"{EARTH.replace('rg', 'RG')} {width:.3f} w 1 J [0 {gap:.3f}] 0 d "
            f"{middle:.3f} {middle:.3f} m {middle:.3f} {height:.3f} l S"
        )
        with stream.stacked():
            stream.stream.append(line.encode())


def dark_runs(row):
    """Return (start, length) of each run of ones in a row of zeros and ones."""
    return [
        (start, len(run)) for start, run in positions(bytes(row).split(b"\0")) if run
    ]


def positions(pieces):
    start = 0
    for piece in pieces:
        yield start, piece
        start += len(piece) + 1


@cache
def scale(low, high, accent=TEAL):
    """Draw the eight levels as boxes with their numbers, those of a range dark."""
    operators = []
    for level in range(1, 9):
        left = (level - 1) * 10
        is_in = low <= level <= high
        top, tall = (0, 8) if is_in else (1, 6)
        operators.append(f"{accent if is_in else SAND}\n{left} {top} 9.4 {tall} re f")
        operators.append(f"{WHITE if is_in else INK}\n{digit(level, left + 4.7, 6)}")
    return Drawing(79.4, 8, "\n".join(operators).encode())


def digit(number, middle, baseline, size=5.4):
    """Return the outline of a digit centred on `middle`, as operators."""
    from fontTools.ttLib import TTFont

    with TTFont(glyphs.MAIN_FONT) as font:
        names = font.getGlyphSet()
        glyph = names[font.getBestCmap()[ord(str(number))]]
        em = size / font["head"].unitsPerEm
        pen = OperatorPen(names, em, middle - glyph.width * em / 2, baseline)
        glyph.draw(pen)
    return "\n".join([*pen.operators, "f"])


class OperatorPen(BasePen):
    """Writes the outline of a glyph as PDF operators, y downwards."""

    def __init__(self, names, em, left, baseline):
        super().__init__(names)
        self.em, self.left, self.baseline = em, left, baseline
        self.operators = []

    def write(self, operator, *points):
        numbers = [
            f"{self.left + x * self.em:.3f} {self.baseline - y * self.em:.3f}"
            for x, y in points
        ]
        self.operators.append(" ".join([*numbers, operator]))

    def _moveTo(self, point):
        self.write("m", point)

    def _lineTo(self, point):
        self.write("l", point)

    def _curveToOne(self, *points):
        self.write("c", *points)

    def _closePath(self):
        self.write("h")
