import re

import pytest

from certificates.credentials.crosswalk import DIGCOMP_OF_AREA, digcomp_of
from certificates.credentials.sites import Site
from certificates.credentials.wording import WORDS, level_in, words_in


def names_in(sentence):
    return sorted(re.findall(r"{(\w+)}", str(sentence)))


@pytest.mark.parametrize("name", WORDS["fr"])
def test_both_languages_say_the_same(name):
    assert WORDS["fr"].keys() == WORDS["en"].keys()
    assert names_in(WORDS["fr"][name]) == names_in(WORDS["en"][name])


@pytest.mark.parametrize("sentence", [*WORDS["fr"].values()])
def test_french_typography(sentence):
    assert not re.search(r"[^\u00a0][:;?!%»]|«[^\u00a0]|'", sentence)


def test_another_language_is_written_in_english():
    assert words_in("de") == WORDS["en"]


@pytest.mark.parametrize(
    "number, expected",
    [(1, "Level 1 (foundation)"), (4, "Level 4 (intermediate)")]
    + [(5, "Level 5 (advanced)"), (8, "Level 8 (specialised)")],
)
def test_level(number, expected):
    assert level_in("en", number) == expected


def test_digcomp_codes_are_named_once():
    assert digcomp_of({"C", "D"}) == ["2.3", "2.4", "5.2"]
    assert digcomp_of({"Z"}) == []
    assert digcomp_of(set(DIGCOMP_OF_AREA)) == [
        *["1.3", "2.1", "2.3", "2.4", "2.5", "2.6", "4.1", "4.2", "4.3"],
        *["5.1", "5.2", "5.4"],
    ]


def test_addresses():
    site = Site("https://learn.example.org")

    assert site.credential("7K3M9QXA2BVT5N82") == f"{site.base}/v/7K3M9QXA2BVT5N82"
    assert site.achievement("module", "M04", "2026-1").endswith("/module/M04/2026-1")
    assert site.achievement("attendance", "a/b c").endswith("/attendance/a%2Fb%20c")
    assert site.competence("F2") == "https://learn.example.org/framework/F2"
    assert site.level(4) == "https://learn.example.org/framework/levels/4"
    assert site.status_list("2026-1") == "https://learn.example.org/status/2026-1"
