import re

import pytest
from django.test import Client

from courses.models import JournalEntry, StepDone
from tests.courses.addresses import address, page_address
from tests.courses.factories import (
    add_reflection,
    add_scenario,
    check_of,
    make_assignment,
    make_attempt,
    steps_of,
)
from tests.courses.sitting import read
from tests.factories import add_lesson, make_member, make_module


def shown(client, page):
    response = client.get(page_address(page))
    assert response.status_code == 200
    return response


def test_a_visitor_reads_and_is_told_how_to_keep_her_place(client, module):
    lesson = steps_of(module)[0]

    page = shown(client, lesson).content.decode()

    assert "Texte de la leçon." in page
    assert f"{address('account_login')}?next={page_address(lesson)}" in page
    assert address("courses:step_done", lesson.translation_key) not in page


def test_a_lesson_stands_among_its_neighbours(client, learner, module):
    client.force_login(learner)
    first, second = steps_of(module)

    context = shown(client, second).context

    assert (context["place"], len(context["steps"])) == (2, 3)
    assert context["previous_step"].url == page_address(first)
    assert context["next_step"].url == page_address(check_of(module))
    assert context["module"].title == module.title
    assert context["module_url"] == page_address(module)
    assert f'href="{page_address(module)}">{module.title}</a>' in (
        shown(client, second).content.decode()
    )


def test_no_link_of_a_lesson_is_empty(client, learner, module):
    client.force_login(learner)

    for step in [*steps_of(module), check_of(module), add_scenario(module), module]:
        assert 'href=""' not in shown(client, step).content.decode()


def test_drafts_are_no_steps(client, learner, module):
    first, second = steps_of(module)
    second.unpublish()

    context = shown(client, first).context

    assert [step.url for step in context["steps"]] == [
        page_address(first),
        page_address(check_of(module)),
    ]


def test_steps_follow_the_order_of_the_tree(client, module):
    first, second = steps_of(module)
    second.move(first, pos="left")

    context = shown(client, module).context

    assert [step.title for step in context["steps"]] == [
        second.title,
        first.title,
        "Bilan",
    ]


def test_the_steps_of_a_neighbouring_module_are_not_mixed_in(client, module):
    other = make_module(code="M98", lessons=1, questions=0)

    assert len(shown(client, module).context["steps"]) == 3
    assert len(shown(client, other).context["steps"]) == 1
    assert len(shown(client, steps_of(other)[0]).context["steps"]) == 1


def test_a_module_tells_how_far_one_is(client, learner, module):
    client.force_login(learner)
    first, second = steps_of(module)
    read(client, first)

    context = shown(client, module).context

    assert (context["done_count"], context["is_complete"]) == (1, False)
    assert context["next_step"].url == page_address(second)
    assert [step.is_done for step in context["steps"]] == [True, False, False]
    assert Client().get(page_address(module)).context["done_count"] == 0


@pytest.mark.parametrize(("questions", "gives"), [(1, True), (0, False)])
def test_only_a_module_with_a_check_gives_an_attestation(client, db, questions, gives):
    module = make_module(lessons=1, questions=questions)

    assert shown(client, module).context["gives_attestation"] is gives


def test_a_module_shows_who_asks_only_to_whom_it_is_asked(
    client, learner, other_learner, manager, module
):
    make_member(learner)
    make_assignment(learner, module, why="Pour la permanence.")

    for person, is_told in [(learner, True), (other_learner, False), (manager, False)]:
        client.force_login(person)
        page = shown(client, module).content.decode()
        assert ("Pour la permanence." in page) is is_told


def test_a_lesson_cached_for_nobody(client, learner, module):
    lesson = add_reflection(module, 8)
    client.force_login(learner)
    JournalEntry.objects.create(
        learner=learner, step_key=lesson.translation_key, prompt="?", text="LE MIEN"
    )

    assert "LE MIEN" in shown(client, lesson).content.decode()
    visitor = Client().get(page_address(lesson))

    assert "LE MIEN" not in visitor.content.decode()
    response = shown(client, lesson)
    assert set(re.split(r",\s*", response["Cache-Control"])) >= {"private", "no-store"}
    assert "Cookie" in response["Vary"]


def test_two_learners_see_each_their_own_note(client, learner, other_learner, module):
    lesson = add_reflection(module, 8)
    for person in (learner, other_learner):
        JournalEntry.objects.create(
            learner=person,
            step_key=lesson.translation_key,
            prompt="?",
            text=f"note de {person.name}",
        )

    for person, other in [(learner, other_learner), (other_learner, learner)]:
        client.force_login(person)
        page = shown(client, lesson).content.decode()
        assert f"note de {person.name}" in page
        assert f"note de {other.name}" not in page


# --- the booklet ----------------------------------------------------------------------


def test_a_booklet_holds_all_published_steps(client, module):
    add_lesson(module, 3, body=[("text", {"text": "<p>La troisième.</p>"})])
    add_lesson(module, 4, body=[("text", {"text": "<p>Pas prête.</p>"})]).unpublish()

    page = client.get(address("courses:booklet", module.translation_key)).content
    text = page.decode()

    assert "La troisième." in text
    assert text.count("Texte de la leçon.") == 2
    assert "Pas prête." not in text


def test_an_english_booklet_is_never_in_french(client, module):
    booklet = address("courses:booklet", module.translation_key, language="en")

    page = client.get(booklet, follow=True).content.decode()

    assert '<html lang="en">' in page
    assert "Texte de la leçon." not in page
    assert "not translated yet" in page


# --- cost -----------------------------------------------------------------------------


def many_rows(learner, module, count):
    """Fill what a page could be slowed down by: steps, work, notes, attempts."""
    make_member(learner)
    make_assignment(learner, module)
    for number in range(count):
        lesson = add_lesson(module, 100 + number, minutes=5)
        StepDone.objects.create(
            learner=learner,
            step_key=lesson.translation_key,
            module_key=module.translation_key,
        )
        make_attempt(learner, check_of(module), 0.5)


@pytest.mark.parametrize("count", [1, 30])
def test_pages_of_a_module_cost_at_most_8_queries(
    client, learner, count, django_assert_max_num_queries
):
    module = make_module(lessons=1, questions=1)
    addresses = [
        page_address(page)
        for page in [
            module,
            add_reflection(module, 8),
            steps_of(module)[0],
            check_of(module),
            add_scenario(module),
        ]
    ]
    many_rows(learner, module, count)
    client.force_login(learner)

    for place in addresses:
        client.get(place)  # fills what is kept for all visitors
        with django_assert_max_num_queries(8):
            assert client.get(place).status_code == 200


def test_a_visitor_costs_at_most_5_queries(db, client, django_assert_max_num_queries):
    module = make_module(lessons=1, questions=0)
    place = page_address(steps_of(module)[0])
    client.get(place)

    with django_assert_max_num_queries(5):
        assert client.get(place).status_code == 200
