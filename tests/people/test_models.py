from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError

from courses.roles import TRAINERS
from people.models import Membership, Organisation, User
from tests.factories import make_learner, make_member, make_organisation, make_person

pytestmark = pytest.mark.django_db
LEFT = {"joined_on": date(2026, 1, 5), "left_on": date(2026, 6, 30)}


def test_one_address_is_one_person(learner):
    with pytest.raises(IntegrityError):
        User.objects.create_user(learner.email, "Marc Delmas")


def test_an_address_in_capitals_is_the_same_person(learner):
    with pytest.raises(IntegrityError):
        User.objects.create_user(learner.email.upper(), "Marc Delmas")


def test_a_person_is_called_by_her_name():
    assert str(make_person("Inès Belkacem")) == "Inès Belkacem"
    assert str(User(email="x@example.org")) == "x@example.org"


def test_nobody_is_twice_in_one_organisation(learner):
    make_member(learner)
    with pytest.raises(IntegrityError):
        make_member(learner)


def test_one_may_come_back_to_an_organisation(learner):
    make_member(learner, **LEFT)

    again = make_member(learner)

    assert list(Membership.objects.current()) == [again]


def test_nobody_leaves_before_joining(learner):
    with pytest.raises(IntegrityError):
        make_member(learner, joined_on=LEFT["left_on"], left_on=LEFT["joined_on"])


def test_a_manager_manages_the_current_members_of_her_organisation(manager, learner):
    make_member(make_learner(), **LEFT)
    make_member(make_learner(), make_organisation("Mission locale"))
    mine = make_member(learner)

    managed = Membership.objects.managed_by(manager)

    own = Membership.objects.get(user=manager)
    assert set(managed) == {mine, own}


@pytest.mark.parametrize("role", [Membership.Role.LEARNER, Membership.Role.TRAINER])
def test_other_members_manage_nobody(learner, role):
    person = make_person()
    make_member(person, role=role)
    make_member(learner)

    assert not Membership.objects.managed_by(person).exists()


def test_who_has_left_manages_nobody(learner):
    person = make_person()
    make_member(person, role=Membership.Role.MANAGER, **LEFT)
    make_member(learner)

    assert not Membership.objects.managed_by(person).exists()


def test_organisations_of_a_member_are_those_of_today(learner):
    make_member(learner, make_organisation("Ancien employeur"), **LEFT)
    now = make_member(learner).organisation

    assert list(Organisation.objects.of_member(learner)) == [now]


def roles(user):
    found = User.objects.with_roles().get(pk=user.pk)
    return found.manages_people, found.edits_content


def test_roles_come_with_the_user_in_one_query(
    learner, manager, trainer, django_assert_num_queries
):
    administrator = make_person("Odile Roux", is_superuser=True)

    with django_assert_num_queries(4):
        found = [roles(user) for user in (learner, manager, trainer, administrator)]

    assert found == [(False, False), (True, False), (False, True), (False, True)]


def test_a_manager_who_left_is_none_any_more():
    person = make_person()
    make_member(person, role=Membership.Role.MANAGER, **LEFT)
    person.groups.add(Group.objects.get(name=TRAINERS))

    assert roles(person) == (False, True)
