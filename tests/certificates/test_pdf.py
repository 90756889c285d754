import json
import logging
import os
import shutil
import subprocess
import sys
import unicodedata

import pytest
from django.conf import settings

from certificates import glyphs, pdf
from certificates.wording import WORDS
from tests.certificates.factories import CODE, FACTS

VALIDATOR = settings.BASE_DIR.parent / "shared" / "validate_pdf.sh"
LONG = (
    "Marie-Antoinette Ratsimandresy-Andrianampoinimerina de Vandenberghe-Papadopoulos"
)
NAMES = {
    "Breton": "Nolwenn Le Goñideg",
    "Polish": "Łukasz Świątek-Żółć",
    "Turkish": "Çağla Şimşek İnönü",
    "Vietnamese": "Nguyễn Thị Ánh Tuyết",
    "Greek": "Ελένη Παπαδοπούλου",
    "Ukrainian": "Олена Ковальчук",
    "Arabic": "فاطمة الزهراء",
    "Armenian": "Անի Պետրոսյան",
    "decomposed": unicodedata.normalize("NFD", "Zoë Bézier"),
    "long": LONG,
    "one long word": "Wolfeschlegelsteinhausenbergerdorff" * 3,
    "one letter": "É",
}
ENGLISH = FACTS | {
    "language": "en",
    "module_title": "Guiding someone at a screen you cannot see",
    "score_percent": None,
    "started_on": None,
}


@pytest.fixture(autouse=True)
def quiet_weasyprint(caplog):
    """WeasyPrint only logs a missing alternative text or a font that it cannot load."""
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        yield
    assert [record.getMessage() for record in caplog.records] == []


def tool(name):
    return shutil.which(name) or pytest.skip(f"{name} is not installed (poppler-utils)")


def text_of(content, tmp_path):
    path = tmp_path / "text.pdf"
    path.write_bytes(content)
    command = [tool("pdftotext"), "-layout", str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def words_of(text):
    return unicodedata.normalize("NFC", " ".join(text.split()))


def test_the_document_says_everything(tmp_path):
    text = words_of(text_of(pdf.render(FACTS, CODE), tmp_path))
    for said in [
        "Attestation de suivi et de résultats",
        "Awa Ndiaye",
        "Guider à l’écran sans voir l’écran",
        "Module M04, version 2026-1",
        "préparer un appel",
        "Guider à distance, pas à pas",
        "Référentiel de compétences Repère",
        "Objectifs atteints",
        "88 % de bonnes réponses au bilan",
        "du 3 novembre 2026",
        "au 22 novembre 2026",
        "1 h 30",
        "Repère",
        "7K3M 9QXA 2BVT 5N82",
        f"{settings.SITE_URL}/v/{CODE}",
        "ni un diplôme, ni une certification professionnelle enregistrée au RNCP",
        "certificat de réalisation",
    ]:
        assert words_of(said) in text


def test_the_english_document_without_a_score(tmp_path):
    text = words_of(text_of(pdf.render(ENGLISH, CODE), tmp_path))
    for said in ["Statement of attendance and results", "Objectives reached", "France"]:
        assert said in text
    assert "%" not in text


def test_both_languages_have_the_same_words():
    assert WORDS["fr"].keys() == WORDS["en"].keys()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_of_many_scripts_are_printed(name, tmp_path):
    assert glyphs.missing_characters(name) == []
    content = pdf.render(FACTS | {"name": name}, CODE)
    text = text_of(content, tmp_path)
    if not unicodedata.bidirectional(name[0]).startswith(("R", "AL")):
        squeezed = "".join(text.split())
        assert "".join(unicodedata.normalize("NFC", name).split()) in squeezed


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_only_our_fonts_are_used(name, tmp_path):
    path = tmp_path / "fonts.pdf"
    path.write_bytes(pdf.render(FACTS | {"name": name}, CODE))
    command = [tool("pdffonts"), str(path)]
    lines = subprocess.run(command, capture_output=True, text=True).stdout
    fonts = [line.split()[0] for line in lines.splitlines()[2:]]
    assert fonts
    assert all(
        "Repere" in font or "Atkinson" in font or "DejaVu" in font for font in fonts
    )


@pytest.mark.parametrize("name", [LONG, LONG + " " + LONG[:60]])
@pytest.mark.parametrize("objectives", [4, 7])
def test_nothing_overlaps(name, objectives):
    facts = FACTS | {
        "name": name,
        "module_title": "Accompagner à distance quand le réseau, le matériel et la "
        "confiance manquent à la fois",
        "objectives": ["reconnaître une situation et choisir une manière de faire"]
        * objectives,
    }
    renderer = pdf.renderer()
    for dense in [False, True]:
        document = renderer.lay_out(pdf.context(facts, CODE) | {"dense": dense})
        for page in document.pages:
            assert overlaps(page._page_box) == []


def overlaps(root):
    """Return the pairs of text lines that share some of the paper."""
    lines = [
        (box.position_x, box.position_y, box.width, box.height, box)
        for box in root.descendants()
        if type(box).__name__ == "TextBox"
    ]
    found = []
    for number, (x, y, width, height, box) in enumerate(lines):
        for x2, y2, width2, height2, other in lines[number + 1 :]:
            across = min(x + width, x2 + width2) - max(x, x2)
            down = min(y + height, y2 + height2) - max(y, y2)
            if across > 1 and down > 0.35 * min(height, height2):
                found.append((box.text, other.text))
    return found


@pytest.mark.parametrize(
    "facts", [FACTS, FACTS | {"name": LONG}], ids=["short", "long"]
)
def test_an_ordinary_document_is_one_page(facts):
    document = pdf.renderer().lay_out(pdf.context(facts, CODE))
    assert len(document.pages) == 1


def test_the_same_facts_give_the_same_bytes():
    first = pdf.render(FACTS, CODE)
    pdf.render(ENGLISH, CODE)
    assert pdf.render(FACTS, CODE) == first
    del pdf.kept.renderer
    assert pdf.render(FACTS, CODE) == first


def test_another_process_on_another_day_gives_the_same_bytes(tmp_path):
    path = tmp_path / "other.pdf"
    code = (
        "import django, json, sys; django.setup();"
        "from certificates import pdf;"
        f"open({str(path)!r}, 'wb').write(pdf.render(json.load(sys.stdin), {CODE!r}))"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "cms.settings",
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Auckland",
        "SITE_URL": settings.SITE_URL,
        "VAR_DIR": str(tmp_path / "var"),
    }
    subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(FACTS),
        text=True,
        cwd=settings.BASE_DIR,
        env=environment,
        check=True,
    )
    assert path.read_bytes() == pdf.render(FACTS, CODE)


