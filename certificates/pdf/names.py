"""Which names a document can print; it refuses the others at issue, in a sentence."""

import unicodedata

from django.utils.translation import gettext as _

from certificates import glyphs
from certificates.pdf.measure import has_broken_syllable, is_heaped

MAX_LENGTH = 120
# A letter with its points, vowel and tone has at most three; more would run over the
# lines above and below.
MAX_MARKS = 3


def problems_of(name):
    """Return why a name cannot be printed, each reason a sentence; usually none."""
    name = glyphs.tidy(name)
    if not any(unicodedata.category(character)[0] == "L" for character in name):
        return [_("There is no name: type the name to print.")]
    if len(name) > MAX_LENGTH:
        return [
            _("This name is too long to print: keep it to %(count)d characters.")
            % {"count": MAX_LENGTH}
        ]
    return characters_refused(name) or marks_refused(name)


def problems_of_issued(name):
    """Return why the name of an issued certificate cannot be drawn; usually none.

    Only letters that no face has: a rule that became stricter since its issue takes no
    document away.
    """
    return characters_refused(glyphs.tidy(name))


def characters_refused(name):
    found = glyphs.missing_characters(name)
    found += [c for c in dict.fromkeys(name) if is_sign(c) and c not in found]
    if not found:
        return []
    return [
        _(
            "We have no letters to print %(characters)s. Type the name in the Latin "
            "alphabet, as on an identity document."
        )
        % {"characters": ", ".join(described(c) for c in found)}
    ]


def is_sign(character):
    """Tell pictures, arrows and controls from letters and punctuation."""
    return unicodedata.category(character) in ("So", "Cc", "Cn", "Co", "Cs")


def described(character):
    """Return a character between quotes, or its number when it cannot be seen."""
    if unicodedata.category(character)[0] in "CZM":
        return f"U+{ord(character):04X}"
    return _("“%(text)s”") % {"text": character}


def marks_refused(name):
    """Refuse accents on nothing, heaps of accents, and syllables that cannot be."""
    broken = [
        cluster
        for cluster in glyphs.clusters(name)
        if unicodedata.category(cluster[0])[0] in "MZ"
        and len(cluster) > 1
        or unicodedata.category(cluster[0])[0] == "M"
        or marks_above(cluster) > MAX_MARKS
    ]
    if not (broken or has_broken_syllable(name) or is_heaped(name)):
        return []
    return [
        _(
            "The accents or vowel signs of this name do not stand on letters that can "
            "carry them: type the name again."
        )
    ]


def marks_above(cluster):
    return sum(unicodedata.category(character) in ("Mn", "Me") for character in cluster)
