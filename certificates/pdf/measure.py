"""How wide a name is on paper, as HarfBuzz shapes it: the renderer's engine too."""

from functools import cache

from certificates import glyphs

# The width for names on the page, in points: 162 mm.
LINE = 162 / 25.4 * 72
# Sizes of names, in points, with the letter spacing of the style sheet in em, the
# lines that a name may take, and the word of the style sheet.
SIZES = [(30, -0.02, 1, ""), (22, -0.02, 2, "medium"), (16, -0.01, 99, "long")]
# Rounding of glyph positions differs a little between two programs.
MARGIN = 1.01


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


def width(text, size, spacing=0.0):
    """Return the width of a text on one line, in points.

    `size` is in points, `spacing` in em: only the main face is tightened.
    """
    total = 0.0
    for face, part in glyphs.runs(text):
        font = font_of(face.path)
        positions = shaped(part, face.path).glyph_positions
        advance = sum(position.x_advance for position in positions)
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


def has_broken_syllable(name):
    """Tell if a glyph is missing, or stands on a dotted circle for want of a letter."""
    for face, part in glyphs.runs(name):
        wrong = {0, dotted_circle_of(face.path)} - {None}
        if any(info.codepoint in wrong for info in shaped(part, face.path).glyph_infos):
            return True
    return False
