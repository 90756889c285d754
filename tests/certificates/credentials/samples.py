"""Facts of each kind, an issuer and its key: where tests of credentials start."""

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.credentials import did, proof, status
from certificates.credentials.document import Issue, Issuer, credential
from certificates.credentials.sites import Site
from certificates.keys import PublicKey, State, multikey
from tests.certificates.factories import CODE, FACTS

SITE = Site("https://learn.example.org")
DID = did.organisation(SITE.base, "drome")
ISSUER = Issuer(did=DID, name="Repère", address=SITE.base)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = PublicKey("certificates-2026-1", multikey(KEY.public_key()), State.ACTIVE)
METHOD = did.method(DID, PUBLIC.name)
LIST = SITE.status_list("2026-1")
INDEX, OTHER_INDEX = 94567, 8
# Before today on every machine, so that readers that look at the clock agree.
ISSUED_AT = datetime(2024, 1, 15, 9, tzinfo=UTC)
LONG_AGO = datetime(2024, 6, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2999, 12, 31, tzinfo=UTC)

MODULE = FACTS | {"pass_mark_percent": 75}
MODULES = [
    {
        "code": "M04",
        "title": "Guider à l’écran sans voir l’écran",
        "version": "2026-1",
        "duration_minutes": 90,
        "finished_on": "2026-11-22",
        "score_percent": 88,
    },
    {
        "code": "M05",
        "title": "Protéger les données des personnes",
        "version": "2026-1",
        "duration_minutes": 45,
        "finished_on": "2026-12-01",
        "score_percent": None,
    },
]
COMMON = {
    "name": "Awa Ndiaye",
    "language": "fr",
    "framework": "Référentiel de compétences Repère",
    "issuer": "Repère",
    "issued_on": "2026-12-01",
}
PATH = COMMON | {
    "kind": "path",
    "path_code": "P1",
    "path_title": "Accompagner à distance",
    "path_version": "1",
    "modules": MODULES,
    "competences": FACTS["competences"],
    "duration_minutes": 135,
    "started_on": "2026-11-03",
    "finished_on": "2026-12-01",
}
PLACEMENT = COMMON | {
    "kind": "placement",
    "areas": [
        {"code": code, "name": name, "low": low, "high": low + 1}
        for code, name, low in [
            ("A", "Outils et environnements numériques de travail", 4),
            ("B", "Repérer et apprécier l’autonomie numérique", 3),
            ("C", "Connaître les acteurs et se coordonner", 2),
            ("D", "Accompagner vers l’autonomie et l’accès aux droits", 5),
            ("E", "Droit, éthique, données et e-administration", 1),
            ("F", "Relation et accompagnement à distance", 4),
        ]
    ],
    "method_version": "3",
    "question_count": 42,
    "finished_on": "2026-12-01",
}
ATTENDANCE = COMMON | {
    "kind": "attendance",
    "session_code": "S12",
    "session_title": "Le partage d’écran en pratique",
    "duration_minutes": 60,
    "finished_on": "2026-12-01",
}
HISTORY = COMMON | {"kind": "history", "modules": MODULES, "duration_minutes": 135}
KINDS = {
    "module": MODULE,
    "path": PATH,
    "placement": PLACEMENT,
    "attendance": ATTENDANCE,
    "history": HISTORY,
}


def make_issue(**values):
    values = {
        "code": CODE,
        "subject": "urn:uuid:6b1d2f0e-8f1f-4f0e-9a62-000000000007",
        "issued_at": ISSUED_AT,
        "list_address": LIST,
        "list_index": INDEX,
        "email": "awa.ndiaye@example.org",
        "salt": "60ef31c485c44487",
    } | values
    return Issue(**values)


def make_document(facts=MODULE, **values):
    """Return an unsigned credential."""
    return credential(facts, ISSUER, make_issue(**values), SITE)


def make_signed(facts=MODULE, key=KEY, **values):
    return proof.sign(make_document(facts, **values), key, METHOD, ISSUED_AT)


def make_list(*revoked):
    """Return the unsigned status list in which these indexes are set."""
    bits = status.no_bits()
    for index in revoked:
        bits = status.with_bit(bits, index)
    return status.list_credential(LIST, DID, bits, ISSUED_AT)


def make_signed_list(*revoked):
    return proof.sign(make_list(*revoked), KEY, METHOD, ISSUED_AT)
