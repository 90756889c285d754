"""What answers teach of the questions, from the database and back; PLACEMENT.md 7.8.

Every night the placements that finished are added to running sums, one row a question
version; from these sums alone, difficulties are estimated anew. Estimates are put in
force at most once a week, and only when they move something; placements under way keep
those they began with. The arithmetic is in `calibration`.
"""

from dataclasses import asdict, dataclass, replace
from datetime import timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from assessments import placement
from assessments.attempts import posterior_of, withdrawn
from assessments.bank import (
    AREAS,
    belief,
    estimates_of,
    mean_choices,
    newest_calibration,
    settings_after,
    tables,
)
from assessments.beliefs import Answers
from assessments.calibration import (
    FEWEST_TO_PUBLISH,
    Estimates,
    Sums,
    estimate_population,
    fit,
    link,
    maximise,
    moved,
    sums_of_attempt,
)
from assessments.models import (
    AnswerSum,
    Attempt,
    Calibration,
    Estimate,
    QuestionVersion,
    Report,
    Response,
)

DAYS_BETWEEN = 7
AT_ONCE = 100  # attempts added in one transaction
ATTEMPTS_FOR_POPULATION = 3000  # the newest ones tell who learners are today
SHORTER_FROM_QUESTIONS = 150  # with so many questions answered
SHORTER_FROM_ANSWERS = 100  # so often
SHORTER_MAXIMUM = 30  # a placement asks at most so many
CELL = "<f8"
SUMMED = ["answer_count", "luck", "expected", "right"]


# --- counting -------------------------------------------------------------------------


def not_counted():
    """Return finished placements whose answers are not in the sums yet."""
    return Attempt.objects.with_result().finished().filter(counted_at=None)


def count_attempts(progress=lambda done: None) -> int:
    """Add the answers of finished placements to the sums; returns how many were added.

    Each attempt is added once: a run that is cut goes on where it stopped.
    """
    total = 0
    while keys := list(
        not_counted().order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    ):
        count_some(keys)
        total += len(keys)
        progress(total)
    return total


@transaction.atomic
def count_some(keys):
    attempts = (
        Attempt.objects.select_for_update(of=("self",))
        .filter(pk__in=keys, counted_at=None)
        .order_by("parameter_set")  # so that each bank is built once
        .prefetch_related("responses")
    )
    added = {}
    for attempt in attempts:
        for version, part in sums_by_version(attempt).items():
            added[version] = added[version] + part if version in added else part
    add_to_sums(added)
    Attempt.objects.filter(pk__in=keys).update(counted_at=timezone.now())


def sums_by_version(attempt):
    """Return {question version: Sums of one row} of what an attempt adds."""
    its_tables = tables(attempt.parameter_set_id)
    _retired, void = withdrawn(its_tables)
    answered = [
        response
        for response in attempt.responses.all()
        if response.is_answered and response.question_version_id not in void
    ]
    part = sums_of_attempt(
        its_tables.bank,
        its_tables.rows_of(answered),
        [response.score for response in answered],
        [response.is_skipped for response in answered],
        # What was believed before this attempt would count older answers again.
        posterior_of(its_tables, answered),
    )
    return {
        response.question_version_id: part[[row]]
        for row, response in enumerate(answered)
    }


def add_to_sums(added):
    kept = AnswerSum.objects.select_for_update().in_bulk(
        added, field_name="question_version_id"
    )
    rows = []
    for version, part in added.items():
        if version in kept:
            part = part + sums_of_rows([kept[version]])
        rows.append(row_of(version, part))
    AnswerSum.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["question_version"],
        update_fields=SUMMED,
    )


def row_of(version, sums):
    return AnswerSum(
        question_version_id=version,
        answer_count=round(float(sums.count[0])),
        luck=float(sums.luck[0]),
        expected=sums.expected[0].astype(CELL).tobytes(),
        right=sums.right[0].astype(CELL).tobytes(),
    )


