"""Taking a placement or a check the way a learner does: pages and forms."""

from django.urls import reverse
from django.utils.translation import override

from assessments.attempts import pending_response
from assessments.models import Attempt


def address(name, *args, language="en"):
    with override(language):
        return reverse(f"assessments:{name}", args=args)


def begin(client, learner, language="en"):
    """Press the button that begins a placement; return the attempt."""
    client.force_login(learner)
    client.post(address("start", language=language))
    return Attempt.objects.get(learner=learner, finished_at=None)


def facts(response, **answer):
    """Return the fields of an answer's form; the first choice when none is given."""
    hidden = {
        "position": response.position,
        "version": response.question_version_id,
    }
    return hidden | (answer or {"choice": 0})


def send(client, response, language="en", **answer):
    """Answer a question through its form."""
    return client.post(
        address("question", response.attempt_id, language=language),
        facts(response, **answer),
    )


def answer_next(client, attempt, language="en", **answer):
    """Answer the question being asked; return its response as it was kept."""
    response = pending_response(attempt)
    send(client, response, language, **answer)
    response.refresh_from_db()
    return response


def answer_many(client, attempt, count, **answer):
    """Answer some questions; one right in two unless said: no end of the scale."""
    for number in range(count):
        answer_next(client, attempt, **(answer or {"choice": number % 2}))


def finish(client, attempt, **answer):
    """Answer until the end; return the attempt as it was kept."""
    while pending_response(attempt):
        answer_next(client, attempt, **answer)
    attempt.refresh_from_db()
    return attempt


def said(response):
    """Return the sentences that a page says on top, after a redirect or not."""
    if response.status_code == 302:
        response = response.client.get(response["Location"])
    return [str(message) for message in response.context["messages"]]
