"""Looks at names on paper: nothing hidden, nothing over anything, the right letters."""

import re
import unicodedata
from contextlib import closing
from enum import StrEnum
from itertools import combinations, pairwise

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps
from pypdfium2 import raw

from certificates import glyphs
from certificates.pdf import measure


class Fault(StrEnum):
    """What may be wrong with a name on paper."""

    HIDDEN = "hidden or cut"
    OVERLAPPING = "overlapping"
    WRONG = "with a missing or wrong letter"


DPI = 150
PIXELS_PER_CSS = DPI / 96
FINER = 4
# How white the ink of names is on the picture turned round: they are not quite black.
INK = 215
# In square em; a letter has about 0.2 of ink, an accent 0.02. The two programs smooth
# outlines differently, by far less.
MOST_DIFFERENT = 0.008


def text_boxes(page):
    """Return the lines of text of a page, as WeasyPrint laid them out (CSS pixels)."""
    return [
        box
        for box in page._page_box.descendants()
        if type(box).__name__ == "TextBox" and box.text.strip()
    ]


def overlaps(page):
    """Return the pairs of texts that share some of the paper.

    But for two lines of the name, whose ink is known: see `touching`.
    """
    of_name = {id(box) for box in name_boxes(page)}
    return [
        (box.text, other.text)
        for box, other in combinations(text_boxes(page), 2)
        if shared(box, other) and not {id(box), id(other)} <= of_name
    ]


def shared(box, other):
    across = min(right(box), right(other)) - max(box.position_x, other.position_x)
    down = min(bottom(box), bottom(other)) - max(box.position_y, other.position_y)
    return across > 1 and down > 0.35 * min(box.height, other.height)


def right(box):
    return box.position_x + box.width


def bottom(box):
    return box.position_y + box.height


def hidden(page):
    """Return the texts that leave the sheet, or are too small to read (under 6 pt)."""
    width, height = page.width, page.height
    return [
        box.text
        for box in text_boxes(page)
        if right(box) > width + 1
        or bottom(box) > height + 1
        or min(box.position_x, box.position_y) < 0
        or box.style["font_size"] < 8
    ]


def name_lines(document):
    """Return the boxes of the name: what the paragraph of class “name” holds."""
    return [box for page in document.pages for box in name_boxes(page)]


def name_boxes(page):
    return [
        box
        for paragraph in page._page_box.descendants()
        if paragraph.element is not None
        and "name" in (paragraph.element.get("class") or "").split()
        and paragraph.element_tag == "p"
        and type(paragraph).__name__ == "BlockBox"
        for box in paragraph.descendants()
        if type(box).__name__ == "TextBox" and box.text.strip()
    ]


def said_by(boxes):
    """Return the text of boxes, without spaces: lines end where words do."""
    return re.sub(r"\s", "", "".join(box.text for box in boxes))


def is_all_there(name, document):
    """Tell if the name is laid out whole, each letter in its order."""
    wanted = re.sub(r"\s", "", glyphs.tidy(name))
    return said_by(name_lines(document)) == wanted


def touching(document):
    """Return the pairs of lines that may meet: of the name, and those beside it.

    By the height of their ink, wherever on the line it is.
    """
    boxes, lines = text_boxes(document.pages[0]), lines_of(document)
    before = boxes[boxes.index(lines[0][0]) - 1]
    after = boxes[boxes.index(lines[-1][-1]) + 1]
    lines = [[before], *lines, [after]]
    return [
        (said_by(line), said_by(following))
        for line, following in pairwise(lines)
        if ink_of(line)[1] > ink_of(following)[0]
    ]


def ink_of(line):
    """Return where the ink of a line begins and ends on the page, in CSS pixels."""
    tops, ends = [], []
    for box in line:
        rise, depth = measure.part_ink(box.text, face_of(box).path)
        baseline, em = box.position_y + box.baseline, box.style["font_size"]
        tops.append(baseline - rise * em)
        ends.append(baseline + depth * em)
    return min(tops), max(ends)


def difference(document, content):
    """Return how much ink of a name is not what the whole face draws, in square em.

    `content` is the PDF of `document`; the picture of each line by PDFium is compared
    with the same text drawn by FreeType and Raqm from the whole font files.
    """
    with (
        closing(pypdfium2.PdfDocument(content)) as opened,
        closing(opened[0]) as page,
    ):
        return max(line_difference(line, page) for line in lines_of(document))


