"""Pictures of a question version: geometry in, drawn by templates as SVG.

Every picture stands beside a table that says the same. Lengths are in units of the
drawing.
"""

from dataclasses import dataclass, field

from django.utils.translation import get_language

from assessments.admin.figures import decimal, percent
from assessments.models.framework import LEVELS

FEWEST_AT_A_LEVEL = 5  # under it a share at a level says nothing and shows people
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WITHOUT_KEY = ("ordering", "matching")

WIDTH, HEIGHT = 420, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 28, 12, 46
LETTER_GAP = 16
BAR_HEIGHT, BAR_GAP, BAR_LEFT, BAR_RIGHT = 24, 10, 28, 92


@dataclass(frozen=True)
class ChoiceLine:
    """One choice of a version, in words."""

    number: int
    letter: str
    text: str
    is_key: bool
    count: int
    share: float
    level: float | None
    correlation: float | None
    by_level: list  # share at each level (0 to 1), None where too few answered

    @property
    def share_said(self):
        return percent(self.share)

    @property
    def level_said(self):
        return "–" if self.level is None else decimal(self.level)

    @property
    def correlation_said(self):
        return "–" if self.correlation is None else decimal(self.correlation, 2)

    @property
    def by_level_said(self):
        return ["–" if share is None else percent(share) for share in self.by_level]


def choice_lines(version, values) -> list[ChoiceLine]:
    """Return the choices of a version that figures are known of, in their order."""
    texts = version.in_language(get_language())["choices"]
    curves = values.get("curves") or {}
    by_choice = curves.get("choices") or []
    lines = []
    for place, choice in enumerate(values.get("choices") or []):
        number = choice["number"]
        by_level = by_choice[place] if place < len(by_choice) else []
        lines.append(
            ChoiceLine(
                number=number,
                letter=LETTERS[number % len(LETTERS)],
                text=text_of(texts, number),
                is_key=version.kind not in WITHOUT_KEY and number in version.key,
                count=choice.get("count") or 0,
                share=choice.get("share") or 0.0,
                level=choice.get("level"),
                correlation=choice.get("correlation"),
                by_level=told(by_level, curves.get("counts")),
            )
        )
    return lines


def text_of(texts, number):
    if number >= len(texts):
        return ""
    text, match = texts[number]["text"], texts[number].get("match")
    return f"{text} → {match}" if match else text


def told(shares, counts):
    """Return the share at each level, None where fewer than 5 answered."""
    counts = counts or [0] * len(LEVELS)
    shares = (list(shares or []) + [None] * len(LEVELS))[: len(LEVELS)]
    return [
        share if count >= FEWEST_AT_A_LEVEL else None
        for share, count in zip(shares, counts, strict=True)
    ]


# --- who chose what, by level ---------------------------------------------------------


@dataclass
class Curve:
    letter: str
    series: int  # which colour and which dashes
    is_key: bool
    strokes: list = field(default_factory=list)  # points of unbroken lines
    dots: list = field(default_factory=list)  # (x, y)
    letter_x: float = 0
    letter_y: float = 0


@dataclass(frozen=True)
class Curves:
    curves: list[Curve]
    level_marks: list  # (x, level)
    share_marks: list  # (y, words)
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM

    @property
    def middle(self):
        return (self.left + self.right) / 2


def x_of(level):
    step = (WIDTH - LEFT - RIGHT) / (len(LEVELS) - 1)
    return round(LEFT + step * (level - 1), 1)


def y_of(share):
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share), 1)


def curves_of(lines) -> Curves | None:
    """Return the picture of choices by level; None when no level has answers enough.

    `lines` are ChoiceLines, or anything with a letter, `is_key` and `by_level`.
    """
    curves = [curve_of(line, series) for series, line in enumerate(lines)]
    drawn = [curve for curve in curves if curve.dots]
    if not drawn:
        return None
    spread_letters(drawn)
    return Curves(
        curves=drawn,
        level_marks=[(x_of(level), level) for level in LEVELS],
        share_marks=[(y_of(n / 4), percent(n / 4)) for n in range(5)],
    )


def curve_of(line, series) -> Curve:
    curve = Curve(line.letter, series, line.is_key)
    stroke = []
    for level, share in zip(LEVELS, line.by_level, strict=True):
        if share is None:
            stroke = []
            continue
        if not stroke:
            curve.strokes.append(stroke)
        stroke.append((x_of(level), y_of(share)))
        curve.dots.append(stroke[-1])
    curve.strokes = [
        " ".join(f"{x},{y}" for x, y in stroke) for stroke in curve.strokes
    ]
    if curve.dots:
        curve.letter_x, curve.letter_y = curve.dots[-1][0] + 12, curve.dots[-1][1]
    return curve


def spread_letters(curves):
    """Move the letters at the ends of lines apart, so that each can be read."""
    ends = sorted(curves, key=lambda curve: (curve.letter_y, curve.series))
    lowest = HEIGHT - BOTTOM
    for number, curve in enumerate(ends):
        room = lowest - LETTER_GAP * (len(ends) - 1 - number)
        above = ends[number - 1].letter_y + LETTER_GAP if number else TOP
        curve.letter_y = round(min(max(curve.letter_y, above), room), 1)


# --- who chose what -------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    line: ChoiceLine
    y: float
    width: float
    words: str

    @property
    def middle(self):
        return self.y + BAR_HEIGHT / 2

    @property
    def words_x(self):
        return BAR_LEFT + self.width + 8


@dataclass(frozen=True)
class Bars:
    bars: list[Bar]
    height: float
    width: int = WIDTH
    left: int = BAR_LEFT
    bar_height: int = BAR_HEIGHT


def bars_of(lines) -> Bars | None:
    """Return the picture of how many chose each choice; None when nothing is known."""
    if not lines:
        return None
    longest = WIDTH - BAR_LEFT - BAR_RIGHT
    bars = [
        Bar(
            line=line,
            y=BAR_GAP / 2 + place * (BAR_HEIGHT + BAR_GAP),
            width=round(longest * line.share, 1),
            words=f"{line.share_said} ✓" if line.is_key else line.share_said,
        )
        for place, line in enumerate(lines)
    ]
    return Bars(bars, len(bars) * (BAR_HEIGHT + BAR_GAP))


# --- right answers by level -----------------------------------------------------------


@dataclass(frozen=True)
class RightLine:
    """For questions without choices: how many were right at each level."""

    by_level: list
    letter: str = "✓"
    is_key: bool = True

    @property
    def by_level_said(self):
        return ["–" if share is None else percent(share) for share in self.by_level]


def right_line(values) -> RightLine:
    curves = values.get("curves") or {}
    return RightLine(told(curves.get("right"), curves.get("counts")))
