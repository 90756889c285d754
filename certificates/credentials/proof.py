"""Signs a document and checks its signature: Data Integrity, eddsa-rdfc-2022.

Source: W3C, Data Integrity EdDSA Cryptosuites 1.0, section 3.2.
"""

import hashlib
import unicodedata
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from certificates.credentials.canonical import Unsignable, canonical
from certificates.keys import from_base58, to_base58

SUITE = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}
PURPOSE = "assertionMethod"
LONGEST_VALUE = 100  # a signature has 64 bytes: 88 characters at most
WORDS = {*SUITE, "created", "verificationMethod", "proofPurpose", "proofValue"}


class NotSigned(ValueError):
    """The document bears no proof that we know how to check."""


def sign(
    document: dict, key: Ed25519PrivateKey, method: str, created: datetime
) -> dict:
    """Return the document with its proof; `method` is the full name of the key.

    Its texts are composed first (Unicode NFC), so that a reader that composes them
    finds the same. Raises Unsignable when something would not be covered.
    """
    if "proof" in document:
        raise Unsignable("The document is signed already.")
    document = composed(document)
    proof = SUITE | {
        "created": moment(created),
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
    }
    signature = key.sign(digests(document, proof))
    return document | {"proof": [proof | {"proofValue": "z" + to_base58(signature)}]}


def is_signed_by(document: dict, key: Ed25519PublicKey) -> bool:
    """Tell whether the document's proof was made with this key, and covers all of it.

    Raises NotSigned when it has no proof of our kind.
    """
    proof = proof_of(document)
    rest = {word: value for word, value in document.items() if word != "proof"}
    claim = {word: value for word, value in proof.items() if word != "proofValue"}
    try:
        signature = from_base58(proof["proofValue"].removeprefix("z"))
        key.verify(signature, digests(rest, claim))
    except (InvalidSignature, ValueError):
        return False
    return True


def proof_of(document: dict) -> dict:
    """Return the one proof of a document. Raises NotSigned."""
    proofs = document.get("proof")
    proofs = proofs if isinstance(proofs, list) else [proofs]
    if len(proofs) != 1 or not isinstance(proofs[0], dict):
        raise NotSigned("The document has no proof, or several.")
    proof = proofs[0]
    if set(proof) != WORDS or not all(isinstance(text, str) for text in proof.values()):
        raise NotSigned("The proof has other words than ours.")
    if len(proof["proofValue"]) > LONGEST_VALUE:
        raise NotSigned("The proof is too long for a signature.")
    if proof != proof | SUITE | {"proofPurpose": PURPOSE}:
        raise NotSigned("The proof is of another kind than ours.")
    return proof


def digests(document: dict, proof: dict) -> bytes:
    """Return what is signed: the digests of the proof's options and of the document."""
    options = {"@context": document.get("@context")} | proof
    return digest(options) + digest(document)


def digest(document: dict) -> bytes:
    return hashlib.sha256(canonical(document).encode()).digest()


def composed(value):
    """Return a JSON value with every text in Unicode's composed form."""
    if isinstance(value, dict):
        return {word: composed(part) for word, part in value.items()}
    if isinstance(value, list):
        return [composed(part) for part in value]
    if isinstance(value, str):
        return printable(unicodedata.normalize("NFC", value))
    if isinstance(value, bool):
        return value
    raise Unsignable(f"{value!r} is neither text, truth value, list nor object.")


def printable(text):
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unsignable(f"Half a character cannot be signed: {text!r}.") from error
    return text


def moment(when: datetime) -> str:
    """Write a moment as the standards want it: 2026-11-22T09:00:00Z.

    Raises ValueError when it has no time zone.
    """
    if when.utcoffset() is None:
        raise ValueError(f"{when} has no time zone.")
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
