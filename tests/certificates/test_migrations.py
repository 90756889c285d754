"""What was issued before an upgrade: mended, safely twice, and still known again."""

import uuid
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from wagtail.models import Revision

from certificates import batches, life, looks
from certificates.issue import issue, issue_certificate
from certificates.models import (
    BatchRow,
    Certificate,
    DocumentTemplate,
    HolderSalt,
    Listing,
    Signatory,
    TemplateVersion,
)
from certificates.on_request import history_deed
from tests.certificates.factories import (
    UserFactory,
    make_certificate,
    make_module,
    make_of_kind,
)
from tests.certificates.test_batches import make_session, note
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db
mending = import_module("certificates.migrations.0009_nothing_left_of_the_erased")
frozen = import_module("certificates.migrations.0010_frozen_for_good")


@pytest.fixture
def thawed():
    """Take the triggers and the new constraint away until the end of the test."""
    editor = connection.SchemaEditorClass(connection, atomic=False)
    frozen.thaw(apps, editor)
    editor.execute("DROP INDEX one_template_of_the_platform")


def as_before(certificate, holder=None):
    """Give a certificate the key that it had before keys were digests."""
    holder = holder or certificate.holder_id
    key = f"{holder}:{certificate.kind}:{certificate.module_key}:1"
    Certificate.objects.filter(pk=certificate.pk).update(idempotency_key=key)
    return key


def mended(certificate):
    mending.mend(apps, None)
    return Certificate.objects.get(pk=certificate.pk)


# --- keys -----------------------------------------------------------------------------


@pytest.mark.parametrize("has_salt", [True, False])
def test_after_the_upgrade_nothing_is_issued_twice(thawed, has_salt):
    module = make_module()
    certificate = make_certificate(module=module)
    holder, key = certificate.holder, certificate.idempotency_key
    as_before(certificate)
    if not has_salt:
        HolderSalt.objects.all().delete()

    found = mended(certificate)

    assert (found.idempotency_key == key) is has_salt
    assert issue_certificate(holder, module) == certificate
    assert Certificate.objects.count() == 1


def test_renewals_and_replacements_keep_their_place(thawed):
    former = make_of_kind("module")
    made = life.replace(former, None, "name", name="Awa Diop")
    expected = made.idempotency_key
    holder = former.holder_id
    Certificate.objects.filter(pk=made.pk).update(
        idempotency_key=f"{holder}:module:{former.module_key}:1:{former.pk}"
    )

    assert mended(made).idempotency_key == expected


def test_of_an_account_that_is_gone_nothing_is_left(thawed):
    certificate = make_of_kind("module")
    former = as_before(certificate)
    certificate.holder.delete()

    first = mended(certificate).idempotency_key

    assert first != former
    assert mending.KEY.fullmatch(first)
    assert first.endswith(":1")
    assert not HolderSalt.objects.exists()


def test_mending_twice_changes_nothing_more(thawed):
    certificate = make_of_kind("path")
    as_before(certificate)
    mending.mend(apps, None)
    before = list(Certificate.objects.values())
    mending.mend(apps, None)
    assert list(Certificate.objects.values()) == before


# --- what they prove and rest on ------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "achieved"),
    [
        ("module", "module/M04/2026-1"),
        ("path", "path/P1/2026-1"),
        ("placement", "placement/7"),
        ("attendance", "attendance/S-2026-11"),
        ("history", "history"),
    ],
)
def test_what_was_issued_before_gets_the_address_of_its_achievement(
    thawed, kind, achieved
):
    certificate = make_of_kind(kind)
    assert certificate.achieved == achieved
    Certificate.objects.update(achieved="")
    assert mended(certificate).achieved == achieved


def test_an_erased_one_has_nothing_to_name(thawed):
    certificate = make_of_kind("path")
    Certificate.objects.update(achieved="")
    life.erase(certificate)
    assert mended(certificate).achieved == ""


