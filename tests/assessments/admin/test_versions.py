import pytest

from assessments.admin.versions import differences
from tests.factories import make_question


def sides(question):
    """Return {name: (before, after)} of its two last versions, as plain texts."""
    old, new = question.versions.order_by("-number")[:2][::-1]
    return {
        difference.name: tuple(
            "".join(f"[{piece}]" if changed else piece for piece, changed in side)
            for side in (difference.before, difference.after)
        )
        for difference in differences(old, new)
    }


@pytest.fixture
def question(framework):
    return make_question(stem_fr="Que faire d'abord ?")


def republish(question):
    question.save_revision().publish()
    return sides(question)


def test_what_changed_stands_side_by_side(question):
    question.stem_fr = "Que dire d'abord ?"

    assert republish(question) == {
        "Question, in French": ("Que [faire] d'abord ?", "Que [dire] d'abord ?")
    }


def test_a_new_key_a_new_level_and_a_new_explanation_are_changes(question):
    first, second, *others = question.choices.all()
    first.is_right, second.is_right = False, True
    second.why_fr = "parce que oui"
    question.choices = [first, second, *others]
    question.level = 4

    assert republish(question) == {
        "Level": ("[3]", "[4]"),
        "Answer 2, explanation, in French": ("parce que [1]", "parce que [oui]"),
        "Right answers": ("[1]", "[2]"),
    }


def test_what_only_one_version_has_is_a_change(question):
    question.choices = list(question.choices.all())[:3]
    question.stem_en = ""

    found = republish(question)

    assert found["Answer 4, in French"] == ("[réponse 3]", "")
    assert found["Answer 1, in English"] == ("[answer 0]", "")
    assert "Answer 1, in French" not in found


def test_a_version_does_not_differ_from_itself(question):
    version = question.versions.get()

    assert differences(version, version) == []
