"""Paths: their page, their card in the catalogue, the attestation that they give."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from certificates.facts import check
from certificates.life import revoke
from certificates.models import Certificate, Event
from certificates.receivers import issue_when_path_ends
from courses.models import ModuleWork, PathPage
from courses.paths import PathStep, path_steps
from tests.courses.addresses import address, page_address
from tests.courses.factories import check_of, make_attempt, steps_of
from tests.courses.paths import end_module, make_path, work_on
from tests.courses.sitting import read
from tests.factories import make_learner, make_module

MODULES = "/fr/modules/"


def light(code, **fields):
    return make_module(code=code, lessons=1, questions=0, **fields)


@pytest.fixture
def three(db):
    return [light(code) for code in ("M1", "M2", "M3")]


@pytest.fixture
def path(three):
    return make_path(*three)


def shown(client, page):
    response = client.get(page_address(page))
    assert response.status_code == 200
    return response


def text_of(response):
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def path_certificates(learner):
    return list(learner.certificates.filter(kind=Certificate.Kind.PATH))


# --- the page -------------------------------------------------------------------------


def test_a_visitor_sees_the_modules_in_order_and_the_total_time(client, three):
    path = make_path(three[2], three[0], three[1])

    response = shown(client, path)

    assert response.context["steps"] == [
        PathStep(
            key=module.translation_key,
            title=module.title,
            short="En une ligne",
            minutes=60,
            language="fr",
            url=page_address(module),
        )
        for module in (three[2], three[0], three[1])
    ]
    assert response.context["minutes"] == 180
    assert response.context["next_step"].url == page_address(three[2])
    assert response.context["done_count"] == 0


def test_a_learner_sees_what_is_done_and_goes_on_with_the_first_that_is_not(
    client, learner, path, three
):
    client.force_login(learner)
    work_on(learner, three[0], datetime(2026, 3, 5, 12, tzinfo=UTC))
    work_on(learner, three[1])
    work_on(make_learner(name="Marc Delmas"), three[1], timezone.now())

    response = shown(client, path)
    context = response.context

    assert [step.is_done for step in context["steps"]] == [True, False, False]
    assert (context["done_count"], context["minutes_left"]) == (1, 120)
    assert context["next_step"].key == three[1].translation_key
    assert not context["is_complete"]
    assert "5 mars 2026" in text_of(response)
    start = address("courses:begin", three[1].translation_key)
    assert f'action="{start}"' in response.content.decode()
    assert client.post(start).url == page_address(steps_of(three[1])[0])


def test_each_language_shows_its_own_modules(client, three):
    english = [light(code, language="en") for code in ("M1", "M2")]
    french = make_path(*three)
    path = make_path(*three, language="en")

    french_steps = shown(client, french).context["steps"]
    steps = shown(client, path).context["steps"]

    assert [step.language for step in french_steps] == ["fr", "fr", "fr"]
    assert [(step.title, step.language, step.url) for step in steps] == [
        (english[0].title, "en", page_address(english[0])),
        (english[1].title, "en", page_address(english[1])),
        (three[2].title, "fr", page_address(three[2])),
    ]
    page = shown(client, path).content.decode()
    assert f'lang="fr" hreflang="fr">{three[2].title}</a>' in page
    assert "in French only" in page or "en français seulement" in page


def test_the_page_leads_to_its_translation(client, three):
    french = make_path(*three)
    english = make_path(*three, language="en")

    assert page_address(english) in shown(client, french).content.decode()
    assert client.get(address("cms:page", french.translation_key)).url == (
        page_address(french)
    )


def test_two_versions_of_a_module_are_one_module(client, three):
    english = light("M1", language="en")
    path = make_path(three[0], english, three[1])

    steps = shown(client, path).context["steps"]

    assert [step.title for step in steps] == [three[0].title, three[1].title]


def test_a_path_without_modules_says_so(client, db):
    response = shown(client, make_path())

    assert response.context["steps"] == []
    assert not response.context["is_complete"]
    assert 'href="/fr/modules/"' in response.content.decode()


# --- modules that are not published ---------------------------------------------------


def test_an_unpublished_module_waits_without_its_name(client, learner, path, three):
    three[1].unpublish()
    client.force_login(learner)
    end_module(learner, three[0])
    end_module(learner, three[2])

    response = shown(client, path)

    assert three[1].title not in response.content.decode()
    assert response.context["waiting_count"] == 1
    assert response.context["next_step"] is None
    assert not response.context["is_complete"]
    assert path_certificates(learner) == []


def test_an_unpublished_module_counts_for_those_who_had_done_it(
    client, learner, path, three
):
    end_module(learner, three[1])
    three[1].unpublish()
    client.force_login(learner)
    end_module(learner, three[0])
    end_module(learner, three[2])

    steps = shown(client, path).context["steps"]

    assert [(step.title, step.url != "") for step in steps] == [
        (three[0].title, True),
        (three[1].title, False),
        (three[2].title, True),
    ]
    [certificate] = path_certificates(learner)
    assert [line["code"] for line in certificate.facts["modules"]] == ["M1", "M2", "M3"]


def test_an_unpublished_path_gives_nothing(client, learner, path, three):
    path.unpublish()
    client.force_login(learner)
    for module in three:
        end_module(learner, module)

    response = client.post(address("certificates:for_path", path.translation_key))

    assert response.status_code == 404
    assert path_certificates(learner) == []


# --- the attestation ------------------------------------------------------------------


def test_the_last_module_gives_the_attestation_of_the_path(client, learner, path):
    """Through the buttons that a learner presses, in any order."""
    client.force_login(learner)
    modules = [row.module for row in path.path_modules.all()]
    for module in (modules[2], modules[0]):
        read(client, steps_of(module)[0])
    assert path_certificates(learner) == []

    read(client, steps_of(modules[1])[0])

    [certificate] = path_certificates(learner)
    today = timezone.localdate().isoformat()
    check(certificate.facts)
    assert certificate.facts == {
        "kind": "path",
        "name": "Inès Belkacem",
        "path_code": "P1",
        "path_title": "Parcours P1 fr",
        "path_version": "2026-1",
        "modules": [
            {
                "code": code,
                "title": f"Module {code} fr",
                "version": "2026-1",
                "duration_minutes": 60,
                "finished_on": today,
                "score_percent": None,
            }
            for code in ("M1", "M2", "M3")
        ],
        "competences": [],
        "framework": "Référentiel de compétences Repère",
        "duration_minutes": 180,
        "finished_on": today,
        "issued_on": today,
        "issuer": "Repère",
        "language": "fr",
    }
    assert certificate.module_key == path.translation_key
    assert certificate.valid_until is None
    link = certificate.get_absolute_url().removeprefix("/en").removeprefix("/fr")
    assert link in shown(client, path).content.decode()


def test_it_says_what_the_attestations_of_the_modules_say(learner):
    checked = make_module(code="M1", lessons=1, questions=1)
    plain = light("M2")
    make_path(checked, plain)
    end_module(learner, checked, make_attempt(learner, check_of(checked), 0.875))
    checked.version, checked.minutes = "2030-1", 5
    checked.save()

    end_module(learner, plain)

    [certificate] = path_certificates(learner)
    first, second = certificate.facts["modules"]
    assert (first["version"], first["duration_minutes"], first["score_percent"]) == (
        "2026-1",
        60,
        88,
    )
    assert second["score_percent"] is None
    assert certificate.facts["duration_minutes"] == 120


def test_it_is_issued_once(learner, path, three):
    for module in three:
        end_module(learner, module)
    issue_when_path_ends(learner, three[0])

    assert len(path_certificates(learner)) == 1


def test_a_failing_issue_undoes_the_end_of_the_module(
    client, learner, path, three, monkeypatch
):
    client.force_login(learner)
    client.raise_request_exception = False
    for module in three[:2]:
        end_module(learner, module)
    monkeypatch.setattr("certificates.paths.path_facts", lambda *args: 1 / 0)

    response = read(client, steps_of(three[2])[0])

    assert response.status_code == 500
    work = ModuleWork.objects.filter(module_key=three[2].translation_key)
    assert list(work.exclude(done_at=None)) == []
    assert path_certificates(learner) == []


def test_it_is_in_the_language_of_the_last_module(learner, three):
    english = light("M3", language="en")
    make_path(*three)
    make_path(*three, language="en")
    end_module(learner, three[0])
    end_module(learner, three[1])

    end_module(learner, english)

    [certificate] = path_certificates(learner)
    assert certificate.language == "en"
    assert certificate.facts["path_title"] == "Parcours P1 en"
    assert certificate.facts["modules"][2]["title"] == "Module M3 en"


def test_a_withdrawn_module_attestation_counts_for_nothing(
    client, learner, trainer, django_capture_on_commit_callbacks
):
    checked = make_module(code="M1", lessons=1, questions=1)
    plain = light("M2")
    path = make_path(checked, plain)
    end_module(learner, checked, make_attempt(learner, check_of(checked), 0.875))
    revoke(learner.certificates.get(), trainer, Event.Reason.FRAUD)
    end_module(learner, plain)
    client.force_login(learner)

    response = client.post(address("certificates:for_path", path.translation_key))

    assert response.status_code == 302
    assert path_certificates(learner) == []


def test_two_paths_may_end_with_one_module(learner, three):
    make_path(three[0], three[1])
    make_path(three[1], three[2], code="P2")
    make_path(three[1], light("M4"), code="P3")
    for module in three:
        end_module(learner, module)

    codes = [found.facts["path_code"] for found in path_certificates(learner)]
    assert sorted(codes) == ["P1", "P2"]


def test_a_path_written_afterwards_is_received_on_its_page(client, learner, three):
    for module in three:
        end_module(learner, module)
    path = make_path(*three)
    client.force_login(learner)
    place = address("certificates:for_path", path.translation_key)
    page = shown(client, path)
    assert f'action="{place}"' in page.content.decode()
    assert path_certificates(learner) == []

    first, second = client.post(place), client.post(place)

    [certificate] = path_certificates(learner)
    assert str(certificate.pk) in first.url
    assert first.url == second.url


def test_a_path_that_is_not_complete_is_not_received(client, learner, path, three):
    client.force_login(learner)
    end_module(learner, three[0])

    response = client.post(address("certificates:for_path", path.translation_key))

    assert response.url == address("cms:page", path.translation_key)
    assert path_certificates(learner) == []


def test_a_path_is_received_by_a_post_of_somebody_signed_in(client, learner, path):
    place = address("certificates:for_path", path.translation_key)

    assert address("account_login") in client.post(place).url
    client.force_login(learner)
    assert client.get(place).status_code == 405


def test_a_name_that_cannot_be_printed_loses_nothing(client, three):
    learner = make_learner(name="王小明")
    path = make_path(*three)
    client.force_login(learner)
    for module in three:
        end_module(learner, module)
    assert path_certificates(learner) == []
    place = address("certificates:for_path", path.translation_key)

    refused = client.post(place, follow=True)
    learner.name = "Wang Xiaoming"
    learner.save()
    client.post(place)

    assert "王" in refused.content.decode()
    [certificate] = path_certificates(learner)
    assert certificate.facts["name"] == "Wang Xiaoming"


def test_a_path_with_attestations_is_unpublished_rather_than_deleted(
    learner, path, three
):
    assert not path.has_progress()
    for module in three:
        end_module(learner, module)

    assert path.has_progress()


# --- cost -----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 5])
def test_a_path_costs_the_same_for_5_modules(
    client, learner, count, db, django_assert_max_num_queries
):
    modules = [light(f"M{number}") for number in range(count)]
    path = make_path(*modules)
    work_on(learner, modules[0])
    client.force_login(learner)
    client.get(page_address(path))

    with django_assert_max_num_queries(8):
        response = client.get(page_address(path))

    assert len(response.context["steps"]) == count


def test_a_visitor_costs_at_most_5_queries(path, django_assert_max_num_queries):
    client = Client()
    client.get(page_address(path))

    with django_assert_max_num_queries(5):
        response = client.get(page_address(path))

    assert len(response.context["steps"]) == 3


def test_the_steps_of_a_path_cost_3_queries(learner, path, django_assert_num_queries):
    path = PathPage.objects.get(pk=path.pk)
    path_steps(path, learner)  # the roots of the languages are kept from then on
    path = PathPage.objects.get(pk=path.pk)

    with django_assert_num_queries(3):
        steps = path_steps(path, learner)

    assert len(steps) == 3


# --- the catalogue --------------------------------------------------------------------


def cards(response):
    return [
        (path.title, path.module_count, path.minutes)
        for path in response.context["paths"]
    ]


def test_the_catalogue_shows_paths_above_the_modules(client, path, three):
    make_path(three[0], three[1], code="P2").unpublish()
    three[2].unpublish()

    response = client.get(MODULES)

    assert cards(response) == [(path.title, 2, 120)]
    html = response.content.decode()
    assert f'href="{page_address(path)}"' in html
    assert html.index(page_address(path)) < html.index(page_address(three[0]))


def test_a_search_finds_modules_and_hides_paths(client, path):
    response = client.get(f"{MODULES}?minutes=75")

    assert cards(response) == []
    assert len(response.context["modules"]) == 3


def test_a_path_of_the_other_language_only_is_listed_as_such(client, path, three):
    elsewhere = client.get("/en/modules/").context["elsewhere"]

    assert [other["title"] for other in elsewhere] == [
        *[module.title for module in three],
        path.title,
    ]
