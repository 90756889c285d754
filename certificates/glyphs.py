"""Which characters the faces of the documents can print, and which face prints them.

A face is one whole static font file: a name is printed in one face, or in one a word
when it mixes scripts. Fonts cut in pieces under one family print wrong letters.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
MAIN_FONT = HERE / "fonts" / "AtkinsonHyperlegibleNext-Bold.ttf"
FALLBACKS = HERE / "fallback_fonts"
DOTTED_CIRCLE = "\u25cc"
# Typographic cousins that print alike: no need of another font for them.
COUSINS = {"\u202f": "\u00a0", "\u2010": "-", "\u2011": "-"}
# Signs that print nothing, and could hide or turn round what is beside them.
INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d"
    "\u206e\u206f\u3164\uffa0\ufeff\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07"
    "\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufe0f"
)
TIDY = str.maketrans(COUSINS | dict.fromkeys(INVISIBLE, ""))
JOINERS = "\u200c\u200d"
# Joiners mean something between letters of scripts that join, and nowhere else.
IDLE_JOINER = re.compile(
    "(?<![\u0620-\u08ff\u0900-\u0dff\u1780-\u17ff])[\u200c\u200d]+"
    "|[\u200c\u200d]+(?![\u0620-\u08ff\u0900-\u0dff\u1780-\u17ff])"
)


@dataclass(frozen=True)
class Face:
    """One font file; `key` names it in the style sheet, “” is the main face."""

    key: str
    path: Path

    @property
    def family(self):
        return f"Repere Names {self.key.title()}" if self.key else "Repere Document"

    def covers(self, text):
        return characters_of(self.path).issuperset(text)


# In the order of choice: the first one that has all the characters prints the name.
FACES = [
    Face("", MAIN_FONT),
    *(
        Face(key, FALLBACKS / f"{name}-Bold.ttf")
        for key, name in {
            "latin": "NotoSans",
            "arabic": "NotoSansArabic",
            "hebrew": "NotoSansHebrew",
            "armenian": "NotoSansArmenian",
            "georgian": "NotoSansGeorgian",
            "devanagari": "NotoSansDevanagari",
            "bengali": "NotoSansBengali",
            "tamil": "NotoSansTamil",
            "thai": "NotoSansThai",
            "lao": "NotoSansLao",
            "khmer": "NotoSansKhmer",
            "ethiopic": "NotoSansEthiopic",
            "signs": "DejaVuSans",
        }.items()
    ),
]


@cache
def characters_of(path):
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap())) | set(JOINERS)


@cache
def all_characters():
    return frozenset().union(*(characters_of(face.path) for face in FACES))


def tidy(text):
    """Return text composed (NFC), without invisible signs, with plain spaces."""
    composed = unicodedata.normalize("NFC", text).translate(TIDY)
    composed = IDLE_JOINER.sub("", composed)
    return "\u00a0".join(" ".join(part.split()) for part in composed.split("\u00a0"))


def missing_characters(text):
    """Return the characters of a text that no face of ours can print, each once."""
    printable = all_characters()
    return list(dict.fromkeys(c for c in tidy(text) if c not in printable))


def without_missing(text):
    missing = missing_characters(text)
    return tidy("".join(c for c in tidy(text) if c not in missing))


def runs(text):
    """Cut a printable text into (face, part): one face for all of it when one can.

    Otherwise one a word, and inside a word one a letter with its marks. Spaces stay
    with what stands before them.
    """
    if face := face_of(text):
        return [(face, text)]
    words = re.findall(r"\S+\s*|\s+", text)
    return joined(part for word in words for part in word_runs(word))


def word_runs(word):
    face = face_of(word)
    return [(face, word)] if face else letters(word)


def face_of(text):
    return next((face for face in FACES if face.covers(text)), None)


def letters(word):
    """Cut a word that mixes scripts; a letter stays in the face before it if it can."""
    parts, face = [], FACES[0]
    for cluster in clusters(word):
        face = face if face.covers(cluster) else face_of(cluster) or FACES[0]
        parts.append((face, cluster))
    return parts


def clusters(text):
    """Cut a text into letters, each with the marks and joiners that follow it."""
    found = []
    for character in text:
        if found and (
            unicodedata.category(character)[0] == "M" or character in JOINERS
        ):
            found[-1] += character
        else:
            found.append(character)
    return found


def joined(parts):
    """Join neighbours that have the same face."""
    found = []
    for face, text in parts:
        if found and found[-1][0] == face:
            found[-1] = (face, found[-1][1] + text)
        else:
            found.append((face, text))
    return found
