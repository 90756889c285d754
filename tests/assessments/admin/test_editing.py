import pytest

from assessments.models import Competence, Question
from tests.assessments.admin.making import url
from tests.assessments.test_wagtail_hooks import edit_form
from tests.factories import make_question

WORDING = 'name="is_wording_only"'


def edited(client, question):
    return client.get(url("edit", question.pk)).content.decode()


def publish(client, question, **fields):
    form = edit_form(question, press="action-publish", **fields)
    return client.post(url("edit", question.pk), form)


def test_a_question_is_added_where_the_map_has_a_hole(reading):
    competence = Competence.objects.get(code="C1")

    response = reading.get(url("add"), {"competence": competence.pk, "level": 7})

    instance = response.context["form"].instance
    assert (instance.competence, instance.level) == (competence, 7)


@pytest.mark.parametrize("asked", [{"competence": 0, "level": 9}, {"level": "x"}, {}])
def test_a_place_that_does_not_exist_is_passed_over(reading, asked):
    response = reading.get(url("add"), asked)

    instance = response.context["form"].instance
    assert response.status_code == 200
    assert (instance.competence_id, instance.level) == (None, None)


def test_wording_is_asked_about_only_when_there_is_a_version(publishing):
    draft, published = make_question(is_live=False), make_question()

    assert WORDING not in edited(publishing, draft)
    assert WORDING not in publishing.get(url("add")).content.decode()
    assert WORDING in edited(publishing, published)


def test_the_editor_says_what_publishing_does(publishing):
    assert "Publishing makes version 1" in edited(
        publishing, make_question(is_live=False)
    )
    assert "Publishing makes version 2" in edited(publishing, make_question())


def test_only_the_wording_is_said_of_one_change(publishing):
    question = make_question()

    publish(publishing, question, stem_fr="Autrement ?", is_wording_only="on")
    first, second = question.versions.order_by("number")
    assert second.wording_of == first

    form = publishing.get(url("edit", question.pk)).context["form"]
    assert form["is_wording_only"].value() is False
    question.refresh_from_db()
    publish(publishing, question, stem_fr="Tout autre chose ?")
    assert question.versions.get(number=3).wording_of is None


def test_a_draft_keeps_what_was_said_of_its_wording(publishing):
    question = make_question()
    form = edit_form(question, stem_fr="Autrement ?", is_wording_only="on")
    publishing.post(url("edit", question.pk), form)

    form = publishing.get(url("edit", question.pk)).context["form"]

    assert form["is_wording_only"].value() is True


def test_the_editor_leads_to_the_figures_once_there_is_a_version(publishing):
    draft, published = make_question(is_live=False), make_question()

    assert url("figures", draft.pk) not in edited(publishing, draft)
    assert url("figures", published.pk) in edited(publishing, published)


def test_a_question_is_retired_by_that_name(publishing):
    question = make_question()

    editor = edited(publishing, question)
    confirmation = publishing.get(url("unpublish", question.pk)).content.decode()
    response = publishing.post(url("unpublish", question.pk), follow=True)

    assert "Retire" in editor and "Unpublish" not in editor
    assert "Answers already given stay" in confirmation
    assert "is retired" in response.content.decode()
    assert Question.objects.get().live is False


def test_who_only_writes_cannot_retire(reading):
    question = make_question()

    assert "Retire" not in edited(reading, question)
    reading.post(url("unpublish", question.pk))

    assert Question.objects.get().live is True


def test_pages_keep_their_own_word_for_unpublishing(client, framework):
    from wagtail.snippets.action_menu import UnpublishMenuItem

    from assessments.admin.editing import rename_unpublish
    from assessments.models import Competence

    kept = UnpublishMenuItem(order=20)
    items = [kept]

    rename_unpublish(items, None, {"model": Competence})

    assert items == [kept]
