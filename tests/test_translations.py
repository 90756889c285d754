"""The interface in French: complete, compiled, and as careful as the English."""

import os
import re
import shutil
import subprocess
import sys

import polib
import pytest
from allauth.account import app_settings
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

FOLDER = "locale/fr/LC_MESSAGES"
SOURCES = ["assessments", "certificates", "cms", "courses", "people", "scripts"]
NBSP = "\u00a0"


def catalogue(root=settings.BASE_DIR):
    return polib.pofile(str(root / FOLDER / "django.po"))


def key(entry):
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def texts(entry):
    """Return what stands for a string in French: one text, or one for each plural."""
    plurals = [entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural)]
    return plurals or [entry.msgstr]


def placeholders(text):
    return sorted(re.findall(r"%\(\w+\)\d*[a-z]|%\d*[sd]|%%", text))


def is_address(entry):
    return re.fullmatch(r"[a-z0-9<>:_/-]+(/|\.ics)", entry.msgid) is not None


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The catalogue that scripts/messages makes from a copy of today's sources."""
    missing = [
        tool for tool in ("xgettext", "msgmerge", "msgfmt") if not shutil.which(tool)
    ]
    if missing:
        pytest.skip(f"gettext is not installed (no {missing[0]}): apt install gettext")
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        shutil.copytree(
            settings.BASE_DIR / name,
            copy / name,
            ignore=shutil.ignore_patterns("__pycache__", "static", "migrations"),
        )
    shutil.copytree(settings.BASE_DIR / "locale", copy / "locale")
    subprocess.run(
        [copy / "scripts" / "messages"],
        env=os.environ | {"PYTHON": sys.executable},
        check=True,
        capture_output=True,
    )
    return catalogue(copy)


def test_the_catalogue_holds_the_strings_of_the_sources_and_no_others(collected):
    in_sources = {key(entry) for entry in collected}
    in_catalogue = {key(entry) for entry in catalogue()}

    assert {
        "missing, run scripts/messages": in_sources - in_catalogue,
        "no longer used, run scripts/messages": in_catalogue - in_sources,
    } == {
        "missing, run scripts/messages": set(),
        "no longer used, run scripts/messages": set(),
    }


def test_every_string_is_translated():
    entries = catalogue()

    assert len(entries) > 500
    assert [key(entry) for entry in entries if not entry.translated()] == []
    assert [key(entry) for entry in entries if not all(texts(entry))] == []


def test_the_compiled_catalogue_says_the_same_as_the_text():
    compiled = polib.mofile(str(settings.BASE_DIR / FOLDER / "django.mo"))

    assert {key(entry): texts(entry) for entry in compiled} == {
        key(entry): texts(entry) for entry in catalogue()
    }


def test_placeholders_are_kept():
    changed = [
        (entry.msgid, text)
        for entry in catalogue()
        if not entry.msgid_plural
        for text in texts(entry)
        if placeholders(text) != placeholders(entry.msgid)
    ]
    # "My attestation" needs no number; "My %(count)s attestations" does.
    for entry in catalogue():
        if entry.msgid_plural:
            one, many = texts(entry)
            known = placeholders(entry.msgid), placeholders(entry.msgid_plural)
            if placeholders(one) not in known or placeholders(many) != known[1]:
                changed.append((entry.msgid_plural, one, many))

    assert changed == []


def test_addresses_keep_their_converters_and_stay_plain():
    addresses = [entry for entry in catalogue() if is_address(entry)]
    wrong = [
        (entry.msgid, entry.msgstr)
        for entry in addresses
        if re.findall(r"<.*?>", entry.msgstr) != re.findall(r"<.*?>", entry.msgid)
        or not is_address(polib.POEntry(msgid=entry.msgstr))
        or entry.msgstr.count("/") != entry.msgid.count("/")
    ]

    assert len(addresses) > 20
    assert wrong == []


@pytest.mark.parametrize(
    "habit, pattern",
    [
        ("a curly apostrophe", r"\w'\w"),
        ("a space that does not break before : ; ? ! » %", r" [:;?!»]| %%"),
        ("a space that does not break after «", r"« "),
        ("no space forgotten before : ; ? ! »", r"\w[;?!»]|\w:(?!\w)"),
        ("no middle dot", r"\w·\w"),
        ("no word of failure", r"(?i)\b(échec|échoué|erreur|faute|raté)"),
    ],
)
def test_french_keeps_to_good_habits(habit, pattern):
    broken = [
        text
        for entry in catalogue()
        if not is_address(entry)
        for text in texts(entry)
        if re.search(pattern, re.sub(r"<[^>]*>", "", text))
    ]

    assert broken == [], habit


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "mail, seconds",
    [
        ("login_code", app_settings.LOGIN_BY_CODE_TIMEOUT),
        ("email_confirmation", app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT),
        ("email_confirmation_signup", app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT),
        ("password_reset_code", app_settings.PASSWORD_RESET_BY_CODE_TIMEOUT),
    ],
)
def test_a_code_stands_on_its_own_line_with_its_validity(mail, seconds, language):
    with translation.override(language):
        text = render_to_string(
            f"account/email/{mail}_message.txt",
            {"code": "BKWF-73QD", "current_site": {"domain": "repere.example"}},
        )

    assert "BKWF-73QD" in text.splitlines()
    assert f" {seconds // 60} minutes" in text.replace(NBSP, " ")
