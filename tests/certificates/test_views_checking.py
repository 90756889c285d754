"""The page on which anybody checks a code or a file."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments.models import (
    Attempt,
    CorrectedResult,
    KeyCorrection,
    ParameterSet,
)
from certificates import life, sharing, signing
from certificates.codes import make_code
from certificates.deeds import Deed
from certificates.documents import document_of
from certificates.issue import issue
from certificates.models import Certificate, Event
from certificates.on_request import history_deed
from certificates.paths import issue_path_certificate
from certificates.wording import day_in
from tests.certificates.factories import (
    FACTS_OF,
    UserFactory,
    make_certificate,
    make_module,
    make_of_kind,
)
from tests.certificates.signed import SECRET
from tests.certificates.test_inspection import pdf_with
from tests.courses.paths import make_path
from tests.factories import make_framework, make_question

pytestmark = pytest.mark.django_db
LARGEST_PAGE = 30_000  # bytes


def address(name, *args, language="en"):
    with override(language):
        return reverse(f"certificates:{name}", args=args)


@pytest.fixture(autouse=True)
def a_secret(monkeypatch):
    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)


@pytest.fixture
def certificate():
    return make_certificate(UserFactory(name="Awa Ndiaye", email="awa@example.org"))


def checked(client, certificate, language="en"):
    return client.get(address("check", certificate.code, language=language))


def sent(client, content, name="attestation.pdf", language="en"):
    file = SimpleUploadedFile(name, content)
    return client.post(address("check_file", language=language), {"document": file})


# --- what it shows --------------------------------------------------------------------

CLAIMS = {
    "module": [
        "Guider à l’écran sans voir l’écran",
        "M04, version 2026-1",
        "Objectives reached, 88% of right answers in the check",
        "3\u00a0November\u00a02026 to\u00a022\u00a0November\u00a02026",
        "1\u00a0h\u00a030\u00a0min",
        "préparer un appel",
        "conclure par une suite datée",
        "F2 Guider à distance, pas à pas",
    ],
    "path": [
        "Accompagner à distance",
        "P1, version 2026-1",
        "Path finished, 2\u00a0modules",
        "Prendre en main Repère",
        "M00, version 2026-2",
        "20\u00a0min",
        "2\u00a0November\u00a02026",
        "88% of right answers in the check",
        "1\u00a0h\u00a050\u00a0min",
    ],
    "placement": [
        "Se repérer",
        "3 to\u00a05",
        "À distance",
        "<strong>4</strong> (intermediate)",
        "<dd>24</dd>",
        "<dd>7</dd>",
        "20\u00a0November\u00a02026",
        "nine times",
    ],
    "attendance": [
        "Aidants et mandats",
        "S-2026-11",
        "Aïcha Moreau",
        "Attendance recorded",
        "3\u00a0h",
        "18\u00a0November\u00a02026",
        "reconnaître un mandat",
    ],
    "history": [
        "Guider à l’écran sans voir l’écran",
        "M04, version 2026-1",
        "Prendre en main Repère",
        "1\u00a0h\u00a050\u00a0min",
        "2\u00a0November\u00a02026 to\u00a022\u00a0November\u00a02026",
    ],
}


@pytest.mark.parametrize("kind", FACTS_OF)
def test_every_fact_of_the_paper_is_shown(client, kind):
    certificate = make_of_kind(kind)
    response = checked(client, certificate)
    assert response.status_code == 200
    for claimed in [
        "This attestation is valid",
        "Awa Ndiaye",
        "Repère, 22\u00a0November\u00a02026",
        "Référentiel de compétences Repère",
        certificate.spaced_code,
        "Checked on",
        *CLAIMS[kind],
    ]:
        assert claimed in response.text
    assert '<meta name="robots" content="noindex">' in response.text


def test_it_tells_nothing_else(client, certificate):
    text = checked(client, certificate, "fr").text.lower()
    for hidden in [
        "awa@example.org",
        str(certificate.pk),
        str(certificate.module_key),
        "0.875",
        certificate.get_absolute_url(),
    ]:
        assert hidden not in text


def test_it_works_after_the_account_is_closed(client, certificate):
    certificate.holder.delete()
    assert "This attestation is valid" in checked(client, certificate).text


# --- states ---------------------------------------------------------------------------


def test_the_end_of_validity_is_said(client, monkeypatch):
    certificate = make_of_kind("module", valid_until=date(2126, 3, 2))
    assert (
        "It is valid until 2\u00a0March\u00a02126." in checked(client, certificate).text
    )


def test_an_expired_one_says_since_when(client):
    certificate = make_of_kind("module", valid_until=date(2026, 3, 2))
    text = checked(client, certificate).text
    assert "This attestation has expired" in text
    assert "It was valid until 2\u00a0March\u00a02026." in text
    assert "This attestation is valid" not in text


def test_a_withdrawn_one_says_the_day_and_the_reason(client, certificate):
    life.revoke(certificate, None, Event.Reason.MISTAKE, "nobody reads this note")
    text = checked(client, certificate).text
    assert "This attestation was withdrawn" in text
    assert "Reason: Issued by mistake." in text
    assert "nobody reads this note" not in text
    assert "This attestation is valid" not in text


def test_a_replaced_one_does_not_lead_to_the_new_one(client, certificate):
    made = life.replace(certificate, None, Event.Reason.NAME, name="Awa Diop")
    text = checked(client, certificate).text
    assert "This attestation was replaced" in text
    for hidden in [made.code, made.spaced_code, "Awa Diop", "name has changed"]:
        assert hidden not in text


def test_an_erased_one_is_no_longer_on_record(client, certificate):
    life.erase(certificate)
    response = checked(client, certificate)
    assert response.status_code == 200
    assert "This attestation is no longer on record" in response.text
    assert "Awa Ndiaye" not in response.text
    assert "What this attestation states" not in response.text


# --- what it states and has changed since ---------------------------------------------

SINCE = "This attestation is valid, but something has changed since"


@pytest.fixture
def listed():
    """A history of two trainings: (history, module, session)."""
    holder = UserFactory(name="Awa Ndiaye")
    module = make_of_kind("module", holder)
    session = make_of_kind("attendance", holder)
    return issue(history_deed(holder, "fr")), module, session


def lines_that_ended(response):
    """Return {title of a line: what is said of it}, of those that no longer stand."""
    return {
        module["title"]: module["ended"]
        for module in response.context["modules"]
        if module["ended"]
    }


def test_a_history_says_which_of_its_lines_was_withdrawn(client, listed):
    history, module, _session = listed
    before = checked(client, history)
    assert "This attestation is valid" in before.text
    assert (SINCE in before.text, lines_that_ended(before)) == (False, {})

    life.revoke(module, None, Event.Reason.FRAUD)

    after = checked(client, history)
    day = day_in("en", timezone.localdate().isoformat())
    title = module.facts["module_title"]
    assert lines_that_ended(after) == {title: f"withdrawn on {day}"}
    assert f"withdrawn on {day}" in after.text
    assert SINCE in after.text
    assert "Part of what it lists no longer stands" in after.text
    assert "verdict--void" in after.text
    # The reason is between the platform and its holder.
    assert "unfairly" not in after.text


def test_it_says_so_after_the_account_is_closed(client, listed):
    history, module, _session = listed
    history.holder.delete()
    life.revoke(module, None, Event.Reason.FRAUD)
    assert len(lines_that_ended(checked(client, history))) == 1


def test_a_line_that_was_erased_is_no_longer_on_record(client, listed):
    history, _module, session = listed
    title = session.facts["session_title"]
    life.erase(session)
    assert lines_that_ended(checked(client, history)) == {title: "no longer on record"}


def test_a_line_that_was_issued_anew_stands(client, listed):
    history, module, _session = listed
    second = life.replace(module, None, Event.Reason.NAME, name="Awa Diop")
    response = checked(client, history)
    assert (SINCE in response.text, lines_that_ended(response)) == (False, {})

    life.revoke(second, None, Event.Reason.MISTAKE)
    assert len(lines_that_ended(checked(client, history))) == 1
    third = life.undo_revocation(second, None)
    assert lines_that_ended(checked(client, history)) == {}
    life.revoke(third, None, Event.Reason.MISTAKE)
    assert len(lines_that_ended(checked(client, history))) == 1


def test_a_replaced_history_says_it_too(client, listed):
    history, module, _session = listed
    made = life.replace(history, None, Event.Reason.NAME, name="Awa Diop")
    life.revoke(module, None, Event.Reason.FRAUD)
    assert len(lines_that_ended(checked(client, made))) == 1


def test_a_path_says_which_of_its_modules_was_withdrawn(client):
    holder = UserFactory()
    modules = [make_module(code=code) for code in ("M04", "M05")]
    first, _second = [make_certificate(holder, module) for module in modules]
    path = issue_path_certificate(holder, make_path(*modules))
    life.revoke(first, None, Event.Reason.WITHDRAWN)
    response = checked(client, path)
    ended = [bool(line["ended"]) for line in response.context["modules"]]
    assert ended == [True, False]
    assert SINCE in response.text


def test_what_is_withdrawn_itself_says_only_that(client, listed):
    history, module, _session = listed
    life.revoke(module, None, Event.Reason.FRAUD)
    life.revoke(history, None, Event.Reason.FRAUD)
    text = checked(client, history).text
    assert "This attestation was withdrawn" in text
    assert "Part of what it lists" not in text


@pytest.fixture
def placed():
    """The attestation of a placement, and a function that corrects its result."""
    make_framework()
    learner = UserFactory()
    attempt = Attempt.objects.create(
        learner=learner,
        purpose=Attempt.Purpose.PLACEMENT,
        parameter_set=ParameterSet.objects.create(
            number=7, settings={}, checksum="seven"
        ),
        language="fr",
        seed=1,
    )
    certificate = issue(
        Deed(
            kind="placement",
            holder=learner,
            about=attempt.pk,
            facts=FACTS_OF["placement"],
        )
    )

    def correct():
        version = make_question().versions.get()
        return CorrectedResult.objects.create(
            attempt=attempt,
            key_correction=KeyCorrection.objects.create(question_version=version),
            before=[],
        )

    return certificate, correct


def test_a_placement_says_that_its_result_was_worked_out_again(client, placed):
    certificate, correct = placed
    assert SINCE not in checked(client, certificate).text
    correct()
    text = checked(client, certificate).text
    assert SINCE in text
    assert "The result was worked out again on" in text
    assert "ask its holder for a newer attestation" in text


def test_what_was_corrected_before_the_issue_is_no_news(client, placed):
    certificate, correct = placed
    before = certificate.issued_at - timedelta(days=1)
    CorrectedResult.objects.filter(pk=correct().pk).update(made_at=before)
    assert SINCE not in checked(client, certificate).text


def test_the_file_of_a_history_with_a_withdrawn_line_is_not_simply_valid(
    client, listed
):
    history, module, _session = listed
    signing.sign(history.pk)
    files = [document_of(history), signing.text_of(history)]
    life.revoke(module, None, Event.Reason.FRAUD)
    for content in files:
        response = sent(client, content)
        assert response.context["verdict"].headline == SINCE
        assert "verdict--void" in response.text


def test_nothing_changed_costs_no_query_and_a_change_one(client, listed):
    history, module, _session = listed
    checked(client, history)
    with CaptureQueriesContext(connection) as before:
        checked(client, history)
    life.revoke(module, None, Event.Reason.FRAUD)
    with CaptureQueriesContext(connection) as after:
        checked(client, history)
    assert (len(before), len(after)) == (2, 3)


# --- codes ----------------------------------------------------------------------------


def test_a_code_may_be_typed_as_it_comes(client):
    certificate = make_certificate()
    while "0" not in certificate.code or "1" not in certificate.code:
        certificate = make_of_kind("module")
    typed = certificate.spaced_code.lower().replace("0", "o").replace("1", "l")
    response = client.get(address("check"), {"code": f"  {typed} "})
    assert response.context["certificate"] == certificate


def test_one_character_off_is_told_from_the_check_character(client, certificate):
    last = certificate.code[7]
    wrong = certificate.code[:7] + ("A" if last != "A" else "B") + certificate.code[8:]
    response = client.get(address("check"), {"code": wrong})
    assert response.status_code == 404
    assert "We do not find this code" in response.text
    assert "One character differs from the document" in response.text
    assert "Awa" not in response.text


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("ABC", "A code has 16 letters and digits: 3 were read here."),
        ("A", "A code has 16 letters and digits: 1 was read here."),
        ("7K3M 9QXA 2BVT 5N8", "15 were read here."),
        ("7K3M9QXAUBVT5N82", "No code of ours has this character in it: U"),
        ("0000-0000-0000-0001", "One character differs from the document"),
        ("x" * 300, "at most 200 characters"),
        ("", "This field is required."),
    ],
)
def test_a_mistyped_code_is_helped(client, typed, sentence):
    response = client.get(address("check"), {"code": typed})
    assert response.status_code == 404
    assert sentence in response.text
    assert "four characters at a time" in response.text


def test_an_unknown_code_is_said_so(client, certificate):
    response = client.get(address("check", make_code()))
    assert response.status_code == 404
    assert "no attestation of this site bears it" in response.text


def test_without_a_code_the_page_asks_for_one(client):
    response = client.get(address("check"))
    assert response.status_code == 200
    assert "We do not find" not in response.text


def test_a_name_finds_nothing(client, certificate):
    response = client.get(address("check"), {"code": "Awa Ndiaye"})
    assert response.context["certificate"] is None
    assert certificate.code not in response.text


def test_the_same_work_is_done_whether_a_code_is_ours_or_not(client, certificate):
    """The time tells nothing: the same queries, and the same card is drawn."""
    client.get(address("check"))  # fills what each process keeps
    done = []
    for code in [certificate.code, make_code()]:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address("check", code))
        done.append(
            (
                [query["sql"].partition("WHERE")[0] for query in queries],
                sorted(template.name for template in response.templates),
            )
        )
    found, unknown = done
    assert len(found[0]) == 2
    assert found[0] == unknown[0]
    facts = "certificates/components/facts.html"
    assert (found[1].count(facts), unknown[1].count(facts)) == (1, 1)


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_at_most_four_queries(
    client, certificate, django_assert_max_num_queries, is_signed_in
):
    if is_signed_in:
        client.force_login(certificate.holder)
    checked(client, certificate)
    with django_assert_max_num_queries(4):
        checked(client, certificate)


@pytest.mark.parametrize("kind", FACTS_OF)
def test_the_page_is_light(client, kind):
    response = checked(client, make_of_kind(kind), "fr")
    assert len(response.content) <= LARGEST_PAGE


@pytest.mark.parametrize(
    "accepted, language", [("fr-FR,fr", "fr"), ("en-GB", "en"), ("de", "fr")]
)
def test_the_short_address_leads_to_the_visitors_language(
    client, certificate, accepted, language
):
    headers = {"accept-language": accepted, "accept": "text/html"}
    for end in ["", "/"]:
        response = client.get(f"/v/{certificate.code}{end}", headers=headers)
        assert response["Location"] == address(
            "check", certificate.code, language=language
        )
    response = client.get("/v/", headers=headers)
    assert response["Location"] == address("check", language=language)


# --- the limit ------------------------------------------------------------------------


def test_after_ten_look_ups_in_a_minute_one_waits(client, certificate, monkeypatch):
    monkeypatch.setattr("certificates.limits.time.time", lambda: 1_800_000_000)
    answers = [checked(client, certificate).status_code for _ in range(10)]
    assert answers == [200] * 10
    for response in [checked(client, certificate), sent(client, b"{}")]:
        assert response.status_code == 429
        assert response["Retry-After"] == "60"
        assert "Wait a minute" in response.text
        assert "Awa Ndiaye" not in response.text
    # The empty page counts for nothing.
    assert client.get(address("check")).status_code == 200


# --- files ----------------------------------------------------------------------------


def test_the_very_document_is_ours_and_unchanged(client, certificate):
    response = sent(client, document_of(certificate))
    assert response.status_code == 200
    assert "This file is ours, and unchanged" in response.text
    assert "not one byte differs" in response.text
    assert "Awa Ndiaye" in response.text
    assert certificate.spaced_code in response.text


def test_the_very_document_of_a_withdrawn_one_is_not_valid(client, certificate):
    content = document_of(certificate)
    life.revoke(certificate, None, Event.Reason.FRAUD)
    text = sent(client, content).text
    assert "This attestation was withdrawn" in text
    assert "Reason: Obtained unfairly." in text
    assert "This file is ours, and unchanged" not in text


def test_a_credential_file(client, certificate):
    signing.sign(certificate.pk)
    response = sent(client, signing.text_of(certificate), "credential.json")
    assert "This credential is ours, and unchanged" in response.text
    assert "Awa Ndiaye" in response.text


def test_a_genuine_credential_in_another_pdf_does_not_vouch_for_the_page(
    client, certificate
):
    signing.sign(certificate.pk)
    text = sent(client, pdf_with(signing.text_of(certificate))).text
    assert "What we signed is genuine; the page may not be" in text
    assert "verdict--void" in text
    assert "verdict--valid" not in text


def test_a_changed_credential_is_told_beside_what_we_hold(client, certificate):
    signing.sign(certificate.pk)
    changed = signing.text_of(certificate).replace(b"Awa Ndiaye", b"Eva Ndiaye")
    text = sent(client, changed, "credential.json").text
    assert "This credential was changed" in text
    assert "Awa Ndiaye" in text
    assert "Eva Ndiaye" not in text


@pytest.mark.parametrize(
    "content, sentence",
    [
        (pdf_with(), "This PDF is not one of ours"),
        (pdf_with(end=b""), "This PDF is cut short"),
        (b"hello", "We do not know this kind of file"),
        (b"{}", "There is no credential in this file"),
    ],
)
def test_files_of_others_have_each_their_sentence(client, content, sentence):
    response = sent(client, content)
    assert response.status_code == 200
    assert sentence in response.text
    assert "verdict--void" in response.text


def test_a_file_of_50_mb_is_refused_without_being_kept(client, monkeypatch):
    looked_at = []
    monkeypatch.setattr(
        "certificates.views.checking.inspect", lambda content: looked_at.append(1)
    )
    response = sent(client, b"%PDF-1.7\n" + b"0" * 50_000_000)
    assert response.status_code == 400
    assert "This file is larger than 5 MB" in response.text
    assert looked_at == []


@pytest.mark.parametrize(
    "data, sentence",
    [
        ({}, "Choose a file first."),
        ({"document": "text"}, "Choose a file first."),
        ({"document": SimpleUploadedFile("a.pdf", b"")}, "This file is empty"),
    ],
)
def test_without_a_file_the_page_says_what_to_do(client, data, sentence):
    response = client.post(address("check_file"), data)
    assert response.status_code == 400
    assert sentence in response.text


def test_nothing_of_a_file_is_written_to_the_disk(client, certificate, monkeypatch):
    def fail(*args, **kwargs):
        raise AssertionError("A file was written.")

    content = document_of(certificate)
    before = Certificate.objects.values().get(pk=certificate.pk)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", fail)
    monkeypatch.setattr("django.core.files.uploadedfile.tempfile", None)
    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", fail)
    assert sent(client, content + b"0" * 4_000_000).status_code == 200
    assert Certificate.objects.values().get(pk=certificate.pk) == before


def test_the_address_of_files_leads_to_the_page_that_asks_for_one(client):
    assert client.get(address("check_file"))["Location"] == address("check")


def test_no_cookie_is_needed_or_set(certificate):
    client = Client(enforce_csrf_checks=True)
    response = sent(client, b"{}")
    assert response.status_code == 200
    assert response.cookies == {}


def test_what_was_looked_up_stays_out_of_the_logs(client, certificate, caplog):
    link = sharing.share(certificate.holder, [certificate], 30)
    sharing.end(link)
    unknown = make_code()
    answers = [checked(client, certificate).status_code for _ in range(11)]
    answers.append(client.get(address("shared", link.token)).status_code)
    answers.append(client.get(f"/v/{unknown}", follow=True).status_code)
    assert answers[:10] == [200] * 10
    assert min(answers[10:]) >= 400
    for said in (certificate.code, link.token, unknown):
        assert said not in caplog.text
