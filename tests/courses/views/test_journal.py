"""Private notes: written in a lesson, read, taken away and erased by their learner."""

import pytest
from django.test import Client
from django.utils import timezone

from courses.models import JournalEntry
from tests.courses.addresses import address, page_address
from tests.courses.factories import add_reflection
from tests.factories import (
    make_manager,
    make_member,
    make_module,
    make_person,
    make_trainer,
)

SECRET = "Je n'ose pas dire que j'ai peur du téléphone."


@pytest.fixture
def module(db):
    return make_module(lessons=1, questions=0)


@pytest.fixture
def lesson(module):
    return add_reflection(module, number=7, prompt="Et vous, au téléphone ?")


@pytest.fixture
def writer(client, learner):
    client.force_login(learner)
    return client


def write(client, lesson, text=SECRET):
    return client.post(
        address("courses:save_note", lesson.translation_key), {"text": text}
    )


def test_a_note_is_saved_with_the_question_that_it_answers(writer, learner, lesson):
    response = write(writer, lesson)

    assert response.url == f"{page_address(lesson)}#reflection"
    entry = JournalEntry.objects.get()
    assert (entry.learner, entry.step_key, entry.prompt, entry.text) == (
        learner,
        lesson.translation_key,
        "Et vous, au téléphone ?",
        SECRET,
    )


def test_a_note_stands_in_its_lesson_and_in_the_journal(writer, lesson):
    write(writer, lesson, "Le cadenas <b>")

    for place in (page_address(lesson), address("courses:journal")):
        assert "Le cadenas &lt;b&gt;" in writer.get(place).content.decode()


def test_writing_again_replaces_the_note(writer, lesson):
    write(writer, lesson)
    write(writer, lesson, "Autre chose.")

    assert [entry.text for entry in JournalEntry.objects.all()] == ["Autre chose."]


@pytest.mark.parametrize("nothing", ["", "  \n "])
def test_an_emptied_note_is_erased(writer, lesson, nothing):
    write(writer, lesson)
    write(writer, lesson, nothing)

    assert not JournalEntry.objects.exists()


def test_nothing_written_keeps_nothing(writer, lesson):
    write(writer, lesson, "")

    assert not JournalEntry.objects.exists()


def test_the_question_of_a_note_stays_as_it_was_asked(writer, lesson):
    write(writer, lesson)
    lesson.body = [("reflection", {"prompt": "Tout autre chose ?"})]
    lesson.save_revision().publish()

    assert (
        "Et vous, au téléphone ?"
        in writer.get(address("courses:journal")).content.decode()
    )


def test_a_lesson_without_reflection_takes_no_note(writer, module):
    lesson = module.get_children().first()

    assert write(writer, lesson).status_code == 404
    assert not JournalEntry.objects.exists()


def test_a_note_is_erased_on_request(writer, lesson):
    write(writer, lesson)

    response = writer.post(
        address("courses:journal"), {"entry": JournalEntry.objects.get().pk}
    )

    assert response.url == address("courses:journal")
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("entry", ["x", "", "-1", "0", "9" * 30])
def test_a_note_that_does_not_exist_is_a_404(writer, lesson, entry):
    write(writer, lesson)

    response = writer.post(address("courses:journal"), {"entry": entry})

    assert response.status_code == 404
    assert JournalEntry.objects.count() == 1


def test_notes_are_taken_away_as_text(writer, lesson):
    write(writer, lesson)

    response = writer.get(address("courses:journal", query="text"))

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert response.content.decode() == (
        f"{timezone.localdate()}\nEt vous, au téléphone ?\n\n{SECRET}"
    )


# --- nobody else ----------------------------------------------------------------------


def administrator():
    return make_person("Administration", is_superuser=True)


def everybody_else():
    return [make_person("Marc Delmas"), make_trainer(), make_manager(), administrator()]


def test_nobody_else_reads_or_erases_a_note(writer, learner, lesson):
    make_member(learner)
    write(writer, lesson, "SECRET")
    entry = JournalEntry.objects.get()

    for person in everybody_else():
        client = Client()
        client.force_login(person)
        journal = address("courses:journal")
        for place in (journal, f"{journal}?text", page_address(lesson)):
            assert "SECRET" not in client.get(place).content.decode(), person
        assert client.post(journal, {"entry": entry.pk}).status_code == 404, person

    assert JournalEntry.objects.filter(text="SECRET").exists()


def test_no_screen_of_the_cms_shows_notes(writer, lesson):
    write(writer, lesson, "SECRET")
    client = Client()
    client.force_login(administrator())
    pages = [
        "/admin/",
        f"/admin/pages/{lesson.pk}/edit/",
        f"/admin/pages/{lesson.pk}/history/",
        "/admin/reports/site-history/",
    ]

    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert "SECRET" not in response.content.decode(), page
    notes = client.get("/admin/snippets/courses/journalentry/", follow=True)
    assert notes.status_code == 404


def test_writing_for_somebody_else_writes_ones_own(writer, other_learner, lesson):
    write(writer, lesson)
    other = Client()
    other.force_login(other_learner)

    write(other, lesson, "La mienne.")

    assert {e.learner_id: e.text for e in JournalEntry.objects.all()} == {
        other_learner.pk: "La mienne.",
        JournalEntry.objects.exclude(learner=other_learner).get().learner_id: SECRET,
    }


def test_a_visitor_is_asked_to_sign_in(client, lesson):
    assert write(client, lesson).url.startswith(address("account_login"))
    assert client.get(address("courses:journal")).url.startswith(
        address("account_login")
    )
    assert not JournalEntry.objects.exists()


def test_a_note_can_be_sent_from_the_page_with_its_own_token(learner, lesson):
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)
    page = client.get(page_address(lesson)).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    note = address("courses:save_note", lesson.translation_key)

    refused = client.post(note, {"text": SECRET})
    kept = client.post(note, {"text": SECRET, "csrfmiddlewaretoken": token})

    assert (refused.status_code, kept.status_code) == (403, 302)
    assert JournalEntry.objects.count() == 1
