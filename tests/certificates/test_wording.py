import pytest

from certificates.wording import dates_in, day_in, duration_in, result_in


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
