"""The standards of archives and of accessibility, checked by a program not ours."""

import shutil
import subprocess

import pytest
from django.conf import settings

from certificates import pdf
from tests.certificates.documents import CODE, KINDS, NAMES, facts_in, full

VALIDATOR = settings.BASE_DIR / "scripts" / "validate_pdf.sh"
STANDARDS = ["PDFA_3_A", "PDFUA_1"]
CREDENTIAL = b'{"type": ["VerifiableCredential"]}'

needs_jdk = pytest.mark.skipif(
    not shutil.which("javac"),
    reason="No JDK here: the standards of the documents were not checked "
    "(apt-get install default-jdk-headless).",
)


def validated(documents, tmp_path):
    """Return the validator's lines for documents, {file name: bytes}."""
    paths = []
    for name, content in documents.items():
        paths.append(tmp_path / f"{name}.pdf")
        paths[-1].write_bytes(content)
    command = ["sh", VALIDATOR, "--flavour", ",".join(STANDARDS), *paths]
    result = subprocess.run([*map(str, command)], capture_output=True, text=True)
    if result.returncode == 2:
        pytest.skip(f"The validator could not run: {result.stderr[-300:]}")
    return result.stdout.splitlines()


def verdicts(lines):
    return [line.split()[0] for line in lines if line.startswith(("PASS", "FAIL"))]


def shortened(facts):
    """Return a history of two pages rather than three, other facts as they are."""
    if facts.get("kind") != "history":
        return facts
    return facts | {"modules": facts["modules"][:24], "duration_minutes": 135 * 12}


@needs_jdk
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_meets_both_standards_with_hard_names(kind, language, tmp_path):
    documents = {
        f"{number}": pdf.render(
            facts_in(language, kind, name=name),
            CODE,
            CREDENTIAL if number % 2 else None,
        )
        for number, name in enumerate(NAMES.values())
    }
    lines = validated(documents, tmp_path)
    assert verdicts(lines) == ["PASS"] * len(NAMES) * len(STANDARDS), "\n".join(lines)


@needs_jdk
def test_a_full_document_meets_both_standards(tmp_path):
    lines = validated({"full": pdf.render(full(), CODE)}, tmp_path)
    assert verdicts(lines) == ["PASS"] * len(STANDARDS), "\n".join(lines)


@needs_jdk
@pytest.mark.parametrize(
    "before, after, standard",
    [
        (b"<pdfuaid:part>1</pdfuaid:part>", b"", "PDFUA_1"),
        (b'pdfaid:part="3"', b'pdfaid:part="9"', "PDFA_3_A"),
    ],
)
def test_the_validator_sees_what_is_missing(
    before, after, standard, tmp_path, monkeypatch
):
    from certificates.pdf import documents, finisher

    def spoil(document, pdf_objects):
        finisher.refuse_foreign_fonts(document)
        finisher.add_ua_mark(pdf_objects)
        number = int(pdf_objects.catalog["Metadata"].split()[0])
        metadata = pdf_objects.objects[number]
        text = b"\n".join(metadata.stream)
        assert before in text
        metadata.stream = [text.replace(before, after)]

    monkeypatch.setattr(documents, "finish", spoil)
    lines = validated({"spoilt": pdf.render(KINDS["module"], CODE)}, tmp_path)
    failed = [line.split()[1] for line in lines if line.startswith("FAIL")]
    assert failed == [standard]
