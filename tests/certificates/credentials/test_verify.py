import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certificates.credentials import did, proof, status
from certificates.credentials.verify import (
    LARGEST,
    MOST_STATEMENTS,
    Finding,
    Known,
    Unreadable,
    read,
    verify,
)
from certificates.keys import State
from tests.certificates.credentials.samples import (
    INDEX,
    ISSUED_AT,
    KEY,
    KINDS,
    LIST,
    METHOD,
    OTHER_KEY,
    PUBLIC,
    SITE,
    make_document,
    make_signed,
    make_signed_list,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KNOWN = Known(keys={METHOD: PUBLIC}, lists={LIST: status.no_bits()})
REVOKED = Known(keys=KNOWN.keys, lists={LIST: status.with_bit(status.no_bits(), INDEX)})

SCORE = f"{SITE.achievement('module', 'M04', '2026-1')}#score"


def with_key(state):
    return Known(keys={METHOD: replace(PUBLIC, state=state)}, lists=KNOWN.lists)


@pytest.mark.parametrize("kind", KINDS)
def test_ours_is_valid(kind):
    assert verify(make_signed(KINDS[kind]), KNOWN, NOW) == Finding.VALID


def test_ours_is_valid_after_a_journey_as_text():
    text = json.dumps(make_signed(), ensure_ascii=False).encode()

    assert verify(read(text), KNOWN, NOW) == Finding.VALID


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Autre"},
        {"invented": "x"},
        {"validUntil": "2999-01-01T00:00:00Z"},
        {"validFrom": "2024-01-14T09:00:00Z"},
        {"credentialStatus": []},
        {"credentialSchema": "x"},
    ],
)
def test_changed(change):
    assert verify(make_signed() | change, KNOWN, NOW) == Finding.CHANGED


def test_changed_when_the_status_is_taken_out():
    signed = make_signed()
    del signed["credentialStatus"]

    assert verify(signed, REVOKED, NOW) == Finding.CHANGED


def replaced(document, path, value):
    document = copy.deepcopy(document)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    "path, value",
    [
        (["credentialStatus", "statusListIndex"], [str(INDEX)]),
        (["credentialStatus", "type"], ["BitstringStatusListEntry"]),
        (["issuer", "name"], ["Repère"]),
        (["issuer", "type"], "Profile"),
        (["credentialSubject", "identifier", 0, "hashed"], "false"),
        (["credentialSubject", "result", 0, "resultDescription"], [SCORE]),
    ],
)
def test_changed_when_the_same_is_written_otherwise(path, value):
    document = replaced(make_signed(), path, value)

    # The signature holds: it covers statements, which are the same.
    assert proof.is_signed_by(document, KEY.public_key())
    assert verify(document, KNOWN, NOW) == Finding.CHANGED


def paths_in(node, path=()):
    parts = node.items() if isinstance(node, dict) else enumerate(node)
    for step, part in parts:
        yield (*path, step)
        if isinstance(part, dict | list):
            yield from paths_in(part, (*path, step))


@pytest.mark.parametrize(
    "value", ["x", "_:x", "\ud800", None, 7, [], {}, {"id": "https://a.org"}, [{}]]
)
def test_any_part_replaced_is_noticed_and_is_no_trouble(value):
    signed = make_signed()

    found = {
        verify(replaced(signed, path, value), KNOWN, NOW) for path in paths_in(signed)
    }

    assert found == {Finding.CHANGED, Finding.UNREADABLE, Finding.NOT_OURS}


def test_changed_when_it_differs_from_the_record():
    signed = make_signed()
    reordered = signed | {"type": signed["type"][::-1]}

    assert verify(reordered, KNOWN, NOW) == Finding.VALID
    assert verify(reordered, KNOWN, NOW, record=signed) == Finding.CHANGED
    assert verify(signed, KNOWN, NOW, record=signed) == Finding.VALID


@pytest.fixture
def no_signature_read(monkeypatch):
    """Fails the test when the statements are put in order, which is what costs."""

    def fail(*args):
        raise AssertionError("A signature was checked.")

    monkeypatch.setattr("certificates.credentials.verify.is_signed_by", fail)


def test_what_differs_from_the_record_is_refused_before_its_signature_is_read(
    no_signature_read,
):
    signed = make_signed()
    changed = signed | {"name": "Autre"}
    assert verify(changed, KNOWN, NOW, record=signed) == Finding.CHANGED