def lines_of(document):
    """Return the lines of the name, each the boxes that stand side by side."""
    lines = {}
    for box in name_lines(document):
        baseline = round(box.position_y + box.baseline)
        lines.setdefault(baseline, []).append(box)
    return [*lines.values()]


def line_difference(boxes, page):
    area = area_of(boxes)
    seen, wanted = photographed(area, page), drawn(boxes, area)
    apart = ImageChops.difference(seen, wanted).point(lambda value: value > 110 and 255)
    # What is thinner than three pixels is smoothing, not a letter.
    apart = apart.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(3))
    em = boxes[0].style["font_size"] * PIXELS_PER_CSS
    return sum(apart.histogram()[128:]) / em**2


def area_of(boxes):
    """Return the (left, top, width, height) in pixels of a line with its marks."""
    em = max(box.style["font_size"] for box in boxes)
    left = min(box.position_x for box in boxes) - em / 4
    last = max(right(box) for box in boxes) + em / 2
    baseline = max(box.position_y + box.baseline for box in boxes)
    sides = (left, baseline - 1.15 * em, last - left, 1.8 * em)
    return [round(side * PIXELS_PER_CSS) for side in sides]


def photographed(area, page):
    """Return the picture of a part of a page, white ink on black."""
    left, top, width, height = area
    scale = DPI / 72
    with closing(
        pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_Gray)
    ) as paper:
        paper.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        # With a matrix: PDFium's own scaling rounds the page up to whole pixels.
        raw.FPDF_RenderPageBitmapWithMatrix(
            paper,
            page,
            raw.FS_MATRIX(scale, 0, 0, scale, -left, -top),
            raw.FS_RECTF(0, 0, width, height),
            raw.FPDF_GRAYSCALE,
        )
        return ImageOps.invert(paper.to_pil().convert("L"))


def drawn(boxes, area):
    """Return the same part with the same texts, drawn from the whole files.

    Drawn larger, then reduced: Raqm rounds the place of each letter to whole pixels.
    """
    left, top, width, height = area
    picture = Image.new("L", (width * FINER, height * FINER))
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        x = box.position_x * PIXELS_PER_CSS - left
        y = (box.position_y + box.baseline) * PIXELS_PER_CSS - top
        draw_box(pen, x * FINER, y * FINER, box)
    return picture.reduce(FINER).point(lambda value: value * INK // 255)


def draw_box(pen, x, y, box):
    em = box.style["font_size"] * PIXELS_PER_CSS * FINER
    spacing = box.style["letter_spacing"]
    spacing = 0 if spacing == "normal" else spacing * PIXELS_PER_CSS * FINER
    face, text = face_of(box), drawn_text(box)
    font = ImageFont.truetype(str(face.path), em, layout_engine=ImageFont.Layout.RAQM)
    if not spacing:
        direction = "rtl" if is_right_to_left(text) else "ltr"
        pen.text((x, y), text, 255, font, "ls", direction=direction)
        return
    for start, cluster in placed(text, face, em, spacing):
        pen.text((x + start, y), cluster, 255, font, "ls")


def face_of(box):
    """Return the face that a text is to be printed in: a line may hold part of it."""
    family = box.style["font_family"][0]
    return next(face for face in glyphs.FACES if face.family == family)


def drawn_text(box):
    """Return a line with the space that stood before its end, at the left of Hebrew."""
    whole = box.pango_layout.text
    return whole if whole.rstrip(" ") == box.text else box.text


def is_right_to_left(text):
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def placed(text, face, em, spacing):
    """Yield where each cluster of a spaced text starts, and the cluster."""
    buffer = measure.shaped(text, face.path)
    unit = em / measure.font_of(face.path).face.upem
    starts, x = {}, 0.0
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        starts.setdefault(info.cluster, x)
        x += position.x_advance * unit + spacing
    bounds = [*starts, len(text)]
    for first, last in zip(bounds, bounds[1:], strict=False):
        yield starts[first], text[first:last]


def fault_of(name, document, content=None):
    """Return (a Fault, what was seen) of a name on paper, or None when all is well.

    Its pictures are compared when its PDF is given as `content`.
    """
    if not is_all_there(name, document):
        return Fault.HIDDEN, "not all there"
    if found := touching(document):
        return Fault.OVERLAPPING, f"marks leave the line: {found}"
    for page in document.pages:
        if found := hidden(page):
            return Fault.HIDDEN, f"off the sheet, or too small: {found}"
        if found := overlaps(page):
            return Fault.OVERLAPPING, str(found)
    if content and (found := difference(document, content)) > MOST_DIFFERENT:
        return Fault.WRONG, f"{found:.3f} square em"
    return None
