"""Looks at names on paper: nothing hidden, nothing over anything, the right letters."""

import re
import subprocess
import tempfile
import unicodedata
from pathlib import Path

from certificates import glyphs
from certificates.pdf import measure

DPI = 150
PIXELS_PER_CSS = DPI / 96
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
    """Return the pairs of texts that share some of the paper."""
    boxes, found = text_boxes(page), []
    for number, box in enumerate(boxes):
        for other in boxes[number + 1 :]:
            if shared(box, other):
                found.append((box.text, other.text))
    return found


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
    return [
        box
        for page in document.pages
        for paragraph in page._page_box.descendants()
        if paragraph.element is not None
        and "name" in (paragraph.element.get("class") or "").split()
        and paragraph.element_tag == "p"
        and type(paragraph).__name__ == "BlockBox"
        for box in paragraph.descendants()
        if type(box).__name__ == "TextBox"
    ]


def said_by(boxes):
    """Return the text of boxes, without spaces: lines end where words do."""
    return re.sub(r"\s", "", "".join(box.text for box in boxes))


def is_all_there(name, document):
    """Tell if the name is laid out whole, each letter in its order."""
    wanted = re.sub(r"\s", "", glyphs.tidy(name))
    return said_by(name_lines(document)) == wanted


def ink_leaves_line(name):
    """Tell if letters or marks rise or hang further than the lines leave room for.

    The lines of other faces than the main one are 1.62 em apart (pdf.css); marks may
    also use the space between two blocks: 0.19 em at the top, 0.35 em at the bottom.
    """
    for face, part in glyphs.runs(glyphs.tidy(name)):
        font = measure.font_of(face.path)
        extents = font.get_font_extents("ltr")
        em = font.face.upem
        leading = (1.62 if face.key else 1.12) * em
        top = (leading - (extents.ascender - extents.descender)) / 2 + extents.ascender
        for height, depth in ink(part, face.path):
            if height > top + 0.19 * em or depth > leading - top + 0.35 * em:
                return True
    return False


def ink(part, path):
    """Yield how far each glyph rises over the baseline and hangs under it."""
    font, buffer = measure.font_of(path), measure.shaped(part, path)
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if extents := font.get_glyph_extents(info.codepoint):
            top = extents.y_bearing + position.y_offset
            yield top, -(top + extents.height)


def difference(document, content):
    """Return how much ink of a name is not what the whole face draws, in square em.

    `content` is the PDF of `document`; the picture of each line by poppler is compared
    with the same text drawn by FreeType and Raqm from the whole font files.
    """
    return max(line_difference(line, content) for line in lines_of(document))


def lines_of(document):
    """Return the lines of the name, each the boxes that stand side by side."""
    lines = {}
    for box in name_lines(document):
        baseline = round(box.position_y + box.baseline)
        lines.setdefault(baseline, []).append(box)
    return [*lines.values()]


def line_difference(boxes, content):
    from PIL import ImageChops, ImageFilter

    area = area_of(boxes)
    seen, wanted = photographed(area, content), drawn(boxes, area)
    apart = ImageChops.difference(seen, wanted).point(lambda value: value > 110 and 255)
    # What is thinner than three pixels is smoothing, not a letter.
    apart = apart.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(3))
    em = boxes[0].style["font_size"] * PIXELS_PER_CSS
    return sum(apart.histogram()[128:]) / em**2


def area_of(boxes):
    """Return the (left, top, width, height) in pixels of a line with its marks."""
    em = max(box.style["font_size"] for box in boxes)
    left = min(box.position_x for box in boxes) - em / 4
    last = max(right(box) for box in boxes) + em / 4
    baseline = max(box.position_y + box.baseline for box in boxes)
    sides = (left, baseline - 1.15 * em, last - left, 1.8 * em)
    return [round(side * PIXELS_PER_CSS) for side in sides]


def photographed(area, content):
    """Return the picture of a part of the first page, white ink on black."""
    from PIL import Image, ImageOps

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page"
        path.with_suffix(".pdf").write_bytes(content)
        left, top, width, height = area
        sides = ["-x", left, "-y", top, "-W", width, "-H", height]
        command = ["pdftoppm", "-r", DPI, "-f", 1, "-l", 1, "-gray", *sides]
        command += ["-singlefile", path.with_suffix(".pdf"), path]
        subprocess.run([*map(str, command)], check=True, capture_output=True)
        with Image.open(path.with_suffix(".pgm")) as picture:
            return ImageOps.invert(picture.convert("L"))


def drawn(boxes, area):
    """Return the same part with the same texts, drawn from the whole files."""
    from PIL import Image, ImageDraw

    left, top, width, height = area
    picture = Image.new("L", (width, height))
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        x = box.position_x * PIXELS_PER_CSS - left
        y = (box.position_y + box.baseline) * PIXELS_PER_CSS - top
        draw_box(pen, x, y, box)
    return picture.point(lambda value: value * INK // 255)


def draw_box(pen, x, y, box):
    from PIL import ImageFont

    em = box.style["font_size"] * PIXELS_PER_CSS
    spacing = box.style["letter_spacing"]
    spacing = 0 if spacing == "normal" else spacing * PIXELS_PER_CSS
    ((face, text),) = glyphs.runs(box.text)
    font = ImageFont.truetype(str(face.path), em, layout_engine=ImageFont.Layout.RAQM)
    if not spacing:
        direction = "rtl" if is_right_to_left(text) else "ltr"
        pen.text((x, y), text, 255, font, "ls", direction=direction)
        return
    for start, cluster in placed(text, face, em, spacing):
        pen.text((x + start, y), cluster, 255, font, "ls")


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
    """Return what is wrong with a name on the paper of `document`, “” when nothing is.

    Its pictures are compared when its PDF is given as `content`.
    """
    if not is_all_there(name, document):
        return "not all there"
    if ink_leaves_line(name):
        return "marks leave the line"
    for page in document.pages:
        if found := overlaps(page) or hidden(page):
            return f"overlap or hidden: {found}"
    if content and (found := difference(document, content)) > MOST_DIFFERENT:
        return f"other letters: {found:.3f} square em"
    return ""
