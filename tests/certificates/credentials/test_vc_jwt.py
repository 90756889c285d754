import base64
import json

from openbadgeslib.ob3 import OB3Verifier

from certificates.credentials import vc_jwt
from tests.certificates.credentials.samples import (
    DID,
    FAR_AHEAD,
    KEY,
    LIST,
    METHOD,
    make_document,
    make_list,
)
from tests.certificates.test_keys import pem_of


def parts_of(token):
    return [
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for part in token.split(".")[:2]
    ]


def test_token_of_a_status_list():
    header, payload = parts_of(vc_jwt.sign(make_list(8), KEY, METHOD))

    assert header == {"alg": "EdDSA", "typ": "vc+jwt", "kid": METHOD}
    assert payload == make_list(8) | {
        "iss": DID,
        "jti": LIST,
        "sub": f"{LIST}#list",
        "nbf": 1705309200,
    }


def test_token_of_a_credential_is_read_by_another_program():
    token = vc_jwt.sign(make_document(valid_until=FAR_AHEAD), KEY, METHOD)

    read = OB3Verifier(pem_of(KEY.public_key()), issuer_did=DID).verify(token)

    assert read.achievement.name == "Guider à l’écran sans voir l’écran"
    assert parts_of(token)[1]["exp"] == int(FAR_AHEAD.timestamp())
