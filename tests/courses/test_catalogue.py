import pytest

from assessments.models import Area
from tests.courses.addresses import page_address
from tests.courses.factories import many_modules
from tests.factories import make_framework, make_module

FR, EN = "/fr/modules/", "/en/modules/"


def titles(response):
    return [module.title for module in response.context["modules"]]


def module(code, areas="", language="fr", **fields):
    made = make_module(language, code=code, lessons=0, questions=0)
    for name, value in fields.items():
        setattr(made, name, value)
    made.areas.set(Area.objects.filter(code__in=areas))
    made.save_revision().publish()
    return made


@pytest.fixture
def modules(db):
    return [
        module(
            "M1",
            "AD",
            title="Guider au téléphone",
            minutes=15,
            level_from=1,
            level_to=3,
        ),
        module(
            "M2",
            "D",
            title="Préparer un rendez-vous",
            minutes=75,
            level_from=3,
            level_to=6,
        ),
        module(
            "M3",
            "",
            title="Bienvenue",
            short="Le téléphone n'est pas loin",
            minutes=90,
            level_from=7,
            level_to=8,
        ),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3]),
        ("q=&area=&level=&minutes=", [1, 2, 3]),
        ("q=rendez", [2]),
        ("q=telephone", [1, 3]),
        ("q=TÉLÉPHONE", [1, 3]),
        ("q=guider+téléphone", [1]),
        ("q=introuvable", []),
        ("q=%20", [1, 2, 3]),
        ("area=A", [1]),
        ("area=D", [1, 2]),
        ("area=F", []),
        ("level=1", [1]),
        ("level=3", [1, 2]),
        ("level=8", [3]),
        ("minutes=15", [1]),
        ("minutes=75", [1, 2]),
        ("minutes=90", [1, 2, 3]),
        ("area=D&level=5&minutes=75&q=rendez", [2]),
        ("area=D&level=8", []),
    ],
)
def test_modules_are_found_by_words_area_level_and_duration(
    client, modules, query, found
):
    response = client.get(f"{FR}?{query}")

    assert titles(response) == [modules[number - 1].title for number in found]


def test_an_empty_answer_leads_back_to_all_modules(client, modules):
    response = client.get(f"{EN}?q=nothing")

    page = response.content.decode()
    assert "No module answers to all of this." in page
    assert '<a class="button" href="?">' in page


def test_an_empty_catalogue_says_so(client, db):
    page = client.get(EN).content.decode()

    assert "There is no module yet." in page


@pytest.mark.parametrize(
    "query",
    [
        "level=9",
        "level=0",
        "level=x",
        "level=1%00",
        "minutes=-5",
        "minutes=9999999999999999999999",
        "area=Z",
        "area=%27%3B--",
        "q=" + "x" * 101,
        "q=%00",
        "q=%22",
        "q=%27",
        "q=(",
        "q=%2A",
        "q=a+AND",
        "q=NEAR(",
        "q=%5C",
        "q=-",
        "q=%F0%9F%93%9E",
        "unknown=1",
        "level=1&level=2",
    ],
)
def test_whatever_stands_in_the_address_is_no_fault(client, modules, query):
    response = client.get(f"{FR}?{query}")

    assert response.status_code == 200
    assert response.context["form"].is_bound


def test_what_was_asked_stays_in_the_form(client, modules):
    page = client.get(f"{FR}?q=rendez&level=3").content.decode()

    assert 'value="rendez"' in page
    assert '<option value="3" selected>' in page


def test_drafts_are_not_listed(client, modules):
    modules[1].unpublish()

    assert titles(client.get(FR)) == [modules[0].title, modules[2].title]
    assert titles(client.get(f"{FR}?q=rendez")) == []


def test_modules_of_the_other_language_only_are_listed_as_such(client, modules):
    english = module("M1", language="en", title="Guiding on the phone")

    response = client.get(EN)

    assert titles(response) == ["Guiding on the phone"]
    assert [
        (other["title"], other["language"], other["url"])
        for other in response.context["elsewhere"]
    ] == [(made.title, "fr", page_address(made)) for made in modules[1:]]
    page = response.content.decode()
    assert 'lang="fr" hreflang="fr">Bienvenue</a> (Français)' in page.replace(
        "French", "Français"
    )
    assert client.get(FR).context["elsewhere"] == []
    english.unpublish()
    assert len(client.get(EN).context["elsewhere"]) == 3


def test_words_are_searched_in_one_language(client, modules):
    module("M1", language="en", title="Guiding by téléphone")

    assert titles(client.get(f"{EN}?q=téléphone")) == ["Guiding by téléphone"]


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("query", ["", "?q=module&level=2&minutes=75"])
def test_the_catalogue_costs_the_same_for_30_modules(
    client, learner, count, query, django_assert_max_num_queries
):
    make_framework()
    for made in many_modules(count):
        made.areas.set(Area.objects.all())
        made.save()
    client.force_login(learner)
    client.get(FR + query)

    with django_assert_max_num_queries(10):
        response = client.get(FR + query)

    assert len(titles(response)) == count
