"""What to answer a person who shows a credential: ours, unchanged, still valid?

For the check page. Whoever shows the credential may have made it: nothing in it is
believed before its signature holds, and reading it costs little whatever it holds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from certificates.credentials import status
from certificates.credentials.canonical import CONTEXTS, DEEPEST, count_of
from certificates.credentials.proof import NotSigned, is_signed_by, proof_of
from certificates.keys import PublicKey, State, read_multikey

LARGEST = 100_000  # bytes; ours have 2,000 to 30,000
# Of a credential that we have no record of: to read 2,500 statements takes seconds.
MOST_STATEMENTS = 400
LISTS = {
    "@context",
    "alignment",
    "credentialSchema",
    "evidence",
    "identifier",
    "proof",
    "result",
    "rubricCriterionLevel",
}
LONE_TYPES = (
    "1EdTechJsonSchemaValidator2019",
    "BitstringStatusListEntry",
    "DataIntegrityProof",
    "IdentityObject",
    "Image",
)


class Finding(StrEnum):
    VALID = "valid"
    UNREADABLE = "unreadable"  # not a credential at all
    NOT_OURS = "not_ours"  # signed by nobody that we know, or not signed
    CHANGED = "changed"  # names one of our keys, but the signature does not hold
    COMPROMISED = "compromised"  # the key is no longer trusted: ask for a new one
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    STATUS_UNKNOWN = "status_unknown"  # we do not have the list that it names


@dataclass(frozen=True)
class Known:
    """What we hold against which a credential is checked.

    `keys` maps the full name of each key we ever published or meant to
    (did:web:HOST#certificates-2026-1) to its public half; `lists` maps the address of
    each status list to its bits.
    """

    keys: Mapping[str, PublicKey]
    lists: Mapping[str, bytes]


class Unreadable(ValueError):
    """The text is not a JSON object that has one meaning."""


def read(content: bytes) -> dict:
    """Return the document in a JSON file. Raises Unreadable."""
    if len(content) > LARGEST:
        raise Unreadable("The file is too large for a credential.")
    try:
        document = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=each_word_once,
            parse_constant=no_such_number,
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable("The file is not JSON.") from error
    if not isinstance(document, dict):
        raise Unreadable("The file holds no document.")
    return document


def each_word_once(pairs):
    """Refuse a word written twice: readers would not agree on which one counts."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Unreadable("A word is written twice.")
    return value


def no_such_number(text):
    raise Unreadable(f"{text} is not a number.")


def verify(
    document: dict, known: Known, now: datetime, record: dict | None = None
) -> Finding:
    """Return what to say of a document at a moment; the first fault counts.

    `record` is the credential as we issued it, when we still have it: a signature
    covers statements, and only the comparison covers the text.
    """
    if not looks_like_ours(document):
        return Finding.UNREADABLE
    key = key_of(document, known)
    if key is None:
        return Finding.NOT_OURS
    if key.state == State.COMPROMISED:
        return Finding.COMPROMISED
    if not has_our_form(document):
        return Finding.CHANGED
    # Before the signature, which is what costs.
    if record is not None and document != record:
        return Finding.CHANGED
    if record is None and count_of(document) > MOST_STATEMENTS:
        return Finding.CHANGED
    if not is_signed_by(document, read_multikey(key.multikey)):
        return Finding.CHANGED
    return status_of(document, known) or dates_of(document, now)


def looks_like_ours(document):
    """Tell whether a document has the shape of an Open Badge of ours."""
    types = document.get("type")
    return (
        document.get("@context") == CONTEXTS
        and isinstance(types, list)
        and "OpenBadgeCredential" in types
        and isinstance(document.get("issuer"), dict)
        and isinstance(document.get("validFrom"), str)
        and isinstance(document.get("validUntil", ""), str)
    )


def has_our_form(node, depth=0):
    """Tell whether each value is a list, an object or a text where ours is.

    [“7”] for “7” and “false” for false are the same statements, but may be read
    otherwise by a program that looks at the text.
    """
    if depth > DEEPEST:
        return False
    for word, value in node.items():
        is_list = isinstance(value, list)
        if is_list != belongs_in_a_list(word, value):
            return False
        for part in value if is_list else [value]:
            if isinstance(part, dict):
                if not has_our_form(part, depth + 1):
                    return False
            elif not isinstance(part, bool if word == "hashed" else str):
                return False
    return True


def belongs_in_a_list(word, value):
    part = value[0] if isinstance(value, list) and value else value
    if word == "type":
        return part not in LONE_TYPES
    if word == "resultDescription":  # what results mean, or the address of one
        return isinstance(part, dict)
    return word in LISTS


def key_of(document, known):
    """Return the key that a document names, when it is the issuer's and may sign."""
    try:
        name = proof_of(document)["verificationMethod"]
    except NotSigned:
        return None
    key = known.keys.get(name)
    if key is None or key.state == State.NEXT:
        return None
    # One organisation cannot sign for another.
    return key if name.partition("#")[0] == document["issuer"].get("id") else None


def status_of(document, known):
    """Return why the status forbids it, or None."""
    entry = document.get("credentialStatus")
    if entry is None:
        return None
    bits = known.lists.get(entry["statusListCredential"])
    if bits is None:
        return Finding.STATUS_UNKNOWN
    if status.is_set(bits, int(entry["statusListIndex"])):
        return Finding.REVOKED
    return None


def dates_of(document, now):
    if now < datetime.fromisoformat(document["validFrom"]):
        return Finding.NOT_YET_VALID
    until = document.get("validUntil")
    if until is not None and now >= datetime.fromisoformat(until):
        return Finding.EXPIRED
    return Finding.VALID
