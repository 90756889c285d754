"""Figures, flags and people for the trainers' pages."""

import uuid

from django.contrib.auth.models import Permission
from django.urls import reverse

from assessments.models import QuestionFigures, QuestionFlag
from assessments.starting import start_check
from tests.assessments.test_replay import answer
from tests.factories import make_learner, make_person

URLS = "wagtailsnippets_assessments_question"
VALUES = {
    "share_right": 0.55,
    "expected_share": 0.58,
    "level": 4.2,
    "level_low": 3.7,
    "level_high": 4.8,
    "slope": 1.12,
    "infit": 1.04,
    "outfit": 1.31,
    "link": 0.29,
    "expected_link": 0.33,
    "skip_share": 0.08,
    "median_seconds": 42.4,
    "choices": [
        {"number": 0, "count": 22, "share": 0.55, "level": 4.8, "correlation": 0.31},
        {"number": 1, "count": 15, "share": 0.37, "level": 3.4, "correlation": -0.2},
    ],
    "curves": {
        "counts": [0, 4, 5, 10, 10, 8, 3, 0],
        "right": [None, 0.2, 0.4, 0.5, 0.6, 0.7, 1.0, None],
        "choices": [
            [None, 0.2, 0.4, 0.5, 0.6, 0.7, 1.0, None],
            [None, 0.8, 0.6, 0.5, 0.4, 0.3, 0.0, None],
        ],
    },
}


def url(name, *args):
    """Return the address of one of the CMS's pages about questions."""
    return reverse(f"{URLS}:{name}", args=args)


def make_figures(version, answer_count=40, flags=(), values=VALUES):
    figures = QuestionFigures.objects.create(
        question_version=version, answer_count=answer_count, values=values
    )
    QuestionFlag.objects.bulk_create(
        QuestionFlag(figures=figures, kind=kind) for kind in flags
    )
    return figures


def make_author(*permissions):
    """Someone who enters the CMS, in English, and may do nothing but what is named."""
    author = make_person("Odile Roux", language="en")
    names = ["access_admin", *permissions]
    author.user_permissions.set(Permission.objects.filter(codename__in=names))
    return author


def answers_of(version, count):
    """Store answers of learners to one version, through checks."""
    for number in range(count):
        learner = make_learner(name=f"Prénom{number} Nom")
        check = start_check(
            learner, "fr", uuid.uuid4(), [version.question], 1, pass_mark=0.5
        )
        answer(check, [0])
