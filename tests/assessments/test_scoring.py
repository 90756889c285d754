import pytest

from assessments.models import QuestionVersion
from assessments.scoring import forgiven, matching_form, score

CASES = [
    # kind, key, answer, number of choices, share
    ("single", [2], [2], 4, 1.0),
    ("single", [2], [1], 4, 0.0),
    ("multiple", [0, 2], [0, 2], 4, 1.0),
    ("multiple", [0, 2], [0], 4, 0.75),
    ("multiple", [0, 2], [1, 3], 4, 0.0),
    ("multiple", [0, 2], [0, 1, 2, 3], 4, 0.5),
    ("ordering", [0, 1, 2, 3], [0, 1, 2, 3], 4, 1.0),
    ("ordering", [0, 1, 2, 3], [3, 0, 1, 2], 4, 2 / 3),
    ("ordering", [0, 1, 2, 3], [3, 2, 1, 0], 4, 0.0),
    ("ordering", [0, 1], [1, 0], 2, 0.0),
    ("matching", [0, 1, 2], [0, 1, 2], 3, 1.0),
    ("matching", [0, 1, 2], [0, 2, 1], 3, 1 / 3),
    ("matching", [0, 1, 2], [1, 1, 1], 3, 1 / 3),
    ("spots", [1], [1], 3, 1.0),
    ("spots", [1], [2], 3, 0.0),
    ("linked", [0, 3, 5], [0, 3, 5], 6, 1.0),
    ("linked", [0, 3, 5], [0, 4, 5], 6, 2 / 3),
    ("linked", [0, 3], [1, 2], 4, 0.0),
]


def version_of(kind, key, count):
    content = {"fr": {"choices": [{}] * count}, "key": key}
    return QuestionVersion(kind=kind, content=content)


@pytest.mark.parametrize(("kind", "key", "answer", "count", "share"), CASES)
def test_score_is_the_share_of_right_decisions(kind, key, answer, count, share):
    assert score(version_of(kind, key, count), answer) == pytest.approx(share)


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match="'essay'"):
        score(version_of("essay", [0], 1), [0])


# --- short answers --------------------------------------------------------------------

FORGIVEN = [
    ("HTTPS", "https"),
    ("  https:// ", "https"),
    ("Évêque", "eveque"),
    ("l\u2019œil", "L'OEIL"),
    ("Ægide", "aegide"),
    ("Ctrl + C", "ctrl-c"),
    ("mot\u00a0de\u202fpasse", "Mot de passe"),
    ("n° 114", "N°114"),
    ("@", " @ "),
]
KEPT_APART = [("http", "https"), ("@", "#"), ("114", "115"), ("cc", "cci"), ("", "a")]


@pytest.mark.parametrize(("typed", "written"), FORGIVEN)
def test_what_does_not_matter_is_forgiven(typed, written):
    assert forgiven(typed) == forgiven(written)


@pytest.mark.parametrize(("typed", "written"), KEPT_APART)
def test_what_matters_is_not(typed, written):
    assert forgiven(typed) != forgiven(written)


def short_content():
    """“Cci” and “copie cachée” are accepted; “Cc” is a known wrong answer."""
    french, english = ["Cc", "Cci", "copie cachée"], ["Cc", "Bcc", "blind copy"]
    return {
        "fr": {"choices": [{"text": text} for text in french]},
        "en": {"choices": [{"text": text} for text in english]},
        "key": [1, 2],
    }


TYPED = [
    ("cci", 1, 1.0),
    ("BCC", 1, 1.0),
    ("Copie cachee", 2, 1.0),
    ("cc", 0, 0.0),
    ("objet", None, 0.0),
    ("…", None, 0.0),
]


@pytest.mark.parametrize(("typed", "form", "share"), TYPED)
def test_a_short_answer_counts_in_both_languages(typed, form, share):
    version = QuestionVersion(kind="short", content=short_content())

    assert matching_form(version.content, typed) == form
    assert score(version, [typed]) == share


def test_an_accepted_form_comes_before_a_wrong_one_that_reads_the_same():
    content = short_content() | {"key": [1]}
    content["en"]["choices"][0]["text"] = "cci"

    assert matching_form(content, "cci") == 1


def test_a_question_in_french_only_has_its_french_forms():
    content = short_content()
    del content["en"]

    assert [matching_form(content, text) for text in ("cci", "bcc")] == [1, None]
