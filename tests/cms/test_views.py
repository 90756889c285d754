import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from cms.models import HomePage
from tests.courses.addresses import address, page_address
from tests.courses.factories import steps_of
from tests.factories import make_module


@pytest.fixture
def module(db):
    return make_module(lessons=1, questions=0)


def text_of(response):
    return response.content.decode()


# --- the front door -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("en-GB,en;q=0.9,fr;q=0.5", "/en/"),
        ("fr-CA,fr;q=0.9,en;q=0.5", "/fr/"),
        ("de,en;q=0.8", "/en/"),
        ("de", "/fr/"),
        ("", "/fr/"),
        ("*", "/fr/"),
        (";;q=x,,", "/fr/"),
    ],
)
def test_the_front_door_follows_the_browser(client, db, asked, led_to):
    response = client.get("/", headers={"accept-language": asked})

    assert (response.status_code, response.url) == (302, led_to)
    assert "Accept-Language" in response["Vary"]


# --- pages ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_say_their_language(client, db, language):
    make_module(language, lessons=1, questions=0)

    for place in ["", "modules/", "modules/module-m99/", "modules/module-m99/lecon-1/"]:
        response = client.get(f"/{language}/{place}")
        assert response.status_code == 200, place
        assert f'<html lang="{language}">' in text_of(response)


def test_english_addresses_never_serve_french(client, module):
    for page in [module, *steps_of(module)]:
        path = page_address(page).removeprefix("/fr/")
        assert client.get(f"/fr/{path}").status_code == 200
        response = client.get(f"/en/{path}")
        assert response.status_code == 404
        assert page.title not in text_of(response)


def test_an_unpublished_english_home_page_is_not_replaced_by_the_french_one(
    client, module
):
    HomePage.objects.get(locale__language_code="en").unpublish()
    cache.clear()

    for path in ["", "modules/module-m99/"]:
        assert client.get(f"/en/{path}").status_code == 404
        assert client.get(f"/fr/{path}").status_code == 200


@pytest.mark.parametrize(
    "path", ["nulle-part/", "modules/nulle-part/", "%00/", "x" * 300 + "/"]
)
def test_what_is_not_there_is_said_in_plain_words(client, db, path):
    response = client.get(f"/en/{path}")

    assert response.status_code == 404
    page = text_of(response)
    assert "This page is not here" in page
    assert 'href="/en/modules/"' in page


def test_a_missing_slash_is_added(client, module):
    place = page_address(module)

    response = client.get(place.rstrip("/"))

    assert (response.status_code, response.url) == (301, place)


# --- a page named by its key ----------------------------------------------------------


def test_a_key_leads_to_the_page_in_the_language_asked(client, module):
    english = make_module("en", lessons=0, questions=0)

    for language, page in [("fr", module), ("en", english)]:
        place = address("cms:page", module.translation_key, language=language)
        assert client.get(place).url == page_address(page)


def test_a_missing_translation_is_said_with_the_way_to_the_other(client, module):
    place = address("cms:page", module.translation_key, language="en")

    response = client.get(place)

    page = text_of(response)
    assert response.status_code == 200
    assert "This page is not translated yet" in page
    assert '<html lang="en">' in page
    link = f'href="{page_address(module)}" lang="fr" hreflang="fr">{module.title}</a>'
    assert link in page
    assert "Court." not in page


def test_a_draft_translation_is_missing_too(client, module):
    make_module("en", lessons=0, questions=0).unpublish()

    response = client.get(address("cms:page", module.translation_key, language="en"))

    assert "This page is not translated yet" in text_of(response)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_unknown_key_is_a_404(client, db, language):
    place = address("cms:page", uuid.uuid4(), language=language)

    assert client.get(place).status_code == 404


# --- health ---------------------------------------------------------------------------


def test_healthz_asks_nothing_of_the_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_readyz_says_when_the_database_is_up_to_date(client, db):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_readyz_says_when_a_migration_is_pending(client, db):
    last = MigrationLoader(connection).graph.leaf_nodes("courses")[0]
    MigrationRecorder(connection).record_unapplied(*last)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "migrations pending"}
