import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from assessments.models import Attempt, QuestionVersion, Response
from certificates.models import Certificate
from courses.models import Assignment, JournalEntry
from people.models import Membership, User
from tests.assessments.sitting import begin, finish
from tests.certificates.factories import make_certificate
from tests.factories import make_frozen_bank, make_member, make_module
from tests.people.signing_in import address, confirm, is_signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, learner):
    confirm(learner)
    client.force_login(learner)
    return learner


@pytest.mark.parametrize("name", ["account", "my_data", "delete"])
def test_visitors_are_asked_to_sign_in(client, db, name):
    here = address(f"people:{name}")

    response = client.get(here)

    assert response["Location"] == f"{address('account_login')}?next={here}"


# --- name and language ----------------------------------------------------------------


def test_name_and_language_are_changed_on_the_account_page(client, signed_in):
    response = client.post(
        address("people:account"), {"name": "Inès Delmas", "language": "en"}
    )

    signed_in.refresh_from_db()
    assert (signed_in.name, signed_in.language) == ("Inès Delmas", "en")
    assert response["Location"] == address("people:account", language="en")


@pytest.mark.parametrize(
    "fields", [{"name": "", "language": "fr"}, {"name": "Inès", "language": "de"}]
)
def test_what_cannot_be_is_refused(client, signed_in, fields):
    response = client.post(address("people:account"), fields)

    signed_in.refresh_from_db()
    assert len(response.context["form"].errors) == 1
    assert (signed_in.name, signed_in.language) == ("Inès Belkacem", "fr")


@pytest.mark.parametrize(
    "name", ["people:account", "account_email", "account_set_password"]
)
def test_the_pages_of_an_account_open(client, signed_in, name):
    signed_in.set_unusable_password()
    signed_in.save()
    client.force_login(signed_in)

    assert client.get(address(name)).status_code == 200


def test_fields_that_are_not_on_the_page_are_not_changed(client, signed_in):
    client.post(
        address("people:account"),
        {"name": "Inès", "language": "fr", "is_superuser": "on", "email": "x@x.org"},
    )

    signed_in.refresh_from_db()
    assert signed_in.is_superuser is False
    assert signed_in.email != "x@x.org"


# --- reading --------------------------------------------------------------------------

CHOSEN = {"text_size": "larger", "spacing": "wide", "face": "system"}


def looks_of(page):
    text = page.content.decode()
    return [
        f'data-{name}="{value}"' in text[text.index("<body") :].split(">")[0]
        for name, value in [("text", "larger"), ("spacing", "wide"), ("face", "system")]
    ]


def test_a_visitor_keeps_her_way_of_reading_on_her_device(client, db):
    response = client.post(address("people:reading"), CHOSEN)

    assert response.cookies["reading"].value == "larger.wide.system"
    page = client.get(address("people:reading"))
    assert looks_of(page) == [True] * 3
    assert page.context["form"].initial == CHOSEN


def test_an_account_keeps_its_way_of_reading_on_every_device(client, signed_in):
    client.post(address("people:reading"), CHOSEN)
    client.cookies.pop("reading")

    signed_in.refresh_from_db()
    assert {name: getattr(signed_in, name) for name in CHOSEN} == CHOSEN
    assert looks_of(client.get(address("people:account"))) == [True] * 3


def test_an_unknown_way_of_reading_is_refused(client, signed_in):
    response = client.post(address("people:reading"), CHOSEN | {"face": "wingdings"})

    signed_in.refresh_from_db()
    assert list(response.context["form"].errors) == ["face"]
    assert signed_in.text_size == "normal"


@pytest.mark.parametrize("cookie", ["", "a.b", 'x".y.z', "larger.wide.system.more"])
def test_a_spoilt_cookie_is_ignored(client, db, cookie):
    client.cookies["reading"] = cookie

    page = client.get(address("people:reading"))

    assert page.status_code == 200
    assert 'data-text="normal"' in page.content.decode()


# --- erasing the account --------------------------------------------------------------


def erase(client, email):
    return client.post(address("people:delete"), {"email": email})


def test_another_address_erases_nothing(client, signed_in):
    response = erase(client, "someone.else@example.org")

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["email"]
    assert User.objects.filter(pk=signed_in.pk).exists()
    assert is_signed_in(client)


def test_looking_at_the_page_erases_nothing(client, signed_in):
    assert client.get(address("people:delete")).status_code == 200
    assert User.objects.filter(pk=signed_in.pk).exists()


def test_the_address_may_be_typed_in_capitals(client, signed_in):
    erase(client, signed_in.email.upper())

    assert not User.objects.filter(pk=signed_in.pk).exists()


def test_erasing_takes_all_that_only_its_owner_may_see(client, signed_in, manager):
    make_frozen_bank(per_area=3)
    finish(client, begin(client, signed_in), choice=0)
    organisation = Membership.objects.get(user=manager).organisation
    make_member(signed_in, organisation)
    module = make_module()
    key = module.translation_key
    Assignment.objects.create(
        organisation=organisation,
        learner=signed_in,
        module_key=key,
        due_on=timezone.localdate(),
    )
    JournalEntry.objects.create(learner=signed_in, step_key=key, text="Ma note")
    certificate = make_certificate(learner=signed_in)
    versions = QuestionVersion.objects.count()

    response = erase(client, signed_in.email)

    assert response["Location"] == "/"
    left = [
        User.objects.filter(pk=signed_in.pk),
        Attempt.objects.all(),
        Response.objects.all(),
        Assignment.objects.all(),
        JournalEntry.objects.all(),
        Membership.objects.exclude(user=manager),
        Session.objects.filter(session_data__contains="_auth_user_id"),
    ]
    assert [rows.count() for rows in left] == [0] * 7
    assert QuestionVersion.objects.count() == versions
    kept = Certificate.objects.get()
    assert (kept.pk, kept.holder_id) == (certificate.pk, None)
    assert not is_signed_in(client)


def test_a_certificate_can_still_be_checked_after_erasing(client, signed_in):
    certificate = make_certificate(learner=signed_in)

    erase(client, signed_in.email)

    page = client.get(f"/v/{certificate.code}", follow=True)
    assert page.status_code == 200
    assert "Inès Belkacem" in page.content.decode()


def test_a_manager_may_erase_her_account(client, manager, learner):
    organisation = Membership.objects.get(user=manager).organisation
    make_member(learner, organisation)
    assignment = Assignment.objects.create(
        organisation=organisation,
        learner=learner,
        module_key=make_module().translation_key,
        assigned_by=manager,
        due_on=timezone.localdate(),
    )
    client.force_login(manager)

    erase(client, manager.email)

    assignment.refresh_from_db()
    assert assignment.assigned_by is None
    assert not User.objects.filter(pk=manager.pk).exists()


def test_a_trainer_may_erase_her_account_and_her_questions_stay(client, trainer):
    [question, *_rest] = make_frozen_bank(per_area=1)
    question.save_revision(user=trainer, log_action=True).publish(user=trainer)
    client.force_login(trainer)

    erase(client, trainer.email)

    question.refresh_from_db()
    assert question.live
    assert not User.objects.filter(pk=trainer.pk).exists()
