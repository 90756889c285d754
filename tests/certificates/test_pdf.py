import gc
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
import zlib

import pytest
from django.conf import settings
from django.template import engines

from certificates import pdf
from certificates.benchmark import printed, samples
from certificates.facts import FIELDS
from certificates.pdf import documents, measure, names, pages, pool
from certificates.pdf.finisher import Unfinished
from certificates.secrets import WITHHELD
from certificates.wording import WORDS
from tests.certificates.documents import (
    CODE,
    FACTS,
    KINDS,
    LONG,
    NAMES,
    facts_in,
    full,
)

ENGLISH = FACTS | {
    "language": "en",
    "module_title": "Guiding someone at a screen you cannot see",
    "score_percent": None,
    "started_on": None,
}
CREDENTIAL = '{"name": "Attestation d’Awa"}'.encode()
SAID = {
    "module": [
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
    ],
    "path": [
        "Attestation de parcours",
        "Accompagner à distance",
        "Parcours P1, version 1",
        "M04 Guider à l’écran sans voir l’écran",
        "12/11/2026",
        "45 min",
        "88 %",
        "sans bilan",
        "Parcours terminé",
        "2 modules",
        "2 h 15",
        "du 12 janvier 2026",
    ],
    "placement": [
        "Attestation de positionnement",
        "à sa demande",
        "Outils et environnements numériques",
        "4 à 5",
        "intermédiaire – avancé",
        "Version 3",
        "42 questions",
        "20 novembre 2026",
        "neuf fois sur dix",
        "fait en ligne et sans surveillance",
    ],
    "attendance": [
        "Attestation de présence",
        "Le partage d’écran en pratique",
        "Séance S12, animée par Marc Delmas",
        "Présence constatée",
        "le 20 novembre 2026",
        "1 h",
    ],
    "history": [
        "Historique de formation",
        "Établi pour",
        "Établi par",
        "40 modules",
        "45 h",
        "du 12 novembre 2026",
        "page 1 sur 3",
        "page 3 sur 3",
    ],
}


def tool(name):
    return shutil.which(name) or pytest.skip(f"{name} is not installed (poppler-utils)")


