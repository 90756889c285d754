"""When the key of a question was wrong: its answers stop counting, results are mended.

The version is asked no more, its answers stay but say nothing, and every result that
rested on one of them is computed again. What had been said before is kept beside it,
and learners whose range changed are told. PLACEMENT.md section 7.7.

Computing again takes a millisecond a result: `key_doubts` does it apart from pages.
"""

import time
from collections import Counter, defaultdict, namedtuple
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Avg, Exists, OuterRef, Q

from assessments.attempts import (
    areas_by_code,
    earlier_responses,
    posterior_of,
    results_of,
)
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
from assessments.tasks import tell_learner

AT_ONCE = 100  # attempts whose answers are held in memory, and mended, together
BREATH = 0.1  # seconds between two lots, in which learners' answers can be written
# What a posterior needs of an answer: rows of the model would take three times longer.
Given = namedtuple("Given", ["question_version_id", "score", "is_skipped"])


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
    check_count: int  # checks of modules whose score rises
    passed_count: int  # of which are passed after all

    def to_dict(self) -> dict:
        """Return plain values that JSON can hold; `from_dict` reads them back."""
        moves = [[before, after, n] for (before, after), n in self.overall.items()]
        return vars(self) | {"overall": moves}

    @classmethod
    def from_dict(cls, values):
        moves = {
            (tuple(before), after and tuple(after)): count
            for before, after, count in values["overall"]
        }
        return cls(**values | {"overall": Counter(moves)})


def silent(done):
    """Tell nothing of the progress."""


def size_of(version) -> int:
    """Return how many results and checks a correction has to look at."""
    return len(affected_attempts(version)) + checks_with(version).count()


def preview(version, tell=silent) -> Preview:
    """Return what declaring the key of a version wrong would change; writes nothing.

    `tell` hears how many results are done.
    """
    result_count = changed_count = 0
    overall = Counter()
    for done, some in in_lots(affected_attempts(version)):
        changes = changes_among(some, version)
        result_count += len(changes)
        changed_count += sum(change.changes_a_range for change in changes)
        overall.update(
            (before, after)
            for change in changes
            for area, before, after in change.moves
            if area is None and before != after
        )
        tell(done)
    checks = list(mended_checks(version))
    return Preview(
        answer_count=answers_to(version).count(),
        result_count=result_count,
        changed_count=changed_count,
        overall=overall,
        check_count=len(checks),
        passed_count=sum(check.is_passed and not was for check, was in checks),
    )


def correct_key(version, made_by, reason, tell=silent) -> KeyCorrection:
    """Declare the key of a version wrong and mend what rested on it; once.

    Called again after it was cut short, it mends what is left. `tell` as in `preview`.
    """
    correction, _is_new = KeyCorrection.objects.get_or_create(
        question_version=version,
        defaults={"made_by": made_by, "reason": reason, "is_under_way": True},
    )
    if correction.is_under_way:
        mend_results(correction, tell)
    return correction


def mend_results(correction, tell):
    """Mend all that rests on a version, lot by lot, then have learners told."""
    version, done = correction.question_version, 0
    for done, some in in_lots(affected_attempts(version)):
        if done > len(some):
            time.sleep(BREATH)
        mend_lot(some, correction)
        tell(done)
    forget_progress(correction)
    mend_checks(version, lambda more: tell(done + more))
    with transaction.atomic():
        under_way = KeyCorrection.objects.filter(pk=correction.pk, is_under_way=True)
        if under_way.update(is_under_way=False):
            transaction.on_commit(lambda: tell_changed(correction))
    correction.is_under_way = False


@transaction.atomic
def mend_lot(attempts, correction):
    """Mend the results of some attempts (their keys); what is right already stays."""
    locked = Attempt.objects.select_for_update(of=("self",)).filter(pk__in=attempts)
    list(locked.order_by("pk").values_list("pk"))
    mend(changes_among(attempts, correction.question_version), correction)


def answers_to(version):
    return Response.objects.filter(question_version=version).exclude(answered_at=None)


def in_lots(keys):
    """Yield (how many with these, some keys), a lot after the other."""
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        yield start + len(some), some


