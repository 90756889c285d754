from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.people.signing_in import address, confirm, is_signed_in, sign_in

pytestmark = pytest.mark.django_db
MINUTE = 60


@pytest.fixture
def dweller(learner):
    return confirm(learner)


def seconds_left(client):
    left = Session.objects.get().expire_date - timezone.now()
    return left / timedelta(seconds=1)


def let_time_pass(seconds):
    """Move the end of the only session nearer, as if time had passed."""
    session = Session.objects.get()
    session.expire_date -= timedelta(seconds=seconds)
    session.save()


def test_on_a_shared_computer_the_session_ends_after_twenty_minutes(client, dweller):
    response = sign_in(client, dweller, is_shared_device="on")

    assert response.cookies["sessionid"]["max-age"] == 20 * MINUTE
    assert 19 * MINUTE < seconds_left(client) <= 20 * MINUTE
    let_time_pass(20 * MINUTE)
    assert not is_signed_in(client)


def test_each_page_on_a_shared_computer_gives_twenty_minutes_more(client, dweller):
    sign_in(client, dweller, is_shared_device="on")
    let_time_pass(15 * MINUTE)

    response = client.get(address("people:account"))

    assert response.status_code == 200
    assert 19 * MINUTE < seconds_left(client) <= 20 * MINUTE


def test_on_a_device_of_ones_own_the_session_lasts_a_month(client, dweller):
    response = sign_in(client, dweller)
    client.get(address("people:account"))

    month = 30 * 24 * 60 * MINUTE
    assert response.cookies["sessionid"]["max-age"] == month
    assert month - MINUTE < seconds_left(client) <= month


def test_a_page_of_a_person_is_kept_by_no_cache(client, dweller):
    client.force_login(dweller)

    response = client.get(address("people:account"))

    kept = set(response["Cache-Control"].split(", "))
    assert {"private", "no-store"} <= kept


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_page_that_asks_nobody_stays_public(client, dweller, is_shared):
    sign_in(client, dweller, **({"is_shared_device": "on"} if is_shared else {}))

    response = client.get("/healthz")

    assert not response.has_header("Cache-Control")
    assert "sessionid" not in response.cookies