def sums_of_rows(rows) -> Sums:
    """Return stored sums as arrays, in the order of the rows."""
    return Sums(
        np.array([float(row.answer_count) for row in rows]),
        np.array([row.luck for row in rows]),
        np.array([np.frombuffer(row.expected, CELL) for row in rows]),
        np.array([np.frombuffer(row.right, CELL) for row in rows]),
    )


# --- estimating -----------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What a calibration found: estimates in force before and after, and what for."""

    versions: list[QuestionVersion]
    before: Estimates
    after: Estimates
    counts: np.ndarray  # (n,) answers
    settings: dict  # that differ from the launch
    doubt_factor: float
    attempt_count: int
    is_published: bool
    why: str  # in words, for the log

    @property
    def moved_count(self):
        return int(moved(self.before, self.after, self.counts).sum())


def counted_versions():
    """Return the versions whose answers are in the sums, their sums beside them."""
    rows = (
        AnswerSum.objects.filter(
            answer_count__gte=FEWEST_TO_PUBLISH, question_version__key_correction=None
        )
        .select_related("question_version__competence__area")
        .order_by("question_version")
    )
    return [row.question_version for row in rows], list(rows)


def calibrate(is_dry_run=False, settings=placement.LAUNCH) -> Outcome | None:
    """Estimate the questions anew and put that in force when it moves something.

    Returns None when no question has 30 answers yet. At most once a week.
    """
    versions, rows = counted_versions()
    if not versions:
        return None
    last = newest_calibration()
    known = estimates_of(last)
    before = as_estimates(belief(v, known, settings) for v in versions)
    prior = as_estimates(belief_before_answers(v, known, settings) for v in versions)
    luck = guessing_of(versions)
    sums = sums_of_rows(rows)
    found = maximise(sums, prior, luck, settings)
    factor = doubt_factor()
    found = replace(found, difficulty_sd=found.difficulty_sd * factor)
    after = linked(versions, known, before, prior, found, sums)
    changes = settings_from_answers(versions, prior, sums.count, settings)
    why = why_not(last, before, after, sums.count)
    outcome = Outcome(
        versions=versions,
        before=before,
        after=after,
        counts=sums.count,
        settings=changes,
        doubt_factor=factor,
        attempt_count=Attempt.objects.exclude(counted_at=None).count(),
        is_published=not why and not is_dry_run,
        why=why,
    )
    if outcome.is_published:
        publish(outcome, last)
    return outcome


def doubt_factor() -> float:
    """Return by how much the last honesty report asks to multiply the doubts."""
    last = Report.objects.filter(kind=Report.Kind.HONESTY).first()
    return (last and last.values.get("doubt_factor")) or 1.0


def doubt_factor_in_force() -> float:
    """Return by how much the doubts of the last calibration were multiplied."""
    last = newest_calibration()
    return last.doubt_factor if last else 1.0


def belief_before_answers(version, known, settings):
    """Return what is believed of a version without its own answers."""
    others = {pk: estimate for pk, estimate in known.items() if pk != version.pk}
    return belief(version, others, settings)


def as_estimates(beliefs) -> Estimates:
    rows = list(beliefs)
    return Estimates(
        **{name: np.array([row[name] for row in rows]) for name in rows[0]}
    )


def guessing_of(versions) -> np.ndarray:
    return np.array([placement.guessing(v.kind, mean_choices(v)) for v in versions])


def linked(versions, known, before, prior, found, sums) -> Estimates:
    """Return the estimates on the scale in force: it does not drift with learners."""
    if not known:
        return link(prior, found, sums.count, is_first=True)
    was_known = [version.pk in known for version in versions]
    return link(before, found, sums.count, is_first=False, unchanged=was_known)


def why_not(last, before, after, counts) -> str:
    """Return why estimates are not put in force, or an empty text."""
    if last and last.made_at > timezone.now() - timedelta(days=DAYS_BETWEEN):
        return "The last calibration is less than a week old."
    if not moved(before, after, counts).any():
        return "No question with 30 answers moved by more than 0.1."
    return ""


