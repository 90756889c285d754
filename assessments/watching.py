"""How the questions behave, from the database to the trainers' pages; PLACEMENT.md 6.

The arithmetic is in `question_figures`, `fairness` and `honesty`; this module gathers
the newest answers for them and keeps what they say. No learner is named anywhere.
"""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from django.db import transaction
from django.utils import timezone

from assessments import honesty, placement
from assessments.bank import belief, estimates_of, newest_calibration
from assessments.beliefs import Answers, Without, positions, without_each
from assessments.calibrating import (
    areas_of,
    as_estimates,
    doubt_factor_in_force,
    guessing_of,
    settings_in_force,
)
from assessments.calibration import Estimates
from assessments.fairness import Difference, compare_groups, drift, has_drifted
from assessments.models import (
    Attempt,
    QuestionFigures,
    QuestionFlag,
    QuestionVersion,
    Report,
    Response,
)
from assessments.question_figures import (
    FEWEST_TO_SHOW,
    Flag,
    question_figures,
)
from people.models import Membership, Organisation

NEWEST = 20_000  # placements; older ones say less of today
LAST_ANSWERS = 200  # to see whether a difficulty has changed
FEWEST_TO_SEE_DRIFT = 50
FEWEST_FOR_HONESTY = 100  # placements
FLAGS = {
    Flag.MISFIT: QuestionFlag.Kind.MISFIT,
    Flag.WEAK_LINK: QuestionFlag.Kind.WEAK_LINK,
    Flag.DEAD_CHOICE: QuestionFlag.Kind.DEAD,
    Flag.TEMPTING_CHOICE: QuestionFlag.Kind.TEMPTING,
    Flag.KEY_BEATEN: QuestionFlag.Kind.KEY_BEATEN,
}
CHOSEN_FROM_A_LIST = {"single", "multiple", "spots", "linked"}


# --- the answers ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Sample:
    """The newest answers as arrays, one row each (m,), the oldest first."""

    versions: list[QuestionVersion]
    estimates: Estimates  # in force, one row a version
    settings: placement.Settings
    answers: Answers
    attempt_count: int
    chosen: list[frozenset]
    seconds: np.ndarray
    language: np.ndarray  # 0 French, 1 English
    organisation: np.ndarray  # number of its kind, -1 unknown

    @cached_property
    def bank(self) -> placement.Bank:
        return self.bank_with_doubt(1.0)

    def bank_with_doubt(self, factor: float) -> placement.Bank:
        """Return the bank, the doubt about each difficulty multiplied."""
        doubt = self.estimates.difficulty_sd * factor
        estimates = replace(self.estimates, difficulty_sd=doubt)
        luck = guessing_of(self.versions)
        return estimates.bank(areas_of(self.versions), luck, self.settings)

    @cached_property
    def without(self) -> Without:
        return without_each(self.bank, self.answers)


def newest_answers(settings=placement.LAUNCH) -> Sample | None:
    """Return the answers of the newest placements with a result, or None."""
    placed = Attempt.objects.with_result().finished().order_by("-finished_at")
    newest = list(placed.values_list("pk", "learner", "finished_at")[:NEWEST])
    if not newest:
        return None
    attempts = {pk: learner for pk, learner, _finished_at in newest}
    given = list(
        Response.objects.filter(
            attempt__purpose=Attempt.Purpose.PLACEMENT,
            attempt__finished_at__gte=newest[-1][2],
            question_version__key_correction=None,
        )
        .exclude(answered_at=None)
        .order_by("answered_at", "pk")
        .values_list(
            "attempt",
            "question_version",
            "score",
            "is_skipped",
            "answer",
            "shown_at",
            "answered_at",
            "language",
            "attempt__language",
        )
    )
    given = [row for row in given if row[0] in attempts]
    if not given:
        return None
    versions = list(
        QuestionVersion.objects.filter(pk__in={row[1] for row in given})
        .select_related("competence__area", "question", "wording_of")
        .order_by("pk")
    )
    return sample_of(given, versions, attempts, settings_in_force(settings))


def sample_of(given, versions, attempts, settings) -> Sample:
    number_of = {version.pk: number for number, version in enumerate(versions)}
    person_of = {pk: number for number, pk in enumerate(attempts)}
    known = estimates_of(newest_calibration())
    kind_of = organisation_kinds()
    return Sample(
        versions=versions,
        estimates=as_estimates(belief(v, known, settings) for v in versions),
        settings=settings,
        answers=Answers(
            np.array([person_of[row[0]] for row in given]),
            np.array([number_of[row[1]] for row in given]),
            np.array([row[2] for row in given]),
            np.array([row[3] for row in given]),
        ),
        attempt_count=len(attempts),
        chosen=[
            choices_of(versions[number_of[version]], answer)
            for _attempt, version, _score, _skipped, answer, *_rest in given
        ],
        seconds=np.array([seconds_between(row[5], row[6]) for row in given]),
        language=np.array([(row[7] or row[8]) == "en" for row in given], dtype=int),
        organisation=np.array([kind_of.get(attempts[row[0]], -1) for row in given]),
    )


