"""The questions of the placement as the arrays that the engine takes, and back."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import F, Max

from assessments import placement
from assessments.models import (
    Calibration,
    Parameter,
    ParameterSet,
    Question,
    QuestionVersion,
)

AREAS = "ABCDEF"


class EmptyBank(Exception):
    """There is no published question to ask."""


def current_versions() -> list[int]:
    """Return the question versions that a placement may ask now (primary keys)."""
    asked = QuestionVersion.objects.asked().filter(
        question__purpose=Question.Purpose.PLACEMENT
    )
    return list(asked.order_by("pk").values_list("pk", flat=True))


def current_parameters(settings=placement.LAUNCH):
    """Return the set of difficulties in force; make it when the bank has changed.

    A bank changes when questions are published or retired, or when a calibration is
    published. Raises EmptyBank when no question is published.
    """
    versions, calibration = current_versions(), newest_calibration()
    if not versions:
        raise EmptyBank
    settings = settings_after(calibration, settings)
    checksum = checksum_of(versions, settings, calibration)
    found = ParameterSet.objects.filter(checksum=checksum)
    try:
        return found.first() or make_parameters(
            versions, checksum, settings, calibration
        )
    except IntegrityError:  # made at the same moment, for another learner
        return found.get()


def parameters_in_force():
    """Return the set of difficulties in use, its calibration with it; None before any.

    That of the bank as it is, which is an old one when the bank went back to an
    earlier state. When no placement has begun since the bank changed, that of the last
    placement. Makes nothing.
    """
    versions, calibration = current_versions(), newest_calibration()
    checksum = checksum_of(versions, settings_after(calibration), calibration)
    found = ParameterSet.objects.select_related("calibration")
    last = F("attempt__started_at").desc(nulls_last=True)
    return (
        found.filter(checksum=checksum).first()
        or found.order_by(last, "-number").first()
    )


def newest_calibration():
    return Calibration.objects.order_by("-number").first()


def settings_after(calibration, settings=placement.LAUNCH):
    """Return the settings of the engine, with what a calibration changed, if any."""
    return replace(settings, **calibration.settings) if calibration else settings


def checksum_of(versions, settings, calibration):
    """Return what tells one state of the bank from any other; the same makes no new."""
    facts = [settings.to_dict(), versions]
    if calibration:
        facts.append(calibration.number)
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def make_parameters(versions, checksum, settings, calibration):
    """Return a new set of difficulties of some question versions (keys)."""
    last = ParameterSet.objects.aggregate(last=Max("number"))["last"] or 0
    made = ParameterSet.objects.create(
        number=last + 1,
        checksum=checksum,
        settings=settings.to_dict(),
        calibration=calibration,
    )
    known = estimates_of(calibration)
    Parameter.objects.bulk_create(
        Parameter(
            parameter_set=made,
            question_version=version,
            guessing=placement.guessing(version.kind, mean_choices(version)),
            **belief(version, known, settings),
        )
        for version in QuestionVersion.objects.filter(pk__in=versions).order_by("pk")
    )
    return made


def estimates_of(calibration):
    """Return {question version: estimate} of a calibration; empty without one."""
    found = calibration.estimates.all() if calibration else []
    return {estimate.question_version_id: estimate for estimate in found}


def belief(version, known, settings):
    """Return what is believed of a question version: difficulty, slope, their doubts.

    What answers taught of it; else, when only its wording changed, what was believed
    of the version before, with a wider doubt; else its author's level. Section 7.7.
    """
    if estimate := known.get(version.pk):
        return {
            "difficulty": estimate.difficulty,
            "difficulty_sd": estimate.difficulty_sd,
            "log_slope": estimate.log_slope,
            "log_slope_sd": estimate.log_slope_sd,
        }
    if version.wording_of:
        before = belief(version.wording_of, known, settings)
        doubt = max(before["difficulty_sd"], settings.wording_difficulty_sd)
        return before | {"difficulty_sd": doubt}
    return {
        "difficulty": placement.author_difficulty(version.level, settings),
        "difficulty_sd": settings.author_difficulty_sd,
        "log_slope": 0.0,
        "log_slope_sd": settings.author_log_slope_sd,
    }


def mean_choices(version):
    """Return among how many choices a learner picks, on average over the parts."""
    french = version.content["fr"]
    return len(french["choices"]) / max(len(french.get("parts", [])), 1)


@dataclass(frozen=True)
class Tables:
    """A parameter set as arrays, with what ties each row to its question version."""

    bank: placement.Bank
    versions: list[int]  # primary key of each row's question version
    questions: np.ndarray  # primary key of each row's question
    topics: np.ndarray
    languages: dict[str, np.ndarray]  # language -> which rows can be asked in it
    rows: dict[int, int] = field(default_factory=dict)  # version -> row

    def rows_of(self, responses):
        """Return the row of the question of each response (responses,)."""
        rows = [self.rows[response.question_version_id] for response in responses]
        return np.array(rows, dtype=int)

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


def prior_of(its_tables, values):
    """Return the prior of a second placement from {mean, sd} by area, or None."""
    if values is None:
        return None
    return kept_prior(
        tuple(values["mean"]), tuple(values["sd"]), its_tables.bank.settings
    )


@lru_cache(maxsize=64)
def kept_prior(mean, sd, settings):
    return placement.Prior(mean, sd, settings.prior_correlation, settings)


@lru_cache(maxsize=1000)
def version(pk):
    """Return a question version. It never changes, so it can be kept and shared."""
    return QuestionVersion.objects.get(pk=pk)


def with_version(response):
    """Return the same response, its question version taken from what is kept."""
    if response is not None:
        response.question_version = version(response.question_version_id)
    return response
