"""For how long attestations are valid: said once for a module, in all its languages."""

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from courses.models import ModulePage
from tests.factories import make_module, make_person

pytestmark = pytest.mark.django_db
migration = import_module("courses.migrations.0004_one_validity_for_all_languages")
SENTENCE = "The page in French decides for all languages: change it there."


@pytest.fixture
def french():
    module = make_module("fr", lessons=0, questions=0)
    module.validity_months = 24
    module.save()
    return module


@pytest.fixture
def english(french):
    return make_module("en", lessons=0, questions=0)


def months(*modules):
    return [ModulePage.objects.get(pk=module.pk).validity_months for module in modules]


def test_a_translation_takes_what_the_french_page_says(french, english):
    assert months(french, english) == [24, 24]
    english.validity_months = 6
    english.save()
    assert months(french, english) == [24, 24]


@pytest.mark.parametrize("changed", [12, None])
def test_what_the_french_page_says_holds_at_once_in_all_languages(
    french, english, changed
):
    french.validity_months = changed
    french.save()
    assert months(french, english) == [changed, changed]


def test_a_draft_of_the_french_page_counts_when_it_is_published(french, english):
    french.validity_months = 36
    revision = french.save_revision()
    assert months(french, english) == [24, 24]
    revision.publish()
    assert months(french, english) == [36, 36]


def test_a_draft_of_the_translation_that_waited_undoes_nothing(french, english):
    revision = english.save_revision()
    french.validity_months = 36
    french.save()
    revision.publish()
    assert months(french, english) == [36, 36]


def test_without_a_french_page_a_module_says_its_own(db):
    english = make_module("en", code="M50", lessons=0, questions=0)
    english.validity_months = 6
    english.save()
    make_module("fr", lessons=0, questions=0)  # another module
    assert months(english) == [6]


def post(client, module, validity, action="publish"):
    """Send the form of a module in the CMS, as it stands but for its validity."""
    edit = reverse("wagtailadmin_pages:edit", args=[module.pk])
    form = client.get(edit).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values |= {
        "validity_months": validity,
        "intro": '{"blocks": [], "entityMap": {}}',
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        f"action-{action}": "1",
    }
    sent = {name: value for name, value in values.items() if value is not None}
    return client.post(edit, sent)


@pytest.fixture
def in_cms(client):
    client.force_login(make_person("Aïcha Moreau", is_superuser=True, language="en"))
    return client


def test_the_form_of_a_translation_refuses_another_validity(in_cms, french, english):
    answer = post(in_cms, english, 6)
    assert SENTENCE in answer.content.decode()
    assert months(french, english) == [24, 24]
    assert post(in_cms, english, 24).status_code == 302
    assert months(french, english) == [24, 24]


def test_the_form_of_the_french_page_decides(in_cms, french, english):
    assert post(in_cms, french, 12).status_code == 302
    assert months(french, english) == [12, 12]


def test_pages_that_disagreed_are_mended_and_safely_twice(french, english):
    alone = make_module("en", code="M50", lessons=0, questions=0)
    ModulePage.objects.filter(pk=english.pk).update(validity_months=6)
    ModulePage.objects.filter(pk=alone.pk).update(validity_months=3)
    for _time in range(2):
        migration.let_french_decide(apps, None)
        assert months(french, english, alone) == [24, 24, 3]


def test_a_french_page_without_an_end_gives_none_to_the_others(french, english):
    ModulePage.objects.filter(pk=french.pk).update(validity_months=None)
    migration.let_french_decide(apps, None)
    assert months(french, english) == [None, None]
