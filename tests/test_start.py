"""What scripts/start says before the site opens: its functions, without starting it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command

START = settings.BASE_DIR / "scripts" / "start"
PUBLIC = "https://repere.example.org"
NAME = "CERTIFICATE_SECRET"
LONG_ENOUGH = "only-for-this-test-and-forty-characters."
WAITS = "Attestations are issued, but wait for their signature."


def said_by_start(folder, **environment):
    """Return what `warn_unsigned` says once the settings are read."""
    functions, begins, _rest = START.read_text().partition("\ninstall_system\n")
    assert begins
    result = subprocess.run(
        ["sh", "-c", f"{functions}\nread_settings\nwarn_unsigned", str(START)],
        # Empty and not absent: nothing is then read from a file .env.
        env=os.environ
        | {NAME: "", "VENV": sys.prefix, "VAR_DIR": str(folder)}
        | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return result.stdout


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ({}, "CERTIFICATE_SECRET is not set in the environment."),
        ({NAME: "short"}, "CERTIFICATE_SECRET has 5 characters: give at least 32."),
    ],
)
def test_a_public_site_without_its_secret_is_told_so(tmp_path, secret, reason):
    said = said_by_start(tmp_path, SITE_URL=PUBLIC, **secret)

    assert said.startswith(f"{WAITS} {reason} Draw a secret as docs/keys.md says")
    assert "manage.py sign_certificates" in said
    assert len(said.splitlines()) == 1


def test_a_public_site_with_its_secret_is_told_nothing(tmp_path):
    assert said_by_start(tmp_path, SITE_URL=PUBLIC, **{NAME: LONG_ENOUGH}) == ""


def test_a_trial_on_ones_own_computer_needs_no_secret(tmp_path):
    assert said_by_start(tmp_path, SITE_URL="http://localhost:8000") == ""


@pytest.mark.parametrize("is_public", [True, False])
def test_the_checks_of_a_deployment_say_the_same(
    capsys, monkeypatch, settings, is_public
):
    monkeypatch.setenv(NAME, "")
    settings.HTTPS = is_public

    call_command("check", deploy=True)

    said = capsys.readouterr()
    assert (WAITS in said.out + said.err) is is_public
