"""A trainer in the CMS: a lesson and a question, from the first word to learners."""

import sqlite3

import pytest

from courses.benchmark import site as trial
from tests.browser import walking

MORE_ACTIONS = "footer [data-w-dropdown-target=toggle]"
APPROVE = "[data-workflow-action-name=approve]:not([data-launch-modal])"


def ask(folder, query, *values):
    """Return the first row of a query in the server's database."""
    database = sqlite3.connect(folder / trial.DATABASE)
    row = database.execute(query, values).fetchone()
    database.close()
    return row


@pytest.fixture
def page(open_as):
    page = open_as("trainer", width=1280).new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def submit(page, action="submit"):
    """Press one of the buttons under the form: submit or publish."""
    button = page.locator(f"footer button[name=action-{action}]")
    if not button.is_visible():
        page.click(MORE_ACTIONS)
    with page.expect_navigation():
        button.click()


def approve(page):
    button = page.locator(APPROVE).first
    if not button.is_visible():
        page.click(MORE_ACTIONS)
    with page.expect_navigation():
        button.click()


def address_of_lesson(folder, seed):
    slug = seed.states["lesson-1"][1]["fr"].strip("/").split("/")[-1]
    (pk,) = ask(folder, "SELECT id FROM wagtailcore_page WHERE slug = ?", slug)
    return f"/admin/pages/{pk}/edit/"


def test_a_lesson_is_previewed_at_phone_width_submitted_and_published(
    page, open_as, seed, folder
):
    address = address_of_lesson(folder, seed)
    page.goto(address)
    assert page.get_attribute("html", "lang") == "fr"
    page.fill("#id_summary", "Un résumé relu par deux personnes.")
    page.click("[data-side-panel-toggle=preview]")
    phone = page.locator("input[name=preview-size][value=mobile]")
    page.locator("label").filter(has=phone).click()
    frame = page.frame_locator("#w-preview-iframe")
    frame.locator(".summary", has_text="relu par deux personnes").wait_for()
    assert int(phone.get_attribute("data-device-width")) < 400

    submit(page)
    learner = open_as("full").new_page()
    learner.goto(seed.states["lesson-1"][1]["fr"])
    assert "relu par deux personnes" not in learner.inner_text(".summary")
    page.goto(address)
    approve(page)

    learner.reload()
    assert "relu par deux personnes" in learner.inner_text(".summary")


def fill_question(page):
    page.goto("/admin/snippets/assessments/question/add/")
    page.fill("[name=reference]", "essai-navigateur")
    page.select_option("[name=purpose]", "check")
    page.select_option("[name=level]", "3")
    page.fill("[name=topic]", "essai")
    page.fill("[name=stem_fr]", "Que faites-vous d'abord ?")
    page.click("#id_competence-chooser .unchosen [data-chooser-action-choose]")
    page.locator(".modal [data-chooser-modal-choice]").first.click()
    page.locator(".modal").wait_for(state="hidden")
    page.fill("[name=choices-0-text_fr]", "Écouter")
    page.fill("[name=choices-0-why_fr]", "On sait alors ce qui est demandé.")
    page.check("[name=choices-0-is_right]")
    page.fill("[name=choices-1-text_fr]", "Prendre la souris")


def errors_beside(page, field):
    wrapper = page.locator("[data-field-wrapper]").filter(
        has=page.locator(f"[name={field}]")
    )
    return wrapper.locator("[data-field-errors]").last.inner_text().strip()


def test_a_question_without_an_explanation_is_refused_then_approved(page, folder):
    fill_question(page)
    submit(page)
    assert errors_beside(page, "choices-1-why_fr") != ""
    assert errors_beside(page, "choices-0-why_fr") == ""
    query = "SELECT id, live FROM assessments_question WHERE reference = ?"
    assert ask(folder, query, "essai-navigateur") is None

    page.fill("[name=choices-1-why_fr]", "Plus rapide, mais la personne n'apprend pas.")
    submit(page)
    pk, is_live = ask(folder, query, "essai-navigateur")
    assert not is_live
    page.goto(f"/admin/snippets/assessments/question/edit/{pk}/")
    approve(page)

    assert ask(folder, query, "essai-navigateur") == (pk, 1)
    versions = "SELECT count(*) FROM assessments_questionversion WHERE question_id = ?"
    assert ask(folder, versions, pk) == (1,)


def test_an_open_attempt_keeps_the_question_that_it_began_with(
    page, open_as, seed, folder
):
    address = seed.states["question-single"][1]["fr"]
    learner = open_as("full").new_page()
    learner.goto(address)
    stem = learner.inner_text(walking.STEM)
    version = learner.locator("[name=version]").input_value()
    query = "SELECT question_id FROM assessments_questionversion WHERE id = ?"
    (pk,) = ask(folder, query, version)
    page.goto(f"/admin/snippets/assessments/question/edit/{pk}/")
    page.fill("[name=stem_fr]", "Un énoncé tout à fait nouveau ?")
    submit(page, "publish")
    count = "SELECT count(*) FROM assessments_questionversion WHERE question_id = ?"
    assert ask(folder, count, pk) == (2,)

    learner.reload()
    assert learner.inner_text(walking.STEM) == stem
    assert learner.locator("[name=version]").input_value() == version