def test_a_name_that_no_font_prints_is_named():
    with pytest.raises(pdf.UnprintableName) as refusal:
        pdf.render(FACTS | {"name": "王小明 Marie 王"}, CODE)
    assert refusal.value.characters == ["王", "小", "明"]


def test_a_title_with_a_picture_loses_only_the_picture(tmp_path):
    content = pdf.render(FACTS | {"module_title": "Guider 📞 à\u202fdistance"}, CODE)
    assert "Guider à distance" in words_of(text_of(content, tmp_path))


def test_markup_in_a_name_is_text(tmp_path):
    name = "<img src='file:///etc/passwd'>"
    assert name in text_of(pdf.render(FACTS | {"name": name}, CODE), tmp_path)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://localhost/", "asset:x"])
def test_nothing_but_the_template_is_fetched(url):
    with pytest.raises(ValueError, match="Not a file of the template"):
        pdf.asset_fetcher().fetch(url)


def test_missing_libraries_are_named(monkeypatch):
    def without_pango(name, *args):
        raise OSError("cannot load library 'libgobject-2.0-0'")

    with monkeypatch.context() as patch:
        patch.setattr("builtins.__import__", without_pango)
        with pytest.raises(pdf.PdfUnavailable, match="libharfbuzz-subset0"):
            pdf.weasyprint()


def test_documents_are_valid_pdf_ua(tmp_path):
    if not VALIDATOR.exists() or not shutil.which("javac"):
        pytest.skip("The PDF/UA validator or the JDK that it needs is not here.")
    documents = [ENGLISH, *(FACTS | {"name": name} for name in NAMES.values())]
    paths = []
    for number, facts in enumerate(documents):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(pdf.render(facts, CODE))
        paths.append(str(path))
    command = ["sh", str(VALIDATOR), "--flavour", "PDFUA_1", *paths]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode == 2:
        pytest.skip(f"The validator could not run: {result.stderr[-200:]}")
    assert result.returncode == 0, result.stdout
