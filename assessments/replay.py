"""Any past attempt again, step by step, from what was stored.

For a trainer who wants to understand a result, or a learner who contests it. Nothing
is written. What the replay finds is compared with what was stored: a difference means
that the result cannot be explained, and is said.
"""

from copy import copy
from dataclasses import dataclass

from assessments import placement
from assessments.attempts import (
    earlier_responses,
    next_step,
    posterior_of,
    results_of,
)
from assessments.bank import tables
from assessments.models import KeyCorrection, Placement, Response

SAME = 1e-9  # two probabilities that differ by less are the same


@dataclass(frozen=True)
class ReplayedStep:
    """One question: why it was asked, what was answered, what the answer changed."""

    response: Response
    choice: placement.Choice | None  # None: the replay would have ended here
    before: placement.Posterior
    after: placement.Posterior
    is_void: bool  # its key was found to be wrong before the result was given


@dataclass(frozen=True)
class Replay:
    """The steps of an attempt, its results again, and what differs from the stored."""

    versions: list[int]  # question version of each row of the bank
    steps: list[ReplayedStep]
    results: list[Placement]  # as first given, unsaved
    differences: list[str]


def replay(attempt) -> Replay:
    """Return the Replay of an adaptive attempt, finished or not.

    Raises ValueError for a check or for practice, which choose nothing.
    """
    if not attempt.is_adaptive:
        raise ValueError("Only placements and closer looks choose their questions.")
    its_tables = tables(attempt.parameter_set_id)
    corrected_at = dict(
        KeyCorrection.objects.values_list("question_version", "made_at")
    )
    earlier = earlier_responses(attempt)
    own = list(attempt.responses.select_related("question_version__question"))
    steps, differences = [], []
    for count, response in enumerate(own):
        step = replayed_step(
            attempt, its_tables, earlier + own[:count], response, count, corrected_at
        )
        steps.append(step)
        differences += differences_of_step(its_tables, step)
    results = []
    if attempt.is_finished:
        results = results_at(
            attempt, its_tables, earlier + own, corrected_at, attempt.finished_at
        )
        differences += differences_of_end(attempt, its_tables, earlier, own)
        differences += differences_of_results(attempt, its_tables, earlier + own)
    return Replay(its_tables.versions, steps, results, differences)


def void_at(corrected_at, moment) -> set[int]:
    """Return the versions whose key was known to be wrong at a moment."""
    return {version for version, at in corrected_at.items() if at <= moment}


def replayed_step(attempt, its_tables, evidence, response, count, corrected_at):
    void = void_at(corrected_at, response.shown_at)
    before = posterior_of(its_tables, evidence, void, attempt.prior)
    seen = copy(attempt)
    seen.language = response.language or attempt.language
    step = next_step(
        seen,
        its_tables,
        before,
        its_tables.rows_of(evidence),
        count,
        set(response.unavailable),
        void,
    )
    after = before
    if response.is_answered:
        after = posterior_of(its_tables, [*evidence, response], void, attempt.prior)
    return ReplayedStep(
        response=response,
        choice=None if isinstance(step, str) else step.choice,
        before=before,
        after=after,
        is_void=response.question_version_id in void,
    )


def differences_of_step(its_tables, step) -> list[str]:
    position = step.response.position
    if step.choice is None:
        return [f"Question {position}: the replay would have ended before it."]
    chosen = its_tables.versions[step.choice.index]
    if chosen == step.response.question_version_id:
        return []
    return [
        f"Question {position}: the replay chooses version {chosen}, "
        f"version {step.response.question_version_id} was asked."
    ]


def differences_of_end(attempt, its_tables, earlier, own) -> list[str]:
    """Compare why the attempt ended, unless its learner ended it."""
    if attempt.end_reason in ("stopped", "abandoned"):
        return []
    corrected = KeyCorrection.objects.filter(made_at__lte=attempt.finished_at)
    void = set(corrected.values_list("question_version", flat=True))
    evidence = earlier + own
    believed = posterior_of(its_tables, evidence, void, attempt.prior)
    step = next_step(
        attempt,
        its_tables,
        believed,
        its_tables.rows_of(evidence),
        len(own),
        set(attempt.unavailable),
        void,
    )
    reason = step if isinstance(step, str) else "none: the replay would have gone on"
    if reason == attempt.end_reason:
        return []
    return [f"End: the replay says {reason}, {attempt.end_reason} was stored."]


def results_at(attempt, its_tables, evidence, corrected_at, moment):
    """Return what an attempt led to, given the keys known to be wrong at a moment."""
    void = void_at(corrected_at, moment)
    answered = [response for response in evidence if response.is_answered]
    believed = posterior_of(its_tables, answered, void, attempt.prior)
    return results_of(attempt, believed)


def differences_of_results(attempt, its_tables, evidence) -> list[str]:
    """Compare the results as first given, and after each correction of a key."""
    corrected_at = dict(
        KeyCorrection.objects.values_list("question_version", "made_at")
    )
    moments = [attempt.finished_at]
    stored = []
    for correction in attempt.corrections.order_by("made_at"):
        stored.append(correction.before)
        moments.append(correction.made_at)
    stored.append(values_of(attempt.placements.all()))
    found = []
    for moment, kept in zip(moments, stored, strict=True):
        again = values_of(
            results_at(attempt, its_tables, evidence, corrected_at, moment)
        )
        if not is_same(again, kept):
            found.append(f"Result of {moment:%Y-%m-%d}: {again} again, {kept} stored.")
    return found


def values_of(placements) -> list[dict]:
    """Return placements as plain values, overall first, then by area."""
    rows = [
        {
            "area": placement.area_id,
            "low": placement.low,
            "high": placement.high,
            "likeliest": placement.likeliest,
            "probability": placement.probability,
            "likeliest_probability": placement.likeliest_probability,
            "answer_count": placement.answer_count,
        }
        for placement in placements
    ]
    return sorted(rows, key=lambda row: row["area"] or 0)


def is_same(first, second) -> bool:
    if [row["area"] for row in first] != [row["area"] for row in second]:
        return False
    return all(
        is_same_value(one[name], other[name])
        for one, other in zip(first, second, strict=True)
        for name in one
    )


def is_same_value(one, other) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) < SAME
    return one == other
