"""Which characters the fonts of the documents can print."""

import unicodedata
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
MAIN_FONT = HERE / "fonts" / "AtkinsonHyperlegibleNext-Bold.ttf"
FALLBACK_FONT = HERE / "fallback_fonts" / "DejaVuSans-Bold.ttf"
# Typographic cousins that print alike: no need of another font for them.
COUSINS = str.maketrans({"\u202f": "\u00a0", "\u2010": "-", "\u2011": "-"})


@cache
def characters_of(path):
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def tidy(text):
    """Return text composed (NFC), with plain spaces and hyphens that fonts have."""
    composed = unicodedata.normalize("NFC", text).translate(COUSINS)
    return "\u00a0".join(" ".join(part.split()) for part in composed.split("\u00a0"))


def missing_characters(text):
    """Return the characters of a text that no font of ours can print, each once."""
    printable = characters_of(MAIN_FONT) | characters_of(FALLBACK_FONT)
    return list(dict.fromkeys(c for c in tidy(text) if c not in printable))


def needs_fallback(text):
    return not characters_of(MAIN_FONT).issuperset(tidy(text))


def without_missing(text):
    missing = missing_characters(text)
    return "".join(c for c in tidy(text) if c not in missing)
