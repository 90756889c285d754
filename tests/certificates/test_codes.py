import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certificates.codes import (
    ALPHABET,
    check_character,
    in_fours,
    is_well_formed,
    make_code,
    normalise,
)

fifteen = st.text(alphabet=ALPHABET, min_size=15, max_size=15)
codes = fifteen.map(lambda text: text + check_character(text))
positions = st.integers(0, 15)


def test_made_codes_are_well_formed_and_differ():
    made = {make_code() for _ in range(200)}
    assert len(made) == 200
    assert all(is_well_formed(code) for code in made)


@given(codes, positions, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code, position, other):
    assume(code[position] != other)
    assert not is_well_formed(code[:position] + other + code[position + 1 :])


@given(codes, positions, positions)
def test_two_characters_that_changed_places_are_noticed(code, first, second):
    assume(code[first] != code[second])
    characters = list(code)
    characters[first], characters[second] = characters[second], characters[first]
    assert not is_well_formed("".join(characters))


@given(
    codes, st.sampled_from([" ", "-", "\u00a0", "–", "_", ". "]), st.sampled_from("oO")
)
def test_the_way_of_writing_does_not_matter(code, between, zero):
    written = between.join(code).lower().replace("0", zero).replace("1", "l")
    assert normalise(f" {written} ") == code
    assert normalise(in_fours(code)) == code


@given(codes)
def test_a_pasted_address_holds_its_code(code):
    assert normalise(f"https://repere.example.org/v/{code}/") == code


@given(st.text())
def test_any_text_is_taken_calmly(text):
    assert normalise(normalise(text)) == normalise(text) or "/" in text
    is_well_formed(normalise(text))


@pytest.mark.parametrize("text", ["", "0", "0" * 15, "0" * 17, "U" * 16, "é" * 16])
def test_what_has_not_the_shape_is_no_code(text):
    assert not is_well_formed(text)


def test_a_code_is_read_in_fours():
    assert in_fours("7K3M9QXA2BVT5N8R") == "7K3M 9QXA 2BVT 5N8R"
