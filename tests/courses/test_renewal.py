"""Saying that a module changed in substance, in the CMS, and what it does to pages."""

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry
from wagtail.test.utils.form_data import rich_text

from courses.models import ModulePage
from courses.renewal import (
    ACTION,
    change_in_substance,
    changed_at,
    correct_text,
    holder_count,
    next_substance,
)
from courses.roles import TRAINERS
from tests.certificates.renewing import hold
from tests.factories import make_module, make_person


@pytest.fixture
def french(db):
    return make_module(code="M1", lessons=0, questions=0)


@pytest.fixture
def english(french):
    return make_module("en", code="M1", lessons=0, questions=0)


def place_of(module):
    return reverse("courses_content_changed", args=[module.pk])


def form(fr="<p>La loi a changé.</p>", en=None, expected=2, **fields):
    texts = {"fr": fr} if en is None else {"fr": fr, "en": en}
    return {
        **{f"text_{language}": rich_text(text) for language, text in texts.items()},
        "expected": expected,
        "is_confirmed": "on",
        "deed": "changed",
    } | fields


def state(module):
    """Return the module's substance and text, without the editor's own marks."""
    fresh = ModulePage.objects.get(pk=module.pk)
    return fresh.substance, re.sub(r' data-block-key="\w+"', "", fresh.what_changed)


@pytest.fixture
def in_cms(client, trainer):
    client.force_login(trainer)
    return client


# --- what it does ---------------------------------------------------------------------


def test_all_languages_change_together(french, english, trainer):
    texts = {"fr": "<p>La loi.</p>", "en": "<p>The law.</p>"}

    assert change_in_substance(french, texts, trainer) == 2

    assert state(french) == (2, "<p>La loi.</p>")
    assert state(english) == (2, "<p>The law.</p>")
    entries = PageLogEntry.objects.filter(action=ACTION)
    assert {(e.page_id, e.user, e.data["substance"]) for e in entries} == {
        (french.pk, trainer, 2),
        (english.pk, trainer, 2),
    }
    assert changed_at(french) == max(entry.timestamp for entry in entries)


