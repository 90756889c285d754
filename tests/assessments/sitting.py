"""Taking a placement or a check the way a learner does: pages and forms."""

import re
import threading
from datetime import timedelta

from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from assessments.attempts import Answer, pending_response, save_answer
from assessments.models import Attempt, Response


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


def keep_many(attempt, count, language="fr", choices=None):
    """Keep some answers without the pages; one right in two unless said."""
    for number in range(count):
        response = pending_response(attempt)
        if response is None:
            break
        chosen = choices or [number % 2]
        version = response.question_version_id
        save_answer(attempt, Answer(response.position, version, chosen), language)
    attempt.refresh_from_db()
    return attempt


def days_ago(attempt, days):
    """Move an attempt back in time, as if it had been taken some days ago."""
    earlier = timedelta(days=days)
    attempt.started_at -= earlier
    if attempt.finished_at:
        attempt.finished_at -= earlier
    attempt.save(update_fields=["started_at", "finished_at"])


def asked_questions(*attempts):
    """Return the keys of the questions that some attempts asked."""
    return set(
        Response.objects.filter(attempt__in=attempts).values_list(
            "question_version__question", flat=True
        )
    )


def answered_count(attempt):
    return attempt.responses.exclude(answered_at=None).count()


def text_of(response):
    """Return a page with its spaces made one."""
    return re.sub(r"\s+", " ", response.content.decode())


def main_of(response):
    """Return what stands between the header and the footer of a page."""
    return re.search(r"<main.*</main>", text_of(response))[0]


def rows_of(page):
    """Return the cells of the table of a page, row by row."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.S)[1]
    cells = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)
    ]
    return cells


def at_the_same_time(deeds):
    """Run deeds in threads that start together; return what each gave or raised."""
    barrier = threading.Barrier(len(deeds))
    outcomes = [None] * len(deeds)

    def run(number, deed):
        barrier.wait()
        try:
            outcomes[number] = deed()
        except Exception as problem:
            outcomes[number] = type(problem)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, deed))
        for number, deed in enumerate(deeds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
