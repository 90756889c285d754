"""Facts of nobody in particular, and a credential made for them: what is measured."""

import json
from datetime import UTC, datetime

from certificates.credentials import did, proof
from certificates.credentials.document import Issue, Issuer, credential
from certificates.credentials.sites import Site

SITE = Site("https://learn.example.org")
ISSUER = Issuer(did=did.platform(SITE.base), name="Repère", address=SITE.base)
SIGNED_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
NAMES = [
    "Awa Ndiaye",
    "Zoé Müller-Lüdenscheidt",
    "Łukasz Świątek-Żółć",
    "Marie-Antoinette Ratsimandresy-Andrianampoinimerina",
    "Inès Ben Ali",
]
MODULE = {
    "name": NAMES[0],
    "module_code": "M04",
    "module_title": "Guider à l’écran sans voir l’écran",
    "module_version": "2026-1",
    "objectives": [
        "préparer un appel",
        "guider de repère en repère, sans dire « cliquez là »",
        "reconnaître ce que la personne voit",
        "conclure par une suite datée",
    ],
    "competences": [
        {"code": "F2", "name": "Guider à distance, pas à pas"},
        {"code": "F3", "name": "Partager un écran sans prendre la main"},
        {"code": "F4", "name": "Conclure un échange à distance par une suite datée"},
    ],
    "framework": "Référentiel de compétences Repère",
    "duration_minutes": 90,
    "score_percent": 88,
    "pass_mark_percent": 75,
    "started_on": "2026-11-03",
    "finished_on": "2026-11-22",
    "issued_on": "2026-11-22",
    "issuer": "Repère",
    "language": "fr",
}


def signed_credential(facts, code, key):
    """Return the credential of some facts, signed with an Ed25519 key, as bytes."""
    issue = Issue(
        code=code,
        subject="urn:uuid:6b1d2f0e-8f1f-4f0e-9a62-000000000007",
        issued_at=SIGNED_AT,
        list_address=SITE.status_list("2026-1"),
        list_index=94567,
        email="awa.ndiaye@example.org",
        salt="60ef31c485c44487",
    )
    method = did.method(ISSUER.did, "certificates-2026-1")
    document = credential(facts, ISSUER, issue, SITE)
    signed = proof.sign(document, key, method, SIGNED_AT)
    return json.dumps(signed, ensure_ascii=False, indent=1).encode()
