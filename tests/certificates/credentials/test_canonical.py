import copy
import json

import pytest
from pyld import jsonld

from certificates.credentials import canonical as module
from certificates.credentials.canonical import (
    CREDENTIALS,
    OPEN_BADGES,
    PINNED,
    UnknownContext,
    Unsignable,
    canonical,
    context,
)
from tests.certificates.credentials.samples import KINDS, make_document, make_list

SMALL = {
    "@context": [CREDENTIALS],
    "id": "https://learn.example.org/1",
    "type": ["VerifiableCredential"],
    "issuer": "did:web:learn.example.org",
}


def test_statements_of_a_small_document():
    assert canonical(SMALL).splitlines() == [
        "<https://learn.example.org/1> "
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<https://www.w3.org/2018/credentials#VerifiableCredential> .",
        "<https://learn.example.org/1> <https://www.w3.org/2018/credentials#issuer> "
        "<did:web:learn.example.org> .",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_shortcut_changes_nothing(kind):
    document = make_document(KINDS[kind])

    assert canonical(document) == jsonld.normalize(
        document,
        {
            "algorithm": "URDNA2015",
            "format": "application/n-quads",
            "documentLoader": module.load,
        },
    )


@pytest.mark.parametrize(
    "change, message",
    [
        ({"invented": "x"}, "No context defines invented"),
        ({"type": ["VerifiableCredential", "Invented"]}, "is relative"),
        ({"issuer": "somebody"}, "is relative"),
        ({"issuer": None}, "makes 2 statements, 1 are kept"),
        ({"issuer": ["did:web:a.org", "did:web:a.org"]}, "makes 3 statements, 2"),
        ({"https://schema.org/name": "x"}, "uses https://schema.org/name"),
        ({"@included": [{"id": "https://a.org"}]}, "uses @included"),
        ({"issuer": {"@id": "did:web:a.org"}}, "uses @id"),
        (
            {"issuer": {"@context": {"a": "b:c"}, "id": "did:web:a.org"}},
            "uses @context",
        ),
        ({"issuer": {"id": "_:a"}}, "gives a name to a nameless thing"),
        ({"@context": CREDENTIALS}, "names no contexts"),
        ({"@context": []}, "names no contexts"),
        ({"@context": [CREDENTIALS, {"a": "b:c"}]}, "a context of its own"),
    ],
)
def test_refuses_what_a_signature_would_not_cover(change, message):
    with pytest.raises(Unsignable, match=message):
        canonical(SMALL | change)


def test_refuses_the_schema_type_without_its_context():
    document = make_document()
    document["@context"] = [CREDENTIALS, OPEN_BADGES]

    with pytest.raises(Unsignable, match="is relative"):
        canonical(document)


def test_fetches_no_context():
    with pytest.raises(UnknownContext, match="https://example.org/context"):
        canonical(SMALL | {"@context": [CREDENTIALS, "https://example.org/context"]})


def test_refuses_a_document_nested_too_deeply():
    document = {"id": "https://a.org"}
    for _ in range(30):
        document = {"issuer": document}

    with pytest.raises(Unsignable, match="nested too deeply"):
        canonical(SMALL | document)


def test_gives_up_on_many_parts_that_look_alike():
    alike = [{"type": ["Evidence"]} for _ in range(12)]
    document = SMALL | {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "credentialSubject": [{"endorsement": alike}, {"endorsement": alike}],
    }

    with pytest.raises(Unsignable, match="look alike"):
        canonical(document)


@pytest.mark.parametrize("address", PINNED)
def test_contexts_are_the_pinned_ones(address):
    assert "@context" in context(address)


def test_a_context_that_has_changed_is_refused(monkeypatch, tmp_path):
    name, _digest = PINNED[CREDENTIALS]
    changed = copy.deepcopy(context(CREDENTIALS)) | {"added": 1}
    (tmp_path / name).write_text(json.dumps(changed))
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    context.cache_clear()

    with pytest.raises(UnknownContext, match=f"{name} has changed"):
        context(CREDENTIALS)

    context.cache_clear()


def test_a_status_list_can_be_signed():
    assert len(canonical(make_list()).splitlines()) == 8
