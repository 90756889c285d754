"""Files that people show: ours or not, whole or not, as JSON, SVG or PDF."""

import json
import zlib
from datetime import timedelta

import pytest
from django.utils import timezone

from certificates import inspection, life, signing
from certificates.credentials.badge import bake
from certificates.credentials.verify import Finding
from certificates.documents import document_of
from certificates.inspection import Found, inspect
from certificates.keys import State
from certificates.models import Event, SigningKey
from tests.certificates.factories import make_certificate, make_of_kind
from tests.certificates.signed import SECRET, SITE_URL, issue_attendance
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'


@pytest.fixture(autouse=True)
def a_site(settings, monkeypatch):
    settings.SITE_URL = SITE_URL
    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)


@pytest.fixture
def certificate():
    certificate = make_certificate()
    signing.sign(certificate.pk)
    return certificate


def credential_of(certificate):
    return signing.text_of(certificate)


def pdf_with(*streams, end=b"%%EOF\n"):
    """Return a PDF of a stranger, as far as anybody looks at it."""
    parts = [b"%PDF-1.7\n"]
    for stream in streams:
        parts.append(b"1 0 obj << >>\nstream\n" + stream + b"\nendstream\nendobj\n")
    return b"".join([*parts, b"trailer\n", end])


def found_in(content):
    result = inspect(content)
    return result.found, result.certificate


# --- the file itself ------------------------------------------------------------------


def test_the_very_file_is_recognised(certificate):
    content = document_of(certificate)
    assert found_in(content) == (Found.SAME, certificate)


def test_one_byte_more_is_another_file(certificate):
    content = document_of(certificate) + b"\n"
    result = inspect(content)
    assert result.found != Found.SAME
    assert result.is_document


