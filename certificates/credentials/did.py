"""did:web: an issuer's name is an address, where its public keys can be read.

Source: the did:web method specification and W3C's Controlled Identifiers 1.0.
"""

import re
from urllib.parse import quote, unquote, urlsplit

from certificates.keys import PublicKey

CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
SEGMENT = re.compile(r"[A-Za-z0-9._-]+")


def platform(site: str) -> str:
    """Return the platform's name; `site` is its address: https://learn.example.org."""
    parts = urlsplit(site)
    if not parts.hostname or ":" in parts.hostname:
        raise ValueError(f"{site!r} has no host that did:web can name.")
    host = parts.hostname.encode("idna").decode()
    # The colon of a port would read as the start of a folder.
    port = f"%3A{parts.port}" if parts.port else ""
    folders = [segment for segment in parts.path.split("/") if segment]
    return ":".join(["did:web", host + port, *map(checked, folders)])


def organisation(site: str, slug: str) -> str:
    """Return an organisation's name on the platform: did:web:HOST:org:SLUG."""
    return f"{platform(site)}:org:{checked(slug)}"


def checked(segment: str) -> str:
    if not SEGMENT.fullmatch(segment):
        raise ValueError(f"{segment!r} cannot be part of a did:web name.")
    return segment


def address(did: str) -> str:
    """Return where an issuer's document is read: https, whatever the site uses."""
    host, *folders = did.removeprefix("did:web:").split(":")
    path = "/".join(quote(unquote(folder)) for folder in folders) or ".well-known"
    return f"https://{unquote(host)}/{path}/did.json"


def method(did: str, key_name: str) -> str:
    """Return the full name of a key: did:web:HOST#certificates-2026-1."""
    return f"{did}#{key_name}"


def document(did: str, keys: list[PublicKey]) -> dict:
    """Return the content of did.json.

    A key that is next can be read but signs nothing yet; a compromised one is gone.
    """
    published = [key for key in keys if key.is_published]
    return {
        "@context": CONTEXTS,
        "id": did,
        "verificationMethod": [
            {
                "id": method(did, key.name),
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": key.multikey,
            }
            for key in published
        ],
        "assertionMethod": [
            method(did, key.name) for key in published if key.is_trusted
        ],
    }
