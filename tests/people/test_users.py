import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse

from courses.roles import TRAINERS
from people.models import User
from tests.factories import make_person
from tests.people.signing_in import address, confirm, has_code, is_signed_in, last_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, db):
    administrator = make_person("Odile Roux", is_superuser=True)
    client.force_login(administrator)
    return administrator


def test_an_administrator_makes_an_account_without_a_password(client, administrator):
    trainers = Group.objects.get(name=TRAINERS)
    response = client.post(
        reverse("wagtailusers_users:add"),
        {
            "email": "aicha@example.org",
            "name": "Aïcha Moreau",
            "language": "fr",
            "groups": [trainers.pk],
        },
    )

    assert response.status_code == 302
    user = User.objects.get(email="aicha@example.org")
    assert (user.name, user.is_superuser) == ("Aïcha Moreau", False)
    assert list(user.groups.all()) == [trainers]
    assert not user.has_usable_password()


def test_an_administrator_closes_an_account(client, administrator, learner):
    client.post(
        reverse("wagtailusers_users:edit", args=[learner.pk]),
        {"email": learner.email, "name": "Inès Delmas", "language": "en"},
    )

    learner.refresh_from_db()
    assert (learner.name, learner.language) == ("Inès Delmas", "en")
    assert learner.is_active is False


def test_who_was_given_an_account_signs_in_with_a_code(client, administrator):
    fields = {"email": "Aicha@Example.org", "name": "Aïcha Moreau", "language": "fr"}
    client.post(reverse("wagtailusers_users:add"), fields)
    client.logout()

    response = client.post(
        address("account_request_login_code"), {"email": "aicha@example.org"}
    )
    client.post(response["Location"], {"code": last_code()})

    assert is_signed_in(client)
    assert len(mail.outbox) == 1
    assert client.get(address("people:account")).status_code == 200


def test_an_address_that_was_replaced_signs_in_no_more(client, administrator, learner):
    confirm(learner)
    old = learner.email
    client.post(
        reverse("wagtailusers_users:edit", args=[learner.pk]),
        {"email": "New@example.org", "name": learner.name, "language": "fr"}
        | {"is_active": "on"},
    )

    for email in (old, "new@example.org"):
        Client().post(address("account_request_login_code"), {"email": email})

    assert [message.to for message in mail.outbox] == [[old], ["new@example.org"]]
    codes = [has_code(message) for message in mail.outbox]
    assert codes == [False, True]


@pytest.mark.parametrize("name", ["index", "add"])
def test_the_accounts_open_for_an_administrator(client, administrator, learner, name):
    page = client.get(reverse(f"wagtailusers_users:{name}"))

    assert page.status_code == 200
    assert (learner.name in page.content.decode()) is (name == "index")


def test_a_trainer_does_not_see_the_accounts(client, trainer):
    client.force_login(trainer)

    assert client.get(reverse("wagtailusers_users:index")).status_code == 302
