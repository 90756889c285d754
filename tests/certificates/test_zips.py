"""Many documents in one ZIP: streamed, with names that people can read."""

import io
import uuid
import zipfile

import pytest

from certificates import batches, documents, looks, signing, zips
from certificates.models import Certificate, CertificateFile
from certificates.pdf import PdfUnavailable, UnprintableName, pool
from people.models import Membership
from tests.certificates.factories import FACTS
from tests.certificates.signed import SECRET
from tests.certificates.test_batches import make_session, note
from tests.certificates.test_looks import make_logo, make_template, text_of
from tests.courses.addresses import address
from tests.factories import make_member, make_organisation, make_person

pytestmark = pytest.mark.django_db


def make_certificate(name="Awa Ndiaye", **facts):
    return Certificate.objects.create(
        holder=make_person(name),
        module_key=uuid.uuid4(),
        idempotency_key=str(uuid.uuid4()),
        facts=FACTS | {"name": name} | facts,
        language="fr",
    )


def issue_attendance(trainer, organisation, names):
    session = make_session(organisation)
    note(session, [make_person(name) for name in names])
    batches.work(batches.start_for_session(session, trainer).pk)
    return session


@pytest.fixture
def drawn(monkeypatch):
    """Each document is what its facts say, without the cost of drawing; in order."""
    seen = []

    def document_of(certificate):
        seen.append(certificate.facts["name"])
        return b"%PDF " + certificate.code.encode() * 100

    monkeypatch.setattr(zips, "document_of", document_of)
    return seen


def opened(parts):
    return zipfile.ZipFile(io.BytesIO(b"".join(parts)))


def test_each_document_is_in_it_whole(drawn):
    made = [make_certificate("Awa Ndiaye"), make_certificate("Marc Delmas")]

    archive = opened(zips.stream(Certificate.objects.all()))

    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {
        "awa-ndiaye-m04.pdf": b"%PDF " + made[0].code.encode() * 100,
        "marc-delmas-m04.pdf": b"%PDF " + made[1].code.encode() * 100,
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Inès Belkacem", "ines-belkacem-m04.pdf"),
        ("Çağla Şimşek", "cagla-simsek-m04.pdf"),
        ("../../etc/passwd", "etcpasswd-m04.pdf"),
        ("CON", "con-m04.pdf"),
        ("***", "document-m04.pdf"),
        ("a" * 300, "a" * 80 + "-m04.pdf"),
    ],
)
def test_names_are_readable_and_safe_on_any_system(name, expected):
    certificate = make_certificate(name[:150])
    assert zips.file_names(Certificate.objects.all()) == {certificate.pk: expected}


def test_a_name_in_another_script_is_written_in_latin_letters():
    certificate = make_certificate("Олена Ковальчук")
    [name] = zips.file_names(Certificate.objects.all()).values()
    assert name == "olena-kovalchuk-m04.pdf"
    assert certificate.facts["name"] == "Олена Ковальчук"


def test_homonyms_have_names_of_their_own():
    for name in ("Awa Ndiaye", "awa ndiaye", "Awa Ndiaye 2"):
        make_certificate(name)

    names = sorted(zips.file_names(Certificate.objects.all()).values())

    assert names == [
        "awa-ndiaye-2-m04.pdf",
        "awa-ndiaye-m04-2.pdf",
        "awa-ndiaye-m04.pdf",
    ]


def test_documents_are_drawn_one_by_one_while_it_is_sent(drawn):
    for name in ("Awa", "Marc", "Tomás"):
        make_certificate(name)
    parts = zips.stream(Certificate.objects.all())

    first = next(parts)

    assert drawn == ["Awa"]
    assert b"awa-m04.pdf" in first
    assert len(first) < 3_000
    rest = list(parts)
    assert drawn == ["Awa", "Marc", "Tomás"]
    assert len(opened([first, *rest]).namelist()) == 3


def test_the_outbox_keeps_nothing_that_was_taken(drawn):
    outbox = zips.Outbox()
    outbox.write(b"ab")
    outbox.write(memoryview(b"c"))
    assert (outbox.take(), outbox.take()) == (b"abc", b"")


def test_the_same_certificates_give_the_same_zip(drawn):
    for name in ("Awa", "Marc"):
        make_certificate(name)
    ones = [b"".join(zips.stream(Certificate.objects.all())) for _n in range(2)]
    assert ones[0] == ones[1]


