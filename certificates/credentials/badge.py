"""The badge: a drawing of ours with the credential inside, and how to take it out.

Source: 1EdTech, Open Badges 3.0, section 5.3.2 “Baking SVG”.
"""

from unicodedata import east_asian_width
from xml.parsers import expat
from xml.sax.saxutils import escape

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
TAG = f"{NAMESPACE} credential"
LARGEST = 300_000  # bytes
# The colours of the site's areas (cms/static/cms/repere.css), each dark enough for
# white letters.
COLOURS = {
    "A": "#2c5a97",
    "B": "#815400",
    "C": "#7a3c89",
    "D": "#2a673a",
    "E": "#95451d",
    "F": "#0d666c",
}
COOL, BLAZE, SHEET, INK, SOFT = "#0f4c5c", "#dd9c2f", "#fffdf8", "#1d2830", "#46484a"
FACES = "'Atkinson Hyperlegible Next', 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
# Letter size and distance of lines: the first with which the title fits.
SIZES = [(40, 46), (31, 37), (25, 30), (20, 24)]
WIDEST, TALLEST = 288, 125  # units of the drawing, 400 by 400
# Widths in ems, rather too wide: the reader's machine chooses the face.
NARROW, WIDE, CAPITAL, OTHER = 0.45, 1.15, 0.86, 0.73


class NotBaked(ValueError):
    """The file is not an SVG with a credential inside."""


def draw(title: str, label: str, issuer: str, area: str, caption: str) -> str:
    """Return the badge of an achievement as SVG; it names no person.

    `label` is short (M04, version 2026-1); `area` is the letter that gives the colour,
    another text gives the platform's own; `caption` says the drawing to who cannot see.
    """
    colour = COLOURS.get(area, COOL)
    return "".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" '
            'width="400" height="400" role="img" aria-labelledby="badge">',
            f'<title id="badge">{escape(caption)}</title>',
            f'<path fill="{colour}" d="M200 6 368 103V297L200 394 32 297V103Z"/>',
            f'<path fill="{SHEET}" d="M200 26 351 113V265H49V113Z"/>',
            mark(),
            *title_lines(title),
            line(label, 246, 18, SOFT),
            line(issuer, 295, 18, SHEET, widest=250),
            "</svg>",
        ]
    )


def mark():
    """The flag of the logo, at the top."""
    return (
        f'<path fill="{BLAZE}" d="M188 50h18a12 12 0 0 1 0 25h-18z"/>'
        f'<path fill="none" stroke="{COOL}" stroke-width="6" stroke-linecap="round" '
        'stroke-linejoin="round" d="M188 50v42M199 75c2 10 15 6 18 17"/>'
    )


def title_lines(title):
    lines, size, height = fitted(title)
    top = 168 - (len(lines) - 1) * height / 2
    return [
        line(text, top + number * height, size, INK, weight=700)
        for number, text in enumerate(lines)
    ]


def fitted(title):
    """Return the lines of a title, their letter size and distance; cut if too long."""
    for size, height in SIZES:
        lines = wrapped(title, size)
        fits = max(width_of(text, size) for text in lines) <= WIDEST
        if fits and len(lines) * height <= TALLEST:
            return lines, size, height
    most = TALLEST // height
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1].rpartition(' ')[0]}…"]
    return lines, size, height


def wrapped(title, size):
    """Return the title in lines; a word is never cut."""
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size) > WIDEST:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def width_of(text, size):
    """Return at most how wide a text is, in units of the drawing."""
    return sum(ems(character) for character in text) * size


def ems(character):
    if character in " .,:;!|'’ilIjft()-":
        return NARROW
    if character in "mwMW@%…—" or east_asian_width(character) in "WF":
        return WIDE
    return CAPITAL if character.isupper() else OTHER


def line(text, y, size, colour, weight=400, widest=WIDEST):
    """Return one centred line; one that may be too wide is squeezed."""
    squeeze = ""
    if width_of(text, size) > widest:
        squeeze = f'textLength="{widest}" lengthAdjust="spacingAndGlyphs" '
    return (
        f'<text x="200" y="{y:g}" text-anchor="middle" dominant-baseline="central" '
        f'font-family="{FACES}" font-size="{size}" font-weight="{weight}" '
        f'{squeeze}fill="{colour}">{escape(text)}</text>'
    )


def bake(svg: str, credential: str) -> str:
    """Return the drawing with a signed credential (JSON text) inside."""
    start, opening, rest = svg.partition("<svg ")
    if not opening or NAMESPACE in svg:
        raise ValueError("The drawing is no SVG, or is baked already.")
    tag, end, content = rest.partition(">")
    # The same JSON, without the three characters that would end the section.
    safe = credential.replace("]]>", "]]\\u003e")
    return (
        f'{start}{opening}xmlns:openbadges="{NAMESPACE}" {tag}{end}'
        f"<openbadges:credential><![CDATA[{safe}]]></openbadges:credential>{content}"
    )


def unbake(svg: bytes) -> str:
    """Return the credential inside a drawing, whoever made it. Raises NotBaked."""
    if len(svg) > LARGEST:
        raise NotBaked("The file is too large for a badge.")
    reader = Reader()
    try:
        reader.parser.Parse(svg, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # or its encoding
        raise NotBaked("The file is not an SVG.") from error
    if reader.root != "http://www.w3.org/2000/svg svg" or len(reader.found) != 1:
        raise NotBaked("The drawing holds no credential, or several.")
    return "".join(reader.found[0]).strip()


class Reader:
    """Listens to the parser, which opens no other file; entities are refused."""

    def __init__(self):
        self.root, self.found, self.inside = None, [], False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.hear

    def refuse(self, *declaration):
        raise NotBaked("The drawing declares a document type.")

    def start(self, name, attributes):
        self.root = self.root or name
        if name == TAG:
            self.inside = True
            self.found.append([])

    def end(self, name):
        self.inside = self.inside and name != TAG

    def hear(self, text):
        if self.inside:
            self.found[-1].append(text)
