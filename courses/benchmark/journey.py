"""One learner's journey, from signing in to her attestation, step by step."""

import html
import random
import re
import time
from collections import defaultdict
from contextlib import contextmanager

from courses.benchmark.answers import plain, questions_of

ANSWERS = 20
STEM = re.compile(r'class="question__stem">(.*?)</', re.S)
LINE = re.compile(r'name="order" value="(\d+)".*?ordering__text">(.*?)</span>', re.S)
PAIR = re.compile(r'<label for="(match-\d+)">(.*?)</label>', re.S)


class Journey:
    """Goes through the product as one learner; `times` gets (ms) of each step."""

    def __init__(self, visitor, email, plan, times=None):
        self.visitor, self.email, self.plan = visitor, email, plan
        self.at = plan["addresses"]
        self.times = defaultdict(list) if times is None else times
        self.random = random.Random(email)
        self.file_bytes = 0

    @contextmanager
    def step(self, name):
        start = time.perf_counter()
        yield
        self.times[name].append((time.perf_counter() - start) * 1000)

    def whole(self, with_check):
        self.sign_in()
        self.read_lesson()
        self.take_placement()
        if with_check:
            self.take_check()
        self.get_certificate()

    def sign_in(self):
        visitor = self.visitor
        with self.step("sign in"):
            page = visitor.get(self.at["sign_in"])
            answer = visitor.send_form(
                page,
                page.form(self.at["sign_in"]),
                [("login", self.email), ("password", self.plan["password"])],
            )
        with self.step("dashboard"):
            page = visitor.expect(visitor.follow(answer), 200)
        before = visitor.bytes
        with self.step("files of the first page"):
            visitor.get_files(page)
        self.file_bytes = visitor.bytes - before

    def read_lesson(self):
        with self.step("lesson"):
            page = self.visitor.get(self.at["lesson"])
        with self.step("lesson is read"):
            done = [f for f in page.forms if not f.has("text") and f.method == "post"]
            self.visitor.submit(page, done[-1])

    # --- placement --------------------------------------------------------------------

    def begin_placement(self):
        with self.step("placement begins"):
            page = self.visitor.get(self.at["placement"])
            return self.visitor.submit(page, page.form(self.at["start"]))

    def answer(self, page):
        """Answer a question, right six times out of ten; returns the next page."""
        form = page.form(page.path)
        if self.random.random() < 0.6:
            pairs = right_answer(page.text, form, questions_of("bank"))
        else:
            pairs = [("skip", "1")]
        return self.visitor.submit(page, form, pairs)

    def take_placement(self):
        page = self.begin_placement()
        for _number in range(ANSWERS):
            with self.step("answer, next question"):
                page = self.answer(page)
        with self.step("result"):
            attempt = page.path.rstrip("/").rpartition("/")[2]
            page = self.visitor.get(self.at["stop"].format(attempt=attempt))
            self.visitor.submit(page, page.form(page.path))

    # --- check and certificate --------------------------------------------------------

    def take_check(self):
        questions = questions_of(self.plan["module"])
        with self.step("check begins"):
            page = self.visitor.get(self.at["check"])
            page = self.visitor.submit(page, page.forms[-1])
        while STEM.search(page.text):
            form = page.form(page.path)
            right = right_answer(page.text, form, questions)
            with self.step("check: answer, explanation"):
                page = self.visitor.submit(page, form, right)
            with self.step("check: next question, or result"):
                following = re.search(
                    r'question__actions">\s*<a [^>]*href="([^"]+)', page.text
                )
                page = self.visitor.get(following[1])

    def get_certificate(self):
        with self.step("attestation"):
            page = self.visitor.get(self.at["certificate"])
        with self.step("PDF"):
            answer = self.visitor.get(f"{page.path}pdf/")
        if not answer.body.startswith(b"%PDF"):
            raise ValueError(f"{answer.path} is not a PDF.")


def right_answer(text, form, questions):
    """Return the pairs that answer a check's question as its content file does."""
    question = questions[plain(html.unescape(STEM.search(text)[1]))]
    choices = question["choices"]
    if question["kind"] == "ordering":
        numbers = {plain(html.unescape(line)): n for n, line in LINE.findall(text)}
        pairs = [("order", numbers[choice["text"]]) for choice in choices]
    elif question["kind"] == "matching":
        names = {plain(html.unescape(line)): name for name, line in PAIR.findall(text)}
        pairs = [
            (names[choice["text"]], value)
            for choice in choices
            for value, label in form.choices[names[choice["text"]]]
            if plain(label) == choice["match"]
        ]
    else:
        right = {choice["text"] for choice in choices if choice["is_right"]}
        pairs = [
            ("choice", value)
            for value, label in form.choices["choice"]
            if plain(label) in right
        ]
    return [*pairs, ("send", "1")]
