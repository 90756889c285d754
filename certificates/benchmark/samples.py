"""Facts of nobody in particular, looks, and a credential: what is measured."""

import json
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

from PIL import Image

from certificates import uploads
from certificates.credentials import did, proof
from certificates.credentials.document import Issue, Issuer, credential
from certificates.credentials.sites import Site
from certificates.looks import Look

SITE = Site("https://learn.example.org")
ISSUER = Issuer(did=did.platform(SITE.base), name="Repère", address=SITE.base)
SIGNED_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
CODE = "7K3M9QXA2BVT5N82"
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
LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><defs>\
<linearGradient id="g"><stop offset="0" stop-color="#8a1c5b"/><stop offset="1" \
stop-color="#d9822b"/></linearGradient></defs>\
<path fill="url(#g)" fill-opacity=".7" d="M0 0h40v10z"/></svg>"""
SIGNATORIES = (
    {"name": "Sylvie Nguyen", "role": {"fr": "Directrice", "en": "Director"}},
    {"name": "Ελένη Παπαδοπούλου", "role": {"fr": "Formatrice", "en": "Trainer"}},
    {"name": "Aïcha Moreau", "role": {"fr": "Coordinatrice", "en": "Coordinator"}},
)


@cache
def looks():
    """Return {name: Look}: the platform's own (None), and two of organisations."""
    drawing, drawing_type = uploads.clean_logo(LOGO)
    picture, picture_type = uploads.clean_logo(painted())
    return {
        "platform": None,
        "drawing": Look(
            ink="#3a0f2b",
            accent="#8a1c5b",
            titles={"fr": "Attestation de formation", "en": "Statement of training"},
            closings={
                "fr": "Fait à Valmont, le {date}, pour {name} : {title}.",
                "en": "Valmont, {date}, for {name}: {title}.",
            },
            signatories=SIGNATORIES,
            logo=drawing,
            logo_type=drawing_type,
            logo_alt="CCAS de Valmont",
        ),
        "picture": Look(
            ink="#12291a",
            accent="#1f5f3a",
            closings={"fr": "Fait le {date}.", "en": "Done on {date}."},
            signatories=SIGNATORIES[:1],
            logo=picture,
            logo_type=picture_type,
            logo_alt="Association Les Deux Rives",
        ),
    }


def painted():
    """Return a PNG that is half transparent, as logos often are."""

    out = BytesIO()
    Image.new("RGBA", (80, 20), (200, 40, 90, 90)).save(out, "PNG")
    return out.getvalue()


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
