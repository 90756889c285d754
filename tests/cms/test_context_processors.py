import re

import pytest

from tests.courses.addresses import address, page_address
from tests.factories import make_module

LINK = re.compile(
    r'<li><a href="([^"]*)" lang="(\w+)" hreflang="\w+"( aria-current="true")?>'
    r"\w+(<span[^>]*>[^<]*</span>)?</a></li>"
)


def switch(response):
    """Return {language: (address, is current, is said to be missing)}."""
    return {
        code: (href.replace("&amp;", "&"), bool(current), bool(missing))
        for href, code, current, missing in LINK.findall(response.content.decode())
    }


def light_module(language, **fields):
    return make_module(language, lessons=0, questions=0, **fields)


def test_the_switch_leads_to_the_same_page(client, db):
    french, english = light_module("fr"), light_module("en")

    for page in (french, english):
        assert switch(client.get(page_address(page))) == {
            "fr": (page_address(french), page == french, False),
            "en": (page_address(english), page == english, False),
        }


def test_the_switch_keeps_what_was_asked(client, db):
    response = client.get("/fr/modules/?q=appel&level=3")

    assert switch(response)["en"][0] == "/en/modules/?q=appel&level=3"


def test_the_switch_says_what_is_missing_and_leads_to_a_page_that_says_it(client, db):
    module = light_module("fr")

    found = switch(client.get(page_address(module)))

    place = address("cms:page", module.translation_key, language="en")
    assert found["en"] == (place, False, True)
    assert "not translated yet" in client.get(found["en"][0]).content.decode()


def test_the_switch_back_from_a_missing_page_leads_to_the_page(client, db):
    module = light_module("fr")

    missing = client.get(address("cms:page", module.translation_key, language="en"))

    back = client.get(switch(missing)["fr"][0])
    assert back.url == page_address(module)


@pytest.mark.parametrize(
    "name",
    [
        "courses:dashboard",
        "courses:employer_view",
        "courses:journal",
        "account_login",
        "assessments:placement",
    ],
)
def test_the_switch_works_on_every_kind_of_page(client, learner, name):
    if name != "account_login":
        client.force_login(learner)

    response = client.get(address(name, query="a=1"))

    english = address(name, language="en", query="a=1")
    assert switch(response)["en"] == (english, False, False)
    assert client.get(english).status_code == 200


def menu_of(client, person):
    client.force_login(person)
    page = client.get(address("courses:dashboard")).content.decode()
    return page[page.index("<header") : page.index("</header>")]


def test_the_menu_shows_what_a_role_opens(client, learner, manager, trainer):
    team, admin = address("courses:team"), "/admin/"

    found = {
        name: [place for place in (team, admin) if f'"{place}"' in menu_of(client, who)]
        for name, who in [
            ("learner", learner),
            ("manager", manager),
            ("trainer", trainer),
        ]
    }

    assert found == {"learner": [], "manager": [team], "trainer": [admin]}


def test_fixed_places_stand_on_every_page(client, learner):
    places = [f'href="{address("courses:employer_view")}"', 'hreflang="en"']

    for page in ["/fr/", "/fr/modules/", "/fr/nulle-part/", address("account_login")]:
        html = client.get(page).content.decode()
        assert [place for place in places if place not in html] == [], page


@pytest.mark.parametrize(
    ("cookie", "wanted"),
    [
        ("large.wide.system", ("large", "wide", "system")),
        ("", ("normal", "normal", "repere")),
        ("a.b", ("normal", "normal", "repere")),
        ('"><script>.x.y', ("normal", "normal", "repere")),
    ],
)
def test_reading_comfort_of_a_visitor_comes_from_her_device(client, db, cookie, wanted):
    client.cookies["reading"] = cookie

    page = client.get("/fr/").content.decode()

    found = re.search(r'data-text="(.*?)" data-spacing="(.*?)" data-face="(.*?)"', page)
    assert found.groups() == wanted


def test_reading_comfort_of_a_learner_comes_from_her_account(client, learner):
    learner.text_size = "larger"
    learner.save()
    client.force_login(learner)
    client.cookies["reading"] = "large.wide.system"

    assert 'data-text="larger"' in client.get("/fr/").content.decode()
