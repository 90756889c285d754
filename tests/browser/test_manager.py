"""A manager asks for a module; the learner finds it on her page, with the reason."""

from datetime import date, timedelta

WHY = "Avant la semaine de l'accueil."


def test_an_assigned_module_reaches_the_learner(open_as, seed):
    manager = open_as("manager", width=1280).new_page()
    manager.goto(seed.states["module-started"][1]["fr"])
    title = manager.inner_text("h1")
    manager.goto(seed.states["team"][1]["fr"])
    before = manager.locator("table tbody tr").count()
    manager.goto(seed.states["assign"][1]["fr"])
    manager.select_option("main [name=module]", label=title)
    manager.fill("main [name=due_on]", str(date.today() + timedelta(days=20)))
    manager.fill("main [name=why]", WHY)
    manager.locator("label.choice").filter(has_text="Marc Delmas").locator(
        "input"
    ).check()
    manager.locator("main form button.button--primary").click()

    lines = manager.locator("table tbody tr")
    assert lines.count() == before + 1
    line = lines.filter(has_text="Marc Delmas").filter(has_text=title)
    assert line.count() == 1
    learner = open_as("beginner").new_page()
    learner.goto(seed.states["dashboard"][1]["fr"])
    card = learner.locator("section.card").filter(has_text=WHY)
    assert card.locator("h3 a").inner_text() == title