def run(name, *arguments):
    command = [tool(name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def saved(content, tmp_path):
    path = tmp_path / "document.pdf"
    path.write_bytes(content)
    return path


def words_of(text):
    return unicodedata.normalize("NFC", " ".join(text.split()))


def text_of(content, tmp_path):
    """Return the text in the order of the file, which is that of reading."""
    return words_of(run("pdftotext", "-raw", saved(content, tmp_path), "-"))


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("kind", KINDS)
def test_the_document_says_everything(kind, tmp_path):
    text = text_of(pdf.render(KINDS[kind], CODE), tmp_path)
    assert [said for said in SAID[kind] if squeezed(said) not in squeezed(text)] == []


def test_each_kind_of_facts_has_a_document():
    assert SAID.keys() == FIELDS.keys() == pages.BODIES.keys() == pages.CELLS.keys()


def test_the_english_document_without_a_score(tmp_path):
    text = text_of(pdf.render(ENGLISH, CODE), tmp_path)
    for said in ["Statement of attendance and results", "Objectives reached", "France"]:
        assert said in text
    assert "%" not in text


def test_a_history_without_scores_has_no_column_for_them(tmp_path):
    modules = [
        {name: value for name, value in module.items() if name != "score_percent"}
        for module in KINDS["history"]["modules"]
    ]
    with_scores = text_of(pdf.render(KINDS["history"], CODE), tmp_path)
    without = text_of(
        pdf.render(KINDS["history"] | {"modules": modules}, CODE), tmp_path
    )
    assert "Bilan" in with_scores
    assert "Bilan" not in without


def test_validity_and_second_issue_are_said(tmp_path):
    facts = FACTS | {"valid_until": "2029-11-22", "issued_anew_on": "2026-12-01"}
    text = text_of(pdf.render(facts, CODE), tmp_path)
    assert "valable jusqu’au 22 novembre 2029" in text
    assert "de nouveau le 1er décembre 2026" in text


def test_both_languages_have_the_same_words():
    assert WORDS["fr"].keys() == WORDS["en"].keys()


# --- names --------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_only_our_fonts_are_used(name, tmp_path):
    path = saved(pdf.render(FACTS | {"name": name}, CODE), tmp_path)
    fonts = [line.split()[0] for line in run("pdffonts", path).splitlines()[2:]]
    assert fonts
    assert [font for font in fonts if "+Repere-" not in font] == []


@pytest.mark.parametrize(
    "name, size", [("Awa Ndiaye", ""), (LONG[:45], "medium"), (LONG + LONG, "long")]
)
def test_the_size_of_a_name_follows_its_width(name, size):
    assert measure.name_size(name) == size


def test_as_many_narrow_letters_as_wide_ones_are_printed_larger():
    assert measure.name_size("i" * 28) == ""
    assert measure.name_size("W" * 28) == "medium"


@pytest.mark.parametrize("size, spacing, lines, word", measure.SIZES)
def test_measured_widths_are_those_of_the_page(size, spacing, lines, word):
    name = {"": "Awa Ndiaye", "medium": LONG[:40], "long": LONG}[word]
    boxes = printed.name_lines(pdf.lay_out(FACTS | {"name": name}, CODE))
    drawn = sum(box.width for box in boxes) * 0.75
    shown = " ".join(box.text.strip() for box in boxes)
    assert drawn == pytest.approx(measure.width(shown, size, spacing), rel=0.02)


def test_a_name_that_no_font_prints_is_named():
    with pytest.raises(pdf.UnprintableName) as refusal:
        pdf.render(FACTS | {"name": "王小明 Marie 王"}, CODE)
    assert refusal.value.characters == ["王", "小", "明"]
    assert len(refusal.value.sentences) == 1


def test_a_stricter_rule_takes_no_issued_document_away(monkeypatch, tmp_path):
    monkeypatch.setattr("certificates.pdf.names.is_heaped", lambda name: True)
    assert names.problems_of(FACTS["name"]) != []
    assert FACTS["name"] in text_of(pdf.render(FACTS, CODE), tmp_path)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_hard_names_are_printable(name):
    assert names.problems_of(name) == []


def test_a_title_with_a_picture_loses_only_the_picture(tmp_path):
    content = pdf.render(FACTS | {"module_title": "Guider 🎓 à\u202fdistance"}, CODE)
    assert "Guider à distance" in text_of(content, tmp_path)


def test_a_title_in_another_script_is_printed(tmp_path):
    content = pdf.render(FACTS | {"module_title": "Guider → Οδηγός"}, CODE)
    assert "Guider → Οδηγός" in text_of(content, tmp_path)


def test_markup_in_a_name_is_text(tmp_path):
    name = "<img src='file:///etc/passwd'>"
    assert name in text_of(pdf.render(FACTS | {"name": name}, CODE), tmp_path)


# --- layout -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [LONG, LONG + " " + LONG[:38]], ids=["long", "longer"])
def test_nothing_overlaps_or_leaves_the_sheet(kind, name):
    for page in pdf.lay_out(KINDS[kind] | {"name": name}, CODE).pages:
        assert printed.overlaps(page) == []
        assert printed.hidden(page) == []


def test_a_run_is_shaped_script_by_script():
    assert measure.by_script("12 Awa-Ñ ڴّ بن Zoé") == ["12 Awa-Ñ ", "ڴّ بن ", "Zoé"]
    heaped = "ڴࣨࣨࣨ"
    assert measure.ink(f"Awa {heaped}") == measure.ink(heaped)


# As high, and as deep, as the marks of a name may be.
HIGH = ["حڵًهدْ", "ڵٌّْ ذَوْجٍ", "Awa \u013a\u0312\u0312", "ฦุุ ที่ กฺุ"]


@pytest.mark.parametrize("facts", [*KINDS.values(), full()], ids=[*KINDS, "full"])
@pytest.mark.parametrize("times", [1, 5])
@pytest.mark.parametrize("name", HIGH, ids=ascii)
def test_marks_touch_nothing_above_or_below(name, times, facts):
    name = " ".join([name] * times)
    assert names.problems_of(name) == []
    assert printed.touching(pdf.lay_out(facts | {"name": name}, CODE)) == []


def test_marks_that_touch_the_line_above_are_seen(monkeypatch):
    monkeypatch.setattr(pages, "is_high", lambda name: False)
    document = pdf.lay_out(FACTS | {"name": "ڵٌّْ"}, CODE)
    assert printed.touching(document) == [("Délivréeà", "ڵٌّْ")]


@pytest.mark.parametrize("name", ["ڴࣨࣨࣨ", "Awa \u1ec4\u034b\u034b\u034b", "ېࣙࣙࣙ"])
def test_marks_that_no_line_holds_are_refused(name):
    assert measure.is_heaped(name)
    assert len(names.problems_of(name)) == 1


def test_overlap_is_seen():
    document = pdf.lay_out(FACTS, CODE)
    first, second = printed.text_boxes(document.pages[0])[:2]
    second.position_x, second.position_y = first.position_x, first.position_y
    assert (first.text, second.text) in printed.overlaps(document.pages[0])


def test_a_text_off_the_sheet_is_seen():
    document = pdf.lay_out(FACTS, CODE)
    box = printed.text_boxes(document.pages[0])[0]
    box.position_y = document.pages[0].height - 1
    assert printed.hidden(document.pages[0]) == [box.text]


@pytest.mark.parametrize("kind", ["module", "path", "placement", "attendance"])
@pytest.mark.parametrize("name", ["Awa Ndiaye", LONG], ids=["short", "long"])
def test_an_ordinary_document_is_one_page(kind, name):
    assert len(pdf.lay_out(KINDS[kind] | {"name": name}, CODE).pages) == 1


def test_twelve_competences_and_a_long_title_are_one_page():
    assert len(pdf.lay_out(full(), CODE).pages) == 1


def test_each_page_of_a_history_has_its_header():
    document = pdf.lay_out(KINDS["history"], CODE)
    said = [[box.text for box in printed.text_boxes(page)] for page in document.pages]
    rows = [sum(text.startswith("M0") for text in texts) for texts in said]
    assert sum(rows) == 40
    assert min(rows[:2]) > 0
    assert [("Terminé" in texts) for texts in said] == [count > 0 for count in rows]


# --- bytes --------------------------------------------------------------------------


def test_the_same_facts_give_the_same_bytes():
    first = pdf.render(FACTS, CODE, CREDENTIAL)
    pdf.render(ENGLISH | {"name": NAMES["Arabic and Latin"]}, CODE)
    assert pdf.render(FACTS, CODE, CREDENTIAL) == first
    del documents.kept.renderer
    assert pdf.render(FACTS, CODE, CREDENTIAL) == first


@pytest.mark.parametrize("look", samples.looks())
@pytest.mark.parametrize("kind", [*KINDS, "full"])
def test_our_reader_draws_what_weasyprint_alone_draws(kind, look, monkeypatch):
    facts = full() if kind == "full" else KINDS[kind]
    drawn = pdf.render(facts, CODE, look=samples.looks()[look])
    usual = documents.weasyprint().HTML
    monkeypatch.setattr(
        pdf.renderer(),
        "sheet",
        lambda html, fetcher: usual(string=html, url_fetcher=fetcher),
    )
    assert pdf.render(facts, CODE, look=samples.looks()[look]) == drawn


def test_a_control_character_in_a_fact_prints_nothing(tmp_path):
    facts = FACTS | {"competences": [{"code": "F\x012", "name": "Guider"}]}
    assert "F2" in text_of(pdf.render(facts, CODE), tmp_path)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "UTC"},
        {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
    ],
    ids=["UTC", "Auckland"],
)
def test_another_process_of_the_site_gives_the_same_bytes(environment, tmp_path):
    path = tmp_path / "other.pdf"
    code = (
        "import django, json, sys; django.setup();"
        "from certificates import pdf;"
        f"given = {CREDENTIAL!r};"
        f"content = pdf.render(json.load(sys.stdin), {CODE!r}, given);"
        f"open({str(path)!r}, 'wb').write(content)"
    )
    said = os.environ | environment
    said |= {"DJANGO_SETTINGS_MODULE": "cms.settings", "VAR_DIR": str(tmp_path / "var")}
    subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(FACTS),
        text=True,
        cwd=settings.BASE_DIR,
        env=said | {"SITE_URL": settings.SITE_URL},
        check=True,
    )
    assert path.read_bytes() == pdf.render(FACTS, CODE, CREDENTIAL)


