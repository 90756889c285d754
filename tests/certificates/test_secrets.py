import pytest

from certificates import secrets
from certificates.keys import CannotUnlock
from certificates.secrets import SecretMissing
from tests.certificates.signed import OTHER_SECRET, SECRET


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.delenv("CERTIFICATE_SECRET", raising=False)
    return monkeypatch


def test_in_development_the_secret_follows_from_the_secret_key(environment, settings):
    settings.HTTPS = False
    first = secrets.passphrase()

    settings.SECRET_KEY = "another installation's secret key"

    assert len(first) == 64
    assert secrets.passphrase() != first


def test_a_public_site_must_be_given_its_secret(environment, settings):
    settings.HTTPS = True
    with pytest.raises(SecretMissing, match="CERTIFICATE_SECRET is not set"):
        secrets.passphrase()


def test_a_short_secret_is_refused_and_not_quoted(environment):
    environment.setenv("CERTIFICATE_SECRET", "easy-to-guess")
    with pytest.raises(SecretMissing) as caught:
        secrets.passphrase()
    assert str(caught.value) == (
        "CERTIFICATE_SECRET has 13 characters: give at least 32."
    )


def test_the_given_secret_counts_without_the_blanks_around_it(environment, settings):
    settings.HTTPS = True
    environment.setenv("CERTIFICATE_SECRET", f" {SECRET}\n")
    assert secrets.passphrase() == SECRET


def test_what_is_locked_opens_with_the_same_secret_alone(environment):
    environment.setenv("CERTIFICATE_SECRET", SECRET)
    locked = secrets.lock(b"a seal")

    assert b"a seal" not in locked
    assert secrets.unlock(locked) == b"a seal"
    environment.setenv("CERTIFICATE_SECRET", OTHER_SECRET)
    with pytest.raises(CannotUnlock):
        secrets.unlock(locked)
