"""Journeys with the keyboard alone: nothing is ever clicked here."""

from tests.browser import walking

# On what has the focus, or on the label that surrounds it.
OUTLINE = """() => {
  const here = document.activeElement;
  return [here, here.closest("label")].filter(Boolean).some(node => {
    const style = getComputedStyle(node);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
}"""
ON = "selector => document.activeElement.matches(selector)"


def go_to(page, selector, most=60):
    """Press Tab until an element has the focus, which must be seen at each stop."""
    for _press in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(OUTLINE), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate(ON, selector):
            return
    raise AssertionError(f"{most} times Tab did not lead to {selector}.")


def press(page, key):
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_the_first_tab_offers_to_skip_to_the_content(open_as, seed):
    page = open_as().new_page()
    page.goto(seed.states["home"][1]["fr"])

    go_to(page, "a.skip", most=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_signing_in(open_as, seed):
    page = open_as().new_page()
    page.goto(seed.states["sign-in"][1]["fr"])
    go_to(page, "[name=login]")
    page.keyboard.type(seed.emails["keyboard"])
    go_to(page, "[name=password]")
    page.keyboard.type(seed.password)
    press(page, "Enter")

    assert page.url.endswith(seed.states["dashboard"][1]["fr"])


def test_a_placement_question(open_as, seed):
    page = open_as("keyboard").new_page()
    page.goto(seed.states["placement-visitor"][1]["fr"])
    go_to(page, "main form .button--primary")
    press(page, "Enter")
    stem = page.inner_text(walking.STEM)
    kind = page.locator("main [name=choice], main select").first
    if kind.count():
        tag = kind.evaluate("node => node.type || node.tagName")
        for _line in range(page.locator("main select").count()):
            go_to(page, "main select")
            page.keyboard.press("ArrowDown")
        if not tag.startswith("select"):
            go_to(page, "main [name=choice]")
            page.keyboard.press("Space")
    go_to(page, "button[name=send]")
    press(page, "Enter")
    assert page.inner_text(walking.STEM) != stem
    go_to(page, "button[name=skip]")
    press(page, "Space")

    assert page.locator("main [name=position]").input_value() == "3"


def test_an_ordering_question(open_as, seed):
    page = open_as("full").new_page()
    page.goto(seed.states["question-ordering"][1]["fr"])
    before = walking.lines_shown(page)
    go_to(page, "[name=move][value^=down]")
    press(page, "Enter")

    assert walking.lines_shown(page) == [before[1], before[0], *before[2:]]
    # The focus has stayed on the line that moved: its other button is just before.
    assert page.evaluate("document.activeElement.value.startsWith('down-')")
    page.keyboard.press("Shift+Tab")
    press(page, "Space")
    assert walking.lines_shown(page) == before


def choose(page, name):
    go_to(page, f"main [name={name}]")
    page.keyboard.press("Space")


def test_the_newer_kinds_without_javascript(open_as, seed):
    page = open_as("keyboard", java_script_enabled=False).new_page()
    page.goto(seed.states["question-keyboard"][1]["fr"])
    go_to(page, "main [name=text]")
    page.keyboard.type("autre chose")
    press(page, "Enter")
    assert "autre chose" in page.inner_text("main")
    go_to(page, ".question__actions a")
    press(page, "Enter")
    choose(page, "choice")
    choose(page, "sure")
    go_to(page, "button[name=send]")
    press(page, "Enter")
    assert page.locator(".choice--chosen").count() == 1
    go_to(page, ".question__actions a")
    press(page, "Enter")
    parts = page.locator("main fieldset:has([name^=part])").count()
    for part in range(parts):
        choose(page, f"part-{part}")
    go_to(page, "button[name=send]")
    press(page, "Enter")

    assert parts >= 2
    assert page.locator(".choice--chosen").count() == parts


def test_a_moment_of_a_call(open_as, seed):
    page = open_as("keyboard").new_page()
    page.goto(seed.states["call-start"][1]["fr"])
    go_to(page, "main form .button--primary")
    press(page, "Enter")
    go_to(page, "main [name=choice]")
    said = page.evaluate("document.activeElement.innerText.trim()")
    press(page, "Space")

    assert page.locator("[name=turn]").input_value() == "1"
    assert said in page.inner_text(".call__body")
