from uuid import uuid4

import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.utils.translation import override
from wagtail.images.models import Image

from certificates import documents, looks, pdf
from certificates.deeds import Deed
from certificates.issue import issue
from certificates.looks import Look
from certificates.models import DocumentTemplate, Signatory, TemplateVersion
from tests.certificates.factories import CODE, FACTS
from tests.factories import make_learner, make_organisation

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10">\
<path fill="#8a1c5b" d="M0 0h40v10z"/></svg>"""
HOSTILE = [
    "<script>alert(1)</script>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<img src=http://example.org/a.png>",
    "file:///etc/passwd",
    "http://example.org/",
    "{{ settings.SECRET_KEY }}",
    "{% include 'a' %}",
    "&lt;b&gt; & </p></style>",
    "url(file:///etc/passwd)",
]


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def make_template(organisation=None, **fields):
    template = DocumentTemplate(name="Ours", organisation=organisation, **fields)
    template.signatories = [Signatory(name="Sylvie Nguyen", role_fr="Directrice")]
    template.save()
    return template


def make_logo(data=SVG, name="logo.svg"):
    return Image.objects.create(title="Logo", file=ContentFile(data, name))


def text_of(content):
    document = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in document)


def squeezed(text):
    """Return a text without its spaces: where lines break says nothing here."""
    return "".join(text.split())


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [("#000000", 21), ("#ffffff", 1), ("#767676", 4.54), ("#595959", 7.0)],
)
def test_contrast_on_white(colour, ratio):
    assert round(looks.contrast(colour, "#ffffff"), 2) == ratio
    assert round(looks.contrast("#ffffff", colour), 2) == ratio


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Délivrée à {name}.", "Délivrée à Awa Ndiaye."),
        ("{title}, {date}", "Guider {name}, 1er mars 2027"),
        (
            "{name.__class__} {0} {nom} {{name}}",
            "{name.__class__} {0} {nom} {Awa Ndiaye}",
        ),
        ("%(name)s %s {", "%(name)s %s {"),
    ],
)
def test_a_closing_sentence_names_three_things_and_nothing_else(text, said):
    values = {"name": "Awa Ndiaye", "title": "Guider {name}", "date": "1er mars 2027"}
    assert looks.filled(text, values) == said


def test_a_role_that_was_not_translated_is_said_in_french():
    look = Look(signatories=({"name": "A", "role": {"fr": "Directrice", "en": ""}},))
    assert look.signatures("en") == [looks.Signature("A", "Directrice")]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_and_addresses_are_printed_and_never_followed(text, monkeypatch):
    asked = []
    fetcher_of = pdf.documents.asset_fetcher

    def watched(*args):
        fetcher = fetcher_of(*args)
        fetch = fetcher.fetch

        def remember(url, *others):
            asked.append(url)
            return fetch(url, *others)

        fetcher.fetch = remember
        return fetcher

    monkeypatch.setattr(pdf.documents, "asset_fetcher", watched)
    look = Look(
        titles={"fr": text},
        closings={"fr": text},
        signatories=({"name": text, "role": {"fr": text, "en": ""}},),
        logo=SVG,
        logo_type="image/svg+xml",
        logo_alt=text,
    )
    content = pdf.render(FACTS, CODE, look=look)
    document = pypdfium2.PdfDocument(content)
    assert squeezed(text_of(content)).count(squeezed(text)) == 4
    assert asked == ["asset:own-logo"]
    assert document.count_attachments() == 0


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "http://localhost/", "data:text/plain,x", "asset:logo.svg"],
)
def test_a_look_opens_no_door_but_its_own_logo(url):
    fetcher = pdf.documents.asset_fetcher(SVG, "image/svg+xml")
    assert fetcher.fetch("asset:own-logo").read() == SVG
    with pytest.raises(ValueError, match="Not a file of the template"):
        fetcher.fetch(url)


def test_a_document_has_what_its_look_says():
    look = Look(
        titles={"fr": "Attestation de Valmont"},
        closings={"fr": "Remise à {name} pour « {title} », le {date}."},
        signatories=(
            {"name": "Sylvie Nguyen", "role": {"fr": "Directrice", "en": "Head"}},
        ),
    )
    text = squeezed(text_of(pdf.render(FACTS, CODE, look=look)))
    for said in [
        "Attestation de Valmont",
        "Remise à Awa Ndiaye pour « Guider à l’écran sans voir l’écran », "
        "le 22 novembre 2026.",
        "Sylvie Nguyen",
        "Directrice",
    ]:
        assert squeezed(said) in text
    assert squeezed("Attestation de suivi") not in text


def test_a_look_without_anything_of_its_own_changes_nothing_said():
    assert text_of(pdf.render(FACTS, CODE, look=Look())) == text_of(
        pdf.render(FACTS, CODE)
    )