def test_a_document_that_cannot_be_drawn_is_named_and_stops_no_other(monkeypatch):
    made = {name: make_certificate(name) for name in ("Awa", "Marc")}

    def document_of(certificate):
        if certificate.facts["name"] == "Awa":
            raise UnprintableName(["x"])
        return b"%PDF"

    monkeypatch.setattr(zips, "document_of", document_of)

    archive = opened(zips.stream(Certificate.objects.all()))

    assert archive.namelist() == ["marc-m04.pdf", "problems.txt"]
    said = archive.read("problems.txt").decode()
    assert f"awa-m04.pdf: {made['Awa'].check_address}" in said


# --- the download ---------------------------------------------------------------------


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def trainer(organisation):
    trainer = make_person("Aïcha Moreau")
    make_member(trainer, organisation, Membership.Role.TRAINER)
    return trainer


def test_the_trainer_downloads_what_she_issued(client, trainer, organisation):
    """With real documents: what is in the ZIP is what the holder downloads."""
    session = issue_attendance(trainer, organisation, ["Awa Ndiaye", "Marc Delmas"])
    client.force_login(trainer)

    answer = client.get(address("certificates:session_zip", session.key))

    assert answer.streaming
    assert answer["Content-Type"] == "application/zip"
    assert f"attestations-{session.code}.zip" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    archive = opened(answer.streaming_content)
    assert archive.namelist() == [
        f"awa-ndiaye-{session.code}.pdf",
        f"marc-delmas-{session.code}.pdf",
    ]
    assert all(archive.read(name)[:5] == b"%PDF-" for name in archive.namelist())
    assert CertificateFile.objects.count() == 2


@pytest.fixture
def look(organisation):
    """The published look of the organisation: colours, a logo, a signatory, words."""
    template = make_template(
        organisation,
        accent="#8a1c5b",
        closing_fr="Fait à Valmont.",
        logo=make_logo(),
        logo_alt="Valmont",
    )
    looks.freeze(template, {})
    return template


def change_look(template):
    template.accent, template.closing_fr = "#0f4c5c", "Autre phrase."
    looks.freeze(template, {})


def test_a_file_of_the_zip_is_the_download_byte_for_byte(
    client, trainer, organisation, look, monkeypatch
):
    """In an organisation's look, signed, and after that look has changed."""
    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)
    session = issue_attendance(trainer, organisation, ["Awa Ndiaye", "Marc Delmas"])
    certificates = list(Certificate.objects.order_by("facts__name"))
    for certificate in certificates:
        signing.sign(certificate.pk)
    change_look(look)
    client.force_login(trainer)

    answer = client.get(address("certificates:session_zip", session.key))

    archive = opened(answer.streaming_content)
    zipped = [archive.read(name) for name in archive.namelist()]
    downloaded = []
    for certificate in certificates:
        client.force_login(certificate.holder)
        page = address("certificates:download", certificate.pk)
        downloaded.append(client.get(page).content)
    assert zipped == downloaded
    for content in zipped:
        assert "Fait à Valmont." in text_of(content)
    assert CertificateFile.objects.count() == 2


def test_a_drawing_process_gives_the_same_bytes_in_a_look(
    trainer, organisation, look, monkeypatch
):
    monkeypatch.setenv("CERTIFICATE_SECRET", SECRET)
    issue_attendance(trainer, organisation, ["Awa Ndiaye"])
    certificate = Certificate.objects.get()
    signing.sign(certificate.pk)
    change_look(look)
    order = pool.Order(
        "in the look",
        certificate.facts,
        certificate.code,
        signing.text_of(certificate),
        looks.look_of(certificate.template_version),
    )

    [drawn] = pool.draw_many([order])

    assert drawn.error == ""
    assert drawn.pdf == documents.document_of(certificate)


def test_without_the_libraries_a_sentence_says_so(
    client, trainer, organisation, monkeypatch
):
    from certificates.views import batches as views

    def missing():
        raise PdfUnavailable

    monkeypatch.setattr(views, "weasyprint", missing)
    session = issue_attendance(trainer, organisation, ["Awa Ndiaye"])
    client.force_login(trainer)
    page = address("certificates:session_zip", session.key, language="en")

    answer = client.get(page, follow=True)

    assert "Documents cannot be drawn at the moment." in answer.content.decode()
