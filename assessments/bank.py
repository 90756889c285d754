"""The questions of the placement as the arrays that the engine takes, and back."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Max

from assessments import placement
from assessments.models import Parameter, ParameterSet, Question, QuestionVersion

AREAS = "ABCDEF"


class EmptyBank(Exception):
    """There is no published question to ask."""


def current_versions():
    """Return the newest version of each published question of the placement."""
    newest = (
        Question.objects.in_placement()
        .annotate(newest=Max("versions__number"))
        .exclude(newest=None)
        .values_list("pk", "newest")
    )
    numbers = dict(newest)
    versions = QuestionVersion.objects.filter(question__in=numbers).order_by("pk")
    return [v for v in versions if v.number == numbers[v.question_id]]


def current_parameters(settings=placement.LAUNCH):
    """Return the set of difficulties in force; make it when the bank has changed.

    Raises EmptyBank when no question is published.
    """
    versions = current_versions()
    if not versions:
        raise EmptyBank
    facts = [settings.to_dict(), [version.pk for version in versions]]
    checksum = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    found = ParameterSet.objects.filter(checksum=checksum)
    try:
        return found.first() or make_parameters(versions, checksum, settings)
    except IntegrityError:  # made at the same moment, for another learner
        return found.get()


@transaction.atomic
def make_parameters(versions, checksum, settings):
    last = ParameterSet.objects.aggregate(last=Max("number"))["last"] or 0
    made = ParameterSet.objects.create(
        number=last + 1, checksum=checksum, settings=settings.to_dict()
    )
    Parameter.objects.bulk_create(
        Parameter(
            parameter_set=made,
            question_version=version,
            difficulty=placement.author_difficulty(version.level, settings),
            difficulty_sd=settings.author_difficulty_sd,
            log_slope_sd=settings.author_log_slope_sd,
            guessing=placement.guessing(
                version.kind, len(version.content["fr"]["choices"])
            ),
        )
        for version in versions
    )
    return made


@dataclass(frozen=True)
class Tables:
    """A parameter set as arrays, with what ties each row to its question version."""

    bank: placement.Bank
    versions: list[int]  # primary key of each row's question version
    questions: np.ndarray  # primary key of each row's question
    topics: np.ndarray
    languages: dict[str, np.ndarray]  # language -> which rows can be asked in it
    rows: dict[int, int] = field(default_factory=dict)  # version -> row

    def mask(self, versions):
        """Return which rows belong to some question versions, bool (n,)."""
        mask = np.zeros(len(self.versions), dtype=bool)
        mask[[self.rows[pk] for pk in versions if pk in self.rows]] = True
        return mask


@lru_cache(maxsize=4)
def tables(parameter_set_id):
    """Return the Tables of a parameter set. It never changes, so it can be kept."""
    stored = ParameterSet.objects.get(pk=parameter_set_id)
    parameters = list(
        stored.parameters.select_related("question_version__competence__area").order_by(
            "question_version_id"
        )
    )
    versions = [parameter.question_version for parameter in parameters]
    names = sorted({version.content["topic"] for version in versions})
    number_of = {name: number for number, name in enumerate(names)}
    ids = [version.pk for version in versions]
    return Tables(
        bank=placement.Bank(
            [AREAS.index(version.competence.area.code) for version in versions],
            [parameter.difficulty for parameter in parameters],
            [parameter.difficulty_sd for parameter in parameters],
            [parameter.log_slope for parameter in parameters],
            [parameter.log_slope_sd for parameter in parameters],
            [parameter.guessing for parameter in parameters],
            placement.Settings.from_dict(stored.settings),
        ),
        versions=ids,
        questions=np.array([version.question_id for version in versions]),
        topics=np.array([number_of[version.content["topic"]] for version in versions]),
        languages={
            language: np.array([version.has_language(language) for version in versions])
            for language in ("fr", "en")
        },
        rows={pk: row for row, pk in enumerate(ids)},
    )


@lru_cache(maxsize=1000)
def version(pk):
    """Return a question version. It never changes, so it can be kept and shared."""
    return QuestionVersion.objects.get(pk=pk)


def with_version(response):
    """Return the same response, its question version taken from what is kept."""
    if response is not None:
        response.question_version = version(response.question_version_id)
    return response
