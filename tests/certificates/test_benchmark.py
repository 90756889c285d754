import json
from collections import Counter
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import TestCase

from certificates import pdf, signing
from certificates.benchmark import (
    issuing,
    measures,
    names,
    people,
    printed,
    typst_page,
)
from certificates.benchmark import validity as checked
from certificates.benchmark.measures import Measure
from certificates.benchmark.names import Found
from certificates.benchmark.printed import Fault
from certificates.models import Certificate, Credential
from certificates.pdf import documents
from certificates.pdf.finisher import Unfinished, finish
from certificates.pdf.names import problems_of
from tests.certificates.documents import CODE, FACTS
from tests.certificates.factories import make_module

SAMPLE = people.make_names(60)


def laid_out(name):
    document = pdf.lay_out(FACTS | {"name": name}, CODE)
    return document, document.write_pdf(finisher=finish, **documents.VARIANT)


def test_generated_names_are_the_same_each_time():
    assert people.make_names(60) == SAMPLE
    scripts = {script for script, _name in SAMPLE}
    assert scripts == {*people.MAKERS, "hostile"}
    assert len(people.MAKERS) == 12


def test_the_hard_names_are_twelve_and_can_be_printed():
    assert len(people.HARD) == 12
    assert [problems_of(name) for name in people.HARD.values()] == [[]] * 12


@pytest.mark.parametrize(
    "script, name", SAMPLE, ids=[f"{n}-{s}" for n, (s, _) in enumerate(SAMPLE)]
)
def test_printed_names_are_those_of_the_whole_faces(script, name):
    fate = names.REFUSED if script == people.HOSTILE_SCRIPT else names.PRINTED
    assert names.fate_of((script, name)) == Found(script, name, fate)


@pytest.mark.parametrize("name", ["حٍڑّكّێدء", "שָׁלוֹם", "น้ำผึ้ง กิ่งแก้ว"])
def test_marks_do_not_move_the_letters_beside_them(name):
    document, content = laid_out(name)
    assert printed.difference(document, content) < printed.MOST_DIFFERENT / 4


@pytest.mark.parametrize("name", people.HOSTILE)
def test_hostile_names_are_refused(name):
    assert problems_of(name) != []


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
    assert printed.fault_of("Awa Ndiaye", document) is None
    fault = printed.fault_of("Awa Ndiaye-Diop", document)
    assert fault == (Fault.HIDDEN, "not all there")


def test_a_line_of_letters_of_two_faces_is_compared_in_its_own():
    # The second line of it has letters of the main face alone.
    name = "Týhướcqếmử’Sinhpị’Cânkantân’Cạbếpồng"
    assert names.fate_of(("Vietnamese", name)).fate == names.PRINTED


def test_a_line_that_ends_in_another_direction_is_compared_in_its_place():
    name = "דם-רכעִץושֶשּרצ-נתמםֵכץיךאחו-תהלןבט Ĳţŝôġnÿıŕĳţ"
    assert names.fate_of(("Hebrew", name)).fate == names.PRINTED


def test_each_fault_of_a_name_has_its_word(monkeypatch):
    document, _content = laid_out("Awa Ndiaye")
    _document, wrong = laid_out("Awa Ndiayé")
    fault, _seen = printed.fault_of("Awa Ndiaye", document, wrong)
    assert fault == Fault.WRONG
    boxes = printed.text_boxes(document.pages[0])
    first, second = boxes[0].position_y, boxes[1].position_y
    boxes[0].position_y = second
    fault, seen = printed.fault_of("Awa Ndiaye", document)
    assert (fault, boxes[0].text in seen) == (Fault.OVERLAPPING, True)
    boxes[0].position_y = -first
    fault, seen = printed.fault_of("Awa Ndiaye", document)
    assert (fault, boxes[0].text in seen) == (Fault.HIDDEN, True)


def test_names_refused_or_let_through_wrongly_are_faults(monkeypatch):
    monkeypatch.setattr(names, "problems_of", lambda name: ["No."])
    good = names.fate_of(("Latin", "Awa"))
    monkeypatch.setattr(names, "problems_of", lambda name: [])
    impossible = names.fate_of((people.HOSTILE_SCRIPT, "王小明"))
    found = [good.fate, impossible.fate]
    assert found == [names.WRONGLY_REFUSED, names.WRONGLY_PRINTED]
    assert good.is_fault and impossible.is_fault


def test_a_letter_that_no_font_has_is_a_fault(monkeypatch):
    def refuse(document, content):
        raise Unfinished("The font has no U+738B.")

    monkeypatch.setattr(names, "finish", refuse)
    found = names.fate_of(("Latin", "Awa"))
    assert found == Found("Latin", "Awa", Fault.WRONG, "The font has no U+738B.")


def test_names_are_tried_by_several_processes():
    said = []
    fates, faults = names.try_names(50, with_pictures=False, tell=said.append)
    assert faults == []
    assert fates == {names.PRINTED: 49, names.REFUSED: 1}
    assert said == [*range(1, 51)]


def test_tried_names_are_measured(monkeypatch):
    fault = Found("Latin", "Awa", Fault.WRONG, "0.1 square em")
    fates = {names.PRINTED: 97, names.REFUSED: 2, Fault.WRONG: 1}
    monkeypatch.setattr(names, "try_names", lambda *args: (Counter(fates), [fault]))
    found, faults = measures.tried_names(100)
    assert faults == [fault]
    assert [measure.name for measure in found if not measure.is_met] == [
        "names with a missing or wrong letter"
    ]


