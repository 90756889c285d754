"""Doing the steps of a module as a learner does, through its pages."""

from assessments.attempts import pending_response
from assessments.models import Attempt
from tests.courses.addresses import address

RIGHT, WRONG = 0, 1  # the first choice of the tests' questions is the right one


def read(client, lesson):
    """Press the button at the end of a lesson."""
    language = lesson.locale.language_code
    return client.post(
        address("courses:step_done", lesson.translation_key, language=language)
    )


def begin(client, check):
    client.post(address("courses:begin_check", check.translation_key))
    return Attempt.objects.open().get(step_key=check.translation_key)


def answer(client, attempt, choice):
    response = pending_response(attempt)
    return client.post(
        address("assessments:question", attempt.pk),
        {
            "position": response.position,
            "version": response.question_version_id,
            "choice": choice,
        },
    )


def sit(client, check, wrong=0):
    """Take a check to its end with some wrong answers; returns the attempt."""
    attempt = begin(client, check)
    count = attempt.responses.count()
    for number in range(count):
        answer(client, attempt, WRONG if number < wrong else RIGHT)
    attempt.refresh_from_db()
    return attempt
