import copy
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.translation import override
from openbadgeslib import baking
from openbadgeslib.ob3 import OB3VerificationError
from openbadgeslib.ob3.ldp import OB3LdpVerifier

from assessments.models import Area, Competence
from certificates import achievements, keyring, life, signing
from certificates.credentials import badge, did
from certificates.credentials.canonical import CONTEXTS
from certificates.keys import State
from certificates.limits import PER_MINUTE
from certificates.models import StatusList
from tests.certificates.credentials import samples
from tests.certificates.factories import UserFactory, make_certificate, make_module
from tests.certificates.signed import (
    SECRET,
    SITE_URL,
    issue_sample,
    make_signed,
    reader,
)
from tests.factories import make_framework, make_organisation

pytestmark = pytest.mark.django_db
DCC = Path(__file__).parent / "credentials" / "dcc"
SCHEMA = json.loads(
    (DCC.parent / "official" / "ob_v3p0_achievementcredential_schema.json").read_text()
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PLATFORM = "did:web:learn.example.org"


@pytest.fixture(autouse=True)
def a_site(settings, monkeypatch):
    settings.SITE_URL = SITE_URL
    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)


def get(client, path, accept=None, language="en"):
    headers = {"Accept-Language": language} | ({"Accept": accept} if accept else {})
    return client.get(path, headers=headers)


def is_public(response):
    """Anybody's program may read it, from any site, and keep it for a minute."""
    return (
        response["Access-Control-Allow-Origin"] == "*"
        and response["Cache-Control"] == "public, max-age=60"
        and "Accept" in response["Vary"]
        and not response.cookies
    )


# --- did.json -------------------------------------------------------------------------


def test_did_json_names_the_keys_of_the_platform(client):
    retired = keyring.create(None)
    active = keyring.create(None)
    keyring.rotate(None, at_once=True)
    following = keyring.create(None)

    response = get(client, "/.well-known/did.json")

    assert is_public(response)
    document = response.json()
    assert document["id"] == PLATFORM
    names = [f"{PLATFORM}#{key.name}" for key in (retired, active, following)]
    assert [key["id"] for key in document["verificationMethod"]] == names
    assert document["assertionMethod"] == names[:2]
    assert did.address(PLATFORM) == f"{SITE_URL}/.well-known/did.json"


def test_a_compromised_key_leaves_did_json(client):
    key = keyring.create(None)
    keyring.compromise(None, key.name)

    document = get(client, "/.well-known/did.json").json()

    new = keyring.keys_of(None).get(state=State.ACTIVE)
    assert document["assertionMethod"] == [f"{PLATFORM}#{new.name}"]
    assert key.public not in json.dumps(document)


def test_an_organisation_has_its_own_did_json(client):
    organisation = make_organisation()
    key = keyring.create(organisation)
    keyring.create(None)

    document = get(client, "/org/ccas-de-valmont/did.json").json()

    assert document["id"] == f"{PLATFORM}:org:ccas-de-valmont"
    assert [
        method["publicKeyMultibase"] for method in document["verificationMethod"]
    ] == [key.public]


@pytest.mark.parametrize("path", ["/.well-known", "/org/ccas-de-valmont", "/org/x"])
def test_who_has_no_key_has_no_did_json(client, path):
    make_organisation()
    assert get(client, f"{path}/did.json").status_code == 404


# --- status lists ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "accept, content_type",
    [
        (None, "application/vc"),
        ("*/*", "application/vc"),
        ("application/json", "application/json"),
        ("application/ld+json", "application/ld+json"),
        (BROWSER, "application/vc"),
        ("image/png", "application/vc"),
    ],
)
def test_a_status_list_is_read_as_a_document(client, accept, content_type):
    make_signed()
    response = get(client, "/status/1", accept)
    assert response["Content-Type"] == content_type
    assert is_public(response)
    assert json.loads(response.content)["id"] == f"{SITE_URL}/status/1"


def test_a_status_list_is_read_as_a_token_by_who_asks_for_one(client):
    make_signed()
    response = get(client, "/status/1", "application/vc+jwt")
    assert response["Content-Type"] == "application/vc+jwt"
    assert response.content.count(b".") == 2
    assert is_public(response)


@pytest.mark.parametrize("path", ["/status/2", "/status/x.1", "/status/01"])
def test_there_is_no_other_status_list(client, path):
    make_signed()
    assert get(client, path).status_code == 404


def test_a_list_that_is_not_signed_yet_asks_to_come_back(client):
    StatusList.objects.create(number=1)
    response = get(client, "/status/1")
    assert (response.status_code, response["Retry-After"]) == (503, "60")


