"""The keys that sign credentials: made, locked, named, and what becomes of them.

Ed25519 pairs. The secret is kept as PKCS#8 locked with a passphrase that only the
environment knows; the public half is written as W3C's Multikey in did.json.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

# Drawn at random and never typed (secrets.token_urlsafe(32)): the lock of PKCS#8 is too
# quick to protect a phrase that a person can remember.
SHORTEST_PASSPHRASE = 32  # characters
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519 = b"\xed\x01"  # what follows is an Ed25519 public key (multicodec)


class CannotUnlock(ValueError):
    """The passphrase is missing or wrong, or the secret is damaged."""


class NotAllowed(ValueError):
    """A key cannot go from its state to the one asked for."""


class State(StrEnum):
    NEXT = "next"  # published before it signs, so that caches know it in time
    ACTIVE = "active"  # signs
    RETIRED = "retired"  # signs no more; what it signed stands
    COMPROMISED = "compromised"  # somebody else may hold it; nothing it signed stands


MAY_BECOME = {
    State.NEXT: {State.ACTIVE, State.COMPROMISED},
    State.ACTIVE: {State.RETIRED, State.COMPROMISED},
    State.RETIRED: {State.COMPROMISED},
    State.COMPROMISED: set(),
}
PUBLISHED = {State.NEXT, State.ACTIVE, State.RETIRED}
TRUSTED = {State.ACTIVE, State.RETIRED}


@dataclass(frozen=True)
class PublicKey:
    """The half that everybody may read. `name` is like certificates-2026-1."""

    name: str
    multikey: str
    state: State

    @property
    def is_published(self) -> bool:
        return self.state in PUBLISHED

    @property
    def is_trusted(self) -> bool:
        return self.state in TRUSTED


def make_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def lock(key: Ed25519PrivateKey, passphrase: str) -> str:
    """Return the secret as PEM that only the passphrase opens.

    Raises ValueError when the passphrase is too short to protect it.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise ValueError(
            f"The passphrase has {len(passphrase)} characters: "
            f"give at least {SHORTEST_PASSPHRASE}."
        )
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    ).decode()


def unlock(pem: str, passphrase: str) -> Ed25519PrivateKey:
    """Return the key of a locked PEM. Raises CannotUnlock, which quotes no secret."""
    if not passphrase:
        raise CannotUnlock("The passphrase of the signing keys is not set.")
    if "BEGIN ENCRYPTED PRIVATE KEY" not in pem:
        raise CannotUnlock("The signing key is not a locked PKCS#8 key.")
    try:
        key = serialization.load_pem_private_key(pem.encode(), passphrase.encode())
    except ValueError:
        # From None: the cause may show parts of what was decrypted.
        raise CannotUnlock("The passphrase does not open the signing key.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise CannotUnlock("The signing key is not an Ed25519 key.")
    return key


def multikey(key: Ed25519PublicKey) -> str:
    """Write a public key as Multikey: z6Mk and 44 characters more."""
    return "z" + to_base58(ED25519 + key.public_bytes_raw())


def read_multikey(text: str) -> Ed25519PublicKey:
    """Raises ValueError when the text is not the Multikey of an Ed25519 key."""
    content = from_base58(text[1:]) if text[:1] == "z" else b""
    if not content.startswith(ED25519):
        raise ValueError(f"{text!r} is not the Multikey of an Ed25519 key.")
    return Ed25519PublicKey.from_public_bytes(content[len(ED25519) :])


def to_base58(content: bytes) -> str:
    """Write bytes in Bitcoin's base 58: leading zero bytes become ones."""
    number = int.from_bytes(content)
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    zeros = len(content) - len(content.lstrip(b"\0"))
    return BASE58[0] * zeros + digits


def from_base58(text: str) -> bytes:
    """Read what `to_base58` wrote. Raises ValueError for another character."""
    number = 0
    for character in text:
        number = number * 58 + BASE58.index(character)
    zeros = len(text) - len(text.lstrip(BASE58[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def next_name(names: list[str], year: int) -> str:
    """Return the name of a new key, after those that an issuer has had."""
    pattern = re.compile(rf"certificates-{year}-(\d+)")
    numbers = [int(found[1]) for name in names if (found := pattern.fullmatch(name))]
    return f"certificates-{year}-{max(numbers, default=0) + 1}"


def change(state: State, new: State) -> State:
    """Return the new state. Raises NotAllowed: no key comes back to life."""
    if new not in MAY_BECOME[state]:
        raise NotAllowed(f"A key that is {state} cannot become {new}.")
    return new
