"""Days that pass, and attempts that left something to practise."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from assessments.models import (
    Attempt,
    ParameterSet,
    QuestionVersion,
    Response,
    ReviewItem,
)

TODAY = date(2026, 3, 2)
RIGHT, WRONG, UNSURE = (1, None), (0, None), (1, False)  # score, "I am sure"


def parameters():
    """Return parameters that nothing is computed from."""
    return ParameterSet.objects.get_or_create(
        number=1, defaults={"settings": {}, "checksum": "1"}
    )[0]


ABOUT = {
    "check": lambda: {"step_key": uuid.uuid4(), "pass_mark": 0.75},
    "placement": lambda: {"parameter_set": parameters()},
    "practice": dict,
}


def moment(days=0, hour=9):
    """Return a moment in Paris, some days after TODAY."""
    day = TODAY + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Europe/Paris"))


def set_clock(monkeypatch, days=0, hour=9):
    monkeypatch.setattr(timezone, "now", lambda: moment(days, hour))


def in_days(days):
    return TODAY + timedelta(days=days)


def make_finished(learner, purpose="check", at=None, questions="check", **answers):
    """Store a finished attempt; answers are given by competence: A1=WRONG.

    The questions are the newest versions for these competences, of one purpose.
    """
    at = at or timezone.now()
    attempt = Attempt.objects.create(
        learner=learner,
        purpose=purpose,
        language="fr",
        seed=1,
        finished_at=at,
        **ABOUT[purpose](),
    )
    for position, (code, (score, is_sure)) in enumerate(answers.items(), start=1):
        Response.objects.create(
            attempt=attempt,
            position=position,
            question_version=version_of(code, questions),
            answered_at=at,
            answer=[0],
            score=score,
            is_sure=is_sure,
        )
    return attempt


def version_of(code, purpose):
    versions = QuestionVersion.objects.filter(
        competence__code=code, question__purpose=purpose
    )
    return versions.latest("pk")


def planned(learner):
    """Return {competence code: (stage, due on)} of what is planned for a learner."""
    items = ReviewItem.objects.filter(learner=learner)
    rows = items.values_list("competence__code", "stage", "due_on")
    return {code: (stage, due_on) for code, stage, due_on in rows}
