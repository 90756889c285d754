"""Revoked, replaced, erased, expired: events, and what the database refuses."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from certificates import batches, life
from certificates.deeds import key_of
from certificates.issue import issue, issue_certificate
from certificates.models import (
    AchievementVersion,
    Certificate,
    CertificateFile,
    CertificateFrozen,
    Credential,
    DocumentTemplate,
    Event,
    HolderSalt,
    Listing,
    ShareLink,
    SigningKey,
    TemplateVersion,
)
from certificates.on_request import history_deed
from certificates.pdf import UnprintableName
from certificates.sharing import share
from courses.models import ModulePage
from tests.certificates.factories import (
    UserFactory,
    make_certificate,
    make_of_kind,
)
from tests.certificates.test_batches import make_session, note
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db
State, Reason = Certificate.State, Event.Reason


@pytest.fixture
def certificate():
    return make_certificate()


@pytest.fixture
def staff():
    return UserFactory(name="Aïcha Moreau", is_superuser=True)


def fresh(certificate):
    return Certificate.objects.get(pk=certificate.pk)


# --- states ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "today, state",
    [
        (date(2027, 3, 1), State.VALID),
        (date(2027, 3, 2), State.VALID),
        (date(2027, 3, 3), State.EXPIRED),
    ],
)
def test_it_expires_by_the_calendar_alone(today, state):
    certificate = make_of_kind("module", valid_until=date(2027, 3, 2))
    assert certificate.state(today) == state


def test_without_an_end_it_never_expires(certificate):
    assert certificate.state(date(2126, 1, 1)) == State.VALID


def test_revoking_adds_an_event_and_nothing_else(certificate, staff):
    before = Certificate.objects.filter(pk=certificate.pk).values().get()
    life.revoke(certificate, staff, Reason.MISTAKE, "ticket 12")
    event = certificate.events.get(kind=Event.Kind.REVOKED)
    assert (event.actor, event.reason, event.note) == (staff, "mistake", "ticket 12")
    assert Certificate.objects.filter(pk=certificate.pk).values().get() == before
    assert fresh(certificate).state() == State.REVOKED


def test_what_has_ended_does_not_end_again(certificate, staff):
    stale = Certificate.objects.with_state().get(pk=certificate.pk)
    life.revoke(certificate, staff, Reason.MISTAKE)
    with pytest.raises(life.NotPossible) as refusal:
        life.revoke(stale, staff, Reason.FRAUD)
    assert refusal.value.state == State.REVOKED
    with pytest.raises(life.NotPossible):
        life.replace(stale, staff, Reason.NAME, name="Awa Ndiaye-Diop")
    assert Certificate.objects.count() == 1


def test_an_expired_one_can_be_revoked(staff):
    past = timezone.localdate() - timedelta(days=1)
    certificate = make_of_kind("module", valid_until=past)
    life.revoke(certificate, staff, Reason.FRAUD)
    assert fresh(certificate).state() == State.REVOKED


# --- replacing ------------------------------------------------------------------------


def test_replacing_prints_another_name_and_keeps_the_rest(staff):
    end = timezone.localdate() + timedelta(days=300)
    former = make_of_kind("module", valid_until=end)
    made = life.replace(former, staff, Reason.NAME, "seen", "Awa  Ndiaye-Diop")
    today = timezone.localdate().isoformat()
    assert made.facts == former.facts | {
        "name": "Awa Ndiaye-Diop",
        "issued_anew_on": today,
    }
    assert (made.replaces, made.holder) == (former, former.holder)
    assert (made.valid_until, made.kind) == (former.valid_until, former.kind)
    assert made.code != former.code
    assert made.state() == State.VALID
    assert fresh(former).state() == State.REPLACED


def test_the_replacement_can_be_replaced_too(certificate, staff):
    second = life.replace(certificate, staff, Reason.NAME, name="Awa Diop")
    third = life.replace(second, staff, Reason.CORRECTION, name="Awa Diop-Ndiaye")
    states = [fresh(c).state() for c in (certificate, second, third)]
    assert states == [State.REPLACED, State.REPLACED, State.VALID]
    assert life.chain_of(second) == [certificate, second, third]


def test_an_unprintable_name_replaces_nothing(certificate, staff):
    with pytest.raises(UnprintableName):
        life.replace(certificate, staff, Reason.NAME, name="王小明")
    assert Certificate.objects.get() == certificate
    assert fresh(certificate).state() == State.VALID


def test_without_a_holder_nothing_is_replaced(certificate, staff):
    certificate.holder.delete()
    with pytest.raises(life.NotPossible):
        life.replace(fresh(certificate), staff, Reason.NAME, name="Awa Diop")


def test_a_wrong_revocation_is_mended_by_a_new_certificate(certificate, staff):
    life.revoke(certificate, staff, Reason.MISTAKE)
    made = life.undo_revocation(certificate, staff)
    assert made.replaces == certificate
    assert made.facts["name"] == certificate.facts["name"]
    assert made.state() == State.VALID
    assert fresh(certificate).state() == State.REVOKED
    with pytest.raises(life.NotPossible):
        life.undo_revocation(certificate, staff)


def test_only_what_is_revoked_is_undone(certificate, staff):
    with pytest.raises(life.NotPossible):
        life.undo_revocation(certificate, staff)
    assert Certificate.objects.count() == 1


# --- erasing --------------------------------------------------------------------------


def test_erasing_leaves_that_there_was_one_and_nothing_else(certificate, staff):
    holder = certificate.holder
    CertificateFile.objects.create(certificate=certificate, sha256="a" * 64)
    link = share(holder, [certificate], 30)
    Event.objects.create(certificate=certificate, kind=Event.Kind.RENEWED, actor=holder)
    life.erase(certificate, staff)
    kept = fresh(certificate)
    assert (kept.holder, kept.facts) == (None, {"language": "fr"})
    assert kept.code == certificate.code
    assert kept.state() == State.ERASED
    assert not CertificateFile.objects.exists()
    assert not Credential.objects.exists()
    assert list(link.certificates.all()) == []
    assert set(kept.events.values_list("kind", "actor")) == {
        ("issued", None),
        ("renewed", None),
        ("erased", staff.pk),
    }


def test_erasing_twice_is_erasing_once(certificate, staff):
    life.erase(certificate, staff)
    first = fresh(certificate).erased_at
    life.erase(fresh(certificate), staff)
    assert fresh(certificate).erased_at == first


def test_erasing_what_somebody_else_has_just_erased(certificate, staff):
    stale = fresh(certificate)
    life.erase(certificate, staff)
    life.erase(stale, staff)
    assert stale.erased_at == fresh(certificate).erased_at
    assert certificate.events.filter(kind=Event.Kind.ERASED).count() == 1


def test_what_staff_noted_goes_with_it_and_what_we_noted_stays(certificate, staff):
    for days in ("30", "7"):
        Event.objects.create(
            certificate=certificate, kind=Event.Kind.REMINDED, note=days
        )
    made = life.replace(
        certificate, staff, Reason.NAME, "Awa Ndiaye is Awa Diop", name="Awa Diop"
    )
    life.revoke(made, staff, Reason.FRAUD, "so says Awa Diop")
    life.erase_all(made, staff)
    notes = Event.objects.exclude(note="").values_list("kind", "note")
    assert set(notes) == {("reminded", "30"), ("reminded", "7")}
    assert columns_with("Awa Diop") == set()


def test_erasing_takes_the_former_ones_along(certificate, staff):
    second = life.replace(certificate, staff, Reason.NAME, name="Awa Diop")
    life.erase_all(second, staff)
    found = Certificate.objects.values_list("facts", "holder")
    assert list(found) == [({"language": "fr"}, None)] * 2


def columns_with(text):
    """Return the (model, field) of certificates that hold a text, in any row."""
    found = set()
    for model in apps.get_app_config("certificates").get_models():
        for row in model.objects.values():
            found |= {
                (model.__name__, name)
                for name, value in row.items()
                if text in str(value)
            }
    return found


@pytest.mark.parametrize("kind", ["module", "path", "attendance"])
def test_an_erased_one_leads_to_nobody_once_the_account_is_gone(kind):
    """The digest of its deed stays, and nobody can make it again without the salt."""
    certificate = make_of_kind(kind)
    holder, key = certificate.holder, certificate.idempotency_key
    deed = life.deed_in_place_of(certificate, certificate.facts, None)
    salt = HolderSalt.objects.get(holder=holder).salt
    life.erase(certificate)
    assert fresh(certificate).idempotency_key == key
    assert key == key_of(replace(deed, replaces=None), salt)

    holder.delete()

    assert columns_with(salt) == set()
    assert columns_with(holder.name) == set()


def test_an_erased_one_is_not_issued_again_while_the_account_stands(certificate):
    module = ModulePage.objects.get(translation_key=certificate.module_key)
    holder = certificate.holder
    life.erase(certificate)
    assert issue_certificate(holder, module).erased_at is not None
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize("kind", ["placement", "history"])
def test_of_a_document_on_request_not_even_the_deed_is_left(kind):
    """Its holder alone asked for it; asked again, it is issued again."""
    certificate = make_of_kind(kind)
    before = (certificate.idempotency_key, str(certificate.module_key))
    deed = life.deed_in_place_of(certificate, certificate.facts, None)
    life.erase(certificate)
    kept = fresh(certificate)
    assert kept.idempotency_key not in before
    assert str(kept.module_key) not in before
    assert {name for _model, name in columns_with(before[1])} == set()
    again = issue(replace(deed, replaces=None))
    assert (again.idempotency_key, again.erased_at) == (before[0], None)


def test_erasing_takes_the_row_of_the_batch_along(staff):
    session = make_session(make_organisation())
    learners = [UserFactory(name="Awa Ndiaye"), UserFactory(name="Marc Delmas")]
    note(session, learners)
    batch = batches.start_for_session(session, staff)
    batches.work(batch.pk)
    erased, kept = batch.rows.select_related("certificate").order_by("learner__name")

    life.erase(erased.certificate)

    assert list(batch.rows.all()) == [kept]
    assert kept.certificate.holder == learners[1]


def test_erasing_cuts_what_lists_it_and_what_it_lists(staff):
    holder = UserFactory()
    module = make_of_kind("module", holder)
    make_of_kind("attendance", holder)
    history = issue(history_deed(holder, "fr"))
    number = history.listings.get(rests_on=module).number

    life.erase(module)
    assert history.listings.get(number=number).rests_on is None
    assert history.listings.exclude(number=number).get().rests_on is not None
    life.erase(history)
    assert not Listing.objects.exists()


def test_erasing_works_on_a_revoked_one(certificate, staff):
    life.revoke(certificate, staff, Reason.FRAUD)
    life.erase(certificate, staff)
    assert fresh(certificate).state() == State.ERASED


# --- the database itself --------------------------------------------------------------


def make_everything():
    """Return one row of each frozen table, by the name of the table."""
    template = DocumentTemplate.objects.create(name="Repère")
    version = template.versions.create(number=1, content={}, checksum="a")
    certificate = make_certificate()
    key = SigningKey.objects.create(
        name="certificates-2026-1", public="z6Mk", secret=b"", state="retired"
    )
    credential = Credential.objects.create(
        certificate=certificate, signing_key=key, text="{}"
    )
    return {
        "certificate": certificate,
        "event": certificate.events.get(),
        "credential": credential,
        "achievementversion": certificate.achievement,
        "templateversion": version,
    }


def refused(sql, *values):
    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)


CHANGES = [
    ("certificate", "facts", '{"name": "Somebody Else"}'),
    ("certificate", "code", "0000000000000000"),
    ("certificate", "kind", "path"),
    ("certificate", "module_key", "0" * 32),
    ("certificate", "idempotency_key", "x"),
    ("certificate", "language", "en"),
    ("certificate", "organisation_id", 1),
    ("certificate", "template_version_id", 999),
    ("certificate", "achievement_id", 999),
    ("certificate", "issued_at", "2020-01-01 00:00:00"),
    ("certificate", "valid_until", "2099-01-01"),
    ("certificate", "status_list_id", 999),
    ("certificate", "status_index", 131_071),
    ("event", "kind", "revoked"),
    ("event", "at", "2020-01-01 00:00:00"),
    ("event", "reason", "fraud"),
    ("event", "note", "changed"),
    ("event", "certificate_id", "0" * 32),
    ("credential", "text", '{"changed": true}'),
    ("credential", "made_at", "2020-01-01 00:00:00"),
    ("achievementversion", "content", "{}"),
    ("achievementversion", "validity_months", 600),
    ("achievementversion", "substance", 9),
    ("templateversion", "content", '{"ink": "#000000"}'),
    ("templateversion", "checksum", "b"),
]


@pytest.mark.parametrize("table, column, value", CHANGES)
def test_the_database_itself_refuses_a_change(table, column, value):
    row = make_everything()[table]
    name = f"certificates_{table}"
    before = type(row).objects.filter(pk=row.pk).values().get()
    refused(f"UPDATE {name} SET {column} = %s", value)
    assert type(row).objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize(
    "table",
    ["certificate", "event", "credential", "achievementversion", "templateversion"],
)
def test_the_database_itself_refuses_to_delete(table):
    row = make_everything()[table]
    refused(f"DELETE FROM certificates_{table}")
    assert type(row).objects.filter(pk=row.pk).exists()


def test_versions_that_nothing_rests_on_may_go(certificate):
    unused = AchievementVersion.objects.create(
        about=certificate.module_key, number=2, language="fr", content={}, checksum="2"
    )
    template = DocumentTemplate.objects.create(name="Repère")
    version = template.versions.create(number=1, content={}, checksum="a")
    with connection.cursor() as cursor:
        for row in (unused, version):
            name = type(row)._meta.db_table
            cursor.execute(f"DELETE FROM {name} WHERE id = %s", [row.pk])
    assert AchievementVersion.objects.get() == certificate.achievement
    assert not TemplateVersion.objects.exists()


def test_only_erasing_lets_a_credential_go():
    credential = make_everything()["credential"]
    certificate = credential.certificate
    refused("DELETE FROM certificates_credential WHERE id = %s", credential.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.filter(pk=credential.pk).delete()
    assert certificate.credentials.get() == credential
    life.erase(certificate)
    assert not Credential.objects.exists()


@pytest.mark.parametrize("column", ["idempotency_key", "module_key", "achieved"])
def test_what_it_is_about_changes_by_no_other_way(certificate, column):
    before = Certificate.objects.filter(pk=certificate.pk).values().get()
    refused(f"UPDATE certificates_certificate SET {column} = %s", "0" * 32)
    life.erase(certificate)
    refused(f"UPDATE certificates_certificate SET {column} = %s", "0" * 32)
    after = Certificate.objects.filter(pk=certificate.pk).values().get()
    assert after[column] == before[column]


def test_the_database_refuses_to_bring_an_erased_one_back(certificate):
    life.erase(certificate)
    refused(
        "UPDATE certificates_certificate SET erased_at = NULL, facts = %s",
        '{"name": "Somebody Else"}',
    )
    refused("UPDATE certificates_certificate SET facts = %s", '{"name": "Awa"}')


def test_the_database_lets_a_holder_go(certificate):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE certificates_certificate SET holder_id = NULL")
    assert fresh(certificate).holder is None


def test_the_note_of_an_erased_one_may_be_blanked_and_nothing_else(certificate, staff):
    life.revoke(certificate, staff, Reason.FRAUD, "ticket 12")
    refused("UPDATE certificates_event SET note = ''")
    life.erase(certificate)
    event = certificate.events.get(kind=Event.Kind.REVOKED)
    assert event.note == ""
    refused("UPDATE certificates_event SET note = 'Awa' WHERE id = %s", event.pk)
    refused("UPDATE certificates_event SET note = '', reason = '' WHERE kind='revoked'")


def test_events_are_only_added(certificate):
    event = certificate.events.get()
    event.note = "changed"
    with pytest.raises(CertificateFrozen):
        event.save()


def test_a_version_that_a_certificate_rests_on_is_kept(certificate):
    with pytest.raises(IntegrityError), transaction.atomic():
        AchievementVersion.objects.filter(pk=certificate.achievement_id)._raw_delete(
            "default"
        )
        connection.check_constraints()
    assert AchievementVersion.objects.filter(pk=certificate.achievement_id).exists()


def test_a_link_ends_with_the_account(certificate):
    share(certificate.holder, [certificate], 7)
    certificate.holder.delete()
    assert not ShareLink.objects.exists()
