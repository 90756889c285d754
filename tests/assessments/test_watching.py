from io import StringIO
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import override

from assessments import fairness
from assessments.bank import current_parameters
from assessments.calibrating import calibrate, count_attempts
from assessments.corrections import correct_key
from assessments.models import (
    Attempt,
    QuestionFigures,
    QuestionFlag,
    QuestionVersion,
    Report,
    Response,
)
from assessments.watching import (
    choices_of,
    compare_all_groups,
    describe_questions,
    doubt_factor_asked,
    newest_answers,
    report_honesty,
    seconds_between,
    watch_drift,
)
from people.models import Organisation
from tests.assessments.test_calibrating import past_placements
from tests.factories import make_frozen_bank, make_learner, make_member


@pytest.fixture
def parameters(db):
    make_frozen_bank()
    return current_parameters()


@pytest.fixture
def answered(parameters):
    past_placements(parameters, 120, asked=30)
    return parameters


def most_answered():
    counts = QuestionFigures.objects.order_by("-answer_count", "pk")
    return counts.first().question_version


# --- figures --------------------------------------------------------------------------


def test_nothing_is_said_without_answers(parameters):
    assert describe_questions() == {"questions": 0}
    assert watch_drift()["tested"] == 0
    assert compare_all_groups() == {"pairs": [], "questions": []}
    assert report_honesty() is None


def test_figures_appear_from_thirty_answers(parameters):
    past_placements(parameters, 29, asked=36)
    assert describe_questions()["questions"] == 0

    past_placements(parameters, 1, seed=2, asked=36)

    assert describe_questions()["questions"] == 36
    assert QuestionFigures.objects.filter(answer_count=30).count() == 36


def test_figures_say_what_was_answered(answered):
    describe_questions()

    figures = most_answered().figures
    given = Response.objects.filter(question_version=figures.question_version)
    values = figures.values
    assert figures.answer_count == given.count()
    assert values["share_right"] == pytest.approx(
        np.mean(given.values_list("score", flat=True))
    )
    assert sum(values["curves"]["counts"]) == figures.answer_count
    assert values["choices"][0]["count"] == figures.answer_count  # all chose the first
    assert [choice["number"] for choice in values["choices"]] == [0, 1, 2, 3]
    assert 1 <= values["level_low"] < values["level"] < values["level_high"] <= 8


def test_a_choice_that_nobody_takes_is_flagged_and_unflagged(parameters, monkeypatch):
    past_placements(parameters, 110, asked=36)
    describe_questions()
    version = most_answered()
    kinds = version.figures.flags.values_list("kind", flat=True)
    assert "dead" in kinds

    monkeypatch.setattr("assessments.question_figures.DEAD_SHARE", -1)
    describe_questions()

    assert "dead" not in version.figures.flags.values_list("kind", flat=True)


def test_a_second_run_keeps_the_same(answered):
    describe_questions()
    first = list(QuestionFigures.objects.order_by("pk").values_list("pk", "values"))
    flags = QuestionFlag.objects.count()

    describe_questions()

    again = list(QuestionFigures.objects.order_by("pk").values_list("pk", "values"))
    assert (again, QuestionFlag.objects.count()) == (first, flags)


def test_a_dry_run_keeps_nothing(answered):
    assert describe_questions(is_dry_run=True)["questions"] > 0
    watch_drift(is_dry_run=True)
    compare_all_groups(is_dry_run=True)
    assert report_honesty(is_dry_run=True)

    assert QuestionFigures.objects.count() == Report.objects.count() == 0


def test_no_learner_is_named_anywhere(answered):
    describe_questions()
    watch_drift()
    report_honesty()

    learner = Attempt.objects.first().learner
    kept = [
        str(row.values)
        for row in (*QuestionFigures.objects.all(), *Report.objects.all())
    ]
    assert not any(learner.name in text or learner.email in text for text in kept)


def test_a_wrong_key_is_left_out(answered):
    version = Response.objects.first().question_version
    correct_key(version, None, "")

    assert version not in newest_answers().versions


def test_a_clock_that_went_back_gives_no_time():
    now = timezone.now()

    assert np.isnan(seconds_between(now, now - timezone.timedelta(seconds=5)))
    assert seconds_between(now, now + timezone.timedelta(seconds=5)) == 5


def test_choices_are_counted_only_where_they_are_picked():
    picked = QuestionVersion(kind="multiple")
    ordered = QuestionVersion(kind="ordering")

    assert choices_of(picked, [0, 2]) == {0, 2}
    assert choices_of(picked, None) == choices_of(ordered, [1, 0]) == frozenset()


# --- drift ----------------------------------------------------------------------------


def test_a_question_whose_answer_goes_round_is_seen(answered):
    describe_questions()
    hardest = (
        QuestionFigures.objects.filter(answer_count__gte=60)
        .order_by("values__share_right")
        .first()
    )
    version = hardest.question_version
    assert watch_drift()["easier"] == []

    Response.objects.filter(question_version=version).update(score=1)
    found = watch_drift()

    assert found["easier"] == [version.pk]
    assert hardest.flags.filter(kind="drift").exists()
    hardest.refresh_from_db()
    assert hardest.values["drift"] > 2.81
    assert "share_right" in hardest.values  # figures kept beside
    assert Report.objects.get(kind="drift").values == found


# --- groups ---------------------------------------------------------------------------


