"""Doing with a page what a learner does: reading a mail, answering a question."""

import re
from email import message_from_bytes, policy

from courses.benchmark.answers import plain, questions_of

STEM = ".question__stem"


def newest_mail_to(folder, address):
    """Return the text of the last mail in the folder that goes to this address."""
    mails = []
    for file in (folder / "mail").iterdir():
        for raw in file.read_bytes().split(b"-" * 79):
            if address.encode() in raw:
                mails.append((file.stat().st_mtime_ns, raw.strip()))
    message = message_from_bytes(max(mails)[1], policy=policy.default)
    return message.get_content()


def code_in(text):
    """Return the code of a mail: a word of capitals and figures alone on its line."""
    return re.search(r"^\s*([A-Z0-9][A-Z0-9-]{4,9})\s*$", text, re.M)[1]


def send(page):
    page.click("button.button[name=send]")


def skip(page):
    page.click("button[name=skip]")


def answer_somehow(page):
    """Answer whatever is asked with the first thing that can be sent."""
    if page.locator("select").count():
        for menu in page.locator("main select").all():
            menu.select_option(index=1)
    elif page.locator("[name=choice]").count():
        page.locator("[name=choice]").first.check()
    send(page)


def answer_right(page, module):
    """Answer a question of a module's check as its content file does, and send it."""
    question = questions_of(module)[plain(page.inner_text(STEM))]
    choices = question["choices"]
    if question["kind"] == "ordering":
        order_lines(page, [choice["text"] for choice in choices])
    elif question["kind"] == "matching":
        for choice in choices:
            choose_pair(page, choice)
    else:
        for choice in choices:
            if choice["is_right"]:
                option_with(page, choice["text"]).check()
    send(page)


def option_with(page, text):
    for label in page.locator("label.choice").all():
        if plain(label.inner_text()) == text:
            return label.locator("input")
    raise AssertionError(f"No choice says {text!r}.")


def choose_pair(page, choice):
    for label in page.locator("main form label").all():
        if plain(label.inner_text()) == choice["text"]:
            menu = page.locator(f"#{label.get_attribute('for')}")
            for option in menu.locator("option").all():
                if plain(option.inner_text()) == choice["match"]:
                    menu.select_option(option.get_attribute("value"))
                    return
    raise AssertionError(f"No line says {choice!r}.")


def lines_shown(page):
    return [plain(line) for line in page.locator(".ordering__text").all_inner_texts()]


def order_lines(page, wanted):
    """Bring each line up to its place, with the buttons."""
    for place, text in enumerate(wanted):
        while (now := lines_shown(page).index(text)) > place:
            page.locator(".ordering__line").nth(now).locator("[value^=up]").click()
    assert lines_shown(page) == wanted
