"""Verifiers that we did not write accept our credentials and refuse the bad ones.

openbadgeslib (Python), verifier-core of the Digital Credentials Consortium (node), and
1EdTech's own JSON schema. Addresses are served from memory.
"""

import copy
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft201909Validator
from openbadgeslib import baking
from openbadgeslib.ob3 import OB3VerificationError
from openbadgeslib.ob3.ldp import OB3LdpVerifier

from certificates.credentials import badge, did, vc_jwt
from tests.certificates.credentials import samples
from tests.certificates.credentials.samples import (
    DID,
    FAR_AHEAD,
    KEY,
    KINDS,
    LIST,
    LONG_AGO,
    METHOD,
    OTHER_INDEX,
    OTHER_KEY,
    PUBLIC,
    make_list,
    make_signed,
    make_signed_list,
)

HERE = Path(__file__).parent
SCHEMA = json.loads(
    (HERE / "official" / "ob_v3p0_achievementcredential_schema.json").read_text()
)
DID_DOCUMENT = did.document(DID, [PUBLIC])


def changed(credential):
    credential = copy.deepcopy(credential)
    credential["credentialSubject"]["identifier"][0]["identityHash"] = "Marc Delmas"
    return credential


GOOD = {kind: make_signed(facts) for kind, facts in KINDS.items()} | {
    "until": make_signed(valid_until=FAR_AHEAD),
    "without_email": make_signed(email=""),
    "other_script": make_signed(samples.MODULE | {"name": "Nguyễn Thị Ánh 王小明"}),
}
BAD = {
    "changed": (changed(GOOD["module"]), "signature mismatch"),
    "expired": (make_signed(valid_until=LONG_AGO), "expired"),
    "revoked": (make_signed(list_index=OTHER_INDEX), "status 'revocation' is set"),
    "stranger": (make_signed(key=OTHER_KEY), "signature mismatch"),
}


# openbadgeslib


def serve(address):
    """Serve did.json and the status list, in the form that openbadgeslib reads."""
    return {
        did.address(DID): json.dumps(DID_DOCUMENT).encode(),
        LIST: vc_jwt.sign(make_list(OTHER_INDEX), KEY, METHOD).encode(),
    }[address]


def ask_openbadgeslib(credential):
    return OB3LdpVerifier.for_issuer_did(DID).verify(
        credential, check_status=True, download=serve
    )


@pytest.mark.parametrize("name", GOOD)
def test_openbadgeslib_accepts(name):
    read = ask_openbadgeslib(GOOD[name])

    assert read.issuer.id == DID
    assert read.achievement.name == GOOD[name]["name"]


@pytest.mark.parametrize("name", BAD)
def test_openbadgeslib_refuses(name):
    credential, reason = BAD[name]

    with pytest.raises(OB3VerificationError, match=reason):
        ask_openbadgeslib(credential)


def test_openbadgeslib_refuses_a_list_of_another_signer():
    def serve_forged(address):
        if address == LIST:
            return vc_jwt.sign(make_list(), OTHER_KEY, METHOD).encode()
        return serve(address)

    with pytest.raises(OB3VerificationError, match="proof is invalid"):
        OB3LdpVerifier.for_issuer_did(DID).verify(
            BAD["revoked"][0], check_status=True, download=serve_forged
        )


def test_openbadgeslib_reads_our_badge():
    text = json.dumps(GOOD["module"], ensure_ascii=False)
    svg = badge.bake(badge.draw("Titre", "M04", "Repère", "F", "Badge"), text)

    found = baking.extract_svg(
        svg.encode(), element=baking.SVG_ELEMENT_OB3, text_fallback=True
    )
    assert found == text


# verifier-core


@pytest.fixture(scope="module")
def answers():
    """What verifier-core says of all credentials, asked at once: node starts slowly."""
    folder = Path(os.environ.get("VERIFIER_CORE", HERE / "dcc"))
    if not shutil.which("node"):
        pytest.skip("needs node: see dcc/README.md")
    if not (folder / "node_modules").is_dir():
        pytest.skip("needs what dcc/README.md says")
    question = {
        "folder": str(folder),
        "served": {
            did.address(DID): DID_DOCUMENT,
            LIST: make_signed_list(OTHER_INDEX),
            SCHEMA["$id"]: SCHEMA,
        },
        "credentials": GOOD
        | {name: credential for name, (credential, _reason) in BAD.items()},
    }
    run = subprocess.run(
        ["node", HERE / "dcc" / "verify.mjs"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = json.loads(run.stdout)
    assert found["missing"] == []
    return found["answers"]


def log(**changes):
    return {
        "valid_signature": True,
        "expiration": True,
        "revocation_status": True,
        "registered_issuer": False,
    } | changes


@pytest.mark.parametrize("name", GOOD)
def test_verifier_core_accepts(name, answers):
    assert answers[name] == {"errors": [], "log": log(), "schema": [True]}


@pytest.mark.parametrize(
    "name, expected",
    [
        ("changed", {"errors": ["invalid_signature"], "log": {}, "schema": []}),
        ("stranger", {"errors": ["invalid_signature"], "log": {}, "schema": []}),
        ("expired", {"errors": [], "log": log(expiration=False), "schema": [True]}),
        (
            "revoked",
            {"errors": [], "log": log(revocation_status=False), "schema": [True]},
        ),
    ],
)
def test_verifier_core_refuses(name, expected, answers):
    assert answers[name] == expected


# The official schema


def problems(credential):
    found = Draft201909Validator(SCHEMA).iter_errors(credential)
    return sorted("/".join(map(str, error.absolute_path)) for error in found)


@pytest.mark.parametrize("name", GOOD)
def test_official_schema_accepts(name):
    assert problems(GOOD[name]) == []


def test_official_schema_refuses_an_achievement_without_criteria():
    credential = copy.deepcopy(GOOD["module"])
    del credential["credentialSubject"]["achievement"]["criteria"]

    assert problems(credential) == ["credentialSubject/achievement"]