def test_the_same_look_gives_the_same_bytes():
    look = Look(accent="#8a1c5b", logo=SVG, logo_type="image/svg+xml", logo_alt="V")
    first = pdf.render(FACTS, CODE, look=look)
    usual = pdf.render(FACTS, CODE)
    assert pdf.render(FACTS, CODE, look=look) == first
    assert usual != first


# --- freezing -------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_version_is_frozen_whole():
    template = make_template(
        accent="#8A1C5B", closing_fr="Fait à Valmont.", logo=make_logo(), logo_alt="V"
    )
    version = looks.freeze(template, {"documents": 30, "standards": []})
    template.accent = "#000000"
    template.signatories.all().delete()
    template.logo.file.storage.delete(template.logo.file.name)
    found = looks.look_of(TemplateVersion.objects.get(pk=version.pk))
    assert found.accent == "#8a1c5b"
    assert found.closings == {"fr": "Fait à Valmont.", "en": ""}
    assert found.signatures("fr") == [looks.Signature("Sylvie Nguyen", "Directrice")]
    assert b"M0 0h40v10z" in found.logo


@pytest.mark.django_db
def test_the_same_content_is_frozen_once():
    template = make_template()
    first = looks.freeze(template, {})
    assert looks.freeze(template, {"documents": 30}) == first
    template.closing_en = "Made in Valmont."
    second = looks.freeze(template, {})
    template.closing_en = ""
    third = looks.freeze(template, {})
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert first.checksum == third.checksum != second.checksum


@pytest.mark.django_db
def test_another_logo_is_another_version():
    template = make_template(logo=make_logo(), logo_alt="V")
    first = looks.freeze(template, {})
    template.logo = make_logo(SVG.replace(b"M0 0", b"M1 0"))
    assert looks.freeze(template, {}).checksum != first.checksum


@pytest.mark.django_db
def test_the_database_refuses_to_change_a_version():
    version = looks.freeze(make_template(), {})
    with pytest.raises(TypeError, match="never changed"):
        version.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        TemplateVersion.objects.filter(pk=version.pk).update(content={})


@pytest.mark.django_db
def test_a_logo_that_is_too_large_is_not_even_read(monkeypatch):
    template = make_template(logo=make_logo(SVG + b" " * 2 * 1024 * 1024))

    def fail(self):
        raise AssertionError("This file was read.")

    monkeypatch.setattr(Image, "open_file", fail)
    with pytest.raises(ValidationError, match="2.0 MB"):
        looks.look_of_draft(template)


@pytest.mark.django_db
def test_a_logo_whose_file_is_missing_is_said():
    template = make_template(logo=make_logo(), logo_alt="V")
    template.logo.file.storage.delete(template.logo.file.name)
    [(name, sentence)] = looks.problems_in(template)
    assert name == "logo"
    assert "missing" in sentence


@pytest.mark.django_db
def test_four_signatories_are_too_many():
    template = make_template()
    template.signatories = [Signatory(name=n, role_fr="Rôle") for n in "ABCD"]
    [(name, sentence)] = looks.problems_in(template)
    assert name is None
    assert "three signatories" in sentence


# --- documents and the version that they pin ------------------------------------------


def issued(organisation=None):
    return issue(
        Deed(
            kind="module",
            holder=make_learner(),
            about=uuid4(),
            facts=FACTS,
            organisation=organisation,
        )
    )


@pytest.mark.django_db
def test_documents_keep_the_look_of_the_day_they_were_issued():
    ours = make_organisation()
    template = make_template(ours, title_fr="Attestation de Valmont", logo_alt="V")
    template.logo = make_logo()
    first_version = looks.freeze(template, {})
    first = issued(ours)
    before = documents.draw(first)
    template.title_fr, template.accent = "Autre titre", "#8a1c5b"
    template.logo.file.storage.delete(template.logo.file.name)
    template.logo = None
    template.save()
    second_version = looks.freeze(template, {})
    second = issued(ours)
    first.refresh_from_db()
    assert [first.template_version, second.template_version] == [
        first_version,
        second_version,
    ]
    assert documents.draw(first) == before
    assert "Autre titre" in text_of(documents.draw(second))
    assert "Attestation de Valmont" in text_of(before)


@pytest.mark.django_db
def test_documents_pin_their_organisations_look_else_the_platforms():
    ours, theirs = make_organisation(), make_organisation("Maison des solidarités")
    assert issued(ours).template_version is None
    platform = looks.freeze(make_template(None), {})
    own = looks.freeze(make_template(ours, closing_fr="Fait à Valmont."), {})
    assert issued(ours).template_version == own
    assert issued(theirs).template_version == platform
    assert issued(None).template_version == platform


@pytest.mark.django_db
def test_a_template_that_was_unpublished_counts_no_more():
    ours = make_organisation()
    platform = looks.freeze(make_template(None), {})
    template = make_template(ours, closing_fr="Fait à Valmont.")
    own = looks.freeze(template, {})
    first = issued(ours)
    template.unpublish()
    assert first.template_version == own
    assert issued(ours).template_version == platform
