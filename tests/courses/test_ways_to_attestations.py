"""The links that lead from one's own pages to the pages of attestations."""

import pytest

from assessments.attempts import stop_attempt
from assessments.starting import start_placement
from certificates.life import revoke
from certificates.models import Certificate, Event
from courses.renewal import change_in_substance
from tests.assessments.sitting import keep_many
from tests.certificates.renewing import hold, pass_check
from tests.courses.addresses import address
from tests.factories import make_frozen_bank, make_module

pytestmark = pytest.mark.django_db


@pytest.fixture
def module(db):
    return make_module(code="M1", lessons=1, questions=1)


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client


# --- from a result to the attestation of a placement ----------------------------------


@pytest.fixture
def placed(learner):
    """A placement that was stopped after twelve answers, and has a result."""
    make_frozen_bank(per_area=3)
    return stop_attempt(keep_many(start_placement(learner, "fr"), 12))


def test_a_result_leads_to_its_attestation(signed_in, placed):
    result = signed_in.get(address("assessments:result", placed.pk)).content.decode()
    ask = address("certificates:placement", placed.pk)

    shown = signed_in.get(ask)
    assert f'href="{ask}"' in result
    assert shown.status_code == 200
    assert not Certificate.objects.exists()
    signed_in.post(ask)
    assert Certificate.objects.get().kind == Certificate.Kind.PLACEMENT


def test_nobody_else_asks_for_it(client, other_learner, manager, placed):
    ask = address("certificates:placement", placed.pk)

    for person in (other_learner, manager):
        client.force_login(person)
        assert client.get(ask).status_code == 404
        assert client.post(ask).status_code == 404
    assert not Certificate.objects.exists()


# --- from an attestation to its renewal -----------------------------------------------


def page_of(client, certificate, language="en"):
    place = address("certificates:detail", certificate.pk, language=language)
    html = client.get(place).content.decode()
    return html[html.index("<main") : html.index("</main>")]


def renew_link(module):
    return f'href="{address("certificates:renew", module.translation_key)}"'


@pytest.mark.parametrize(
    ("days", "is_offered"), [(None, False), (91, False), (90, True), (-3, True)]
)
def test_an_attestation_that_may_be_renewed_says_so(
    signed_in, learner, module, days, is_offered
):
    certificate = hold(learner, module, days)

    assert (renew_link(module) in page_of(signed_in, certificate, "fr")) is is_offered


def test_a_change_in_substance_is_said_with_the_link(
    signed_in, learner, module, trainer
):
    certificate = hold(learner, module)
    before = page_of(signed_in, certificate)
    change_in_substance(module, {"fr": "<p>La loi a changé.</p>"}, trainer)

    after = page_of(signed_in, certificate)

    said = "The module has changed in substance since your attestation."
    assert (said in before, said in after) == (False, True)


def test_once_renewed_there_is_nothing_to_renew(signed_in, learner, module):
    former = hold(learner, module, days=-3)
    assert renew_link(module) in page_of(signed_in, former, "fr")

    pass_check(learner, module)

    for each in learner.certificates.all():
        assert renew_link(module) not in page_of(signed_in, each, "fr")


def test_a_former_one_does_not_offer_what_its_successor_does(
    signed_in, learner, module, trainer
):
    former = hold(learner, module, days=-3)
    pass_check(learner, module)
    change_in_substance(module, {"fr": "<p>La loi a changé.</p>"}, trainer)
    latest = learner.certificates.get(renews=former)

    offered = [
        renew_link(module) in page_of(signed_in, each, "fr")
        for each in (former, latest)
    ]

    assert offered == [False, True]


def test_a_withdrawn_one_is_not_renewed(signed_in, learner, module, trainer):
    certificate = hold(learner, module, days=10)
    revoke(certificate, trainer, Event.Reason.MISTAKE)

    assert renew_link(module) not in page_of(signed_in, certificate, "fr")


def test_nobody_else_sees_that_it_may_be_renewed(client, manager, learner, module):
    certificate = hold(learner, module, days=10)
    client.force_login(manager)

    answer = client.get(address("certificates:detail", certificate.pk))

    assert answer.status_code == 404
    assert renew_link(module) not in answer.content.decode()
