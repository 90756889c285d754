"""No answer that the server has acknowledged is ever lost."""

import sqlite3

from courses.benchmark import site as trial
from courses.benchmark.visitor import Visitor
from tests.browser import walking


def kept_answers(folder, email):
    """Return the numbers of the questions that a person has answered."""
    database = sqlite3.connect(folder / trial.DATABASE)
    rows = database.execute(
        "SELECT r.position FROM assessments_response r"
        " JOIN assessments_attempt a ON a.id = r.attempt_id"
        " JOIN people_user u ON u.id = a.learner_id"
        " WHERE u.email = ? AND r.answered_at IS NOT NULL ORDER BY r.position",
        [email],
    ).fetchall()
    database.close()
    return [position for (position,) in rows]


def test_a_stopped_server_has_kept_the_answer(site, seed, folder):
    email = seed.emails["safety"]
    visitor = Visitor(site.port)
    visitor.sign_in(seed.states["sign-in"][1]["fr"], email, seed.password)
    begin = visitor.get(seed.states["placement-visitor"][1]["fr"])
    question = visitor.submit(begin, begin.forms[-1])
    form = question.form(question.path)
    answered = visitor.request("POST", question.path, [*form.fields, ("skip", "1")])
    site.stop()
    assert answered.status == 302
    assert kept_answers(folder, email) == [1]

    site.start()
    visitor.close()
    again = visitor.get(question.path)
    assert ("position", "2") in again.form(question.path).fields
    visitor.close()


def test_an_answer_sent_after_the_session_ended_is_saved_at_sign_in(
    open_as, seed, folder
):
    context = open_as("beginner")
    page = context.new_page()
    page.goto(seed.states["placement-visitor"][1]["fr"])
    page.locator("main form .button--primary").click()
    context.clear_cookies(name="sessionid")
    walking.skip(page)
    assert kept_answers(folder, seed.emails["beginner"]) == []

    page.fill("main [name=login]", seed.emails["beginner"])
    page.fill("main [name=password]", seed.password)
    page.locator("main form:has([name=password]) button.button--primary").click()

    assert page.locator("main [name=position]").input_value() == "2"
    assert kept_answers(folder, seed.emails["beginner"]) == [1]
