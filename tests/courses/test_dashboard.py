from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.issue import issue_certificate
from courses.models import ModuleWork
from people.models import Membership
from tests.courses.addresses import address, page_address
from tests.courses.factories import make_assignment, many_modules, steps_of
from tests.courses.sitting import read
from tests.factories import (
    make_manager,
    make_member,
    make_module,
    make_organisation,
    make_person,
    make_trainer,
)

HOME = address("courses:dashboard")


def light_module(code, lessons=1, **fields):
    return make_module(code=code, lessons=lessons, questions=0, **fields)


def begin(learner, module, **fields):
    return ModuleWork.objects.create(
        learner=learner, module_key=module.translation_key, **fields
    )


def titles(cards):
    return [card.module.title for card in cards]


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client


def test_a_visitor_is_asked_to_sign_in(client, db):
    assert client.get(HOME).url.startswith(address("account_login"))


def test_somebody_new_is_led_to_the_placement_and_to_the_modules(signed_in):
    response = signed_in.get(HOME)

    page = response.content.decode()
    assert response.context["to_do"] == []
    assert address("assessments:placement") in page
    assert 'href="/fr/modules/"' in page


def test_what_is_asked_comes_first_by_date(signed_in, learner):
    make_member(learner)
    chosen, late, soon = [light_module(f"M{number}") for number in range(3)]
    begin(learner, chosen)
    make_assignment(learner, soon, due_on=in_days(3))
    make_assignment(learner, late, due_on=in_days(-3))

    cards = signed_in.get(HOME).context["to_do"]

    assert titles(cards) == [late.title, soon.title, chosen.title]
    assert [card.is_late for card in cards] == [True, False, False]


def test_a_card_leads_to_the_next_step(signed_in, learner):
    module = light_module("M1", lessons=2)
    first, second = steps_of(module)
    read(signed_in, first)

    response = signed_in.get(HOME)

    card = response.context["to_do"][0]
    assert (card.done_count, len(card.steps)) == (1, 2)
    assert f'href="{page_address(second)}"' in response.content.decode()


def test_what_is_done_moves_to_done(signed_in, learner):
    make_member(learner)
    module = light_module("M1")
    make_assignment(learner, module, due_on=in_days(-1))
    read(signed_in, steps_of(module)[0])

    context = signed_in.get(HOME).context

    assert context["to_do"] == []
    assert titles(context["done"]) == [module.title]
    assert not context["done"][0].is_late


def test_what_an_organisation_asked_goes_when_one_leaves_it(signed_in, learner):
    make_member(learner)
    make_assignment(learner, light_module("M1"))
    assert len(signed_in.get(HOME).context["to_do"]) == 1
    Membership.objects.update(left_on=timezone.localdate())

    assert signed_in.get(HOME).context["to_do"] == []


def test_work_begun_in_french_goes_on_in_english(signed_in, learner):
    module = light_module("M1")
    begin(learner, module)
    begin(learner, light_module("M2"))
    english = light_module("M1", language="en")

    cards = signed_in.get(address("courses:dashboard", language="en")).context["to_do"]

    assert {(card.module.title, card.language) for card in cards} == {
        (english.title, "en"),
        ("Module M2 fr", "fr"),
    }


def test_an_unpublished_module_is_not_offered(signed_in, learner):
    module = light_module("M1")
    begin(learner, module)
    module.unpublish()

    assert signed_in.get(HOME).context["to_do"] == []


def test_nobody_elses_work_is_there(signed_in, learner, other_learner):
    make_member(other_learner)
    module = light_module("M1")
    make_assignment(other_learner, module)
    begin(other_learner, light_module("M2"))

    context = signed_in.get(HOME).context

    assert (context["to_do"], context["done"]) == ([], [])


WALLET = f'href="{address("certificates:mine")}"'
GROUPS = f'href="{address("certificates:groups")}"'


def page_of(client, person):
    client.force_login(person)
    return client.get(HOME).content.decode()


def test_the_wallet_is_one_link_away_before_the_first_attestation(signed_in, learner):
    before = signed_in.get(HOME).content.decode()
    issue_certificate(learner, light_module("M1"))
    after = signed_in.get(HOME).content.decode()

    assert (before.count(WALLET), after.count(WALLET)) == (1, 1)
    assert "Mon attestation" in after


def test_a_trainer_without_the_cms_is_led_to_her_groups(client, db):
    trainer = make_member(make_person(), role=Membership.Role.TRAINER).user

    page = page_of(client, trainer)

    assert GROUPS in page
    assert "CCAS de Valmont" in page
    assert client.get(address("certificates:groups")).status_code == 200


def people_without_groups():
    left = make_person()
    make_member(left, role=Membership.Role.TRAINER, left_on=timezone.localdate())
    return {
        "a learner": make_member(make_person()).user,
        "a manager": make_manager(),
        "a trainer who has left": left,
        "nobody's member": make_person(),
    }


def test_others_have_no_link_to_groups(client, db):
    people = people_without_groups()

    found = {who: GROUPS in page_of(client, person) for who, person in people.items()}

    assert found == dict.fromkeys(people, False)
    for person in people.values():
        client.force_login(person)
        assert client.get(address("certificates:groups")).status_code == 403


def test_a_trainer_with_the_cms_finds_her_groups_there(client, db):
    trainer = make_trainer()
    make_member(trainer, role=Membership.Role.TRAINER)

    assert GROUPS not in page_of(client, trainer)


def test_each_organisation_that_one_trains_for_is_named(client, db):
    trainer = make_person()
    for name in ("ASBL du Lac", "CCAS de Valmont"):
        make_member(trainer, make_organisation(name), Membership.Role.TRAINER)
    make_member(trainer, make_organisation("Département de Valmont"))

    client.force_login(trainer)
    context = client.get(HOME).context

    assert [str(each) for each in context["trains_for"]] == [
        "ASBL du Lac",
        "CCAS de Valmont",
    ]


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_at_most_11_queries(
    signed_in, learner, count, django_assert_max_num_queries
):
    make_member(learner)
    for module in many_modules(count, "T", lessons=1):
        make_assignment(learner, module)
    for done in many_modules(count, "D"):
        begin(learner, done, done_at=timezone.now())
        issue_certificate(learner, done)
    signed_in.get(HOME)

    with django_assert_max_num_queries(11):
        response = signed_in.get(HOME)

    assert len(response.context["to_do"]) == count
    assert len(response.context["done"]) == count
    assert len(response.context["certificates"]) == count