def test_lines_of_before_are_tied_to_what_they_rest_on(thawed):
    holder = UserFactory()
    make_of_kind("module", UserFactory())  # of somebody else, with the same facts
    module = make_of_kind("module", holder)
    session = make_of_kind("attendance", holder)
    history = issue(history_deed(holder, "fr"))
    made = sorted(history.listings.values_list("number", "rests_on"))
    Listing.objects.all().delete()

    mended(history)

    assert {pk for _number, pk in made} == {module.pk, session.pk}
    assert sorted(history.listings.values_list("number", "rests_on")) == made


# --- the erased -----------------------------------------------------------------------


def test_rows_of_batches_no_longer_say_whose_an_erased_one_was(thawed):
    session = make_session(make_organisation())
    note(session, [UserFactory(), UserFactory()])
    batch = batches.start_for_session(session, UserFactory())
    batches.work(batch.pk)
    kept, erased = batch.rows.all()
    Certificate.objects.filter(pk=erased.certificate_id).update(
        holder=None, facts={"language": "fr"}, erased_at=timezone.now()
    )

    mending.mend(apps, None)

    assert list(BatchRow.objects.all()) == [kept]


@pytest.mark.parametrize("kind", ["placement", "history"])
def test_an_erased_document_on_request_names_no_attempt(thawed, kind):
    certificate = make_of_kind(kind)
    as_before(certificate)
    Certificate.objects.update(
        holder=None, facts={"language": "fr"}, erased_at=timezone.now()
    )

    found = mended(certificate)

    assert found.module_key != certificate.module_key
    assert isinstance(found.module_key, uuid.UUID)


# --- templates ------------------------------------------------------------------------


def make_template(name, live=True, **fields):
    template = DocumentTemplate(name=name, live=live, **fields)
    template.signatories = [Signatory(name="Sylvie Nguyen", role_fr="Directrice")]
    template.save()
    return template


def test_several_templates_of_the_platform_become_one(thawed):
    old, used, draft = (
        make_template("Old", live=False),
        make_template("Used"),
        make_template("Draft", live=False, closing_fr="Fait à Valmont."),
    )
    versions = [
        looks.freeze(old, {}),
        looks.freeze(used, {}),
    ]
    old.accent = "#000000"
    versions.insert(1, looks.freeze(old, {}))  # made last, and not live
    pinned = make_of_kind("module")
    Certificate.objects.update(template_version=versions[0])
    used.save_revision(clean=False)
    before = TemplateVersion.objects.in_bulk([v.pk for v in versions])

    mending.mend(apps, None)
    mending.mend(apps, None)

    assert DocumentTemplate.objects.get() == used
    found = used.versions.order_by("number")
    assert [version.pk for version in found] == [v.pk for v in versions]
    assert [version.number for version in found] == [1, 2, 3]
    assert [version.content for version in found] == [
        before[version.pk].content for version in found
    ]
    pinned.refresh_from_db()
    assert pinned.template_version == versions[0]
    assert make_of_kind("module").template_version == versions[2]
    typed = [revision.as_object() for revision in Revision.objects.for_instance(used)]
    assert {each.name for each in typed} == {"Old", "Used", "Draft"}
    [kept] = [each for each in typed if each.name == draft.name]
    assert kept.closing_fr == "Fait à Valmont."
    assert [row.name for row in kept.signatories.all()] == ["Sylvie Nguyen"]


def test_templates_of_organisations_are_left_alone(thawed):
    ours = make_template("Ours", organisation=make_organisation())
    platform = make_template("Platform")
    mending.mend(apps, None)
    assert set(DocumentTemplate.objects.all()) == {ours, platform}


def test_the_database_refuses_a_second_template_of_the_platform():
    make_template("First")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_template("Second")
    make_template("Ours", organisation=make_organisation())
    assert DocumentTemplate.objects.count() == 2
