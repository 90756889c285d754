"""Who may do what in the CMS, on a new site."""

import pytest
from django.contrib.auth.models import Group

from courses.roles import REVIEWERS, TRAINERS, make_roles

pytestmark = pytest.mark.django_db


def rights_on(group, name):
    rights = Group.objects.get(name=group).permissions
    return set(
        rights.filter(codename__endswith=f"_{name}").values_list("codename", flat=True)
    )


def test_trainers_write_questions_and_reviewers_publish_them():
    assert rights_on(TRAINERS, "question") == {"add_question", "change_question"}
    assert "publish_question" in rights_on(REVIEWERS, "question")


@pytest.mark.parametrize("group", [TRAINERS, REVIEWERS])
def test_nobody_speaks_for_the_platform_in_a_live_session_unless_told_to(group):
    assert rights_on(group, "livesession") == set()


def test_roles_are_made_once_and_stay_as_an_administrator_left_them():
    trainers = Group.objects.get(name=TRAINERS)
    trainers.permissions.clear()

    make_roles()

    assert not trainers.permissions.exists()
