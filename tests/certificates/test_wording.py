import pytest

from certificates.wording import (
    bands_in,
    count_in,
    dates_in,
    day_in,
    duration_in,
    range_in,
    result_in,
    scale_in,
    short_day_in,
)


@pytest.mark.parametrize(
    "language, iso, wanted",
    [
        ("fr", "2027-03-01", "1er mars 2027"),
        ("fr", "2026-11-22", "22 novembre 2026"),
        ("en", "2027-03-01", "1 March 2027"),
    ],
)
def test_day(language, iso, wanted):
    assert day_in(language, iso) == wanted.replace(" ", "\u00a0")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("start", [None, "2026-11-22"])
def test_one_day_is_written_once(language, start):
    assert dates_in(language, start, "2026-11-22").count("2026") == 1


@pytest.mark.parametrize(
    "language, minutes, wanted",
    [
        ("fr", 45, "45 min"),
        ("fr", 120, "2 h"),
        ("fr", 90, "1 h 30"),
        ("en", 65, "1 h 05 min"),
    ],
)
def test_duration(language, minutes, wanted):
    assert duration_in(language, minutes) == wanted.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    "language, percent, wanted",
    [
        ("fr", 88, "Objectifs atteints, 88\u00a0% de bonnes réponses au bilan"),
        ("fr", None, "Objectifs atteints"),
        ("en", 100, "Objectives reached, 100% of right answers in the check"),
    ],
)
def test_result(language, percent, wanted):
    assert result_in(language, percent) == wanted


@pytest.mark.parametrize(
    "language, iso, wanted",
    [("fr", "2026-11-02", "02/11/2026"), ("en", "2026-11-02", "2 Nov 2026")],
)
def test_day_in_a_table(language, iso, wanted):
    assert short_day_in(language, iso) == wanted.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    "language, count, wanted",
    [
        ("fr", 0, "0 module"),
        ("fr", 1, "1 module"),
        ("fr", 12, "12 modules"),
        ("en", 0, "0 modules"),
        ("en", 1, "1 module"),
    ],
)
def test_count(language, count, wanted):
    assert count_in(language, "module_count", count) == wanted.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    "low, high, range_, bands, alt",
    [
        (2, 2, "2", "fondations", "Niveau 2 sur 8"),
        (3, 4, "3 à\u00a04", "intermédiaire", "Niveaux 3 à 4 sur 8"),
        (4, 7, "4 à\u00a07", "intermédiaire – spécialisé", "Niveaux 4 à 7 sur 8"),
    ],
)
def test_range(low, high, range_, bands, alt):
    assert range_in("fr", low, high) == range_
    assert bands_in("fr", low, high) == bands
    assert scale_in("fr", low, high) == alt
