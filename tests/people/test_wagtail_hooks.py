import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from people.models import Membership, Organisation
from tests.factories import make_member, make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, db):
    administrator = make_person("Odile Roux", is_superuser=True)
    client.force_login(administrator)
    return administrator


def form(*members, **fields):
    return nested_form_data(
        {
            "name": "Mission locale",
            "kind": "association",
            "help_name": "",
            "help_phone": "",
            "help_email": "",
            "memberships": inline_formset(
                [
                    {"user": user.pk, "role": role, "joined_on": "2026-01-05"}
                    for user, role in members
                ]
            ),
        }
        | fields
    )


def test_an_administrator_makes_an_organisation_with_its_members(
    client, administrator, learner, other_learner
):
    client.post(
        reverse("organisations:add"),
        form((learner, "learner"), (other_learner, "manager")),
    )

    organisation = Organisation.objects.get()
    assert organisation.name == "Mission locale"
    members = organisation.memberships.order_by("user").values_list("user", "role")
    assert list(members) == [(learner.pk, "learner"), (other_learner.pk, "manager")]


def test_an_administrator_notes_who_has_left(client, administrator, learner):
    organisation = make_organisation("Mission locale")
    member = make_member(learner, organisation, joined_on="2026-01-05")
    data = form((learner, "learner"))
    stored = {
        "memberships-0-id": member.pk,
        "memberships-INITIAL_FORMS": 1,
        "memberships-0-left_on": "2026-06-30",
    }

    client.post(reverse("organisations:edit", args=[organisation.pk]), data | stored)

    assert not Membership.objects.current().exists()
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("role, status", [("trainer", 302), ("manager", 403)])
def test_only_administrators_see_the_organisations(client, request, role, status):
    make_organisation()
    client.force_login(request.getfixturevalue(role))

    response = client.get(reverse("organisations:index"))

    assert response.status_code == status
