"""Counts the queries of one journey, in this process: nothing else is at work here.

Run on the server's folder: python -m courses.benchmark.queries PLAN LEARNER...
"""

import json
import sys

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from courses.benchmark.journey import Journey  # noqa: E402
from courses.benchmark.visitor import Visitor  # noqa: E402


class InProcessVisitor(Visitor):
    """The same visitor, without a server or a wire."""

    def __init__(self):
        super().__init__(port=None)
        self.client = Client(enforce_csrf_checks=True)

    def send(self, method, path, body, headers):
        answer = self.client.generic(
            method,
            path,
            body or b"",
            headers.get("Content-Type", "text/html"),
            headers={**headers, "Host": "localhost"},
        )
        cookies = [("Set-Cookie", c.OutputString()) for c in answer.cookies.values()]
        return answer.status_code, [*answer.items(), *cookies], answer.getvalue()


class CountingJourney(Journey):
    """A journey that leaves out the static files: they ask the database nothing."""

    def sign_in(self):
        self.visitor.get_files = lambda page: None
        super().sign_in()


def queries_of(email, plan, with_check):
    with CaptureQueriesContext(connection) as captured:
        CountingJourney(InProcessVisitor(), email, plan).whole(with_check)
    return len(captured)


if __name__ == "__main__":
    plan, with_check, *emails = json.loads(sys.argv[1])
    # The first journey fills what a process remembers; the last one counts.
    print([queries_of(email, plan, with_check) for email in emails][-1])
