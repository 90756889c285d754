import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from courses.roles import TRAINERS
from people.models import User
from tests.factories import make_person

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


@pytest.mark.parametrize("name", ["index", "add"])
def test_the_accounts_open_for_an_administrator(client, administrator, learner, name):
    page = client.get(reverse(f"wagtailusers_users:{name}"))

    assert page.status_code == 200
    assert (learner.name in page.content.decode()) is (name == "index")


def test_a_trainer_does_not_see_the_accounts(client, trainer):
    client.force_login(trainer)

    assert client.get(reverse("wagtailusers_users:index")).status_code == 302
