"""The list that says which credentials are withdrawn: one bit each.

Source: W3C, Bitstring Status List 1.0. A list has a fixed length and indexes are drawn
at random, so that neither tells how many credentials there are, nor in which order.
"""

import base64
import gzip
import zlib
from datetime import datetime
from random import Random

from certificates.credentials.canonical import CREDENTIALS
from certificates.credentials.proof import moment

SIZE = 131_072  # the least that the standard allows
REVOCATION = "revocation"


class ListFull(Exception):
    """Every index of the list is taken: begin another list."""


def draw_index(used: set[int], generator: Random) -> int:
    """Return a free index, each as likely; `generator` is a SystemRandom in earnest."""
    if len(used) >= SIZE:
        raise ListFull
    while (index := generator.randrange(SIZE)) in used:
        pass
    return index


def no_bits() -> bytes:
    return bytes(SIZE // 8)


def with_bit(bits: bytes, index: int) -> bytes:
    """Return the list with one credential more withdrawn."""
    place, mask = place_of(bits, index)
    return bits[:place] + bytes([bits[place] | mask]) + bits[place + 1 :]


def is_set(bits: bytes, index: int) -> bool:
    place, mask = place_of(bits, index)
    return bool(bits[place] & mask)


def place_of(bits, index):
    """Index 0 is the highest bit of the first byte."""
    if not 0 <= index < len(bits) * 8:
        raise IndexError(f"The list has no index {index}.")
    return index // 8, 0x80 >> index % 8


def encode(bits: bytes) -> str:
    """Write a list: gzip, base64url without padding, and the u that says so."""
    packed = gzip.compress(bits, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Read what `encode` wrote, never more than a list's length.

    Raises ValueError when it is something else.
    """
    if text[:1] != "u":
        raise ValueError("The list does not begin with u.")
    packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
    unpacker = zlib.decompressobj(wbits=31)  # 31: gzip
    try:
        bits = unpacker.decompress(packed, SIZE // 8 + 1)
    except zlib.error as error:
        raise ValueError(f"The list cannot be unpacked: {error}.") from error
    if len(bits) != SIZE // 8 or not unpacker.eof:
        raise ValueError(f"The list does not have {SIZE} bits.")
    return bits


def entry(address: str, index: int) -> dict:
    """Return what a credential says of its place in the list at an address."""
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": REVOCATION,
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def list_credential(address: str, did: str, bits: bytes, signed_at: datetime) -> dict:
    """Return the list as a credential of its issuer, to be signed."""
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": moment(signed_at),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": REVOCATION,
            "encodedList": encode(bits),
        },
    }