def test_a_list_costs_one_query(client, django_assert_num_queries):
    make_signed()
    with django_assert_num_queries(1):
        get(client, "/status/1")


# --- verifiers that we did not write --------------------------------------------------


def accepts_of_openbadgeslib(address):
    return "application/vc+jwt" if "/status/" in address else "application/json"


def ask_openbadgeslib(client, credential):
    """Let openbadgeslib verify what our own addresses serve, and nothing else."""
    return OB3LdpVerifier.for_issuer_did(credential["issuer"]["id"]).verify(
        credential,
        check_status=True,
        download=reader(client, accepts_of_openbadgeslib),
    )


@pytest.fixture(params=["platform", "organisation"])
def signed(request):
    organisation = None
    if request.param == "organisation":
        organisation = make_organisation()
    certificate = issue_sample("attendance", organisation)
    signing.sign(certificate.pk)
    return certificate


def credential_of(certificate):
    return json.loads(signing.text_of(certificate))


def test_openbadgeslib_accepts_what_we_serve(client, signed):
    read = ask_openbadgeslib(client, credential_of(signed))
    assert read.achievement.name == samples.ATTENDANCE["session_title"]


def test_openbadgeslib_refuses_it_once_revoked(client, signed):
    life.revoke(signed, None, "fraud")
    signing.sign_list(signed.status_list.pk)
    with pytest.raises(OB3VerificationError, match="status 'revocation' is set"):
        ask_openbadgeslib(client, credential_of(signed))


def test_openbadgeslib_refuses_it_once_changed(client, signed):
    changed = copy.deepcopy(credential_of(signed))
    changed["credentialSubject"]["identifier"][0]["identityHash"] = "Marc Delmas"
    with pytest.raises(OB3VerificationError, match="signature mismatch"):
        ask_openbadgeslib(client, changed)


def test_openbadgeslib_refuses_it_once_its_key_is_compromised(client, signed):
    credential = credential_of(signed)
    name = credential["proof"][0]["verificationMethod"].partition("#")[2]
    keyring.compromise(signed.organisation, name)
    with pytest.raises(OB3VerificationError):
        ask_openbadgeslib(client, credential)

    again = json.loads(signing.sign(signed.pk).text)
    signing.sign_list(signed.status_list.pk)
    assert ask_openbadgeslib(client, again).id == credential["id"]


def test_verifier_core_agrees(client, signed):
    revoked = issue_sample("path", signed.organisation)
    for certificate in (signed, revoked):
        signing.sign(certificate.pk)
    life.revoke(revoked, None, "fraud")
    signing.sign_list(signed.status_list.pk)
    good = credential_of(signed)
    changed = copy.deepcopy(good)
    changed["credentialSubject"]["identifier"][0]["identityHash"] = "Marc Delmas"

    answers = ask_verifier_core(
        client, {"good": good, "revoked": credential_of(revoked), "changed": changed}
    )

    found = {"valid_signature": True, "expiration": True, "registered_issuer": False}
    assert answers == {
        "good": {
            "errors": [],
            "log": found | {"revocation_status": True},
            "schema": [True],
        },
        "revoked": {
            "errors": [],
            "log": found | {"revocation_status": False},
            "schema": [True],
        },
        "changed": {"errors": ["invalid_signature"], "log": {}, "schema": []},
    }


