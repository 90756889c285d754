from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from certificates import checks, keyring, life, signing
from certificates.keys import State
from certificates.models import Credential, SigningKey
from tests.certificates.factories import UserFactory, make_certificate
from tests.certificates.signed import (
    OTHER_SECRET,
    SECRET,
    issue_attendance,
    make_signed,
    set_clock,
)
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)
    return monkeypatch


def run(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def key(*words):
    return run("certificate_key", *words)


def name(number):
    return f"certificates-{timezone.now().year}-{number}"


def states(organisation=None):
    return {key.name: key.state for key in keyring.keys_of(organisation)}


# --- create, rotate, retire -----------------------------------------------------------


def test_the_first_key_signs_at_once_and_the_next_one_is_published():
    assert key("create") == (
        f"Repère: {name(1)} is made.\nIt signs from now on.\n"
        "Back up the database and CERTIFICATE_SECRET, in two places.\n"
    )
    assert "In 30 days: python manage.py certificate_key rotate\n" in key("create")
    assert states() == {name(1): State.ACTIVE, name(2): State.NEXT}


def test_a_second_next_key_is_refused():
    key("create")
    key("create")
    with pytest.raises(CommandError, match="has a next key already"):
        key("create")
    assert len(states()) == 2


def test_a_next_key_is_put_to_use_after_thirty_days(monkeypatch):
    key("create")
    key("create")
    with pytest.raises(CommandError, match="may sign from .* on"):
        key("rotate")
    set_clock(monkeypatch, days=30, minutes=1)

    said = key("rotate")

    assert said == (
        f"Repère: {name(2)} signs from now on.\n"
        f"{name(1)} is retired: what it signed stands.\n"
    )
    assert states() == {name(1): State.RETIRED, name(2): State.ACTIVE}


def test_a_clock_set_back_does_not_put_a_key_to_use_early(monkeypatch):
    key("create")
    key("create")
    set_clock(monkeypatch, days=-40)
    with pytest.raises(CommandError, match="may sign from"):
        key("rotate")
    assert states() == {name(1): State.ACTIVE, name(2): State.NEXT}


def test_rotating_without_a_next_key_says_how_to_make_one():
    key("create")
    with pytest.raises(CommandError, match="Make one: .*certificate_key create$"):
        key("rotate", "--now")
    assert states() == {name(1): State.ACTIVE}


def test_a_lost_secret_is_survived_by_a_new_key(secret):
    certificate = make_signed()
    secret.setenv("CERTIFICATE_SECRET", OTHER_SECRET)
    waits = issue_attendance()
    key("create")

    key("rotate", "--now")

    assert run("sign_certificates").startswith("Attestations signed: 1.")
    assert signing.credential_of(waits).signing_key.state == State.ACTIVE
    assert signing.credential_of(certificate).signing_key.state == State.RETIRED


def test_a_retired_key_leaves_the_issuer_without_one():
    key("create")
    assert "new attestations wait. To make one: python" in key("retire", name(1))
    assert states() == {name(1): State.RETIRED}
    with pytest.raises(CommandError, match="cannot become"):
        key("retire", name(1))


def test_an_organisation_has_keys_of_its_own():
    organisation = make_organisation()
    key("create")

    key("create", "--organisation", organisation.slug)

    assert states(organisation) == {name(1): State.ACTIVE}
    assert "--organisation ccas-de-valmont" in key(
        "create", "--organisation", organisation.slug
    )
    assert states() == {name(1): State.ACTIVE}


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["create", "--organisation", "elsewhere"], "There are: ccas-de-valmont"),
        (["retire", "certificates-1999-1"], "has no key named certificates-1999-1"),
        (["compromise", "certificates-1999-1"], "certificate_key list"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_ones(words, sentence):
    make_organisation()
    with pytest.raises(CommandError, match=sentence):
        key(*words)


def test_without_a_secret_no_key_is_made(secret, settings):
    settings.HTTPS = True
    secret.delenv("CERTIFICATE_SECRET")
    with pytest.raises(CommandError, match="CERTIFICATE_SECRET is not set"):
        key("create")
    assert states() == {}


# --- compromise -----------------------------------------------------------------------


def test_compromise_only_reports_until_it_is_applied():
    make_signed()

    said = key("compromise", name(1))

    assert "1 attestations signed again" in said
    assert "--apply" in said
    assert states() == {name(1): State.ACTIVE}


def test_compromise_makes_a_key_and_signs_again_and_tells():
    certificate = make_signed(learner=UserFactory(email="awa@example.org"))

    said = key("compromise", name(1), "--apply")

    assert said == (
        f"{name(1)} is no longer trusted; {name(2)} signs.\n"
        "Attestations signed again: 1 of 1. Status lists: 1. Holders told: 1.\n"
    )
    assert states() == {name(1): State.COMPROMISED, name(2): State.ACTIVE}
    assert signing.credential_of(certificate).signing_key.name == name(2)
    assert [message.to for message in mail.outbox] == [["awa@example.org"]]


def test_a_next_key_does_not_replace_a_compromised_one():
    key("create")
    key("create")

    key("compromise", name(1), "--apply")

    assert states() == {
        name(1): State.COMPROMISED,
        name(2): State.NEXT,
        name(3): State.ACTIVE,
    }


def test_a_compromised_retired_key_leaves_the_active_one():
    certificate = make_signed()
    key("create")
    key("rotate", "--now")

    key("compromise", name(1), "--apply")

    assert states() == {name(1): State.COMPROMISED, name(2): State.ACTIVE}
    assert signing.credential_of(certificate).signing_key.name == name(2)


def test_one_issuers_key_does_not_touch_anothers_certificates():
    organisation = make_organisation()
    other = issue_attendance(organisation)
    signing.sign(other.pk)
    make_signed()

    key("compromise", name(1), "--apply")

    assert states(organisation) == {name(1): State.ACTIVE}
    assert other.credentials.count() == 1
    assert Credential.objects.count() == 3


def test_no_key_comes_back_to_life():
    key("create")
    key("compromise", name(1), "--apply")
    with pytest.raises(CommandError, match="cannot become compromised"):
        key("compromise", name(1), "--apply")


# --- list, sign_certificates ----------------------------------------------------------


def test_list_says_which_keys_can_be_opened(secret):
    organisation = make_organisation()
    key("create", "--organisation", organisation.slug)
    secret.setenv("CERTIFICATE_SECRET", OTHER_SECRET)
    key("create")
    make_certificate()
    today = timezone.localdate()

    assert key("list") == (
        f"Repère: {name(1)}, active, made on {today}, can be opened.\n"
        f"CCAS de Valmont: {name(1)}, active, made on {today}, cannot be opened "
        "(The passphrase does not open the signing key).\n"
        "Keys: 2. Attestations that wait for a signature: 1.\n"
    )


def test_sign_certificates_counts_and_is_safe_to_run_twice():
    certificate, revoked = make_certificate(), make_signed(learner=UserFactory())
    life.revoke(revoked, None, "mistake")

    assert run("sign_certificates") == (
        "Attestations signed: 1. Status lists signed: 1. Holders told of a new "
        "signature: 0.\n"
    )
    assert run("sign_certificates") == (
        "Attestations signed: 0. Status lists signed: 0. Holders told of a new "
        "signature: 0.\n"
    )
    assert signing.credential_of(certificate) == certificate.credentials.get()


def test_sign_certificates_fails_when_something_still_waits(secret, settings):
    make_certificate()
    settings.HTTPS = True
    secret.delenv("CERTIFICATE_SECRET")
    with pytest.raises(CommandError, match="CERTIFICATE_SECRET is not set"):
        run("sign_certificates")


# --- system checks --------------------------------------------------------------------


def test_checks_are_silent_when_all_is_well():
    key("create")
    assert checks.secret_is_there(None) == []
    assert checks.keys_can_be_opened(None, databases=["default"]) == []


def test_a_missing_secret_is_said_at_start(secret, settings):
    settings.HTTPS = True
    secret.delenv("CERTIFICATE_SECRET")
    key_checked = SigningKey(name=name(1), secret=b"", state=State.ACTIVE)

    (warning,) = checks.secret_is_there(None)

    assert warning.id == "certificates.W002"
    assert warning.msg == (
        "Attestations are issued, but wait for their signature. CERTIFICATE_SECRET is "
        "not set in the environment."
    )
    assert checks.warnings_about(key_checked) == []


def test_a_wrong_secret_is_said_by_the_check_of_the_database(secret):
    key("create")
    secret.setenv("CERTIFICATE_SECRET", OTHER_SECRET)

    (warning,) = checks.keys_can_be_opened(None, databases=["default"])

    assert warning.id == "certificates.W003"
    assert warning.msg.startswith(f"Nothing can be signed with {name(1)}.")
    assert checks.keys_can_be_opened(None) == []


def test_retired_keys_need_not_open(secret):
    key("create")
    key("retire", name(1))
    secret.setenv("CERTIFICATE_SECRET", OTHER_SECRET)
    assert checks.keys_can_be_opened(None, databases=["default"]) == []
