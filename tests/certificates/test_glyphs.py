import pytest

from certificates.glyphs import (
    FACES,
    missing_characters,
    runs,
    tidy,
    without_missing,
)
from certificates.pdf.names import problems_of

pytestmark = pytest.mark.usefixtures("english")

NO_LETTERS = "We have no letters to print"
NO_BASE = "The accents or vowel signs"


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("Zoe\u0308", "Zoë"),
        ("  Awa   Ndiaye\n", "Awa Ndiaye"),
        ("Le\u202fGall\u2011Roy", "Le\u00a0Gall-Roy"),
        ("", ""),
        ("A\u00adw\u200ba \u202eNdiaye\u2066", "Awa Ndiaye"),
        ("A\u200dwa", "Awa"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_tidy(text, wanted):
    assert tidy(text) == wanted


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("Awa", []),
        ("王 A 王明", ["王", "明"]),
        ("Ελένη", []),
        ("ሰላም", []),
        ("🎓", ["🎓"]),
    ],
)
def test_missing_characters(text, wanted):
    assert missing_characters(text) == wanted


def test_what_no_face_has_is_left_out():
    assert without_missing("Guider 🎓 → Οδηγός") == "Guider → Οδηγός"


def faces_of(text):
    return [(face.key, part) for face, part in runs(text)]


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("Łukasz", [("", "Łukasz")]),
        ("Nguyễn Anh", [("latin", "Nguyễn Anh")]),
        ("فاطمة Ben", [("arabic", "فاطمة Ben")]),
        ("Анна ნინო", [("latin", "Анна "), ("georgian", "ნინო")]),
        ("Анნი", [("latin", "Ан"), ("georgian", "ნი")]),
        ("ⴰⵎⴰⵣⵉⵖ", [("signs", "ⴰⵎⴰⵣⵉⵖ")]),
    ],
)
def test_a_name_is_in_one_face_or_one_a_word(text, wanted):
    assert faces_of(text) == wanted


def test_runs_lose_nothing():
    text = "Awa Анна  ნინო-Anна רחל श्री"
    assert "".join(part for _face, part in runs(text)) == text


def test_each_face_has_its_own_family():
    families = [face.family for face in FACES]
    assert len(set(families)) == len(FACES)
    # Generic names would let a font of the system take their place.
    assert [name for name in families if not name.startswith("Repere ")] == []


@pytest.mark.parametrize(
    "name",
    [
        "Awa Ndiaye",
        "É",
        "O’Brien-D'Arcy, Jr.",
        "Nguyễn Thị Ánh",
        "محمّد",
        "שָׁלוֹם",
        "ज्ञानेश्वर",
        "น้ำผึ้ง",
    ],
)
def test_names_of_people_are_printable(name):
    assert problems_of(name) == []


@pytest.mark.parametrize(
    "name, problem",
    [
        ("", "There is no name"),
        ("--- 42", "There is no name"),
        ("A" * 121, "This name is too long to print: keep it to 120 characters."),
        ("王小明", NO_LETTERS + " “王”, “小”, “明”."),
        ("Awa 🎓", NO_LETTERS + " “🎓”."),
        ("Awa ☎", NO_LETTERS + " “☎”."),
        ("Awa\u0007", NO_LETTERS + " U+0007."),
        ("\u0301Awa", NO_BASE),
        ("A\u0303\u0304\u0308\u030a\u030cwa", NO_BASE),
        ("िराम", NO_BASE),
    ],
)
def test_others_are_refused_in_a_sentence(name, problem):
    (sentence,) = problems_of(name)
    assert sentence.startswith(problem)
