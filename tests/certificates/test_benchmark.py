import shutil

import pytest
from django.core.management import call_command

from certificates import pdf
from certificates.benchmark import measures, people, printed, typst_page
from certificates.benchmark.measures import Measure
from certificates.glyphs import tidy
from certificates.pdf import documents
from certificates.pdf.finisher import finish
from certificates.pdf.names import problems_of
from tests.certificates.documents import CODE, FACTS

needs_poppler = pytest.mark.skipif(
    not shutil.which("pdftoppm"), reason="pdftoppm is not installed (poppler-utils)."
)
SAMPLE = people.make_names(60)


def laid_out(name):
    document = pdf.lay_out(FACTS | {"name": name}, CODE)
    return document, document.write_pdf(finisher=finish, **documents.VARIANT)


def test_generated_names_are_the_same_each_time():
    assert people.make_names(60) == SAMPLE
    scripts = {script for script, _name in SAMPLE}
    assert scripts == {*people.MAKERS, "hostile"}
    assert len(people.MAKERS) == 12


@needs_poppler
@pytest.mark.parametrize(
    "script, name", SAMPLE, ids=[f"{n}-{s}" for n, (s, _) in enumerate(SAMPLE)]
)
def test_printed_names_are_those_of_the_whole_faces(script, name):
    assert measures.fault_of(script, name, with_pictures=True) == ""


@pytest.mark.parametrize("name", people.HOSTILE)
def test_hostile_names_are_refused(name):
    assert problems_of(name) != []


@needs_poppler
@pytest.mark.parametrize(
    "name, other",
    [
        ("Łukasz Świątek", "Łukasz Swiątek"),
        ("Awa Ndiaye", "Awa Ndiayé"),
        ("Nguyễn Thị Ánh", "Nguyển Thị Ánh"),
        ("Олена Ковальчук", "Олена Ковалчук"),
        ("فاطمة الزهراء", "فاطمه الزهراء"),
    ],
)
def test_one_wrong_letter_is_seen_on_paper(name, other):
    document, content = laid_out(name)
    assert printed.difference(document, content) < printed.MOST_DIFFERENT
    _document, wrong = laid_out(other)
    assert printed.difference(document, wrong) > printed.MOST_DIFFERENT


def test_a_name_cut_short_is_seen():
    document, _content = laid_out("Awa Ndiaye")
    assert printed.is_all_there("Awa Ndiaye", document)
    assert not printed.is_all_there("Awa Ndiaye-Diop", document)


def test_marks_that_leave_the_line_are_seen(monkeypatch):
    assert not printed.ink_leaves_line("น้ำผึ้ง")
    monkeypatch.setattr(printed, "ink", lambda part, path: [(2000, 0)])
    assert printed.ink_leaves_line(tidy("น้ำผึ้ง"))


@pytest.mark.parametrize(
    "measure, is_met, said",
    [
        (Measure("time", 54.9, 55, "ms"), True, "ok    time: 54.9 ms (at most 55)"),
        (Measure("time", 55.1, 55, "ms"), False, "OVER  time: 55.1 ms (at most 55)"),
        (Measure("ratio", None, 6.0, "times"), True, "–     ratio: not measured"),
        (Measure("others", 1, 0, "of 3"), False, "OVER  others: 1.00 of 3 (at most 0)"),
    ],
)
def test_a_bar_is_met_or_missed(measure, is_met, said):
    assert measure.is_met is is_met
    assert str(measure) == said


def test_the_page_of_typst_says_the_same_facts():
    pytest.importorskip("typst", reason="typst is not installed: no ratio is measured.")
    with typst_page.drawer() as draw:
        assert draw(FACTS, CODE).startswith(b"%PDF")


@pytest.mark.parametrize("value, code", [(1, None), (99, 1)])
def test_the_command_ends_badly_when_a_bar_is_missed(value, code, monkeypatch, capsys):
    found = Measure("warm document, CPU", value, 55, "ms")
    for name in ("first", "same_elsewhere"):
        monkeypatch.setattr(measures, name, lambda: Measure("other", 0, 1, "s"))
    monkeypatch.setattr(measures, "warm", lambda rounds, credential: [found])
    if code is None:
        call_command("benchmark_certificates", documents=0)
    else:
        with pytest.raises(SystemExit) as end:
            call_command("benchmark_certificates", documents=0)
        assert end.value.code == code
    assert f"Bars missed: {code or 0}" in capsys.readouterr().out