def ask_verifier_core(client, credentials):
    """Let verifier-core read what our addresses serve to a program without wishes."""
    folder = Path(os.environ.get("VERIFIER_CORE", DCC))
    if not shutil.which("node") or not (folder / "node_modules").is_dir():
        pytest.skip("needs node and what credentials/dcc/README.md says")
    fetch = reader(client)
    issuer, listed = (
        credentials["good"]["issuer"]["id"],
        credentials["good"]["credentialStatus"]["statusListCredential"],
    )
    served = {
        address: json.loads(fetch(address)) for address in (did.address(issuer), listed)
    }
    question = {
        "folder": str(folder),
        "served": served | {SCHEMA["$id"]: SCHEMA},
        "credentials": credentials,
    }
    run = subprocess.run(
        ["node", DCC / "verify.mjs"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = json.loads(run.stdout)
    assert found["missing"] == []
    return found["answers"]


# --- the credential at the address of the check ---------------------------------------


@pytest.mark.parametrize("accept", ["application/vc", "application/json"])
def test_a_program_that_asks_gets_the_credential(client, accept):
    certificate = make_signed()
    response = get(client, f"/v/{certificate.code}", accept)
    assert response["Content-Type"] == accept
    assert response.content == signing.text_of(certificate)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("accept", [None, "*/*", BROWSER])
def test_people_are_led_to_the_check(client, accept):
    certificate = make_signed()
    response = get(client, f"/v/{certificate.code}", accept)
    with override("en"):
        expected = reverse("certificates:check", args=[certificate.code])
    assert (response.status_code, response["Location"]) == (302, expected)


def test_unknown_unsigned_and_erased_codes_answer_the_same(client):
    unsigned, erased = make_certificate(), make_signed(learner=UserFactory())
    life.erase(erased)
    answers = {
        get(client, f"/v/{code}", "application/vc").content
        for code in (unsigned.code, erased.code, samples.CODE)
    }
    assert answers == {b'{"error": "No credential has this code."}'}


def test_after_some_look_ups_a_program_has_to_wait(client):
    certificate = make_signed()
    codes = [
        get(client, f"/v/{certificate.code}", "application/vc").status_code
        for _time in range(PER_MINUTE + 1)
    ]
    assert codes[0] == 200
    assert 429 in codes[-1:]


# --- achievements ---------------------------------------------------------------------


def issue_of_kind(kind):
    """Issue and sign a certificate of a kind, from the sample facts."""
    certificate = make_certificate() if kind == "module" else issue_sample(kind)
    signing.sign(certificate.pk)
    return certificate


@pytest.mark.parametrize("kind", ["module", "path", "placement", "attendance"])
def test_an_achievement_is_what_its_credential_says(client, kind):
    certificate = issue_of_kind(kind)
    said = credential_of(certificate)["credentialSubject"]["achievement"]

    response = get(client, said["id"].removeprefix(SITE_URL), "application/json")

    assert is_public(response)
    assert response.json() == {"@context": CONTEXTS, **said}


@pytest.mark.parametrize("kind", ["module", "path", "placement", "attendance"])
def test_an_achievement_names_nobody(client, kind):
    certificate = issue_of_kind(kind)
    address = credential_of(certificate)["credentialSubject"]["achievement"]["id"]
    path = address.removeprefix(SITE_URL)

    pages = [
        get(client, path, "application/json").content.decode(),
        get(client, f"{path}/badge.svg").content.decode(),
        client.get(get(client, path, BROWSER)["Location"]).content.decode(),
    ]

    for page in pages:
        assert certificate.facts["name"] not in page
        assert certificate.code not in page
    assert "<svg" in pages[1]
    assert 'id="criteria"' in pages[2]


def test_the_history_of_training_is_described_for_everybody(client):
    response = get(client, "/achievements/history", "application/json")
    assert response.json()["achievementType"] == "ext:TrainingHistory"
    page = client.get(get(client, "/achievements/history", BROWSER)["Location"])
    assert page.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "module/M04/2025-1",
        "module/M05/2026-1",
        "module/M04",
        "module/M04/2026-1/more",
        "attendance/none",
        "placement/9",
        "path/P9/1",
        "unknown",
    ],
)
@pytest.mark.parametrize("end", ["", "/badge.svg"])
def test_an_achievement_that_nobody_has_is_not_found(client, path, end):
    make_signed()
    assert get(client, f"/achievements/{path}{end}").status_code == 404
    with override("en"):
        page = reverse("certificates:achievement", args=[path])
    assert get(client, page).status_code == 404


def test_an_achievement_in_two_languages_is_read_in_ones_own(client):
    french = make_module("fr")
    english = make_module("en")
    for module in (french, english):
        make_signed(learner=UserFactory(), module=module)
    path = "/achievements/module/M04/2026-1"

    languages = {
        language: get(client, path, "application/json", language).json()["inLanguage"]
        for language in ("fr", "en")
    }

    assert languages == {"fr": "fr", "en": "en"}


@pytest.mark.parametrize("kind", ["module", "path", "placement", "attendance"])
def test_an_achievement_is_found_by_an_index(client, kind):
    """However many certificates there are, the database looks at a few of them."""
    certificate = issue_of_kind(kind)
    assert get(client, f"/achievements/{certificate.achieved}").status_code != 404
    if connection.vendor == "postgresql":  # which reads a small table whole
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    found = achievements.certificates_of(certificate.achieved)
    assert list(found) == [certificate]
    assert "by_achievement" in found.explain()


def test_an_achievement_of_a_module_stays_when_its_certificate_is_erased(client):
    certificate = make_signed()
    life.erase(certificate)
    answer = get(client, f"/achievements/{certificate.achieved}", "application/json")
    assert answer.json()["name"] == "Guider à l’écran sans voir l’écran"


