from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.courses.content.packages import change, write_package


def check(*folder):
    out = StringIO()
    call_command(
        "check_content", *(["--folder", *folder] if folder else []), stdout=out
    )
    return out.getvalue()


def test_the_starter_content_meets_every_rule():
    assert check().endswith("All rules are met.\n")


def test_figures_are_printed(tmp_path):
    assert check(str(write_package(tmp_path))).splitlines() == [
        "right choice the longest (fr): 0 of 2 single-choice questions, 0%",
        "right choice the longest (en): 0 of 2 single-choice questions, 0%",
        "0 questions in the placement bank",
        "2 questions, 1 modules",
        "All rules are met.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("fr: Oui,", "fr: Oui et même davantage,", "the right choice is the longest"),
        ("fr: Plutôt non", "fr: Toutes les réponses", "“none of the above”"),
        ("- right: true\n", "- right: false\n", "Mark exactly one answer as right"),
        ("kind: single", "kind: multiple", "exactly"),
        ("kind: single", "kind: ordering", "no choice is marked right"),
        ("topic: topic-2", "topic: topic-1", "1 topics for a check of 2"),
    ],
)
def test_a_rule_that_is_not_met_is_said(tmp_path, old, new, problem):
    change(write_package(tmp_path) / "modules/M50/questions.yaml", old, new)
    if problem == "exactly":
        change(
            tmp_path / "modules/M50/questions.yaml",
            "    - text:",
            "    - right: true\n      text:",
        )
        problem = "Mark at least one answer as right, and not all"

    with pytest.raises(CommandError, match=problem):
        check(str(tmp_path))