def test_a_truncated_document_is_said_to_be_cut_short(certificate):
    content = document_of(certificate)
    for length in [len(content) // 2, len(content) - 3000]:
        assert found_in(content[:length]) == (Found.CUT_SHORT, None)


@pytest.mark.parametrize(
    "content, expected",
    [
        (b"", Found.UNKNOWN_KIND),
        (b"hello", Found.UNKNOWN_KIND),
        (b"\x89PNG\r\n\x1a\n", Found.UNKNOWN_KIND),
        (b"{", Finding.UNREADABLE),
        (b"{}", Finding.UNREADABLE),
        (b'{"type": "OpenBadgeCredential"}', Finding.UNREADABLE),
        (SVG.encode(), Finding.UNREADABLE),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', Finding.UNREADABLE),
        *(
            (f'<?xml version="1.0" encoding="{encoding}"?>{SVG}', Finding.UNREADABLE)
            for encoding in ["shift_jis", "idna", "nothing"]
        ),
        (pdf_with(), Found.NOT_OURS),
        (pdf_with(b"not deflated"), Found.NOT_OURS),
        (pdf_with(zlib.compress(b"BT (a page) Tj ET")), Found.NOT_OURS),
        (pdf_with(b'{"a": "OpenBadgeCredential"}'), Finding.UNREADABLE),
        (pdf_with(end=b""), Found.CUT_SHORT),
    ],
)
def test_files_of_others(content, expected):
    content = content.encode() if isinstance(content, str) else content
    assert found_in(content) == (expected, None)


# --- credentials ----------------------------------------------------------------------


def containers(text):
    """Return the same credential in each kind of file that people show."""
    return [
        text,
        bake(SVG, text.decode()).encode(),
        pdf_with(b"other", zlib.compress(text)),
        pdf_with(text),
    ]


def test_a_credential_of_ours_is_valid_in_each_container(certificate):
    for content in containers(credential_of(certificate)):
        assert found_in(content) == (Finding.VALID, certificate)


def test_only_a_pdf_is_a_document(certificate):
    found = [inspect(c).is_document for c in containers(credential_of(certificate))]
    assert found == [False, False, True, True]


def test_the_document_holds_the_credential_that_is_taken_out(certificate):
    content = document_of(certificate)
    assert inspection.credential_in(content) == credential_of(certificate)
    assert found_in(content + b"\n") == (Finding.VALID, certificate)


def test_two_credentials_in_a_pdf_are_none(certificate):
    text = credential_of(certificate)
    content = pdf_with(text, zlib.compress(text.replace(b"Awa", b"Eva")))
    assert found_in(content) == (Found.NOT_OURS, None)


def test_a_bomb_is_not_unpacked(certificate):
    bomb = zlib.compress(b"{" + b" " * 50_000_000 + b"OpenBadgeCredential}")
    assert len(inspection.unpacked(pdf_with(bomb), 30)) <= 100_001
    assert found_in(pdf_with(bomb)) == (Found.NOT_OURS, None)


@pytest.fixture
def unpacked(monkeypatch):
    """The sizes of the streams that are unpacked, as they are."""
    sizes, unpack = [], inspection.unpacked

    def count(content, start):
        text = unpack(content, start)
        sizes.append(len(text))
        return text

    monkeypatch.setattr(inspection, "unpacked", count)
    return sizes


def test_a_pdf_of_many_bombs_is_unpacked_up_to_a_size_and_no_further(unpacked):
    streams = [b'{"n": %d' % n + b" " * 99_000 for n in range(60)]
    content = pdf_with(*map(zlib.compress, streams))
    assert len(content) < 20_000
    assert found_in(content) == (Found.NOT_OURS, None)
    most = inspection.MOST_UNPACKED
    assert most < sum(unpacked) <= most + inspection.LARGEST_CREDENTIAL + 1


def test_a_second_credential_ends_the_search(unpacked):
    streams = [b'{"OpenBadgeCredential": %d}' % n for n in range(50)]
    assert found_in(pdf_with(*streams)) == (Found.NOT_OURS, None)
    assert len(unpacked) == 2


@pytest.mark.parametrize("name", ["\ud800", "\0", "é" * 9_000])
def test_a_key_that_no_database_can_look_up_is_nobodys(certificate, name):
    document = json.loads(credential_of(certificate))
    [signature] = document["proof"]
    signature["verificationMethod"] = f"did:web:learn.example.org#{name}"
    content = json.dumps(document).encode()
    assert found_in(content) == (Finding.NOT_OURS, certificate)


def test_a_changed_credential_is_refused(certificate):
    changed = credential_of(certificate).replace(b"Awa Ndiaye", b"Eva Ndiaye")
    for content in containers(changed):
        assert found_in(content) == (Finding.CHANGED, certificate)


def test_the_same_statements_in_another_text_are_refused(certificate):
    document = json.loads(credential_of(certificate))
    document["awardedDate"] = [document["awardedDate"]]
    assert found_in(json.dumps(document).encode()) == (Finding.CHANGED, certificate)


def test_a_credential_of_somebody_else_is_not_ours(certificate):
    text = credential_of(certificate).replace(
        b"did:web:learn.example.org", b"did:web:evil.example.org"
    )
    assert found_in(text)[0] == Finding.NOT_OURS


def test_a_revoked_one_and_a_replaced_one(certificate):
    text = credential_of(certificate)
    made = life.replace(certificate, None, Event.Reason.NAME, name="Awa Diop")
    assert found_in(text) == (Finding.REVOKED, certificate)
    signing.sign(made.pk)
    life.revoke(made, None, Event.Reason.MISTAKE)
    assert found_in(credential_of(made)) == (Finding.REVOKED, made)


def test_an_expired_one(monkeypatch):
    certificate = make_of_kind(
        "module", valid_until=timezone.localdate() + timedelta(days=1)
    )
    signing.sign(certificate.pk)
    text = credential_of(certificate)
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert found_in(text) == (Finding.EXPIRED, certificate)


def test_a_key_that_is_no_longer_safe(certificate):
    text = credential_of(certificate)
    SigningKey.objects.update(state=State.COMPROMISED)
    assert found_in(text) == (Finding.COMPROMISED, certificate)


def test_an_erased_one_is_gone(certificate):
    text, content = credential_of(certificate), document_of(certificate)
    life.erase(certificate)
    assert found_in(text) == (Found.GONE, certificate)
    assert found_in(content)[0] != Found.SAME


def test_what_the_site_signed_under_its_former_address_stands(certificate, settings):
    text = credential_of(certificate)
    settings.SITE_URL = "https://moved.example.org"
    assert found_in(text)[0] in inspection.HOLDS


def test_so_does_it_when_another_issuer_has_a_key_of_the_same_name(
    certificate, settings
):
    other = issue_attendance(make_organisation())
    signing.sign(other.pk)
    assert len(set(SigningKey.objects.values_list("name", flat=True))) == 1
    settings.SITE_URL = "https://moved.example.org"
    for each in (certificate, other):
        found, whose = found_in(credential_of(each))
        assert found in inspection.HOLDS
        assert whose == each
