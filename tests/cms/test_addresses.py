import pytest

from cms.addresses import fixed_pages, page_url, url_path_of
from cms.models import HomePage, TextPage
from tests.courses.addresses import page_address
from tests.factories import add_page, make_module

KEY = "00000000-0000-4000-8000-000000000001"


def root(language):
    return HomePage.objects.get(locale__language_code=language)


def help_page(language="fr", **fields):
    return add_page(
        root(language),
        TextPage,
        translation_key=KEY,
        **{"title": "Aide", "slug": "aide", "key": "help"} | fields,
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_address_leads_to_its_page_and_back(db, language):
    module = make_module(language, lessons=0, questions=0)

    address = page_url(module.url_path, language)

    assert address == page_address(module)
    path = address.removeprefix(f"/{language}/")
    assert url_path_of(path, language) == module.url_path
    assert url_path_of("", language) == root(language).url_path


def test_a_language_that_is_not_there_has_no_address(db):
    assert url_path_of("modules/", "de") is None
    assert page_url("/home/x/", "de") == "/de/"


def test_fixed_places_follow_what_editors_publish(client, db):
    assert "help" not in fixed_pages().get("fr", {})
    page = help_page()
    assert fixed_pages()["fr"]["help"] == ("/fr/aide/", "Aide")
    assert "help" not in fixed_pages()["en"]
    assert 'href="/fr/aide/"' in client.get("/fr/modules/").content.decode()

    page.title = "Besoin d'aide"
    page.save_revision().publish()
    assert fixed_pages()["fr"]["help"] == ("/fr/aide/", "Besoin d'aide")

    page.unpublish()
    assert "help" not in fixed_pages()["fr"]


def test_fixed_places_cost_nothing_once_known(db, django_assert_num_queries):
    help_page()
    fixed_pages()

    with django_assert_num_queries(0):
        assert fixed_pages()["fr"]["catalogue"] == ("/fr/modules/", "Modules")