def test_drawing_processes_give_the_same_bytes_and_say_what_failed():
    orders = [
        pool.Order("good", FACTS, CODE, CREDENTIAL),
        pool.Order("bad", FACTS | {"name": "王小明"}, CODE),
        pool.Order("history", KINDS["history"], CODE),
    ]
    drawn = {each.key: each for each in pool.draw_many(orders)}
    assert drawn["good"].pdf == pdf.render(FACTS, CODE, CREDENTIAL)
    assert drawn["history"].pdf == pdf.render(KINDS["history"], CODE)
    assert drawn["bad"].pdf == b""
    assert drawn["bad"].error.startswith("UnprintableName: ")


def test_a_drawing_process_is_given_no_secret(monkeypatch):
    for name in WITHHELD:
        monkeypatch.setenv(name, "kept to ourselves")
    start, given = pool.subprocess.Popen, []

    def look_and_start(*args, env, **how):
        given.append(env)
        return start(*args, env=env, **how)

    monkeypatch.setattr(pool.subprocess, "Popen", look_and_start)
    [drawn] = pool.draw_many([pool.Order(1, FACTS, CODE)])
    assert drawn.error == ""
    [environment] = given
    assert "PATH" in environment
    assert "kept to ourselves" not in environment.values()


def test_a_drawing_process_that_dies_is_said():
    with pool.worker_process() as process:
        process.kill()
        process.wait()
        drawn = pool.drawn(process, pool.Order(1, FACTS, CODE))
    assert drawn.error.startswith("The drawing process has ended")


