import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from people.models import User
from tests.factories import make_learner
from tests.people.signing_in import (
    address,
    confirm,
    is_signed_in,
    last_code,
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dweller(learner):
    return confirm(learner)


def fields_on(client, name):
    """Return the names of the fields that a page shows."""
    page = client.get(address(name)).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    shown = re.findall(r"<(?:input|select)[^>]*>", main)
    return [
        re.search(r'name="([^"]+)"', field)[1]
        for field in shown
        if 'type="hidden"' not in field and 'name="' in field
    ]


# --- signing up -----------------------------------------------------------------------


def sign_up(client, language="fr", **fields):
    values = {
        "name": "Inès Belkacem",
        "email": "ines@example.org",
        "language": language,
    }
    return client.post(address("account_signup"), values | fields)


def test_signing_up_asks_a_name_an_address_and_a_language_only(client):
    assert sorted(fields_on(client, "account_signup")) == ["email", "language", "name"]


def test_signing_up_needs_the_code_sent_by_e_mail(client):
    response = sign_up(client, language="en")

    assert not is_signed_in(client)
    assert mail.outbox[-1].to == ["ines@example.org"]
    entered = client.post(response["Location"], {"code": last_code()})

    user = User.objects.get()
    assert is_signed_in(client)
    assert (user.name, user.email, user.language) == (
        "Inès Belkacem",
        "ines@example.org",
        "en",
    )
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert entered["Location"] == address("courses:dashboard", language="en")


def test_a_wrong_code_opens_nothing(client):
    response = sign_up(client)

    refused = client.post(response["Location"], {"code": "WRONG1"})

    assert refused.status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("missing", ["name", "email", "language"])
def test_each_of_the_three_is_needed(client, missing):
    response = sign_up(client, **{missing: ""})

    assert list(response.context["form"].errors) == [missing]
    assert User.objects.count() == 0


def test_an_address_already_known_is_not_told_to_a_stranger(client, dweller):
    response = sign_up(client, email=dweller.email)

    assert response.status_code == 302
    assert User.objects.count() == 1
    assert mail.outbox[-1].to == [dweller.email]
    assert not is_signed_in(client)


# --- signing in -----------------------------------------------------------------------


def test_a_password_signs_in_and_leads_to_the_dashboard(client, dweller):
    response = sign_in(client, dweller)

    assert is_signed_in(client)
    assert response["Location"] == address("courses:dashboard")


@pytest.mark.parametrize("page_language", ["fr", "en"])
def test_the_dashboard_is_in_the_language_of_the_account(
    client, dweller, page_language
):
    dweller.language = "en"
    dweller.save()

    url = address("account_login", language=page_language)
    response = sign_in(client, dweller, url=url)

    assert response["Location"] == address("courses:dashboard", language="en")


def test_one_is_led_to_the_page_that_asked_to_sign_in(client, dweller):
    here = address("people:my_data")
    response = client.get(here)

    signed_in = sign_in(client, dweller, url=response["Location"], next=here)

    assert signed_in["Location"] == here


def test_nobody_is_led_to_another_site(client, dweller):
    response = sign_in(client, dweller, next="https://elsewhere.example/")

    assert response["Location"] == address("courses:dashboard")


def test_a_wrong_password_opens_nothing(client, dweller):
    response = sign_in(client, dweller, password="not-this-one")

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not is_signed_in(client)


def test_many_wrong_passwords_close_the_door_for_a_while(client, dweller):
    for _number in range(12):
        sign_in(client, dweller, password="not-this-one")

    sign_in(client, dweller)

    assert not is_signed_in(client)


def test_a_closed_account_does_not_sign_in(client, dweller):
    dweller.is_active = False
    dweller.save()

    sign_in(client, dweller)

    assert not is_signed_in(client)


def test_a_session_ends_when_the_account_is_closed(client, dweller):
    sign_in(client, dweller)
    assert client.get(address("people:account")).status_code == 200
    User.objects.update(is_active=False)

    assert client.get(address("people:account")).status_code == 302


def ask_code(client, user, **fields):
    return client.post(
        address("account_request_login_code"), {"email": user.email, **fields}
    )


def test_a_code_by_e_mail_signs_in(client, dweller):
    response = ask_code(client, dweller)
    assert not is_signed_in(client)

    entered = client.post(response["Location"], {"code": last_code()})

    assert is_signed_in(client)
    assert entered["Location"] == address("courses:dashboard")


def test_a_code_for_an_unknown_address_looks_the_same(client, dweller):
    known = ask_code(client, dweller)
    unknown = ask_code(Client(), make_stranger())

    assert unknown.status_code == known.status_code
    assert unknown["Location"] == known["Location"]


def make_stranger():
    return User(email="nobody@example.org")


@pytest.mark.parametrize("name", ["account_login", "account_request_login_code"])
def test_the_box_for_shared_computers_is_offered_in_both_ways(client, db, name):
    assert "is_shared_device" in fields_on(client, name)


def test_the_box_counts_for_a_code_too(client, dweller):
    response = ask_code(client, dweller, is_shared_device="on")
    entered = client.post(response["Location"], {"code": last_code()})

    assert entered.cookies["sessionid"]["max-age"] == 20 * 60


def test_the_box_is_asked_anew_each_time(client, dweller):
    sign_in(client, dweller, is_shared_device="on")
    client.post(address("account_logout"))

    response = sign_in(client, dweller)

    assert response.cookies["sessionid"]["max-age"] == 30 * 24 * 60 * 60


# --- signing out, and the side doors --------------------------------------------------


def test_signing_out_ends_the_session_on_the_server(client, dweller):
    sign_in(client, dweller)
    stolen = client.cookies["sessionid"].value
    client.post(address("account_logout"))

    thief = Client()
    thief.cookies["sessionid"] = stolen

    assert thief.get(address("people:account")).status_code == 302
    assert not Session.objects.filter(session_key=stolen).exists()


def test_signing_out_asks_first(client, dweller):
    sign_in(client, dweller)

    assert client.get(address("account_logout")).status_code == 200
    assert is_signed_in(client)


SIDE_DOORS = ["/admin/login/", "/fr/_util/login/", "/en/_util/login/"]


@pytest.mark.parametrize("door", SIDE_DOORS)
def test_a_side_door_opens_no_session(client, door):
    administrator = confirm(make_learner(is_superuser=True))
    fields = {"password": "pass-word-1", "username": administrator.email}

    response = client.post(f"{door}?next=/admin/", fields)

    assert not is_signed_in(client)
    assert response.status_code in (301, 302)
    with override("fr"):
        assert "/login/?next=" in response["Location"]


def test_the_admin_of_django_is_not_there(client):
    administrator = confirm(make_learner(is_superuser=True))
    fields = {"password": "pass-word-1", "username": administrator.email}

    response = client.post("/django-admin/login/", fields, follow=True)

    assert response.status_code == 404
    assert not is_signed_in(client)


def test_the_cms_sends_to_the_same_sign_in(client, db):
    response = client.get(reverse("wagtailadmin_home"))

    assert "/login/?next=/admin/" in response["Location"]
    assert "wagtail" not in client.get(response["Location"]).template_name[0]
