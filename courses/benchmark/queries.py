"""Counts the queries of one journey, in this process: nothing else is at work here.

Run on the server's folder: python -m courses.benchmark.queries PLAN LEARNER...
"""

import json
import sys
from collections import defaultdict
from contextlib import contextmanager

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from courses.benchmark.journey import Journey  # noqa: E402
from courses.benchmark.visitor import Visitor  # noqa: E402

TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


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
    """A journey that counts queries; static files ask the database nothing."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.visitor.get_files = lambda page: None
        self.queries = defaultdict(int)

    @contextmanager
    def step(self, name):
        with CaptureQueriesContext(connection) as captured:
            yield
        self.queries[name] += sum(
            not query["sql"].startswith(TRANSACTIONS) for query in captured
        )


def queries_of(email, plan, with_check):
    """Return {step: queries} of one journey."""
    journey = CountingJourney(InProcessVisitor(), email, plan)
    journey.whole(with_check)
    return journey.queries


if __name__ == "__main__":
    plan, with_check, *emails = json.loads(sys.argv[1])
    # The first journey fills what a process remembers; the last one counts.
    print(json.dumps([queries_of(email, plan, with_check) for email in emails][-1]))