# --- what is in the file ------------------------------------------------------------


def test_the_credential_comes_out_of_the_file_unchanged(tmp_path):
    path = saved(pdf.render(FACTS, CODE, CREDENTIAL), tmp_path)
    out = tmp_path / "credential.json"
    assert "1: credential.json" in run("pdfdetach", "-list", path)
    run("pdfdetach", "-save", 1, "-o", out, path)
    assert out.read_bytes() == CREDENTIAL


def objects_of(content):
    """Return all dictionaries of a PDF of ours as one text, streams decompressed."""
    found = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.S):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def test_both_standards_are_claimed_in_one_description():
    text = objects_of(pdf.render(FACTS, CODE))
    assert text.count(b"<rdf:RDF") == 1
    assert b'pdfaid:part="3"' in text
    assert b"<pdfuaid:part>1</pdfuaid:part>" in text
    assert b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>" in text


def test_the_credential_is_named_once_as_data_of_the_file():
    text = objects_of(pdf.render(FACTS, CODE, CREDENTIAL))
    (files,) = re.findall(rb"/AF \[([^]]*)\]", text)
    assert len(files.split()) == 3
    assert b"/AFRelationship /Data" in text
    assert b"(D:20261122000000Z)" in text


def test_figures_say_where_they_are_in_points_from_the_bottom():
    text = objects_of(pdf.render(FACTS, CODE))
    boxes = [
        [float(number) for number in found.split()]
        for found in re.findall(rb"/BBox \[([^]]*)\]/?>?>", text)
    ]
    figures = [box for box in boxes if box[2] - box[0] < 130 and box[3] < 842]
    logo = [48.19, 842 - 39.7 - 29.5, 170.1, 842 - 39.7]
    assert any(box == pytest.approx(logo, abs=1.5) for box in figures)


def test_no_line_of_text_holds_an_empty_string():
    # PDFium would forget the kerning at the end of such a line.
    text = objects_of(pdf.render(FACTS | {"name": "حٍڑّكّێدء"}, CODE))
    lines = [line for line in text.splitlines() if line.endswith(b"] TJ")]
    assert sum(b"Ts" in line for line in text.splitlines()) > 0
    assert [line for line in lines if b"<>" in line] == []


# --- what a template may do ---------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://localhost/",
        "https://example.org/",
        "data:text/plain,hello",
        "ftp://localhost/",
        "asset:x",
        "asset:../pdf.html",
    ],
)
def test_nothing_but_the_template_is_fetched(url):
    with pytest.raises(ValueError, match="Not a file of the template"):
        documents.asset_fetcher().fetch(url)


@pytest.fixture
def template(monkeypatch):
    """Give the renderer a template to draw instead of its own."""

    def use(html):
        text = f'<html lang="fr"><title>Essai</title>{html}</html>'
        made = engines["django"].from_string(text)
        monkeypatch.setattr(
            documents, "render_to_string", lambda name, page: made.render(page)
        )

    return use


