"""The codes of certificates: 15 random characters and one that checks them.

Crockford's base 32 has no I, L, O or U: nothing in it is mistaken for something else.
The last character makes any single wrong character, and any two characters that have
changed places, give a code that is not well formed. (It is the value at x of the
polynomial over the field of 32 elements whose coefficients are the 15 characters.)
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
LOOKALIKES = str.maketrans("OIL", "011")


def make_code():
    random_part = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return random_part + check_character(random_part)


def check_character(characters):
    value = 0
    for character in characters:
        value = times_x(value ^ ALPHABET.index(character))
    return ALPHABET[value]


def times_x(value):
    """Multiply by x in the field of 32 elements, modulo x⁵ + x² + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def normalise(text):
    """Return a typed, dictated or pasted code as it stands in the database.

    Forgives lower case, spaces, dashes, look-alikes, and the address around the code.
    """
    last = text.strip().rstrip("/").rpartition("/")[2]
    return re.sub(r"[\W_]", "", last.upper()).translate(LOOKALIKES)


def is_well_formed(code):
    return (
        len(code) == LENGTH
        and set(code) <= set(ALPHABET)
        and check_character(code[:-1]) == code[-1]
    )


def in_fours(code):
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))
