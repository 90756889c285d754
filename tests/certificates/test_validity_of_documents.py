"""The standards, kept by the documents of organisations: own looks, sealed or not.

The platform's own look is checked in test_validity.py, its sealed documents in
test_sealing.py; every combination by `manage.py benchmark_certificates --validity`.
"""

import pytest

from certificates import pdf
from certificates.benchmark import people, samples, validity
from certificates.benchmark.validity import CannotCheck, Case
from certificates.pdf import finisher
from certificates.samples import KINDS
from certificates.samples import LANGUAGE_NAMES as LANGUAGES

OWN_LOOKS = [name for name, look in samples.looks().items() if look]


def met(*fields):
    """Return which values of some fields of a case meet in the pairs."""
    return {tuple(getattr(case, field) for field in fields) for case in PAIRS}


PAIRS = validity.pairs()


def test_each_kind_and_each_look_meets_each_name():
    assert met("kind", "person") == {(k, p) for k in KINDS for p in people.HARD}
    assert met("look", "is_sealed", "person") == {
        (look, is_sealed, person)
        for look in OWN_LOOKS
        for is_sealed in (False, True)
        for person in people.HARD
    }
    assert met("kind", "look", "is_sealed") == {
        (kind, look, is_sealed)
        for kind in KINDS
        for look in OWN_LOOKS
        for is_sealed in (False, True)
    }
    assert met("kind", "language") == {(k, code) for k in KINDS for code in LANGUAGES}
    assert met("look", "language") == {
        (k, code) for k in OWN_LOOKS for code in LANGUAGES
    }


def test_all_cases_are_every_combination():
    count = len(KINDS) * len(samples.looks()) * len(people.HARD) * 2 * 2
    assert len(set(validity.all_cases())) == len(validity.all_cases()) == count


def test_a_history_takes_more_than_one_page_and_a_look_has_all_it_may():
    case = Case("history", "drawing", "long", "fr", is_sealed=False)
    look = samples.looks()[case.look]
    assert len(pdf.lay_out(case.facts, samples.CODE, look).pages) > 1
    assert (look.logo_type, len(look.signatories)) == ("image/svg+xml", 3)


def test_a_sealed_case_is_the_same_document_and_a_seal():
    plain = Case("module", "picture", "Greek", "en", is_sealed=False).written()
    sealed = Case("module", "picture", "Greek", "en", is_sealed=True).written()
    assert sealed.startswith(plain)
    assert b"/ETSI.CAdES.detached" in sealed[len(plain) :]


def test_documents_of_organisations_meet_both_standards():
    try:
        failures = validity.failures(PAIRS)
    except CannotCheck as error:
        pytest.skip(f"The standards of these documents were not checked. {error}")
    assert failures == []


def test_a_document_that_misses_a_standard_is_named(monkeypatch):
    good, bad = PAIRS[:2]

    def written(case):
        if case == bad:
            wrong = finisher.UA_MARK.replace(b"part>1<", b"part>7<")
            monkeypatch.setattr(finisher, "UA_MARK", wrong)
        return pdf.render(case.facts, samples.CODE)

    monkeypatch.setattr(Case, "written", written)
    try:
        failures = validity.failures([good, bad])
    except CannotCheck as error:
        pytest.skip(f"The standards of these documents were not checked. {error}")
    assert failures == [f"PDFUA_1: {bad}"]
