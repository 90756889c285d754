"""Every page in every state: accessible, light, narrow, and alone with its server.

Each state is visited once in each language; all that can be measured is measured then.
"""

from itertools import count

import pytest

from tests.browser.looking import Look, Traffic, examine, measure_width

# The states of `seed.states` are known once the database is; their names, before.
STATES = [
    "home",
    "catalogue",
    "catalogue-found",
    "catalogue-empty",
    "module-visitor",
    "lesson-visitor",
    "call-visitor",
    "check-visitor",
    "booklet",
    "placement-visitor",
    "employer-visitor",
    "reading",
    "sign-in",
    "sign-up",
    "code-request",
    "password-reset",
    "code-check",
    "code-valid",
    "code-unknown",
    "not-found",
    "untranslated",
    "help",
    "accessibility",
    "measure",
    "privacy",
    "legal",
    "module",
    "module-started",
    "call-start",
    "call-moment",
    "debrief",
    "check-start",
    "check-passed",
    "check-not-yet",
    "answers",
    "feedback-right",
    "feedback-not-yet",
    "feedback-skipped",
    "placement-again",
    "result",
    "dashboard",
    "employer",
    "journal",
    "attestations",
    "attestation",
    "account",
    "email",
    "password",
    "sign-out",
    "delete",
    "team-refused",
    "lesson-1",
    "lesson-2",
    "lesson-3",
    "lesson-4",
    "question-single",
    "question-multiple",
    "question-ordering",
    "question-matching",
    "question-short",
    "question-spots",
    "question-linked",
    "question-document",
    "question-keyboard",
    "feedback-short",
    "feedback-spots",
    "feedback-linked",
    "module-assigned",
    "check-open",
    "placement-open",
    "placement-question",
    "stop",
    "dashboard-placing",
    "result-too-few",
    "dashboard-empty",
    "employer-none",
    "journal-empty",
    "attestations-empty",
    "team",
    "assign",
    "withdraw",
]
# States after a form was sent, empty as it stands: name -> the page of the form.
SENT = {
    "sign-in-errors": "sign-in",
    "sign-up-errors": "sign-up",
    "delete-errors": "delete",
    "assign-errors": "assign",
    "question-single-error": "question-single",
    "question-multiple-error": "question-multiple",
    "question-matching-error": "question-matching",
    "question-short-error": "question-short",
    "question-linked-error": "question-linked",
}
STATUS = {"not-found": 404, "code-unknown": 404, "team-refused": 403}
SEND = """() => {
  const form = document.querySelector("main form[method=post]");
  form.noValidate = true;
  form.requestSubmit(form.querySelector(
    "button[name=send], button.button--primary, button.button--danger"));
}"""
visitors = count(1)


def test_every_state_of_the_database_is_looked_at(seed):
    assert sorted(seed.states) == sorted(STATES)


@pytest.fixture(scope="module")
def pages_of(chromium, site, cookies_of):
    """A function from a person to her open pages and their traffic, by language."""
    known = {}

    def pages(who):
        if who not in known:
            known[who] = {}
            for language in ("fr", "en"):
                context = chromium.new_context(
                    base_url=site.url, viewport={"width": 360, "height": 740}
                )
                context.set_default_timeout(30_000)
                context.add_cookies(
                    [
                        {"name": name, "value": value, "url": site.url}
                        for name, value in cookies_of(who).items()
                    ]
                )
                page = context.new_page()
                # So that every page of this person in English is a next page.
                page.goto(f"/{language}/")
                known[who][language] = page, Traffic(page)
        return known[who]

    yield pages
    for opened in known.values():
        for page, _traffic in opened.values():
            page.context.close()


@pytest.fixture(scope="module", params=[*STATES, *SENT, "code-entry"])
def state(request, seed, site, pages_of, figures):
    name = request.param
    base = SENT.get(name) or {"code-entry": "code-request"}.get(name, name)
    who, addresses = seed.states[base]
    look = Look()
    pages = {}
    for language, (page, traffic) in pages_of(who).items():
        if language not in addresses:
            continue
        pages[language] = page
        page.set_viewport_size({"width": 360, "height": 740})
        traffic.begin()
        # French as on a first visit, English as the next page of a visit.
        if language == "fr":
            traffic.forget()
        answer = page.goto(addresses[language])
        traffic.settle()
        assert answer.status == STATUS.get(name, 200), addresses[language]
        if name in SENT:
            with page.expect_navigation():
                page.evaluate(SEND)
        elif name == "code-entry":
            page.fill("main [name=email]", f"visiteuse{next(visitors)}@demo.repere")
            with page.expect_navigation():
                page.evaluate(SEND)
        elif language == "fr":
            look.bytes, look.requests = traffic.bytes, traffic.requests
        elif "fr" in addresses:
            look.next_bytes = traffic.bytes
        assert page.get_attribute("html", "lang") == language
        look.hosts |= traffic.hosts
        look.complaints += traffic.complaints
    look.violations = examine(pages)
    for language, page in pages.items():
        normal, larger = measure_width(page)
        look.too_wide += [f"{language} {normal}"] * bool(normal)
        look.too_wide_large += [f"{language} {line}" for line in larger]
        look.complaints += pages_of(who)[language][1].complaints
    if look.bytes:
        figures.append((name, look.bytes, look.requests, look.next_bytes))
    return name, look


def test_no_accessibility_rule_is_broken(state):
    _name, look = state
    assert look.violations == [], "\n".join(look.violations)


def test_nothing_scrolls_sideways_at_320_pixels(state):
    _name, look = state
    assert look.too_wide == []


def test_nothing_scrolls_sideways_with_text_twice_as_large(state):
    _name, look = state
    assert look.too_wide_large == []


def test_a_page_is_light(state):
    name, look = state
    most = 60_000 if name.startswith(("question", "placement-question")) else 100_000
    assert look.bytes <= most
    assert look.requests <= 6 + name.endswith("-spots")  # its picture
    # The booklet is a whole module at once, to be printed.
    assert look.next_bytes <= (20_000 if name == "booklet" else 15_000)


def test_nobody_else_is_asked_and_nothing_is_refused(state, site):
    _name, look = state
    assert look.hosts == {site.url.removeprefix("http://")}
    assert look.complaints == []
