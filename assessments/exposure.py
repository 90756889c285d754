"""How often each question may be offered, revised every night; PLACEMENT.md 7.5."""

from collections import Counter

import numpy as np
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from assessments import placement
from assessments.bank import current_versions
from assessments.models import Attempt, Exposure, Parameter, Response


@transaction.atomic
def update_exposure(settings=placement.LAUNCH) -> int:
    """Revise the eligibility of the placement's questions. Returns how many changed.

    Does nothing when no placement has finished since the last revision: a question is
    made more frequent at most once for the same evidence.
    """
    attempts = Attempt.objects.placements().finished().order_by("-finished_at")
    attempts = list(attempts[: settings.exposure_window])
    revised_at = Exposure.objects.aggregate(last=Max("revised_at"))["last"]
    if not attempts or (revised_at and attempts[0].finished_at <= revised_at):
        return 0
    versions = current_versions()
    kept = dict(Exposure.objects.values_list("question_version", "eligibility"))
    now = np.array([kept.get(pk, 1.0) for pk in versions])
    offered = shares(offered_counts(attempts), versions, attempts)
    revised = placement.next_exposure(
        now,
        shares(met_counts(attempts), versions, attempts),
        # Not once offered: nothing is known, and tomorrow starts from today.
        np.where(offered > 0, offered, now),
        settings,
    )
    return store(dict(zip(versions, revised.tolist(), strict=True)), kept)


def shares(counts, versions, attempts) -> np.ndarray:
    return np.array([counts[pk] for pk in versions]) / len(attempts)


def met_counts(attempts) -> Counter:
    """Return in how many of these attempts each question version was asked."""
    met = Response.objects.filter(attempt__in=attempts).order_by()
    rows = met.values("question_version").annotate(count=Count("pk"))
    return Counter({row["question_version"]: row["count"] for row in rows})


def offered_counts(attempts) -> Counter:
    """Return in how many of these attempts each question version could be asked."""
    attempts_of = Counter(attempt.parameter_set_id for attempt in attempts)
    held = Parameter.objects.filter(parameter_set__in=attempts_of)
    counts = Counter()
    for parameter_set, version in held.values_list("parameter_set", "question_version"):
        counts[version] += attempts_of[parameter_set]
    for attempt in attempts:
        counts.subtract(attempt.withheld)
    return counts


def store(revised, kept) -> int:
    """Keep the revised eligibilities; returns how many differ from those in force."""
    at = timezone.now()
    Exposure.objects.bulk_create(
        [
            Exposure(question_version_id=pk, eligibility=value, revised_at=at)
            for pk, value in revised.items()
        ],
        update_conflicts=True,
        unique_fields=["question_version"],
        update_fields=["eligibility", "revised_at"],
    )
    return sum(value != kept.get(pk, 1.0) for pk, value in revised.items())