def changes_among(attempts, version):
    """Return the Changes of some attempts (their keys) when a version says nothing."""
    void = {
        version.pk,
        *KeyCorrection.objects.values_list("question_version", flat=True),
    }
    areas, found = areas_by_code(), []
    given, said = given_answers(attempts), said_results(attempts)
    for attempt in Attempt.objects.filter(pk__in=attempts).select_related("area"):
        before = values_of(said[attempt.pk])
        after = results_without(attempt, given[attempt.pk], void, areas)
        if not is_same(before, values_of(after)):
            found.append(Change(attempt, before, after))
    return found


def affected_attempts(version):
    """Return the keys of the attempts whose result rests on an answer to a version."""
    placed = Attempt.objects.finished().filter(responses__question_version=version)
    looks = Attempt.objects.closer_looks().finished()
    looks = looks.filter(continues__in=placed.values("pk"))
    affected = Attempt.objects.filter(placements__isnull=False).filter(
        pk__in=placed.union(looks).values("pk")
    )
    # By bank: few are kept at a time, and building one takes longer than a result.
    by_bank = affected.distinct().order_by("parameter_set", "started_at")
    return list(by_bank.values_list("pk", flat=True))


def given_answers(attempts):
    """Return {attempt: [Given, …]}, in the order of the questions."""
    rows = Response.objects.filter(attempt__in=attempts).exclude(answered_at=None)
    found = defaultdict(list)
    names = ["attempt_id", *Given._fields]
    for attempt, *values in rows.order_by("position").values_list(*names):
        found[attempt].append(Given(*values))
    return found


def said_results(attempts):
    """Return {attempt: [placement, …]}, as rows with the names of the fields."""
    found = defaultdict(list)
    rows = Placement.objects.filter(attempt__in=attempts).order_by()
    for row in rows.values_list(named=True):
        found[row.attempt_id].append(row)
    return found


def results_without(attempt, given, void, areas):
    """Return the results of an attempt when some versions say nothing."""
    its_tables = tables(attempt.parameter_set_id)
    evidence = earlier_responses(attempt) + given
    believed = posterior_of(its_tables, evidence, void, attempt.prior)
    return results_of(attempt, believed, areas)


def mend(changes, correction):
    """Store the new results of attempts, and beside them what had been said."""
    CorrectedResult.objects.bulk_create(
        CorrectedResult(
            attempt=change.attempt, key_correction=correction, before=change.before
        )
        for change in changes
    )
    mended = [change.attempt.pk for change in changes]
    Placement.objects.filter(attempt__in=mended).delete()
    Placement.objects.bulk_create(
        placement for change in changes for placement in change.after
    )


def forget_progress(correction):
    """Take back what was said of progress: it rested on the former results."""
    earlier = CorrectedResult.objects.filter(
        key_correction=correction,
        attempt__learner=OuterRef("learner"),
        attempt__finished_at__lte=OuterRef("finished_at"),
    )
    said = Attempt.objects.exclude(progress=None)
    said.filter(Exists(earlier)).update(progress=None)


def checks_with(version):
    """Return the finished checks that asked a version."""
    asked = Response.objects.filter(question_version=version)
    checks = Attempt.objects.finished().filter(purpose=Attempt.Purpose.CHECK)
    return checks.filter(pk__in=asked.values("attempt"))


def mended_checks(version):
    """Yield (check, whether it was passed) of those that score higher without it.

    The score of each is the new one, unsaved. A check that asked nothing else has
    nothing against it.
    """
    counts = ~Q(responses__question_version=version) & Q(
        responses__question_version__key_correction=None
    )
    without = checks_with(version).annotate(
        without=Avg("responses__score", filter=counts)
    )
    for check in without.select_related("learner"):
        was_passed = check.is_passed
        score = 1.0 if check.without is None else check.without
        if score > check.score + 1e-9:
            check.score = score
            yield check, was_passed


def mend_checks(version, tell=silent):
    """Count the checks again that asked a version; what was passed stays passed."""
    for done, (check, was_passed) in enumerate(list(mended_checks(version)), start=1):
        with transaction.atomic():
            check.save(update_fields=["score"])
            if check.is_passed and not was_passed:
                check_finished.send(sender=Attempt, attempt=check)
        tell(done)


def tell_changed(correction):
    """Have the learners of whom a range changed written to, each in a task of its own.

    A mail that cannot be sent keeps no other from leaving.
    """
    for attempt in changed_learners(correction).values():
        tell_learner.enqueue(str(attempt.continues_id or attempt.pk))


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
