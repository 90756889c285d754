import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.credentials import canonical, proof
from certificates.credentials.canonical import Unsignable
from certificates.credentials.proof import NotSigned, is_signed_by, moment, sign
from certificates.keys import from_base58, read_multikey
from tests.certificates.credentials.samples import (
    ISSUED_AT,
    KEY,
    METHOD,
    MODULE,
    OTHER_KEY,
    make_document,
    make_signed,
)

W3C = Path(__file__).parent / "w3c"


@pytest.fixture
def vector(monkeypatch):
    """W3C's example, whose words we have not pinned."""
    examples = json.loads((W3C / "credentials-examples-v2.json").read_text())
    address = "https://www.w3.org/ns/credentials/examples/v2"
    pinned = canonical.context
    monkeypatch.setattr(
        canonical,
        "context",
        lambda wanted: examples if wanted == address else pinned(wanted),
    )
    return json.loads((W3C / "signed-credential.json").read_text())


def test_w3c_digests(vector):
    claim = vector.pop("proof")
    del claim["proofValue"]

    options, document = (
        (W3C / "proof-config-hash.txt").read_text().strip(),
        (W3C / "doc-hash.txt").read_text().strip(),
    )
    assert proof.digests(vector, claim).hex() == options + document


def test_w3c_signature_holds(vector):
    keys = json.loads((W3C / "key-pair.json").read_text())

    assert is_signed_by(vector, read_multikey(keys["publicKeyMultibase"]))


def test_w3c_signature_is_ours(vector):
    keys = json.loads((W3C / "key-pair.json").read_text())
    secret = from_base58(keys["privateKeyMultibase"][1:])[2:]
    theirs = vector.pop("proof")

    ours = sign(
        vector,
        Ed25519PrivateKey.from_private_bytes(secret),
        theirs["verificationMethod"],
        datetime.fromisoformat(theirs["created"]),
    )

    assert ours["proof"] == [theirs]


def test_a_signed_document_says_the_same_and_its_proof():
    signed = make_signed()

    assert is_signed_by(signed, KEY.public_key())
    [made] = signed.pop("proof")
    assert signed == make_document()
    assert made.pop("proofValue").startswith("z")
    assert made == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2024-01-15T09:00:00Z",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
    }


def test_another_key_did_not_sign():
    assert not is_signed_by(make_signed(), OTHER_KEY.public_key())


def test_the_same_document_has_the_same_signature():
    assert make_signed() == make_signed()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Autre"},
        {"validUntil": "2999-01-01T00:00:00Z"},
        {"invented": "x"},
        {"type": ["VerifiableCredential"]},
        {"evidence": [{"type": ["Evidence"], "name": "M05"}]},
    ],
)
def test_a_changed_document_is_not_signed(change):
    assert not is_signed_by(make_signed() | change, KEY.public_key())


@pytest.mark.parametrize("word", ["credentialStatus", "validFrom", "credentialSchema"])
def test_a_document_with_a_part_less_is_not_signed(word):
    signed = make_signed()
    del signed[word]

    assert not is_signed_by(signed, KEY.public_key())


@pytest.mark.parametrize(
    "change, value",
    [
        ("created", "2024-01-16T09:00:00Z"),
        ("verificationMethod", "did:web:learn.example.org#certificates-2026-1"),
        ("proofValue", "z" + "1" * 88),
        ("proofValue", "z0"),
        ("proofValue", ""),
    ],
)
def test_a_changed_proof_does_not_hold(change, value):
    signed = make_signed()
    signed["proof"] = [signed["proof"][0] | {change: value}]

    assert not is_signed_by(signed, KEY.public_key())


@pytest.mark.parametrize(
    "proofs",
    [
        None,
        [],
        ["text"],
        [{}, {}],
        [{"type": "DataIntegrityProof"}],
        [{"cryptosuite": "eddsa-jcs-2022"}],
        [{"proofPurpose": "authentication"}],
        [{"proofValue": 7}],
        [{"proofValue": "z" * 1000}],
        [{"expires": "2999-01-01T00:00:00Z"}],
    ],
)
def test_other_proofs_are_not_ours(proofs):
    signed = make_signed()
    if proofs and len(proofs) == 1 and isinstance(proofs[0], dict):
        whole = {} if "type" in proofs[0] else signed["proof"][0]
        proofs = [whole | proofs[0]]

    with pytest.raises(NotSigned):
        is_signed_by(signed | {"proof": proofs}, KEY.public_key())


def test_texts_are_composed():
    name = unicodedata.normalize("NFD", "Zoë Müller-Lüdenscheidt")
    signed = make_signed(MODULE | {"name": name})

    [named, _email] = signed["credentialSubject"]["identifier"]
    assert named["identityHash"] == unicodedata.normalize("NFC", name) != name
    assert is_signed_by(signed, KEY.public_key())


def test_signs_nothing_twice():
    with pytest.raises(Unsignable, match="signed already"):
        sign(make_signed(), KEY, METHOD, ISSUED_AT)


@pytest.mark.parametrize("value", [None, 7, 0.5, "\ud800"])
def test_refuses_values_that_readers_take_differently(value):
    with pytest.raises(Unsignable):
        sign(make_document() | {"name": value}, KEY, METHOD, ISSUED_AT)


def test_moment_is_in_universal_time():
    paris = timezone(timedelta(hours=1))

    assert moment(datetime(2026, 11, 22, 10, tzinfo=paris)) == "2026-11-22T09:00:00Z"
    assert moment(datetime(2026, 11, 22, 9, tzinfo=UTC)) == "2026-11-22T09:00:00Z"


def test_moment_needs_a_time_zone():
    with pytest.raises(ValueError, match="no time zone"):
        moment(datetime(2026, 11, 22))
