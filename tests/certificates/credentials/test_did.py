import pytest
from openbadgeslib.ob3.did import did_web_from_url, pem_for_kid

from certificates.credentials import did
from certificates.keys import PublicKey, State
from tests.certificates.credentials.samples import DID, METHOD, PUBLIC


@pytest.mark.parametrize(
    "site, expected",
    [
        ("https://learn.example.org", "did:web:learn.example.org"),
        ("https://learn.example.org/", "did:web:learn.example.org"),
        ("https://Learn.Example.org", "did:web:learn.example.org"),
        ("https://learn.example.org:8443", "did:web:learn.example.org%3A8443"),
        ("http://localhost:8000", "did:web:localhost%3A8000"),
        ("https://example.org/repere", "did:web:example.org:repere"),
        ("https://repère.example", "did:web:xn--repre-6ra.example"),
    ],
)
def test_platform(site, expected):
    assert did.platform(site) == expected


@pytest.mark.parametrize("site", ["", "learn.example.org", "http://[::1]:8000"])
def test_a_site_without_a_name_has_no_did(site):
    with pytest.raises(ValueError, match="has no host"):
        did.platform(site)


def test_organisation():
    name = did.organisation("http://localhost:8000", "ccas-valence")

    assert name == "did:web:localhost%3A8000:org:ccas-valence"


@pytest.mark.parametrize("slug", ["", "a:b", "a/b", "é", "a b", "a#b", "%41"])
def test_a_slug_cannot_reach_elsewhere(slug):
    with pytest.raises(ValueError, match="cannot be part"):
        did.organisation("https://learn.example.org", slug)


@pytest.mark.parametrize(
    "name, expected",
    [
        ("did:web:a.org", "https://a.org/.well-known/did.json"),
        ("did:web:a.org%3A8443", "https://a.org:8443/.well-known/did.json"),
        ("did:web:a.org:org:drome", "https://a.org/org/drome/did.json"),
    ],
)
def test_address(name, expected):
    assert did.address(name) == expected


def test_another_program_gives_the_same_name():
    assert did_web_from_url("https://learn.example.org/org/drome") == DID


def test_document_lists_what_may_be_known():
    states = {state: PublicKey(state, PUBLIC.multikey, state) for state in State}

    document = did.document(DID, list(states.values()))

    assert [key["id"] for key in document["verificationMethod"]] == [
        f"{DID}#next",
        f"{DID}#active",
        f"{DID}#retired",
    ]
    assert document["assertionMethod"] == [f"{DID}#active", f"{DID}#retired"]


def test_document():
    assert did.document(DID, [PUBLIC]) == {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
        ],
        "id": DID,
        "verificationMethod": [
            {
                "id": METHOD,
                "type": "Multikey",
                "controller": DID,
                "publicKeyMultibase": PUBLIC.multikey,
            }
        ],
        "assertionMethod": [METHOD],
    }


def test_another_program_finds_the_key():
    pem = pem_for_kid(did.document(DID, [PUBLIC]), DID, METHOD)

    assert b"BEGIN PUBLIC KEY" in pem
