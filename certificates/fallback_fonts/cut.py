"""Makes the faces of this folder from the whole fonts of a Debian system, once.

    python cut.py FOLDER_OF_NOTO DEJAVU_BOLD

Needs fontTools, the package fonts-noto-core (20201225) and fonts-dejavu-core (2.37).
Each script's face also gets the Latin letters and signs of Noto Sans: a name that mixes
both is then printed, and ordered, as one text.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter, load_font
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
JOINERS = [(0x200C, 0x200D)]
BASIC = [(0x20, 0x7E), (0xA0, 0xFF), (0x152, 0x153), (0x178, 0x178), (0x2010, 0x2011)]
BASIC += [(0x2013, 0x2014), (0x2018, 0x2019), (0x201C, 0x201D), (0x2026, 0x2026)]
BASIC += [(0x25CC, 0x25CC)]
LATIN = [(0x20, 0x52F), (0x1C80, 0x1C88), (0x1E00, 0x1FFF), (0x2010, 0x2027)]
LATIN += [(0x2030, 0x205E), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x25CC, 0x25CC)]
LATIN += [(0x2C71, 0x2C71), (0xA640, 0xA69F)]
SIGNS = [(0x20, 0x7E), (0xA0, 0xFF), (0x7C0, 0x7FA), (0x2010, 0x2027), (0x2030, 0x205E)]
SIGNS += [(0x2190, 0x21FF), (0x2212, 0x2212), (0x2248, 0x2248), (0x2264, 0x2265)]
SIGNS += [(0x25A0, 0x26FF), (0x2701, 0x27BF), (0x2D30, 0x2D7F)]
SCRIPTS = {
    "Arabic": [(0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFDF2, 0xFDF2)],
    "Hebrew": [(0x590, 0x5FF), (0xFB1D, 0xFB4F)],
    "Armenian": [(0x530, 0x58F), (0xFB13, 0xFB17)],
    "Georgian": [(0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)],
    "Devanagari": [(0x900, 0x97F)],
    "Bengali": [(0x980, 0x9FF), (0x964, 0x965)],
    "Tamil": [(0xB80, 0xBFF)],
    "Thai": [(0xE00, 0xE7F)],
    "Lao": [(0xE80, 0xEFF)],
    "Khmer": [(0x1780, 0x17FF)],
    "Ethiopic": [(0x1200, 0x139F)],
}


def cut(path, ranges, but=()):
    """Return a font with the characters of some ranges only."""
    options = Options(hinting=False, notdef_outline=True, glyph_names=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.recalc_timestamp = False
    font = load_font(path, options)
    wanted = {code for first, last in ranges for code in range(first, last + 1)}
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted & set(font.getBestCmap()) - set(but))
    subsetter.subset(font)
    return font


def with_latin(own, latin_path):
    """Return a script's font with the Latin letters that it lacks."""
    latin = cut(latin_path, BASIC, but=own.getBestCmap())
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / "own.ttf", Path(folder) / "latin.ttf"]
        for font, path in zip((own, latin), paths, strict=True):
            font.save(path)
        merged = Merger().merge([str(path) for path in paths])
    merged["name"] = own["name"]
    return merged


def save(font, name, made_at):
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = made_at
    font["post"].formatType = 3.0
    font.save(HERE / name)


def main(folder, dejavu):
    sans = Path(folder) / "NotoSans-Bold.ttf"
    save(cut(sans, LATIN), sans.name, TTFont(sans)["head"].modified)
    for script, ranges in SCRIPTS.items():
        path = Path(folder) / f"NotoSans{script}-Bold.ttf"
        font = with_latin(cut(path, ranges + BASIC + JOINERS), sans)
        save(font, path.name, TTFont(path)["head"].modified)
    save(cut(dejavu, SIGNS), Path(dejavu).name, TTFont(dejavu)["head"].modified)


if __name__ == "__main__":
    main(*sys.argv[1:])
