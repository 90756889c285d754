"""The pictures of docs/placement.md, drawn from the example: words in both languages.

Each is a text, a whole SVG file that needs nothing else. Lengths are in its own units,
640 across. Trainers read them beside the text, which says the same.
"""

from html import escape

from assessments.example import LEVEL, example, gaps, success_at, twenty
from assessments.placement import LEVEL_COUNT

WIDTH, LEFT, EDGE, ROW = 640, 208, 14, 46
STEP = (WIDTH - LEFT - EDGE) / LEVEL_COUNT
WIDEST = 5  # levels on each side, in the picture of the gap
STYLE = """
text { font: 15px system-ui, "Segoe UI", Roboto, sans-serif; fill: #1d2830 }
.soft { font-size: 13px; fill: #46484a } .number { text-anchor: middle }
.right { text-anchor: end }
.sheet { fill: #fffdf8 } .step { fill: #ebe3d2 } .in { fill: #b9d3d3 }
.line, .dot { fill: #0f4c5c } .truth { fill: #864a06 }
.on { fill: #fff; font-weight: 700 } .zero { stroke: #1d2830; stroke-dasharray: 4 4 }
@media (prefers-color-scheme: dark) {
text { fill: #f3ecde } .soft { fill: #cfc7b8 } .sheet { fill: #232422 }
.step { fill: #3a3b36 } .in { fill: #2c565f } .line, .dot { fill: #8fd0dc }
.truth { fill: #f0bd6a } .on { fill: #0b2228 } .zero { stroke: #f3ecde } }
"""
WORDS = {
    "en": {
        "after": "After {count} questions",
        "range": "level {low} to level {high}",
        "one": "level {low}",
        "closer": ["After the placement", "8 questions more", "7 questions more"],
        "narrower": "The range of one simulated learner as answers come",
        "closer_title": "The range in one area, when the learner looks closer",
        "meaning": "Right answers out of 100 questions of level 4, by learner's level",
        "level": "level {level}",
        "twenty": "Twenty simulated learners: the range, and the true level (◆)",
        "held": "{held} ranges of {count} hold the true level",
        "gap": "How three people see themselves, beside the same answers",
        "doubts": "Doubts",
        "agrees": "Agrees with them",
        "sees_more": "Sees more",
        "lower": "lower than the answers",
        "higher": "higher than the answers",
        "shown": "as the answers show",
    },
    "fr": {
        "after": "Après {count} questions",
        "range": "du niveau {low} au niveau {high}",
        "one": "niveau {low}",
        "closer": [
            "Après le positionnement",
            "8 questions de plus",
            "7 questions de plus",
        ],
        "narrower": "La fourchette d’une personne simulée, au fil de ses réponses",
        "closer_title": "La fourchette d’un domaine que l’on regarde de plus près",
        "meaning": "Réponses justes sur 100 questions de niveau 4, selon le niveau",
        "level": "niveau {level}",
        "twenty": "Vingt personnes simulées\u00a0: fourchette et vrai niveau (◆)",
        "held": "{held} fourchettes sur {count} contiennent le vrai niveau",
        "gap": "Comment trois personnes se voient, pour les mêmes réponses",
        "doubts": "Doute",
        "agrees": "Se voit de même",
        "sees_more": "Se voit plus haut",
        "lower": "plus bas que les réponses",
        "higher": "plus haut que les réponses",
        "shown": "comme le montrent les réponses",
    },
}


def drawings():
    """Return {file name: SVG text} of all pictures, in both languages."""
    found = {}
    for language, words in WORDS.items():
        for name, draw in {
            "narrower": draw_narrower,
            "meaning": draw_meaning,
            "twenty": draw_twenty,
            "closer": draw_closer,
            "gap": draw_gap,
        }.items():
            found[f"placement-{name}.{language}.svg"] = draw(words)
    return found