def test_a_question_harder_in_one_language_is_found(parameters, monkeypatch):
    monkeypatch.setattr(fairness, "FEWEST_PER_GROUP", 60)
    past_placements(parameters, 160, asked=36)
    half = list(Attempt.objects.order_by("seed").values_list("pk", flat=True)[:80])
    Attempt.objects.filter(pk__in=half).update(language="en")
    version = QuestionVersion.objects.filter(level=3).first()
    given = Response.objects.filter(question_version=version)
    given.filter(attempt__in=half).update(score=0)
    given.exclude(attempt__in=half).update(score=1)

    # Nobody right on one side would leave no odds to compare.
    for response in given.order_by("pk")[::10]:
        given.filter(pk=response.pk).update(score=1 - response.score)
    found = compare_all_groups()

    (pair,) = found["pairs"]
    assert (pair["by"], pair["between"], pair["compared"]) == (
        "language",
        ["fr", "en"],
        36,
    )
    assert version.pk in [row["version"] for row in found["questions"]]
    flagged = QuestionFlag.objects.filter(kind="groups")
    assert version in [flag.figures.question_version for flag in flagged]


def test_kinds_of_organisations_are_groups_too(parameters, monkeypatch):
    monkeypatch.setattr(fairness, "FEWEST_PER_GROUP", 20)
    past_placements(parameters, 25, asked=36)
    past_placements(parameters, 25, seed=2, asked=36)
    first, second = (
        Attempt.objects.order_by().values_list("learner", flat=True).distinct()
    )
    town = Organisation.objects.create(name="Ville", kind="municipal")
    association = Organisation.objects.create(name="Association", kind="association")
    people = {
        person.pk: person for person in [a.learner for a in Attempt.objects.all()]
    }
    make_member(people[first], town)
    make_member(people[second], association)

    pairs = compare_all_groups()["pairs"]

    assert [(pair["by"], pair["between"]) for pair in pairs] == [
        ("organisation", ["municipal", "association"])
    ]


# --- honesty --------------------------------------------------------------------------


def test_honesty_is_reported_once_a_day(answered):
    first = report_honesty()
    again = report_honesty()

    report = Report.objects.get(kind="honesty")
    assert report.values == again == first
    assert first["attempt_count"] == 120
    assert sum(tenth["count"] for tenth in first["tenths"]) == first["answer_count"]
    assert 0 < first["held"] <= 1


def test_a_report_that_is_not_honest_widens_the_next_doubts(answered):
    count_attempts()
    plain = calibrate(is_dry_run=True)
    values = {"doubt_factor": 1.5}
    Report.objects.create(kind="honesty", made_on="2026-10-01", values=values)

    wider = calibrate(is_dry_run=True)

    assert wider.after.difficulty_sd == pytest.approx(1.5 * plain.after.difficulty_sd)


def test_a_report_multiplies_what_the_last_calibration_used(answered, monkeypatch):
    Report.objects.create(
        kind="honesty", made_on="2026-10-01", values={"doubt_factor": 1.5}
    )
    count_attempts()
    calibrate()
    monkeypatch.setattr("assessments.honesty.doubt_factor", lambda *args: 1.2)

    first, again = report_honesty(), report_honesty()

    # Measured twice from the same calibration, it is not multiplied twice.
    assert first["doubt_factor"] == again["doubt_factor"] == pytest.approx(1.8)
    assert first["is_widened"] is True


def test_a_report_that_changes_nothing_says_so(answered, monkeypatch):
    monkeypatch.setattr("assessments.honesty.doubt_factor", lambda *args: 1.0)

    report = report_honesty()

    assert (report["doubt_factor"], report["is_widened"]) == (1.0, False)


@pytest.mark.parametrize(
    ("in_force", "more", "asked"), [(1.0, 0.25, 1.0), (1.5, 0.8, 1.2), (1.5, 0.25, 1.0)]
)
def test_only_what_a_report_had_added_to_the_doubts_is_taken_back(
    monkeypatch, in_force, more, asked
):
    monkeypatch.setattr("assessments.watching.doubt_factor_in_force", lambda: in_force)
    monkeypatch.setattr("assessments.honesty.doubt_factor", lambda *args: more)
    sample = SimpleNamespace(bank_with_doubt=None, answers=None)

    assert doubt_factor_asked(sample) == pytest.approx(asked)


def test_too_few_placements_give_no_report(parameters):
    past_placements(parameters, 99)

    assert report_honesty() is None
    assert Report.objects.count() == 0


# --- commands -------------------------------------------------------------------------


def run(name, *options):
    out = StringIO()
    call_command(name, *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_commands_say_what_they_found(answered):
    make_learner()

    assert run("describe_questions").startswith("Questions with figures: 36.\n")
    assert run("watch_drift").startswith("Questions with enough answers: ")
    assert run("compare_groups").startswith("No question has 200 answers in each")
    assert run("report_honesty").startswith("From 120 placements, 3600 answers: ")


def test_the_commands_speak_one_language(answered):
    with override(None):
        labels = {str(label) for label in QuestionFlag.Kind.labels}

    with override("fr"):
        said = run("describe_questions").splitlines()

    flags = {line.rpartition(": ")[0] for line in said[1:]}
    assert flags
    assert flags <= labels


def test_the_commands_say_when_there_is_nothing(parameters):
    assert run("describe_questions") == "Questions with figures: 0.\n"
    assert run("report_honesty", "--dry-run") == (
        "No report yet: it needs 100 finished placements.\n"
    )