def choices_of(version, answer) -> frozenset:
    """Return the numbers of the choices made; empty where choices are not picked."""
    if answer is None or version.kind not in CHOSEN_FROM_A_LIST:
        return frozenset()
    return frozenset(answer)


def seconds_between(shown_at, answered_at) -> float:
    """Return how long an answer took; nan when the clock went back meanwhile."""
    seconds = (answered_at - shown_at).total_seconds()
    return seconds if seconds >= 0 else float("nan")


def organisation_kinds() -> dict:
    """Return {learner: number of the kind of organisation she belongs to now}."""
    numbers = {kind: number for number, kind in enumerate(Organisation.Kind.values)}
    rows = Membership.objects.current().order_by("-joined_on")
    return {
        user: numbers[kind]
        for user, kind in rows.values_list("user", "organisation__kind")
    }


# --- figures, every night -------------------------------------------------------------


def describe_questions(progress=lambda done: None, is_dry_run=False) -> Counter:
    """Compute the figures of each version with 30 answers; returns counts of flags."""
    sample = newest_answers()
    found = Counter(questions=0)
    for number, version in enumerate(sample.versions if sample else []):
        figures = figures_of(sample, number, version)
        progress(number + 1)
        if figures is None or figures.count < FEWEST_TO_SHOW:
            continue
        kinds = {FLAGS[flag] for flag in figures.flags}
        found["questions"] += 1
        found.update(kinds)
        if not is_dry_run:
            keep_figures(version, figures.count, values_of(figures))
            keep_flags(version, kinds, FLAGS.values())
    return found


def figures_of(sample, number, version):
    is_list = version.kind in CHOSEN_FROM_A_LIST
    estimates = sample.estimates
    return question_figures(
        sample.answers,
        sample.without,
        number,
        estimates.difficulty[number],
        estimates.difficulty_sd[number],
        estimates.log_slope[number],
        chosen=sample.chosen if is_list else None,
        choices=range(len(version.content["fr"]["choices"])) if is_list else (),
        key=frozenset(version.key) if is_list else frozenset(),
        seconds=sample.seconds,
        settings=sample.settings,
    )


def values_of(figures) -> dict:
    """Return figures as `QuestionFigures.values` holds them."""
    curves = figures.curves
    return {
        "share_right": figures.right_share,
        "expected_share": figures.expected_share,
        "level": figures.level,
        "level_low": figures.level_low,
        "level_high": figures.level_high,
        "slope": figures.slope,
        "infit": figures.infit,
        "outfit": figures.outfit,
        "link": figures.rest_correlation,
        "expected_link": figures.expected_rest_correlation,
        "skip_share": figures.skip_share,
        "median_seconds": figures.median_seconds,
        "choices": [
            {
                "number": choice.choice,
                "count": choice.count,
                "share": choice.share,
                "level": choice.level,
                "correlation": choice.correlation,
            }
            for choice in figures.choices
        ],
        "curves": {
            "counts": curves.count.tolist(),
            "right": known(curves.right),
            "choices": [known(row) for row in curves.chosen],
        },
    }


def known(values) -> list:
    """Return an array as a list that JSON can hold: None where nobody answered."""
    return [None if np.isnan(value) else float(value) for value in values]


@transaction.atomic
def keep_figures(version, count, values):
    """Keep some figures of a version beside those that are kept already."""
    figures, _is_new = QuestionFigures.objects.get_or_create(
        question_version=version, defaults={"answer_count": count}
    )
    figures.answer_count = count
    figures.values = figures.values | values
    figures.save()


@transaction.atomic
def keep_flags(version, kinds, among):
    """Make the flags of a version, of the kinds `among`, exactly `kinds`."""
    figures = QuestionFigures.objects.get(question_version=version)
    figures.flags.filter(kind__in=set(among) - set(kinds)).delete()
    QuestionFlag.objects.bulk_create(
        [QuestionFlag(figures=figures, kind=kind) for kind in kinds],
        ignore_conflicts=True,
    )


def keep_report(kind, values) -> Report:
    """Keep today's report of a kind; a second run the same day replaces it."""
    return Report.objects.update_or_create(
        kind=kind, made_on=timezone.localdate(), defaults={"values": values}
    )[0]


# --- drift, every night ---------------------------------------------------------------


def watch_drift(is_dry_run=False) -> dict:
    """Look for questions whose last answers are not what was expected.

    Returns the values of a report: {"window", "tested", "easier": [version], "harder":
    [version]}.
    """
    sample = newest_answers()
    values = {"window": LAST_ANSWERS, "tested": 0, "easier": [], "harder": []}
    for number, version in enumerate(sample.versions if sample else []):
        answered = sample.answers.rows_of(number)
        last = answered[-LAST_ANSWERS:]
        if len(last) < FEWEST_TO_SEE_DRIFT:
            continue
        z = drift(
            sample.answers.score[last],
            sample.without.success[last],
            sample.estimates.difficulty_sd[number],
        )
        values["tested"] += 1
        if has_drifted(z):
            values["easier" if z > 0 else "harder"].append(version.pk)
        if not is_dry_run:
            keep_figures(version, len(answered), {"drift": z})
            kind = QuestionFlag.Kind.DRIFT
            keep_flags(version, {kind} if has_drifted(z) else set(), {kind})
    if not is_dry_run:
        keep_report(Report.Kind.DRIFT, values)
    return values


