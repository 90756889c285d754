"""Names of nobody, made of the letters of twelve scripts: for trying the documents.

The same seed gives the same names. Now and then a name is long, has accents apart from
their letters (NFD), a hyphen or an apostrophe; `HOSTILE` are names to refuse, `HARD`
twelve that every document must be able to print.
"""

import random
import unicodedata


def letters(*ranges, without=""):
    """Return the assigned characters of ranges of code points, both ends included."""
    return [
        character
        for first, last in ranges
        for character in map(chr, range(first, last + 1))
        if unicodedata.category(character) != "Cn" and character not in without
    ]


def word(dice, inventory, low=2, high=10):
    return "".join(dice.choices(inventory, k=dice.randint(low, high)))


def syllables(*parts):
    """Return a maker of words: each part is (texts, chance that it is there)."""

    def make(dice):
        return "".join(
            dice.choice(texts)
            for _syllable in range(dice.randint(1, 5))
            for texts, chance in parts
            if dice.random() < chance
        )

    return make


def alphabet(inventory, marks=(), chance=0.0):
    """Return a maker of words of letters, some of which carry a mark."""

    def make(dice):
        found = []
        for letter in dice.choices(inventory, k=dice.randint(2, 11)):
            found.append(letter)
            if marks and dice.random() < chance:
                found.append(dice.choice(marks))
        return "".join(found)

    return make


LATIN = [*"abcdefghijklmnopqrstuvwxyzçéèêëïôöüñåøœæßšžłńśźżąęřůğışțđћ"[:-1]] + letters(
    (0x00E0, 0x00F6), (0x00F8, 0x017E)
)
VIETNAMESE = [
    *["an", "ăn", "ân", "anh", "ang", "inh", "uyên", "ương", "iệt", "ảo", "ế"],
    *["ễn", "ọc", "ồng", "ước", "ử", "ý", "ạ", "ẫ", "ị", "ưỡng", "oàn"],
]
CYRILLIC = letters((0x0430, 0x045F), (0x0490, 0x04FF), without="҂҃҄҅҆҇҈҉")
ARABIC = letters((0x0621, 0x063A), (0x0641, 0x064A)) + [*"پچژگکیڈٹڑںھہےۆێڵڕۇۋېڭ"]
DEVANAGARI = letters((0x0915, 0x0939), without="ऩऱऴ")
BENGALI = letters((0x0995, 0x09A8), (0x09AA, 0x09B0)) + [*"লশষসহ"]
TAMIL = [*"கஙசஞடணதநபமயரலவழளறனஜஷஸஹ"]
THAI = letters((0x0E01, 0x0E2E), without="ฃฅฤฦ")

MAKERS = {
    "Latin": alphabet(LATIN),
    "Vietnamese": syllables(
        ([*"bcdđghklmnpqrstvx", "ng", "ph", "th", "tr"], 1), (VIETNAMESE, 1)
    ),
    "Greek": alphabet(letters((0x03AC, 0x03CE)) + letters((0x1F00, 0x1F07))),
    "Cyrillic": alphabet(CYRILLIC),
    "Arabic": alphabet(ARABIC, [*"ًٌٍَُِّْ"], 0.15),
    "Hebrew": alphabet(letters((0x05D0, 0x05EA)), [*"ְִֵֶַָֹּ"], 0.2),
    "Armenian": alphabet(letters((0x0561, 0x0587))),
    "Georgian": alphabet(letters((0x10D0, 0x10F0))),
    "Devanagari": syllables(
        (DEVANAGARI, 1),
        ([f"्{letter}" for letter in DEVANAGARI], 0.25),
        ([*"ािीुूृेैोौ"], 0.7),
        ([*"ंः"], 0.1),
    ),
    "Bengali": syllables(
        (BENGALI, 1),
        ([f"্{letter}" for letter in BENGALI], 0.25),
        ([*"ািীুূৃেৈ", "ো", "ৌ"], 0.7),
        ([*"ংঃ"], 0.1),
    ),
    "Tamil": syllables((TAMIL, 1), ([*"ாிீுூெேை", "ொ", "ோ", "ௌ", "்"], 0.7)),
    "Thai": syllables(([*"เแโไใ"], 0.2), (THAI, 1), ([*"ิีึืุู"], 0.4), ([*"่้๊๋"], 0.3)),
}
HARD = {
    "Breton": "Nolwenn Le Goñideg",
    "Polish": "Łukasz Świątek-Żółć",
    "Turkish, decomposed": unicodedata.normalize("NFD", "Çağla Şimşek İnönü"),
    "Vietnamese": "Nguyễn Thị Ánh Tuyết",
    "Greek": "Ελένη Παπαδοπούλου",
    "Ukrainian": "Олена Ковальчук",
    "Arabic and Latin": "فاطمة الزهراء Ben Saïd",
    "Hebrew": "רחל בן־דוד",
    "Armenian and Georgian": "Անի Պետրոսյան ნინო ბერიძე",
    "Devanagari and Tamil": "श्रीकृष्ण त्रिपाठी கிருஷ்ணமூர்த்தி",
    "long": "Marie-Antoinette Ratsimandresy-Andrianampoinimerina de "
    "Vandenberghe-Papadopoulos",
    "one long word": "Wolfeschlegelsteinhausenbergerdorff" * 3,
}
HOSTILE_SCRIPT = "hostile"
HOSTILE = [
    "王小明",
    "さくら",
    "민준",
    "Awa 🎓",
    "Awa ☎",
    "Z̴̧̡̛̤̀̈́a̴l̷g̸o̵",
    "\u0301Awa",
    "Awa \u06b4\u08e8\u08e8\u08e8",
    "िराम",
    "Awa \u0007",
    "",
    "---",
    "A" * 400,
]


def make_name(script, dice):
    """Return a name of one to four words in a script; sometimes one with another's."""
    make = MAKERS[script]
    words = [make(dice) for _word in range(dice.choice([1, 2, 2, 2, 2, 3, 4]))]
    name = dice.choice([" ", " ", " ", "-", "’"]).join(words).title()
    if dice.random() < 0.05:
        name += " " + MAKERS["Latin"](dice).title()
    if dice.random() < 0.1:
        name = unicodedata.normalize("NFD", name)
    return name[:110]


def make_names(count, seed=2026):
    """Return (script, name) pairs, as many of each script; one in fifty is hostile."""
    dice, scripts = random.Random(seed), [*MAKERS]
    return [
        (HOSTILE_SCRIPT, HOSTILE[number // 50 % len(HOSTILE)])
        if number % 50 == 49
        else (
            scripts[number % len(scripts)],
            make_name(scripts[number % len(scripts)], dice),
        )
        for number in range(count)
    ]
