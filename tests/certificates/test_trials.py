from dataclasses import dataclass, replace
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from PIL import Image

from certificates import facts, pdf, samples, trials, uploads
from certificates.looks import Look
from certificates.models import DocumentTemplate, TemplateVersion
from certificates.secrets import WITHHELD

LOOK = Look(
    ink="#3a0f2b",
    accent="#8a1c5b",
    titles={"fr": "Attestation de formation", "en": "Statement of training"},
    closings={
        "fr": "Fait à Valmont, le {date}, pour {name}.",
        "en": "Valmont, {date}.",
    },
    signatories=(
        {"name": "Sylvie Nguyen", "role": {"fr": "Directrice", "en": "Head"}},
        {"name": "Aïcha Moreau", "role": {"fr": "Formatrice", "en": "Trainer"}},
    ),
    checksum="a",
)
MODULE = trials.Trial("module", "en", "title")
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><defs>\
<linearGradient id="g"><stop offset="0" stop-color="#8a1c5b"/><stop offset="1" \
stop-color="#d9822b"/></linearGradient></defs>\
<path fill="url(#g)" fill-opacity=".7" d="M0 0h40v10z"/></svg>"""


@pytest.fixture(autouse=True)
def nothing_kept():
    trials.kept.clear()


@pytest.fixture
def no_validator(monkeypatch):
    monkeypatch.setattr(trials, "can_validate", lambda: False)


def logo(kind, mode, color):
    out = BytesIO()
    Image.new(mode, (80, 20), color).save(out, kind)
    return out.getvalue()


ONE_OF_EACH = [trials.Trial(kind, "fr", "script") for kind in samples.KINDS]


@dataclass(frozen=True)
class Said:
    """A trial with one of several logos, for a failure to name."""

    logo: str
    trial: trials.Trial

    def says(self, what):
        return f"{self.logo}: {self.trial.says(what)}"


LOGOS = {
    "none": None,
    "drawing": SVG,
    "transparent": logo("PNG", "RGBA", (200, 40, 90, 90)),
    "grey": logo("PNG", "L", 90),
    "photograph": logo("JPEG", "CMYK", (9, 90, 9, 9)),
}


@pytest.mark.parametrize("trial", trials.TRIALS, ids=str)
def test_hard_facts_are_facts_that_a_document_can_print(trial):
    facts.check(trial.facts)


def test_each_kind_is_tried_on_four_people():
    tried = {(trial.kind, trial.person) for trial in trials.TRIALS}
    assert tried == {
        (kind, person) for kind in samples.KINDS for person in samples.PEOPLE
    }


def test_a_good_look_holds(no_validator):
    assert trials.verdict_on(LOOK) == trials.Verdict(
        (), {"documents": len(trials.TRIALS), "standards": ()}
    )


def test_a_look_is_tried_once(no_validator, monkeypatch):
    monkeypatch.setattr(trials, "TRIALS", [MODULE])
    first = trials.verdict_on(LOOK)
    monkeypatch.setattr(pdf, "lay_out", lambda *args: pytest.fail("Drawn again."))
    assert trials.verdict_on(LOOK) is first


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("M" * 80, "runs off the paper"),
        ("MMMMMMMMM " * 8, "runs into"),
    ],
)
def test_a_title_that_does_not_fit_is_said_with_its_place(
    title, said, no_validator, monkeypatch
):
    monkeypatch.setattr(trials, "TRIALS", [MODULE])
    with override("en"):
        [*sentences] = trials.verdict_on(replace(LOOK, titles={"en": title})).problems
    assert sentences
    assert all(
        sentence.startswith(
            "Statement of a module in English, with a very long title: “"
        )
        for sentence in sentences
    )
    assert any(said in sentence for sentence in sentences)


def test_a_page_too_many_is_said_with_its_place(no_validator, monkeypatch):
    trial = trials.Trial("module", "fr", "many")
    monkeypatch.setattr(trials, "TRIALS", [trial])
    long = replace(
        LOOK,
        closings={"fr": "Encore une phrase. " * 120},
        signatories=LOOK.signatories * 9,
    )
    with override("en"):
        [sentence] = trials.verdict_on(long).problems
    assert sentence == (
        "Statement of a module in French, with twelve competences: it takes 2 pages "
        "instead of 1. Shorten the closing sentence, or leave out a signatory."
    )


def test_a_logo_that_cannot_be_read_is_said(no_validator, monkeypatch):
    monkeypatch.setattr(trials, "TRIALS", [MODULE])
    broken = replace(LOOK, logo=b"<svg", logo_type="image/svg+xml", logo_alt="V")
    with override("en"):
        [sentence] = trials.verdict_on(broken).problems
    assert "it cannot be drawn. (WeasyPrint says: Failed to load image" in sentence


def test_without_the_libraries_nothing_is_published(monkeypatch):
    def unavailable(*args):
        raise pdf.PdfUnavailable

    monkeypatch.setattr(pdf, "lay_out", unavailable)
    with override("en"):
        [sentence] = trials.verdict_on(LOOK).problems
    assert "cannot be drawn on this server" in sentence
    assert not trials.kept


@pytest.mark.django_db
def test_publishing_by_another_door_is_checked_too():
    template = DocumentTemplate.objects.create(name="Pale", accent="#ffdd00")
    with pytest.raises(ValidationError):
        trials.freeze_published(template)
    assert not TemplateVersion.objects.exists()


# --- the standards --------------------------------------------------------------------


def validator(tmp_path, monkeypatch, script):
    path = tmp_path / "validate.sh"
    path.write_text(script)
    monkeypatch.setattr(trials, "VALIDATOR", path)
    return {MODULE: tmp_path / "0.pdf"}


def test_a_standard_that_is_not_met_is_said_with_its_place(tmp_path, monkeypatch):
    script = 'echo "FAIL PDFUA_1 rules=1 checks=2 $3"; echo "  7.1"; exit 1'
    paths = validator(tmp_path, monkeypatch, script)
    with override("en"):
        assert trials.validated(paths) == (
            (
                "Statement of a module in English, with a very long title: it does not "
                "meet PDFUA_1.",
            ),
            (),
        )


@pytest.mark.parametrize(
    ("script", "standards"), [("exit 0", trials.STANDARDS), ("exit 2", ())]
)
def test_standards_are_noted_only_when_they_were_checked(
    tmp_path, monkeypatch, script, standards
):
    paths = validator(tmp_path, monkeypatch, script)
    assert trials.validated(paths) == ((), standards)


def test_documents_with_every_sort_of_logo_meet_the_standards(tmp_path):
    if not trials.can_validate():
        pytest.skip("The validator of PDF/A and PDF/UA, or its JDK, is not here.")
    paths = {}
    for name, data in LOGOS.items():
        look = LOOK
        if data:
            kept, kind = uploads.clean_logo(data)
            look = replace(LOOK, logo=kept, logo_type=kind, logo_alt="Valmont")
        for number, trial in enumerate(ONE_OF_EACH):
            path = tmp_path / f"{name}-{number}.pdf"
            path.write_bytes(pdf.render(trial.facts, samples.CODE, look=look))
            paths[Said(name, trial)] = path
    assert trials.validated(paths) == ((), trials.STANDARDS)


def test_the_validator_is_given_no_secret(tmp_path, monkeypatch):
    for name in WITHHELD:
        monkeypatch.setenv(name, "kept to ourselves")
    script = 'case "$(env)" in *"kept to ourselves"*) exit 2;; esac; exit 0'
    paths = validator(tmp_path, monkeypatch, script)
    assert trials.validated(paths) == ((), trials.STANDARDS)
