"""JSON-LD document → the statements that a signature covers, in canonical order.

Canonicalisation is W3C's RDFC-1.0 (PyLD still calls it by its old name, URDNA2015).
A signature covers statements and not the text: what JSON-LD would silently leave out
could be changed afterwards, so a document that loses anything on the way is refused.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from pyld import jsonld
from pyld.canon import URDNA2015

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CONTEXTS = [CREDENTIALS, OPEN_BADGES, EXTENSIONS]  # of an Open Badge

# Address → file and SHA-256; where they come from: contexts/README.md.
PINNED = {
    CREDENTIALS: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    EXTENSIONS: (
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
}
FOLDER = Path(__file__).parent / "contexts"

# A credential of ours needs none; a crafted one may ask for n! of them.
MOST_COMPARISONS = 200
DEEPEST = 20
MOST_KEPT = 200


class Unsignable(ValueError):
    """The document says something that its signature would not cover."""


class UnknownContext(Unsignable):
    """The document uses words that we have not pinned."""


@cache
def context(address: str) -> dict:
    """Return the pinned context of an address. Raises UnknownContext."""
    if address not in PINNED:
        raise UnknownContext(f"Context {address!r} is not pinned.")
    name, expected = PINNED[address]
    content = (FOLDER / name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise UnknownContext(f"{name} has changed: its SHA-256 is {found}.")
    return json.loads(content)


def load(address, options=None):
    """Serve a pinned context to PyLD; nothing is ever fetched."""
    return {
        "contextUrl": None,
        "contentType": "application/ld+json",
        "documentUrl": address,
        "document": context(address),
        "tag": "static",  # lets PyLD keep what it made of the context
    }


class Processor(jsonld.JsonLdProcessor):
    """PyLD's processor, which keeps what a type adds to the words: half of the time.

    PyLD works that out again for each object of the document. The context handed in is
    kept too, because it is known by its place in memory.
    """

    kept = {}

    def _process_context(self, active_ctx, local_ctx, options, *args, **how):
        if how != {"propagate": False} or "_uuid" not in active_ctx:
            return super()._process_context(
                active_ctx, local_ctx, options, *args, **how
            )
        key = (active_ctx["_uuid"], id(local_ctx))
        if key not in self.kept:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            made = super()._process_context(active_ctx, local_ctx, options, **how)
            self.kept[key] = (local_ctx, made)
        return self.kept[key][1]


class Canonical(URDNA2015):
    """RDFC-1.0 that gives up on documents made to keep it busy."""

    def __init__(self):
        super().__init__()
        self.comparisons = 0

    def hash_related_blank_node(self, *args):
        self.comparisons += 1
        if self.comparisons > MOST_COMPARISONS:
            raise Unsignable("Too many parts of the document look alike.")
        return super().hash_related_blank_node(*args)


def canonical(document: dict) -> str:
    """Return the document's statements as canonical N-Quads, one a line.

    Raises Unsignable when a word is unknown, an address is relative, or a statement
    would be lost or counted once instead of twice.
    """
    refuse_tricks(document)
    dropped = []
    processor = Processor(on_property_dropped=dropped.append)
    try:
        dataset = processor.to_rdf(document, {"documentLoader": load})
    except jsonld.JsonLdError as error:
        raise cause_of(error) from error
    if dropped:
        raise Unsignable(f"No context defines {', '.join(map(str, dropped))}.")
    lines = Canonical().main(dataset, {"format": "application/n-quads"})
    refuse_loss(document, lines)
    return lines


def cause_of(error):
    """Return what to raise for an error of PyLD: our own, when it hides one."""
    cause = error
    while cause is not None:
        if isinstance(cause, Unsignable):
            return cause
        cause = cause.__cause__
    return Unsignable(f"Not a JSON-LD document: {error.code or error.type}.")


def refuse_tricks(document):
    """Raise Unsignable unless the document uses pinned words alone, as plain JSON.

    Other ways of JSON-LD to write the same statements would let a document look
    different from what its signature covers.
    """
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not contexts:
        raise Unsignable("The document names no contexts.")
    for address in contexts:
        if not isinstance(address, str):
            raise Unsignable("The document brings a context of its own.")
        context(address)
    refuse_odd_words({word: part for word, part in document.items() if word[:1] != "@"})
    if extra := [word for word in document if word[:1] == "@" and word != "@context"]:
        raise Unsignable(f"The document uses {', '.join(extra)}.")


def refuse_odd_words(value, depth=0):
    if depth > DEEPEST:
        raise Unsignable("The document is nested too deeply.")
    if isinstance(value, str) and value.startswith("_:"):
        raise Unsignable(f"The document gives a name to a nameless thing: {value}.")
    if isinstance(value, dict):
        if odd := [word for word in value if "@" in word or ":" in word]:
            raise Unsignable(f"The document uses {', '.join(odd)}.")
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            refuse_odd_words(part, depth + 1)


def refuse_loss(document, lines):
    if f"<{jsonld.DEFAULT_BASE_IRI}" in lines:
        raise Unsignable("An address or a type in the document is relative.")
    said, kept = count_of(document), lines.count("\n")
    if said != kept:
        raise Unsignable(f"The document makes {said} statements, {kept} are kept.")


def count_of(node: dict) -> int:
    """Return how many statements a JSON tree makes: one for each value of each word."""
    count = 0
    for word, value in node.items():
        if word in ("@context", "id"):
            continue
        values = value if isinstance(value, list) else [value]
        count += len(values)
        count += sum(count_of(part) for part in values if isinstance(part, dict))
    return count