# --- the framework --------------------------------------------------------------------


@pytest.fixture
def framework():
    make_framework()


def test_a_competence_is_read_by_programs(client, framework):
    response = get(client, "/framework/F1")
    assert is_public(response)
    assert response.json() == {
        "id": f"{SITE_URL}/framework/F1",
        "code": "F1",
        "framework": {
            "fr": "Référentiel de compétences Repère",
            "en": "Repère competence framework",
        },
        "name": {"fr": "C F", "en": "C F"},
        "area": {
            "id": f"{SITE_URL}/framework/F",
            "name": {"fr": "name F", "en": "name F"},
        },
    }


def test_an_area_and_a_level_are_read_by_programs(client, framework):
    area = get(client, "/framework/F", "application/json").json()
    assert area["competences"] == [
        {"id": f"{SITE_URL}/framework/F1", "name": {"fr": "C F", "en": "C F"}}
    ]
    level = get(client, "/framework/levels/3", "application/json").json()
    assert level["id"] == f"{SITE_URL}/framework/levels/3"
    assert level["band"] == {"fr": "Intermédiaire", "en": "Intermediate"}


@pytest.mark.parametrize(
    "path, heading",
    [
        ("/framework/F1", "F1 C F"),
        ("/framework/F", "F name F"),
        ("/framework/levels/3", "Level 3, Intermediate"),
    ],
)
def test_people_read_the_framework_on_a_page(client, framework, path, heading):
    response = get(client, path, BROWSER)
    assert response.status_code == 302
    assert "Accept" in response["Vary"]
    page = client.get(response["Location"])
    assert f"<h1>{heading}</h1>" in page.content.decode()


@pytest.mark.parametrize("path", ["Z", "Z9", "levels/9", "levels/0"])
def test_what_is_not_in_the_framework_is_not_found(client, framework, path):
    assert get(client, f"/framework/{path}").status_code == 404


@pytest.mark.parametrize("competences", [1, 3])
def test_pages_of_the_framework_make_few_queries(
    client, framework, competences, django_assert_num_queries
):
    area = Area.objects.get(code="F")
    for number in range(2, competences + 1):
        Competence.objects.create(
            area=area, code=f"F{number}", name_fr="x", name_en="x"
        )
    with override("en"):
        page = reverse("certificates:competence", args=["F"])
    get(client, page)  # the places of the menu are kept
    with django_assert_num_queries(3):
        get(client, page)


# --- what holders take away -----------------------------------------------------------


@pytest.fixture
def mine(client):
    certificate = make_signed()
    client.force_login(certificate.holder)
    return certificate


def test_the_holder_downloads_the_credential(client, mine):
    response = client.get(reverse("certificates:credential", args=[mine.pk]))
    assert response.content == signing.text_of(mine)
    assert response["Content-Type"] == "application/vc+ld+json"
    assert response["Content-Disposition"] == (
        'attachment; filename="attestation-m04-awa-ndiaye.json"'
    )
    assert "no-store" in response["Cache-Control"]


def test_the_holder_downloads_a_badge_with_the_credential_inside(client, mine):
    response = client.get(reverse("certificates:badge", args=[mine.pk]))
    assert response["Content-Disposition"] == (
        'attachment; filename="badge-m04-awa-ndiaye.svg"'
    )
    text = signing.text_of(mine).decode()
    assert badge.unbake(response.content) == text
    found = baking.extract_svg(
        response.content, element=baking.SVG_ELEMENT_OB3, text_fallback=True
    )
    assert found == text


@pytest.mark.parametrize("kind", ["path", "placement", "attendance", "history"])
def test_each_kind_has_its_badge(client, kind):
    certificate = issue_of_kind(kind)
    client.force_login(certificate.holder)
    response = client.get(reverse("certificates:badge", args=[certificate.pk]))
    assert badge.unbake(response.content) == signing.text_of(certificate).decode()


@pytest.mark.parametrize("name", ["credential", "badge"])
def test_nobody_else_downloads_them(client, mine, name):
    address = reverse(f"certificates:{name}", args=[mine.pk])
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("name", ["credential", "badge"])
def test_before_it_is_signed_a_sentence_says_so(client, name):
    certificate = make_certificate()
    client.force_login(certificate.holder)
    with override("en"):
        response = client.get(reverse(f"certificates:{name}", args=[certificate.pk]))
        assert response["Location"] == certificate.get_absolute_url()
    page = client.get(response["Location"]).content.decode()
    assert "The electronic signature of this attestation is not made yet." in page
