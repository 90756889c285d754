"""The whole journey with JavaScript off, as on an old phone."""

import re

from courses.benchmark.visitor import Visitor
from tests.browser import walking

EMAIL = "ines@demo.repere"
STOP = "main .question > p a"


def sign_up(page, seed, folder):
    page.goto(seed.states["sign-up"][1]["fr"])
    page.fill("main [name=name]", "Inès Belkacem")
    page.fill("main [name=email]", EMAIL)
    page.select_option("main [name=language]", "fr")
    page.click("main form .button--primary")
    page.fill(
        "main [name=code]", walking.code_in(walking.newest_mail_to(folder, EMAIL))
    )
    page.click("main form .button--primary")


def sign_in_with_a_code(page, seed, folder):
    page.goto(seed.states["code-request"][1]["fr"])
    page.fill("main [name=email]", EMAIL)
    page.click("main form .button--primary")
    page.fill(
        "main [name=code]", walking.code_in(walking.newest_mail_to(folder, EMAIL))
    )
    page.click("main form .button--primary")


def read_lessons(page):
    """Read each lesson until the call; returns how many there were."""
    count = 0
    while (
        page.locator("main form[action*='/etape/'], main form[action*='/step/']")
        .filter(has_not=page.locator("textarea"))
        .count()
    ):
        page.locator("main form.panel .button--primary").click()
        count += 1
    return count


def play_call(page):
    """Play the call to an ending with the first choice of each moment."""
    page.locator("main form .button--primary").click()
    moments = 0
    while page.locator("main [name=choice]").count():
        page.locator("main [name=choice]").first.click()
        moments += 1
    assert page.locator(".debrief__turn").count() == moments
    return moments


def pass_check(page, seed):
    page.goto(seed.states["check-start"][1]["fr"])
    page.locator("main form .button--primary").click()
    for _question in range(8):
        walking.answer_right(page, "M04")
        page.locator(".question__actions .button--primary").click()


def download(page, site):
    """Fetch the PDF with the browser's own cookies."""
    href = page.locator("main a.button--primary").first.get_attribute("href")
    answer = page.request.get(f"{site.url}{href}")
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def test_from_sign_up_to_a_checked_attestation(open_as, seed, site, folder):
    context = open_as(java_script_enabled=False)
    page = context.new_page()
    sign_up(page, seed, folder)
    context.clear_cookies()
    sign_in_with_a_code(page, seed, folder)
    assert "Inès Belkacem" in page.inner_text("h1")

    page.goto(seed.states["module"][1]["fr"])
    page.locator("main form .button--primary").click()
    assert read_lessons(page) == 6
    assert play_call(page) >= 4
    pass_check(page, seed)
    page.locator("main .card--next a.button--primary").click()

    assert download(page, site)[:5] == b"%PDF-"
    code = re.search(r"/v/(\w+)", page.content())[1]
    visitor = Visitor(site.port)
    valid = visitor.get(f"/v/{code}")
    visitor.close()
    assert "verdict--valid" in valid.text
    assert "Inès Belkacem" in valid.text


def test_a_placement_goes_on_from_another_device(open_as, seed):
    phone = open_as("reader", java_script_enabled=False).new_page()
    phone.goto(seed.states["placement-visitor"][1]["fr"])
    phone.locator("main form .button--primary").click()
    for number in range(9):
        walking.skip(phone) if number % 3 == 2 else walking.answer_somehow(phone)
    asked = phone.inner_text(walking.STEM)
    phone.click(STOP)
    phone.locator("main .form-actions a.button").last.click()
    assert phone.url.endswith(seed.states["dashboard"][1]["fr"])

    computer = open_as("reader", width=1280, java_script_enabled=False).new_page()
    computer.goto(seed.states["dashboard"][1]["fr"])
    computer.locator("main .card--next .button--primary").click()
    assert computer.inner_text(walking.STEM) == asked
    answered = 9
    while computer.locator("button.button[name=send]").count() and answered < 20:
        walking.answer_somehow(computer)
        answered += 1
    if computer.locator("button.button[name=send]").count():
        computer.click(STOP)
        computer.locator("main form .button").click()

    assert answered >= 12
    assert computer.locator("svg.scale .scale__row").count() == 6
    assert computer.locator("table tbody tr").count() == 6