def picture(title, described, height, shapes):
    """Return an SVG file: its title, what it shows in words, its shapes."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(described)}</desc>\n"
        f"<style>{STYLE}</style>\n"
        f'<rect class="sheet" width="{WIDTH}" height="{height}" rx="10"/>\n'
        + "\n".join(shapes)
        + "\n</svg>\n"
    )


def box(kind, left, top, width, height):
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}"/>'
    )


def label(text, left, top, kind=""):
    return (
        f'<text x="{left:.1f}" y="{top:.1f}" class="{kind}">{escape(str(text))}</text>'
    )


def range_in_words(words, reached):
    name = "one" if reached.low == reached.high else "range"
    return words[name].format(low=reached.low, high=reached.high)


def scale(reached, top):
    """Return the shapes of one range on the eight levels."""
    shapes = []
    for level in range(1, LEVEL_COUNT + 1):
        left = LEFT + STEP * (level - 1)
        is_in = reached.low <= level <= reached.high
        shapes.append(box("step in" if is_in else "step", left, top, STEP - 2, 26))
        if is_in:
            shapes.append(box("line", left, top + 26, STEP - 2, 4))
        if level == reached.likeliest:
            middle = left + STEP / 2 - 1
            shapes.append(
                f'<circle class="dot" cx="{middle:.1f}" cy="{top + 13}" r="12"/>'
            )
        kind = "number on" if level == reached.likeliest else "number soft"
        shapes.append(label(level, left + STEP / 2 - 1, top + 18, kind))
    return shapes


def draw_ranges(title, words, rows):
    """Return a picture of ranges one under the other; `rows` of (label, range)."""
    shapes, said = [], []
    for number, (name, reached) in enumerate(rows):
        top = 16 + ROW * number
        text = range_in_words(words, reached)
        shapes += [label(name, EDGE, top + 13), label(text, EDGE, top + 31, "soft")]
        shapes += scale(reached, top)
        said.append(f"{name}: {text}.")
    return picture(title, " ".join(said), 16 + ROW * len(rows), shapes)


def draw_narrower(words):
    rows = [
        (words["after"].format(count=count), reached)
        for count, reached in example().overall
    ]
    return draw_ranges(words["narrower"], words, rows)


def draw_closer(words):
    ranges = [reached for _count, reached in example().area]
    rows = list(zip(words["closer"], ranges, strict=True))
    return draw_ranges(words["closer_title"], words, rows)


def draw_meaning(words):
    shapes, said = [], []
    for level, share in enumerate(success_at(LEVEL), start=1):
        left, height = 16 + 77 * (level - 1), 140 * share
        kind = "step in" if level == LEVEL else "step"
        shapes += [
            box(kind, left, 180 - height, 62, height),
            box("line", left, 180 - height, 62, 4),
            label(round(100 * share), left + 31, 172 - height, "number"),
            label(words["level"].format(level=level), left + 31, 200, "number soft"),
        ]
        said.append(f"{words['level'].format(level=level)}: {round(100 * share)}.")
    return picture(words["meaning"], " ".join(said), 214, shapes)


def draw_twenty(words):
    found, thin = twenty(), 16
    shapes = []
    for number, (level, reached) in enumerate(found):
        top = 30 + thin * number
        left = LEFT + STEP * (reached.low - 1)
        width = STEP * (reached.high - reached.low + 1)
        middle = LEFT + STEP * (level - 0.5)
        shapes += [
            box("step", LEFT, top, STEP * LEVEL_COUNT - 2, thin - 4),
            box("in", left, top, width - 2, thin - 4),
            f'<path class="truth" d="M{middle:.1f} {top - 1}l7 7-7 7-7-7z"/>',
        ]
    for level in range(1, LEVEL_COUNT + 1):
        shapes.append(label(level, LEFT + STEP * (level - 0.5), 20, "number soft"))
    held = sum(reached.low <= level <= reached.high for level, reached in found)
    said = words["held"].format(held=held, count=len(found))
    shapes += lines_of(said, EDGE, 60)
    return picture(words["twenty"], f"{said}.", 36 + thin * len(found), shapes)


def lines_of(text, left, top, longest=22):
    """Return a text as lines of at most so many letters, one under the other."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= longest:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [label(line, left, top + 20 * n) for n, line in enumerate(lines)]


def draw_gap(words):
    middle, unit = LEFT + (WIDTH - LEFT - EDGE) / 2, (WIDTH - LEFT - EDGE) / 2 / WIDEST
    shapes = [
        label(f"← {words['lower']}", LEFT, 22, "soft"),
        label(f"{words['higher']} →", WIDTH - EDGE, 22, "soft right"),
    ]
    found = gaps()
    for number, (name, gap) in enumerate(found.items()):
        top = 34 + ROW * number
        low, high = middle + unit * gap.low, middle + unit * gap.high
        shapes += [
            label(words[name], EDGE, top + 19),
            box("step", LEFT, top, WIDTH - LEFT - EDGE, 26),
            box("in", low, top, high - low, 26),
            box("line", low, top + 26, high - low, 4),
        ]
    foot = 34 + ROW * len(found)
    shapes += [
        f'<path class="zero" d="M{middle:.1f} 30V{foot}"/>',
        label(words["shown"], middle, foot + 18, "number soft"),
    ]
    return picture(
        words["gap"], ", ".join(words[name] for name in found), foot + 30, shapes
    )
