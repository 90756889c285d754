import pytest

from certificates.facts import FIELDS, Malformed, Unprintable, check, problems_of
from tests.certificates.documents import FACTS, KINDS, full

pytestmark = pytest.mark.usefixtures("english")


def changed(kind, **changes):
    return KINDS[kind] | changes


def test_every_kind_has_an_example():
    assert KINDS.keys() == FIELDS.keys()


@pytest.mark.parametrize("facts", [*KINDS.values(), full()])
def test_good_facts_pass(facts):
    assert check(facts) is None


@pytest.mark.parametrize("kind", KINDS)
def test_each_needed_fact_is_asked_for(kind):
    for name, (is_needed, _test, _remedy) in FIELDS[kind].items():
        facts = {key: value for key, value in KINDS[kind].items() if key != name}
        if is_needed:
            with pytest.raises(Malformed, match=f"^{name} is None: give "):
                check(facts)
        else:
            check(facts)


@pytest.mark.parametrize(
    "facts, message",
    [
        (FACTS | {"kind": "diploma"}, "Unknown kind 'diploma'"),
        (changed("module", language="de"), "language is 'de': give fr or en"),
        (changed("module", finished_on="22/11/2026"), "finished_on is '22/11/2026'"),
        (changed("module", finished_on="2026-02-30"), "finished_on is '2026-02-30'"),
        (changed("module", started_on="2026-12-01"), "is after finished_on"),
        (changed("module", score_percent=101), "score_percent is 101"),
        (changed("module", score_percent=0.5), "score_percent is 0.5"),
        (changed("module", duration_minutes=-1), "duration_minutes is -1"),
        (changed("module", duration_minutes=True), "duration_minutes is True"),
        (changed("module", objectives="préparer"), "objectives is 'préparer'"),
        (
            changed("module", competences=[{"code": "F2"}]),
            r"\[0\]\.name is None: give a text",
        ),
        (changed("path", duration_minutes=100), "its modules last 135 minutes"),
        (
            changed(
                "placement", areas=[{"code": "A", "name": "x", "low": 0, "high": 9}]
            ),
            r"\[0\]\.low is 0: give a level from 1 to 8",
        ),
        (
            changed(
                "placement", areas=[{"code": "A", "name": "x", "low": 5, "high": 4}]
            ),
            "low 5 is above high 4",
        ),
    ],
)
def test_malformed_facts_are_named(facts, message):
    with pytest.raises(Malformed, match=message):
        check(facts)


@pytest.mark.parametrize(
    "facts, sentence",
    [
        (changed("module", name="王小明"), "We have no letters to print"),
        (
            changed("module", module_title="🎓"),
            "The text “🎓” has no letters to print.",
        ),
        (changed("module", objectives=["x" * 241]), "keep it to 240 characters."),
        (changed("attendance", session_title="x" * 241), "keep it to 240 characters."),
        (
            changed("path", modules=[], duration_minutes=0),
            "There is no finished module yet",
        ),
        (changed("placement", question_count=0), "This placement has no result yet"),
        (
            changed(
                "history",
                modules=KINDS["history"]["modules"][:1] * 501,
                duration_minutes=90 * 501,
            ),
            "A document lists 500 modules at most.",
        ),
    ],
)
def test_what_cannot_be_printed_is_refused_in_a_sentence(facts, sentence):
    with pytest.raises(Unprintable) as refusal:
        check(facts)
    assert sentence in str(refusal.value)


def test_each_reason_is_said():
    facts = FACTS | {"name": "", "module_title": "🎓", "issuer": "🎓"}
    assert len(problems_of(facts)) == 3
