"""The demonstration accounts: what each finds once signed in."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from courses.management.commands.make_demo import ORGANISATION, make_demo
from courses.models import LiveSession
from people.models import Membership, Organisation, User
from tests.courses.addresses import address

pytestmark = pytest.mark.django_db
ROLES = {
    "apprenante@demo.repere": "learner",
    "collegue1@demo.repere": "learner",
    "collegue2@demo.repere": "learner",
    "collegue3@demo.repere": "learner",
    "formatrice@demo.repere": "trainer",
    "responsable@demo.repere": "manager",
}


@pytest.fixture
def demo():
    make_demo()
    return Organisation.objects.get(name=ORGANISATION)


def sign_in(client, name):
    client.force_login(User.objects.get(email=f"{name}@demo.repere"))


def test_each_has_a_place_in_the_organisation(demo):
    found = Membership.objects.values_list("user__email", "role")
    assert dict(found) == ROLES


def test_the_trainer_sees_the_sessions_of_her_organisation(client, demo):
    session = LiveSession.objects.create(
        title="Le partage d’écran",
        held_on=date(2026, 11, 20),
        minutes=60,
        trainer_name="Aïcha Moreau",
        objectives="installer un partage d’écran",
        organisation=demo,
    )
    sign_in(client, "formatrice")

    listed = client.get(reverse("live_sessions:index")).content.decode()
    groups = client.get(address("certificates:groups"))
    presence = client.get(session.get_absolute_url()).content.decode()

    assert session.title in listed
    assert list(groups.context["sessions"]) == [session]
    assert "Inès Belkacem" in presence


@pytest.mark.parametrize("name", ["apprenante", "responsable"])
def test_the_learner_and_the_manager_do_not(client, demo, name):
    sign_in(client, name)

    assert client.get(reverse("live_sessions:index")).status_code in (302, 403)
    assert client.get(address("certificates:groups")).status_code == 403


def test_nothing_is_made_where_there_are_people(demo):
    count = User.objects.count()

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("make_demo")

    assert User.objects.count() == count
