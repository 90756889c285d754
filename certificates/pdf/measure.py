"""How wide a name is on paper, as HarfBuzz shapes it: the renderer's engine too."""

import unicodedata
from functools import cache

from certificates import glyphs

# The width for names on the page, in points: 162 mm.
LINE = 162 / 25.4 * 72
# Sizes of names, in points, with the letter spacing of the style sheet in em, the
# lines that a name may take, and the word of the style sheet.
SIZES = [(30, -0.02, 1, ""), (22, -0.02, 2, "medium"), (16, -0.01, 99, "long")]
# Rounding of glyph positions differs a little between two programs.
MARGIN = 1.01
# The room that the style sheet leaves for ink, in em: over a name, and from one line of
# it to the next; then the same for faces other than the main one.
ROOM, TALL_ROOM = (0.98, 1.25), (1.3, 1.62)
# What the lines of “name--high” hold over and under the baseline; no name has more.
HIGHEST, DEEPEST = 1.8, 0.8


@cache
def font_of(path):
    import uharfbuzz

    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))


@cache
def dotted_circle_of(path):
    return font_of(path).get_nominal_glyph(ord(glyphs.DOTTED_CIRCLE))


def shaped(text, path):
    """Return HarfBuzz's buffer of one run, in units of the font."""
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font_of(path), buffer)
    return buffer


def shaped_parts(text, path):
    """Return a buffer for each script of a run: the renderer cuts there."""
    return [shaped(part, path) for part in by_script(text)]


def by_script(text):
    """Cut a text where a letter is of another script than the letter before it."""
    parts, script = [""], ""
    for character in text:
        own = script_of(character) or script
        if script and own != script:
            parts.append("")
        parts[-1] += character
        script = own
    return parts


def script_of(character):
    """Return the script of a letter, as its Unicode name says it; “” for any other."""
    if unicodedata.category(character)[0] != "L":
        return ""
    return unicodedata.name(character, "").partition(" ")[0]


def width(text, size, spacing=0.0):
    """Return the width of a text on one line, in points.

    `size` is in points, `spacing` in em: only the main face is tightened.
    """
    total = 0.0
    for face, part in glyphs.runs(text):
        font = font_of(face.path)
        buffers = shaped_parts(part, face.path)
        advance = sum(p.x_advance for b in buffers for p in b.glyph_positions)
        total += advance * size / font.face.upem
        if face is glyphs.FACES[0]:
            total += len(part) * spacing * size
    return total


def line_count(name, size, spacing):
    """Return how many lines a name takes at a size, a word being cut when too long."""
    space = width("\u00a0", size, spacing)
    lines, left = 1, LINE
    for word in name.split(" "):
        wide = width(word, size, spacing) * MARGIN
        if wide > left and left < LINE:
            lines, left = lines + 1, LINE
        while wide > left:
            lines, wide = lines + 1, wide - left
        left -= wide + space
    return lines


def name_size(name):
    """Return the word of the largest of three sizes at which a name fits."""
    return next(
        word
        for size, spacing, most, word in SIZES
        if line_count(name, size, spacing) <= most
    )


def ink(name):
    """Return how far letters and marks rise over the baseline and hang under it, in em.

    Both are 0 for a name without ink.
    """
    found = [part_ink(part, face.path) for face, part in glyphs.runs(name)]
    return tuple(max(sides) for sides in zip((0, 0), *found, strict=True))


def part_ink(part, path):
    font, rise, depth = font_of(path), 0, 0
    for buffer in shaped_parts(part, path):
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            if extents := font.get_glyph_extents(info.codepoint):
                top = extents.y_bearing + place.y_offset
                rise, depth = max(rise, top), max(depth, -(top + extents.height))
    return rise / font.face.upem, depth / font.face.upem


def is_tall(name):
    """Tell if part of a name is printed in a face other than the main one."""
    return any(face.key for face, _part in glyphs.runs(name))


def is_high(name):
    """Tell if marks need more room than lines usually leave."""
    (rise, depth), (above, line) = ink(name), TALL_ROOM if is_tall(name) else ROOM
    return rise > above or rise + depth > line and name_size(name) != ""


def is_heaped(name):
    """Tell if marks stand on each other higher, or hang deeper, than any line holds."""
    rise, depth = ink(name)
    return rise > HIGHEST or depth > DEEPEST


def has_broken_syllable(name):
    """Tell if a glyph is missing, or stands on a dotted circle for want of a letter."""
    for face, part in glyphs.runs(name):
        wrong = {0, dotted_circle_of(face.path)} - {None}
        buffers = shaped_parts(part, face.path)
        if any(info.codepoint in wrong for b in buffers for info in b.glyph_infos):
            return True
    return False