# --- groups, every month --------------------------------------------------------------


@dataclass(frozen=True)
class Unlike:
    """One version and two groups with at least 200 answers each."""

    version: QuestionVersion
    by: str  # "language" or "organisation"
    between: tuple[str, str]
    difference: Difference


def compare_all_groups(progress=lambda done: None, is_dry_run=False) -> dict:
    """Look for questions that are not as hard for two groups of the same skill.

    By language and by kind of organisation. Returns the values of a report: {"pairs":
    [{"by", "between", "compared", "watched", "flagged"}], "questions": [{"version",
    "by", "between", "class", "shift"}]}, the questions being those watched or flagged.
    """
    sample = newest_answers()
    found = []
    if sample is not None:
        place = positions(sample.bank, sample.answers)
        for number, version in enumerate(sample.versions):
            rows = list(comparisons_of(sample, number, place))
            progress(number + 1)
            found += rows
            if rows and not is_dry_run:
                keep_groups(version, len(sample.answers.rows_of(number)), rows)
    values = {
        "pairs": pairs_of(found),
        "questions": [
            {
                "version": one.version.pk,
                "by": one.by,
                "between": list(one.between),
                "class": one.difference.ets_class,
                "shift": one.difference.shift,
            }
            for one in found
            if one.difference.ets_class != "A"
        ],
    }
    if not is_dry_run:
        keep_report(Report.Kind.GROUPS, values)
    return values


def comparisons_of(sample, number, place):
    """Yield the pairs of groups that one version compares."""
    ways = {
        "language": (sample.language, ["fr", "en"]),
        "organisation": (sample.organisation, Organisation.Kind.values),
    }
    rows = sample.answers.rows_of(number)
    score = sample.answers.score[rows]
    for by, (groups, names) in ways.items():
        for one, other, difference in compare_groups(score, groups[rows], place[rows]):
            between = (names[one], names[other])
            yield Unlike(sample.versions[number], by, between, difference)


def pairs_of(found) -> list[dict]:
    """Return how many questions each pair of groups compares, watches, flags."""
    pairs = {}
    for one in found:
        pair = pairs.setdefault((one.by, one.between), Counter())
        pair["compared"] += 1
        pair["flagged"] += one.difference.is_flagged
        is_unlike = one.difference.ets_class != "A"
        pair["watched"] += is_unlike and not one.difference.is_flagged
    return [
        {"by": by, "between": list(between), **counts}
        for (by, between), counts in pairs.items()
    ]


def keep_groups(version, count, rows):
    shown = [
        {"by": one.by, "between": one.between, "class": one.difference.ets_class}
        for one in rows
    ]
    keep_figures(version, count, {"groups": shown})
    kind = QuestionFlag.Kind.GROUPS
    is_flagged = any(one.difference.is_flagged for one in rows)
    keep_flags(version, {kind} if is_flagged else set(), {kind})


# --- honesty, every month -------------------------------------------------------------


def report_honesty(is_dry_run=False) -> dict | None:
    """Hold what the engine announces against what happened; None when too few.

    Returns {"attempt_count", "answer_count", "held" (share of differences between two
    halves of an attempt that are inside the announced 90 % range), "ratio" (their
    variance, seen over announced; honest from 0.9 to 1.1), "is_honest", "doubt_factor"
    (by which the next calibration multiplies its doubts, at least 1), "is_widened"
    (whether that is more than so far), "largest_gap", "tenths": [{"count",
    "predicted", "happened"}]}.
    """
    sample = newest_answers()
    if sample is None or sample.attempt_count < FEWEST_FOR_HONESTY:
        return None
    halves = honesty.split_half(sample.bank, sample.answers)
    factor = doubt_factor_asked(sample)
    told = honesty.reliability(sample.answers.score, sample.without.success)
    values = {
        "attempt_count": sample.attempt_count,
        "answer_count": len(sample.answers),
        "held": halves.held,
        "ratio": halves.ratio,
        "is_honest": halves.is_honest,
        "doubt_factor": factor,
        "is_widened": factor > doubt_factor_in_force(),
        "largest_gap": told.largest_gap,
        "tenths": [
            {"count": int(count), "predicted": predicted, "happened": happened}
            for count, predicted, happened in zip(
                told.count, known(told.predicted), known(told.happened), strict=True
            )
        ],
    }
    if not is_dry_run:
        keep_report(Report.Kind.HONESTY, values)
    return values


def doubt_factor_asked(sample) -> float:
    """Return by how much the doubts must be multiplied in all: never less than 1.

    Ranges are wider than needed for other reasons too: partly right answers are
    counted with care. Making the doubts pay for them, month after month, would leave
    none; only what an earlier report had added is taken back.
    """
    more = honesty.doubt_factor(sample.bank_with_doubt, sample.answers)
    return max(1.0, doubt_factor_in_force() * more)
