"""The same documents as a signed token: some readers want the status list so.

Source: W3C, Securing Verifiable Credentials using JOSE and COSE; RFC 8037 for EdDSA.
"""

import base64
import json
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def sign(document: dict, key: Ed25519PrivateKey, method: str) -> str:
    """Return an unsigned document as VC-JWT; `method` is the full name of the key."""
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": method}
    text = f"{part(header)}.{part(document | claims(document))}"
    return f"{text}.{base64url(key.sign(text.encode()))}"


def claims(document: dict) -> dict:
    """Return what readers of tokens look at, said again from the document."""
    issuer = document["issuer"]
    subject = document["credentialSubject"]["id"]
    said = {
        "iss": issuer if isinstance(issuer, str) else issuer["id"],
        "jti": document["id"],
        "sub": subject,
        "nbf": seconds(document["validFrom"]),
    }
    if "validUntil" in document:
        said["exp"] = seconds(document["validUntil"])
    return said


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def part(value: dict) -> str:
    return base64url(json.dumps(value, ensure_ascii=False).encode())


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
