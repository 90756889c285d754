"""Live sessions: who holds them, who was present, and the CMS's own pages of them."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.translation import override

from courses.models import Attendance, LiveSession
from courses.sessions import note_presence, people_of, read_addresses
from people.models import Membership
from tests.courses.addresses import address
from tests.factories import (
    make_manager,
    make_member,
    make_organisation,
    make_person,
    make_trainer,
)

pytestmark = pytest.mark.django_db


def make_session(organisation=None, **fields):
    return LiveSession.objects.create(
        **{
            "title": "Le partage d’écran en pratique",
            "held_on": date(2026, 11, 20),
            "minutes": 60,
            "trainer_name": "Aïcha Moreau",
            "objectives": "installer un partage d’écran\nle conclure",
            "organisation": organisation,
        }
        | fields
    )


def make_trainer_of(organisation):
    """Someone who writes in the CMS and trains for an organisation."""
    trainer = make_trainer()
    make_member(trainer, organisation, Membership.Role.TRAINER)
    return trainer


def allow(user, *actions):
    user.user_permissions.add(
        *Permission.objects.filter(
            codename__in=[f"{action}_livesession" for action in actions]
        )
    )


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def session(organisation):
    return make_session(organisation)


# --- who holds which sessions ---------------------------------------------------------


def test_trainers_see_the_sessions_of_their_organisations_only(organisation, session):
    others = make_session(make_organisation("ASBL du Lac"))
    platform = make_session()
    trainer = make_trainer_of(organisation)

    assert list(LiveSession.objects.visible_to(trainer)) == [session]

    allow(trainer, "change")
    trainer = type(trainer).objects.get(pk=trainer.pk)
    seen = set(LiveSession.objects.visible_to(trainer))
    assert seen == {session, platform}
    assert others not in seen


@pytest.mark.parametrize("role", [Membership.Role.LEARNER, Membership.Role.MANAGER])
def test_members_and_managers_see_no_session(organisation, session, role):
    member = make_member(make_person(), organisation, role)
    assert list(LiveSession.objects.visible_to(member.user)) == []


def test_who_has_left_trains_no_more(organisation, session):
    trainer = make_trainer_of(organisation)
    trainer.memberships.update(left_on=date(2099, 1, 1))
    assert list(LiveSession.objects.visible_to(trainer)) == []


def test_the_code_names_the_day(session):
    assert session.code == f"2026-11-20-{session.key.hex[:6]}"


# --- who was present ------------------------------------------------------------------


def test_members_can_be_ticked_and_those_noted_before(organisation, session):
    member = make_member(make_person("Marc Delmas"), organisation).user
    guest = make_person("Fatou Diarra")
    Attendance.objects.create(session=session, learner=guest)
    make_member(make_person("Tomás Silva"), organisation, left_on="2099-01-01")
    make_person("Sans lien")

    assert set(people_of(session)) == {member, guest}


def test_nobody_is_proposed_for_a_session_of_the_platform(organisation):
    make_member(make_person(), organisation)
    assert list(people_of(make_session())) == []


def test_addresses_name_members(organisation, session):
    marc = make_member(make_person(email="marc@example.org"), organisation).user
    awa = make_member(make_person(email="awa@example.org"), organisation).user
    text = "Marc@Example.org\n\nAwa Ndiaye <awa@example.org>; marc@example.org\n"

    people, problems = read_addresses(text, session)

    assert set(people) == {marc, awa}
    assert problems == []


def test_each_problem_has_its_line_and_its_reason(organisation, session):
    make_member(make_person(email="marc@example.org"), organisation)
    make_person(email="stranger@example.org")
    text = "marc@example.org\nstranger@example.org\n\nnobody@example.org, marc"

    with override("en"):
        _people, problems = read_addresses(text, session)

    place = "is not the address of a member of CCAS de Valmont."
    # The same words for who has an account elsewhere and for who has none.
    assert problems == [
        f"Line 2: stranger@example.org {place}",
        f"Line 4: nobody@example.org {place}",
        "Line 4: “marc” is not an e-mail address.",
    ]


def test_the_platform_says_that_there_is_no_account():
    known = make_person(email="known@example.org")
    make_person(email="closed@example.org", is_active=False)
    text = "known@example.org\nclosed@example.org"

    with override("en"):
        people, problems = read_addresses(text, make_session())

    assert people == [known]
    assert problems == [
        "Line 2: nobody has an account with the address closed@example.org."
    ]


def test_too_many_addresses_are_refused_at_once(session, django_assert_num_queries):
    text = "a@example.org\n" * 1_001
    with django_assert_num_queries(0):
        people, problems = read_addresses(text, session)
    assert people == []
    assert len(problems) == 1
    assert "1001" in problems[0]


def test_presence_is_written_once_and_taken_back(organisation, session):
    first, second, third = (make_person() for _n in range(3))
    note_presence(session, present=[first, second], absent=[])
    note_presence(session, present=[first, third], absent=[second])

    noted = Attendance.objects.filter(session=session)
    assert sorted(noted.values_list("learner", flat=True)) == [first.pk, third.pk]


# --- in the CMS -----------------------------------------------------------------------

FIELDS = {
    "title": "Une séance",
    "held_on": "2026-11-20",
    "minutes": "45",
    "place": "",
    "trainer_name": "Aïcha Moreau",
    "objectives": "écouter",
    "language": "fr",
}


def test_a_trainer_adds_a_session_and_goes_on_to_presence(client, organisation):
    client.force_login(make_trainer_of(organisation))
    address = reverse("live_sessions:add")

    answer = client.post(address, FIELDS | {"organisation": organisation.pk})

    made = LiveSession.objects.get()
    assert (made.title, made.organisation) == ("Une séance", organisation)
    assert answer.status_code == 302
    assert answer["Location"] == made.get_absolute_url()


@pytest.mark.parametrize("wanted", ["other", "platform"])
def test_a_trainer_writes_in_no_other_name(client, organisation, wanted):
    other = make_organisation("ASBL du Lac")
    client.force_login(make_trainer_of(organisation))
    chosen = {"other": other.pk, "platform": ""}[wanted]

    answer = client.post(
        reverse("live_sessions:add"), FIELDS | {"organisation": chosen}
    )

    assert answer.status_code == 200
    assert "organisation" in answer.context["form"].errors
    assert not LiveSession.objects.exists()


def test_the_list_shows_own_sessions_only(client, organisation, session):
    make_session(make_organisation("ASBL du Lac"), title="Chez les voisins")
    client.force_login(make_trainer_of(organisation))

    page = client.get(reverse("live_sessions:index")).content.decode()

    assert session.title in page
    assert session.get_absolute_url() in page
    assert "Chez les voisins" not in page


@pytest.mark.parametrize("view", ["edit", "delete", "history", "usage"])
def test_sessions_of_others_do_not_exist(client, organisation, session, view):
    other = make_session(make_organisation("ASBL du Lac"))
    client.force_login(make_trainer_of(organisation))

    own = client.get(reverse(f"live_sessions:{view}", args=[session.pk]))
    # Followed: what is not found is looked for in the visitor's language as well.
    others = client.get(reverse(f"live_sessions:{view}", args=[other.pk]), follow=True)

    assert (own.status_code, others.status_code) == (200, 404)


def test_a_session_that_somebody_attended_is_not_deleted(client, organisation, session):
    empty = make_session(organisation)
    Attendance.objects.create(session=session, learner=make_person())
    client.force_login(make_trainer_of(organisation))

    for one in (session, empty):
        client.post(reverse("live_sessions:delete", args=[one.pk]))

    assert list(LiveSession.objects.all()) == [session]


def test_the_menu_leads_trainers_to_groups(client, organisation):
    trainer, writer = make_trainer_of(organisation), make_trainer()
    seen = []
    for person in (trainer, writer):
        client.force_login(person)
        seen.append(client.get(reverse("wagtailadmin_home")).content.decode())
    assert [address("certificates:groups") in page for page in seen] == [True, False]
    assert [reverse("live_sessions:index") in page for page in seen] == [True, False]


def test_who_trains_for_nobody_has_no_list(client, session):
    client.force_login(make_trainer())
    answer = client.get(reverse("live_sessions:index"))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("wagtailadmin_home")


def test_a_manager_does_not_enter_the_cms(client, organisation, session):
    client.force_login(make_manager(organisation))
    assert client.get(reverse("live_sessions:index")).status_code == 403