@pytest.mark.parametrize(
    "measure, is_met, said",
    [
        (Measure("time", 54.9, 55, "ms"), True, "ok    time: 54.9 ms (at most 55)"),
        (Measure("time", 55.1, 55, "ms"), False, "OVER  time: 55.1 ms (at most 55)"),
        (Measure("ratio", None, 6.0, "times"), True, "–     ratio: not measured"),
        (Measure("others", 1, 0, "of 3"), False, "OVER  others: 1 of 3 (at most 0)"),
        (Measure("part", 1.234, None, "ms"), True, "      part: 1.23 ms"),
    ],
)
def test_a_bar_is_met_or_missed(measure, is_met, said):
    assert measure.is_met is is_met
    assert str(measure) == said


def test_the_page_of_typst_says_the_same_facts():
    pytest.importorskip("typst", reason="typst is not installed: no ratio is measured.")
    with typst_page.drawer() as draw:
        assert draw(FACTS, CODE).startswith(b"%PDF")


def test_the_ratio_is_that_of_a_usual_round():
    assert measures.ratio_of([50, 60, 90], [10, 10, 45]) == 5


@pytest.fixture
def committing(db, monkeypatch):
    """What waits for a commit happens where a transaction of the benchmark ends."""

    @contextmanager
    def atomic():
        with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
            yield

    monkeypatch.setattr(issuing, "atomic", atomic)


def test_issuing_is_counted_with_and_without_its_signature(committing):
    make_module(code=issuing.MODULE)
    cost = issuing.cost_of(2)
    count = issuing.WARM_UPS + 2
    assert Certificate.objects.count() == Credential.objects.count() == count
    assert cost.count == 2
    assert 0 < cost.issue_ms < cost.all_ms
    assert cost.queries > 0 and cost.signature_queries > 0


def test_what_was_not_signed_is_not_measured(committing, monkeypatch):
    def fail(certificate_id):
        raise signing.CannotSign("no")

    make_module(code=issuing.MODULE)
    monkeypatch.setattr(signing, "sign", fail)
    with pytest.raises(issuing.NotIssued, match="11 issued, 0 signed"):
        issuing.cost_of(1)


def test_issuing_is_measured_on_a_site_of_its_own(monkeypatch, tmp_path):
    asked = []
    cost = {"all_ms": 24.0, "issue_ms": 14.0, "queries": 9, "signature_queries": 5}

    def run(folder, *arguments, **environment):
        asked.append((folder.parent.exists(), arguments))
        return "a line before\n" + json.dumps(cost | {"seconds": 4.0, "count": 100})

    monkeypatch.setattr(measures.trial, "copy_of_prepared", lambda folder: folder)
    monkeypatch.setattr(measures.trial, "run_python", run)
    found = measures.issued(100)
    assert asked == [(True, ("-m", "certificates.benchmark.issuing", "100"))]
    assert [(measure.value, measure.most) for measure in found] == [
        (24.0, 25),
        (14.0, None),
        (9, 8),
        (5, None),
        (4.0, 3.0),
    ]


# --- the command ----------------------------------------------------------------------


def measured(command="benchmark_certificates", **options):
    """Run the command without what takes long; return its exit code."""
    try:
        call_command(command, **{"documents": 0, "issues": 0} | options)
    except SystemExit as end:
        return end.code
    return 0


@pytest.fixture
def nothing_slow(monkeypatch):
    for name in ("first", "same_elsewhere"):
        monkeypatch.setattr(measures, name, lambda: Measure("other", 0, 1, "s"))
    monkeypatch.setattr(measures, "warm", lambda rounds, credential: [])


@pytest.mark.parametrize("value, code", [(1, 0), (99, 1)])
def test_the_command_ends_badly_when_a_bar_is_missed(
    value, code, nothing_slow, monkeypatch, capsys
):
    found = Measure("warm document, CPU", value, 55, "ms")
    monkeypatch.setattr(measures, "warm", lambda rounds, credential: [found])
    assert measured() == code
    assert f"Bars missed: {code}" in capsys.readouterr().out


def test_one_run_prints_every_bar(nothing_slow, monkeypatch, capsys):
    monkeypatch.setattr(
        measures, "many", lambda count: [Measure(f"{count} drawn", 1, 2, "s")]
    )
    monkeypatch.setattr(
        measures, "issued", lambda count: [Measure(f"{count} issued", 1, 2, "s")]
    )
    assert measured(documents=1000, issues=1000) == 0
    said = capsys.readouterr().out
    assert "ok    1000 drawn: 1 s (at most 2)" in said
    assert "ok    1000 issued: 1 s (at most 2)" in said


def test_faults_of_names_are_listed(nothing_slow, monkeypatch, capsys):
    fault = Found("Latin", "Awé", Fault.WRONG, "0.1 square em")
    monkeypatch.setattr(
        measures,
        "tried_names",
        lambda *args: ([Measure("names wrong", 1, 0, "names")], [fault]),
    )
    assert measured(rounds=0, names=100) == 1
    said = capsys.readouterr().out
    assert (
        "      Latin: 'Aw\\xe9' is with a missing or wrong letter. 0.1 square em"
        in said
    )


def test_documents_that_miss_a_standard_are_listed(monkeypatch, capsys):
    cases = checked.pairs()[:2]
    monkeypatch.setattr(checked, "all_cases", lambda: cases)
    monkeypatch.setattr(checked, "failures", lambda cases: ["PDFUA_1: this one"])
    assert measured(validity=True) == 1
    said = capsys.readouterr().out
    assert "      PDFUA_1: this one" in said
    assert "OVER  of 2 documents, standards missed: 1 of 4 (at most 0)" in said


def test_a_missing_jdk_is_an_error_that_says_what_to_do(monkeypatch):
    monkeypatch.setattr(checked.shutil, "which", lambda name: None)
    monkeypatch.setattr(checked, "all_cases", lambda: [])
    with pytest.raises(CommandError, match="default-jdk-headless"):
        call_command("benchmark_certificates", validity=True)
