"""What trainers write, guarded: work of learners is never deleted with a page."""

import pytest
from wagtail.models import Page

from courses.models import (
    JournalEntry,
    LessonPage,
    ModuleWork,
    StepDone,
)
from courses.progress import start_run
from tests.courses.addresses import page_address
from tests.courses.factories import (
    add_reflection,
    add_scenario,
    check_of,
    choice,
    make_assignment,
    make_attempt,
    steps_of,
)
from tests.factories import make_member, make_module, make_person, make_trainer


@pytest.fixture
def module(db):
    return make_module(lessons=1, questions=1)


@pytest.fixture
def admin(db, client):
    client.force_login(make_person("Administration", is_superuser=True))
    return client


def step_done(learner, module):
    lesson = steps_of(module)[0]
    StepDone.objects.create(
        learner=learner,
        step_key=lesson.translation_key,
        module_key=module.translation_key,
    )
    return lesson


def begun(learner, module):
    ModuleWork.objects.create(learner=learner, module_key=module.translation_key)
    return module


def assigned(learner, module):
    make_member(learner)
    make_assignment(learner, module)
    return module


def noted(learner, module):
    lesson = add_reflection(module, 8)
    JournalEntry.objects.create(
        learner=learner, step_key=lesson.translation_key, prompt="?", text="Mien."
    )
    return lesson


def played(learner, module):
    scenario = add_scenario(module)
    start_run(learner, scenario)
    return scenario


def checked(learner, module):
    make_attempt(learner, check_of(module), 0.25)
    return check_of(module)


WORK = [step_done, begun, assigned, noted, played, checked]


def all_pages():
    return set(Page.objects.values_list("pk", flat=True))


def bulk_delete(client, page):
    return client.post(
        f"/admin/bulk/wagtailcore/page/delete/?id={page.pk}&next=/admin/"
    )


def delete(client, page):
    return client.post(f"/admin/pages/{page.pk}/delete/")


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("way", [delete, bulk_delete])
def test_a_page_with_work_and_all_above_it_cannot_be_deleted(
    admin, learner, module, work, way
):
    page = work(learner, module)
    before = all_pages()
    above = page.get_ancestors(inclusive=True).filter(depth__gt=1)

    for target in above:
        assert way(admin, target).status_code in (200, 302, 403), target
        assert all_pages() == before, target
    assert len(above) in (3, 4)


@pytest.mark.parametrize("way", [delete, bulk_delete])
def test_a_page_without_work_can_be_deleted(admin, learner, module, way):
    step_done(learner, module)
    lesson = LessonPage.objects.get(pk=add_reflection(module, 8).pk)

    way(admin, lesson)

    assert not Page.objects.filter(pk=lesson.pk).exists()
    assert StepDone.objects.count() == 1


def test_work_done_in_the_other_language_counts(admin, learner, module):
    english = make_module("en", lessons=1, questions=0)
    step_done(learner, english)

    delete(admin, steps_of(module)[0])

    assert steps_of(module) != []


def test_the_page_can_still_be_unpublished(admin, learner, module):
    lesson = step_done(learner, module)

    response = admin.post(f"/admin/pages/{lesson.pk}/unpublish/")

    assert response.status_code == 302
    lesson.refresh_from_db()
    assert not lesson.live


def test_a_trainer_cannot_delete_it_either(client, learner, module):
    lesson = step_done(learner, module)
    client.force_login(make_trainer())

    delete(client, lesson)

    assert LessonPage.objects.filter(pk=lesson.pk).exists()


# --- drafts and languages -------------------------------------------------------------


def test_drafts_are_not_there(client, learner, module):
    lesson = steps_of(module)[0]
    place = page_address(lesson)
    lesson.unpublish()

    assert client.get(place).status_code == 404
    client.force_login(learner)
    assert client.get(place).status_code == 404


def test_what_is_written_but_not_published_is_not_shown(client, module):
    lesson = steps_of(module)[0]
    lesson.body = [("text", {"text": "<p>Pas encore relu.</p>"})]
    lesson.save_revision()

    page = client.get(page_address(lesson)).content.decode()

    assert "Texte de la leçon." in page
    assert "Pas encore relu." not in page


def test_a_french_page_has_no_english_address(client, module):
    for page in [module, *steps_of(module)]:
        place = page_address(page)
        assert client.get(place).status_code == 200
        assert client.get(place.replace("/fr/", "/en/")).status_code == 404


# --- what pages say ------------------------------------------------------------------


def test_a_module_shows_its_objectives_one_a_line(module):
    module.objectives = " guider \n\n vérifier\n"

    assert module.objective_list == ["guider", "vérifier"]


def test_the_graph_of_a_page_is_what_its_blocks_say(module):
    graph = add_scenario(module).graph

    assert graph["start"] == "N1"
    assert list(graph["nodes"]) == ["N1", "N2"]
    assert graph["nodes"]["N1"]["choices"][0] == choice("Bonjour.", "N2", {"trust": 1})
    assert graph["endings"]["E1"]["is_success"] is True
    assert graph["measures"][0]["max"] == 3