def test_many_statements_without_a_record_are_not_read(no_signature_read):
    evidence = [{"type": ["Evidence"], "name": "x"}] * (MOST_STATEMENTS // 2)
    large = make_signed() | {"evidence": evidence}
    assert len(json.dumps(large)) < LARGEST
    assert verify(large, KNOWN, NOW) == Finding.CHANGED


def test_those_of_a_path_of_sixty_modules_are_read_without_a_record():
    facts = KINDS["path"] | {"modules": KINDS["path"]["modules"] * 30}
    assert verify(make_signed(facts), KNOWN, NOW) == Finding.VALID


def test_signed_by_somebody_else_with_our_key_name():
    assert verify(make_signed(key=OTHER_KEY), KNOWN, NOW) == Finding.CHANGED


def sign_as(document, method):
    return proof.sign(document, KEY, method, ISSUED_AT)


@pytest.mark.parametrize(
    "credential",
    [
        sign_as(make_document(), "did:web:other.example#certificates-2026-1"),
        sign_as(make_document(), METHOD + "0"),
        make_document(),
        make_signed() | {"proof": {"type": "DataIntegrityProof"}},
    ],
    ids=["other site", "other key", "no proof", "other proof"],
)
def test_not_ours(credential):
    assert verify(credential, KNOWN, NOW) == Finding.NOT_OURS


def test_an_organisation_cannot_sign_for_another():
    other = did.method(did.organisation(SITE.base, "isere"), PUBLIC.name)
    known = Known(keys=KNOWN.keys | {other: PUBLIC}, lists=KNOWN.lists)

    assert verify(sign_as(make_document(), other), known, NOW) == Finding.NOT_OURS


@pytest.mark.parametrize(
    "state, expected",
    [
        (State.NEXT, Finding.NOT_OURS),
        (State.ACTIVE, Finding.VALID),
        (State.RETIRED, Finding.VALID),
        (State.COMPROMISED, Finding.COMPROMISED),
    ],
)
def test_state_of_the_key(state, expected):
    assert verify(make_signed(), with_key(state), NOW) == expected


def test_revoked():
    assert verify(make_signed(), REVOKED, NOW) == Finding.REVOKED


def test_revoked_comes_before_expired():
    signed = make_signed(valid_until=NOW - timedelta(days=1))

    assert verify(signed, REVOKED, NOW) == Finding.REVOKED


def test_another_index_is_revoked():
    assert verify(make_signed(list_index=INDEX + 1), REVOKED, NOW) == Finding.VALID


def test_unknown_list():
    known = Known(keys=KNOWN.keys, lists={})

    assert verify(make_signed(), known, NOW) == Finding.STATUS_UNKNOWN


@pytest.mark.parametrize(
    "now, expected",
    [
        (ISSUED_AT - timedelta(seconds=1), Finding.NOT_YET_VALID),
        (ISSUED_AT, Finding.VALID),
        (NOW - timedelta(seconds=1), Finding.VALID),
        (NOW, Finding.EXPIRED),
    ],
)
def test_dates(now, expected):
    assert verify(make_signed(valid_until=NOW), KNOWN, now) == expected


@pytest.mark.parametrize(
    "document",
    [
        {},
        make_signed_list(),
        make_signed() | {"@context": ["https://www.w3.org/ns/credentials/v2"]},
        make_signed() | {"type": "OpenBadgeCredential"},
        make_signed() | {"issuer": "did:web:learn.example.org"},
        make_signed() | {"validFrom": 2024},
        make_signed() | {"validUntil": None},
    ],
)
def test_unreadable(document):
    assert verify(document, KNOWN, NOW) == Finding.UNREADABLE


def test_a_document_nested_too_deeply_is_no_trouble():
    nested = {}
    for _ in range(400):
        nested = {"issuer": nested}

    assert verify(make_signed() | {"name": nested}, KNOWN, NOW) == Finding.CHANGED


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"[]",
        b'"text"',
        b'{"a": 1',
        b'{"a": NaN}',
        b'{"name": "Awa", "name": "Marc"}',
        b"\xff\xfe{\0}\0",
        b"[" * 90_000,
        b" " * (LARGEST + 1),
    ],
)
def test_reads_only_json_with_one_meaning(content):
    with pytest.raises(Unreadable):
        read(content)


def test_reads_a_file_with_a_mark_at_its_start():
    assert read(b'\xef\xbb\xbf{"a": "b"}') == {"a": "b"}