def settings_from_answers(versions, prior, counts, settings) -> dict:
    """Return the settings that answers change: who learners are, how many to ask.

    Learners are measured with what is believed of questions without these answers:
    difficulties fitted under a spread pull the spread back to it.
    """
    changes = {}
    if (counts >= SHORTER_FROM_ANSWERS).sum() >= SHORTER_FROM_QUESTIONS:
        changes["maximum_questions"] = SHORTER_MAXIMUM
    newest = Attempt.objects.exclude(counted_at=None).order_by("-finished_at")
    answers = answers_of(newest[:ATTEMPTS_FOR_POPULATION], versions)
    bank = prior.bank(areas_of(versions), guessing_of(versions), settings)
    if bank.area_count < 2 or not len(answers):
        return changes
    population = estimate_population(bank, answers)
    if population:
        believed = asdict(population.settings(settings))
        for name in ("prior_mean", "prior_sd", "prior_correlation"):
            changes[name] = round(float(believed[name]), 4)
    return changes


def areas_of(versions) -> np.ndarray:
    return np.array([AREAS.index(v.competence.area.code) for v in versions])


def answers_of(attempts, versions) -> Answers:
    """Return the answers of some attempts to some versions, as the arithmetic takes."""
    rows = {version.pk: row for row, version in enumerate(versions)}
    persons = {
        pk: number for number, pk in enumerate(attempts.values_list("pk", flat=True))
    }
    given = (
        Response.objects.filter(attempt__in=list(persons))
        .exclude(answered_at=None)
        .filter(question_version__in=list(rows))
        .values_list("attempt", "question_version", "score", "is_skipped")
    )
    table = [
        (persons[attempt], rows[version], score, skipped)
        for attempt, version, score, skipped in given.iterator(chunk_size=10_000)
    ]
    columns = list(zip(*table, strict=True)) or [(), (), (), ()]
    return Answers(*(np.array(column) for column in columns))


@transaction.atomic
def publish(outcome, last):
    """Put estimates in force: the next placements begin with them."""
    made = Calibration.objects.create(
        number=last.number + 1 if last else 1,
        attempt_count=outcome.attempt_count,
        answer_count=int(outcome.counts.sum()),
        settings=outcome.settings,
        doubt_factor=outcome.doubt_factor,
    )
    Estimate.objects.bulk_create(
        Estimate(
            calibration=made,
            question_version=version,
            difficulty=outcome.after.difficulty[row],
            difficulty_sd=outcome.after.difficulty_sd[row],
            log_slope=outcome.after.log_slope[row],
            log_slope_sd=outcome.after.log_slope_sd[row],
            answer_count=int(outcome.counts[row]),
        )
        for row, version in enumerate(outcome.versions)
    )


# --- once a month: everything again ---------------------------------------------------


def count_afresh(progress=lambda number, moved: None, settings=placement.LAUNCH) -> int:
    """Make the sums again from all raw answers, under today's estimates.

    The running sums believe each learner as her own attempt did, with the difficulties
    of its day. Once a month all are believed anew; returns the number of answers.
    """
    versions, rows = counted_versions()
    if not versions:
        return 0
    known = estimates_of(newest_calibration())
    prior = as_estimates(belief_before_answers(v, known, settings) for v in versions)
    attempts = Attempt.objects.exclude(counted_at=None).order_by("pk")
    answers = answers_of(attempts, versions)
    found = fit(
        areas_of(versions),
        guessing_of(versions),
        answers,
        prior,
        settings_in_force(settings),
        progress=progress,
    )
    for number, row in enumerate(rows):
        replace_sums(row, found.sums[[number]])
    AnswerSum.objects.bulk_update(rows, SUMMED)
    return len(answers)


def settings_in_force(settings=placement.LAUNCH):
    """Return the settings of the engine, with what calibrations changed."""
    return settings_after(newest_calibration(), settings)


def replace_sums(row, sums):
    fresh = row_of(row.question_version_id, sums)
    for name in SUMMED:
        setattr(row, name, getattr(fresh, name))