@pytest.mark.parametrize(
    "html",
    [
        '<img src="{}" alt="x"/>',
        '<link rel="stylesheet" href="{}"/>',
        '<style>@import url("{}");</style>',
        '<style>body {{ background: url("{}"); }}</style>',
        '<link rel="attachment" href="{}"/>',
        '<a rel="attachment" href="{}">x</a>',
        '<svg xmlns="http://www.w3.org/2000/svg"><title>x</title>'
        '<image href="{}" width="9" height="9"/></svg>',
        '<object data="{}">x</object>',
    ],
)
@pytest.mark.parametrize("scheme", ["file", "http", "data"])
def test_a_template_cannot_read_files_or_the_network(template, html, scheme, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("Only for the owner.")
    address = {
        "file": secret.as_uri(),
        "http": "http://localhost:9/secret.txt",
        "data": "data:text/plain,Only%20for%20the%20owner.",
    }[scheme]
    template(html.format(address))
    try:
        content = pdf.render(FACTS, CODE)
    except Unfinished as error:
        assert "well formed" not in str(error)
        return
    assert b"Only for the owner." not in objects_of(content)
    assert b"EmbeddedFile" not in objects_of(content)


@pytest.mark.parametrize(
    "html, complaint",
    [
        ('<img src="asset:logo.svg"/>', "alt"),
        ('<img src="asset:unknown.svg" alt="x"/>', "unknown.svg"),
        ('<img src="asset:logo.svg" alt="x">', "not well formed"),
        ('<style>p { font-family: "DejaVu Sans" }</style><p>x</p>', "not one of"),
        ('<p style="font-family: Repere Document">王</p>', "font"),
    ],
)
def test_what_is_only_logged_or_replaced_is_an_error(template, html, complaint):
    template(html)
    with pytest.raises(Unfinished, match=complaint):
        pdf.render(FACTS, CODE)


def test_a_document_without_language_is_an_error(monkeypatch):
    monkeypatch.setattr(
        documents, "render_to_string", lambda name, page: "<html><p>x</p></html>"
    )
    with pytest.raises(Unfinished, match="lang"):
        pdf.render(FACTS, CODE)


def test_a_face_that_cannot_be_loaded_is_an_error(monkeypatch):
    monkeypatch.setitem(documents.FONT_FILES, "asset:hebrew.ttf", documents.HERE / "no")
    monkeypatch.delattr(documents.kept, "renderer", raising=False)
    with pytest.raises(Unfinished, match="Repere Names Hebrew"):
        pdf.render(FACTS | {"name": "רחל"}, CODE)
    monkeypatch.undo()
    del documents.kept.renderer


@pytest.mark.skipif(sys.platform != "linux", reason="Other systems name them apart.")
def test_libraries_are_found_without_starting_a_process():
    code = (
        "import ctypes.util, sys; started = []; find = ctypes.util.find_library;"
        "sys.addaudithook(lambda name, _: 'Popen' in name and started.append(name));"
        "from certificates.pdf import documents;"
        "documents.weasyprint();"
        "print(started, ctypes.util.find_library is find)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        text=True,
        capture_output=True,
        check=True,
    )
    assert said.stdout == "[] True\n"


@pytest.mark.parametrize("is_enabled", [True, False])
def test_garbage_waits_for_the_end_of_a_document(is_enabled, monkeypatch):
    seen = []
    monkeypatch.setattr(
        pdf.renderer(), "render", lambda *args: seen.append(gc.isenabled())
    )
    if not is_enabled:
        gc.disable()
    try:
        pdf.render(FACTS, CODE)
        seen.append(gc.isenabled())
    finally:
        gc.enable()
    assert seen == [False, is_enabled]


def test_missing_libraries_are_named(monkeypatch):
    def without_pango(name, *args):
        raise OSError("cannot load library 'libgobject-2.0-0'")

    with monkeypatch.context() as patch:
        patch.setattr("builtins.__import__", without_pango)
        with pytest.raises(pdf.PdfUnavailable, match="libharfbuzz-subset0"):
            pdf.weasyprint()


def test_english_documents_of_each_kind_are_drawn(tmp_path):
    for kind in KINDS:
        text = text_of(pdf.render(facts_in("en", kind), CODE), tmp_path)
        assert "Issued" in text
        assert "Délivré" not in text