def test_a_fault_in_one_language_changes_none(french, english, trainer, monkeypatch):
    monkeypatch.setattr("courses.renewal.log", lambda *args, **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        change_in_substance(french, {"fr": "x", "en": "y"}, trainer)

    assert (state(french), state(english)) == ((1, ""), (1, ""))


def test_a_waiting_draft_is_neither_published_nor_undoes_the_change(french, trainer):
    french.title = "Un titre à venir"
    draft = french.save_revision()

    change_in_substance(french, {"fr": "<p>La loi.</p>"}, trainer)

    live = ModulePage.objects.get(pk=french.pk)
    assert live.title == "Module M1 fr"
    draft.refresh_from_db()
    draft.publish()
    live = ModulePage.objects.get(pk=french.pk)
    assert live.title == "Un titre à venir"
    assert state(french) == (2, "<p>La loi.</p>")


def test_an_old_revision_published_again_keeps_the_change(french, trainer):
    first = french.latest_revision
    change_in_substance(french, {"fr": "<p>La loi.</p>"}, trainer)
    page = ModulePage.objects.get(pk=french.pk)
    page.save_revision().publish()

    first.publish()

    assert state(french) == (2, "<p>La loi.</p>")


def test_a_translation_made_later_is_of_the_same_content(french, trainer):
    change_in_substance(french, {"fr": "<p>La loi.</p>"}, trainer)

    english = make_module("en", code="M1", lessons=0, questions=0)

    assert english.substance == 2
    assert next_substance(english) == 3
    assert make_module(code="M2", lessons=0, questions=0).substance == 1


def test_a_corrected_text_invites_nobody(french, english, trainer):
    change_in_substance(french, {"fr": "a", "en": "b"}, trainer)

    correct_text(french, {"fr": "c"})

    assert (state(french), state(english)) == ((2, "c"), (2, "b"))
    assert PageLogEntry.objects.filter(action=ACTION).count() == 2


def test_a_module_that_never_changed_has_no_moment(french):
    assert changed_at(french) is None


# --- the page in the CMS --------------------------------------------------------------


def test_the_editor_of_a_published_module_leads_there(in_cms, french):
    edit = reverse("wagtailadmin_pages:edit", args=[french.pk])
    assert place_of(french) in in_cms.get(edit).content.decode()

    french.unpublish()

    assert place_of(french) not in in_cms.get(edit).content.decode()


def test_the_editor_asks_for_the_months_of_validity(in_cms, french):
    edit = reverse("wagtailadmin_pages:edit", args=[french.pk])

    assert 'name="validity_months"' in in_cms.get(edit).content.decode()


def test_the_page_says_how_many_holders_will_be_invited(in_cms, french, learner):
    hold(learner, french)
    hold(make_person(), french, days=10)
    hold(make_person(), french, days=-1)

    response = in_cms.get(place_of(french))

    assert response.context["holder_count"] == 2
    assert holder_count(french, 2) == 2
    html = response.content.decode()
    assert "2 people hold a valid attestation" in html or "2 personnes" in html


def test_saying_it_invites(in_cms, french, english, learner):
    hold(learner, french)
    data = form(en="<p>The law changed.</p>")

    response = in_cms.post(place_of(french), data)

    assert response.url == reverse("wagtailadmin_pages:edit", args=[french.pk])
    assert state(french) == (2, "<p>La loi a changé.</p>")
    assert state(english) == (2, "<p>The law changed.</p>")
    client = Client()
    client.force_login(learner)
    page = client.get("/fr/moi/", follow=True).content.decode()
    assert str(french.translation_key) in page


def test_the_same_page_sent_twice_counts_once(in_cms, french):
    for _time in range(2):
        in_cms.post(place_of(french), form())

    assert state(french)[0] == 2
    assert PageLogEntry.objects.filter(action=ACTION).count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"is_confirmed": ""}, "is_confirmed"),
        ({"text_fr": rich_text("<p>  </p>")}, "text_fr"),
        ({"text_en": rich_text("")}, "text_en"),
        ({"expected": "x"}, "expected"),
    ],
)
def test_what_is_missing_is_said_and_nothing_changes(
    in_cms, french, english, changes, field
):
    response = in_cms.post(place_of(french), form(en="<p>The law.</p>") | changes)

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert (state(french), state(english)) == ((1, ""), (1, ""))


def test_a_draft_translation_needs_no_text(in_cms, french, english):
    english.unpublish()

    in_cms.post(place_of(french), form(en=""))

    assert state(french)[0] == state(english)[0] == 2


def test_only_the_text_can_be_corrected(in_cms, french):
    in_cms.post(place_of(french), form())

    in_cms.post(
        place_of(french),
        form(fr="<p>Le décret.</p>", deed="corrected") | {"is_confirmed": ""},
    )

    assert state(french) == (2, "<p>Le décret.</p>")


def test_a_script_in_the_text_is_not_kept(in_cms, french):
    text = '<p>La loi.</p><script>alert(1)</script><p><a href="javascript:x">x</a></p>'

    in_cms.post(place_of(french), form(fr=text))

    _substance, kept = state(french)
    assert "<script" not in kept
    assert "javascript:" not in kept
    assert "La loi." in kept


@pytest.mark.parametrize(
    ("who", "status"), [("learner", 403), ("writer", 302), ("nobody", 302)]
)
def test_only_those_who_may_publish_may_say_it(client, french, learner, who, status):
    writer = make_person("Aïcha Moreau")
    writer.groups.add(Group.objects.get(name=TRAINERS))
    if who != "nobody":
        client.force_login({"learner": learner, "writer": writer}[who])

    got = client.get(place_of(french))
    posted = client.post(place_of(french), form())

    assert (got.status_code, posted.status_code) == (status, status)
    assert state(french) == (1, "")


def test_a_draft_module_has_no_holders_to_invite(in_cms, french):
    french.unpublish()

    assert in_cms.get(place_of(french), follow=True).status_code == 404


def test_the_change_stands_in_the_pages_history(in_cms, french, trainer):
    before = timezone.now()
    in_cms.post(place_of(french), form())

    history = in_cms.get(reverse("wagtailadmin_pages:history", args=[french.pk]))

    assert before < changed_at(french) <= timezone.now()
    assert ACTION in [entry.action for entry in history.context["object_list"]]
