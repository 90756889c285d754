"""When the key of a question was wrong: its answers stop counting, results are mended.

The version is asked no more, its answers stay but say nothing, and every result that
rested on one of them is computed again. What had been said before is kept beside it,
and learners whose range changed are told. PLACEMENT.md section 7.7.
"""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from assessments.attempts import earlier_responses, placements_of, posterior_of
from assessments.bank import tables
from assessments.models import (
    Attempt,
    CorrectedResult,
    KeyCorrection,
    Placement,
    Response,
)
from assessments.replay import is_same, values_of
from assessments.signals import check_finished
from assessments.tasks import tell_learners

AT_ONCE = 200  # attempts whose answers are held in memory together


@dataclass(frozen=True)
class Change:
    """A result before and after: values as `replay.values_of` gives them."""

    attempt: Attempt
    before: list[dict]
    after: list[Placement]

    @property
    def moves(self):
        """Return [(area or None, (low, high) before, (low, high) after or None)]."""
        after = {placement.area_id: placement for placement in self.after}
        return [
            (
                row["area"],
                (row["low"], row["high"]),
                (after[row["area"]].low, after[row["area"]].high)
                if row["area"] in after
                else None,
            )
            for row in self.before
        ]

    @property
    def changes_a_range(self):
        return any(before != after for _area, before, after in self.moves)


@dataclass(frozen=True)
class Preview:
    """What a correction would do, in numbers; nobody is named."""

    answer_count: int
    result_count: int  # results that rest on one of these answers
    changed_count: int  # of which a range changes
    overall: Counter  # ((low, high) before, (low, high) after or None) -> results


def preview(version) -> Preview:
    """Return what declaring the key of a version wrong would change; writes nothing."""
    changes = list(changes_of(version))
    overall = Counter(
        (before, after)
        for change in changes
        for area, before, after in change.moves
        if area is None and before != after
    )
    return Preview(
        answer_count=answers_to(version).count(),
        result_count=len(changes),
        changed_count=sum(change.changes_a_range for change in changes),
        overall=overall,
    )


@transaction.atomic
def correct_key(version, made_by, reason) -> KeyCorrection:
    """Declare the key of a version wrong and mend what rested on it; once."""
    correction, is_new = KeyCorrection.objects.get_or_create(
        question_version=version, defaults={"made_by": made_by, "reason": reason}
    )
    if not is_new:
        return correction
    told = False
    for change in changes_of(version):
        mend(change, correction)
        told = told or change.changes_a_range
    mend_checks(version)
    if told:
        transaction.on_commit(lambda: tell_learners.enqueue(correction.pk))
    return correction


def answers_to(version):
    return Response.objects.filter(question_version=version).exclude(answered_at=None)


def changes_of(version):
    """Yield the Change of every result that rests on an answer to a version."""
    placed = Attempt.objects.finished().filter(responses__question_version=version)
    looks = Attempt.objects.closer_looks().finished()
    looks = looks.filter(continues__in=placed.values("pk"))
    affected = Attempt.objects.filter(placements__isnull=False).filter(
        pk__in=placed.union(looks).values("pk")
    )
    keys = list(affected.distinct().order_by("started_at").values_list("pk", flat=True))
    void = {
        version.pk,
        *KeyCorrection.objects.values_list("question_version", flat=True),
    }
    for start in range(0, len(keys), AT_ONCE):
        chunk = Attempt.objects.filter(pk__in=keys[start : start + AT_ONCE])
        for attempt in chunk.select_related("area", "continues").prefetch_related(
            "responses", "placements"
        ):
            before = values_of(attempt.placements.all())
            after = results_without(attempt, void)
            if not is_same(before, values_of(after)):
                yield Change(attempt, before, after)


def results_without(attempt, void):
    """Return the results of an attempt when some versions say nothing."""
    its_tables = tables(attempt.parameter_set_id)
    own = [response for response in attempt.responses.all() if response.is_answered]
    evidence = earlier_responses(attempt) + own
    believed = posterior_of(its_tables, evidence, void, attempt.prior)
    fewest = 1 if attempt.area_id else believed.settings.minimum_questions
    if believed.answer_count < fewest:
        return []
    return placements_of(attempt, believed)


def mend(change, correction):
    """Store the new result of an attempt, and beside it what had been said."""
    CorrectedResult.objects.create(
        attempt=change.attempt, key_correction=correction, before=change.before
    )
    change.attempt.placements.all().delete()
    Placement.objects.bulk_create(change.after)
    # What was said of progress rested on the former result; nothing is said any more.
    Attempt.objects.filter(
        learner=change.attempt.learner_id, finished_at__gte=change.attempt.finished_at
    ).update(progress=None)


def mend_checks(version):
    """Count the checks again that asked a version; what was passed stays passed."""
    sat = Attempt.objects.finished().filter(
        purpose=Attempt.Purpose.CHECK, responses__question_version=version
    )
    for attempt in sat.select_related("learner"):
        counted = attempt.responses.filter(
            question_version__key_correction=None
        ).values_list("score", flat=True)
        was_passed = attempt.is_passed
        score = sum(counted) / len(counted) if counted else 1.0
        if score <= attempt.score:
            continue
        attempt.score = score
        attempt.save(update_fields=["score"])
        if attempt.is_passed and not was_passed:
            check_finished.send(sender=Attempt, attempt=attempt)


def changed_learners(correction):
    """Return the learners of whom a range changed, each once, with their attempt."""
    found = {}
    results = correction.results.select_related("attempt__learner")
    for result in results.order_by("attempt__started_at"):
        after = {p.area_id: (p.low, p.high) for p in result.attempt.placements.all()}
        before = {row["area"]: (row["low"], row["high"]) for row in result.before}
        if before != after:
            found[result.attempt.learner] = result.attempt
    return found
