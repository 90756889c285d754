import pytest

from certificates.glyphs import missing_characters, needs_fallback, tidy


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("Zoe\u0308", "Zoë"),
        ("  Awa   Ndiaye\n", "Awa Ndiaye"),
        ("Le\u202fGall\u2011Roy", "Le\u00a0Gall-Roy"),
        ("", ""),
    ],
)
def test_tidy(text, wanted):
    assert tidy(text) == wanted


@pytest.mark.parametrize(
    "text, wanted",
    [("Awa", []), ("ሰላም A ሰ", ["ሰ", "ላ", "ም"]), ("Ελένη", []), ("📞", ["📞"])],
)
def test_missing_characters(text, wanted):
    assert missing_characters(text) == wanted


@pytest.mark.parametrize("text, wanted", [("Łukasz", False), ("Nguyễn", True)])
def test_needs_fallback(text, wanted):
    assert needs_fallback(text) is wanted
