"""Tries thousands of names of nobody on paper, on all cores."""

import multiprocessing
import os
from collections import Counter
from dataclasses import dataclass
from functools import partial

import django

from certificates import pdf
from certificates.benchmark import people, printed, samples
from certificates.pdf import documents
from certificates.pdf.finisher import Unfinished, finish
from certificates.pdf.names import problems_of

AT_A_TIME = 10
# What becomes of a name when nothing is wrong, ...
PRINTED, REFUSED = "printed", "impossible and refused"
# ... and what is wrong: a Fault of paper, or one of these at issue.
WRONGLY_REFUSED, WRONGLY_PRINTED = "good but refused", "impossible but not refused"
FAULTS = [*printed.Fault, WRONGLY_REFUSED, WRONGLY_PRINTED]


@dataclass(frozen=True)
class Found:
    """What became of a name; `what` was seen when it is a fault."""

    script: str
    name: str
    fate: str
    what: str = ""

    @property
    def is_fault(self):
        return self.fate in FAULTS

    def __str__(self):
        return f"{self.script}: {ascii(self.name)} is {self.fate}. {self.what}".strip()


def try_names(count, with_pictures=True, tell=lambda done: None):
    """Return ({fate: count}, faults) of generated names; `tell` hears how many so far.

    One process a core: each keeps its fonts.
    """
    named, fates, faults = people.make_names(count), Counter(), []
    look = partial(fate_of, with_pictures=with_pictures)
    context = multiprocessing.get_context("spawn")
    with context.Pool(os.cpu_count(), django.setup) as processes:
        found = processes.imap_unordered(look, named, AT_A_TIME)
        for done, one in enumerate(found, start=1):
            fates[one.fate] += 1
            if one.is_fault:
                faults.append(one)
            tell(done)
    return fates, faults


def fate_of(named, with_pictures=True):
    """Return the Found of a (script, name), as people.make_names makes them."""
    script, name = named
    is_hostile = script == people.HOSTILE_SCRIPT
    if problems_of(name):
        return Found(script, name, REFUSED if is_hostile else WRONGLY_REFUSED)
    if is_hostile:
        return Found(script, name, WRONGLY_PRINTED)
    fault = fault_on_paper(name, with_pictures)
    return Found(script, name, *(fault or [PRINTED]))


def fault_on_paper(name, with_pictures):
    """Return (a Fault, what was seen) of a name in a document, or None."""
    document = pdf.lay_out(samples.MODULE | {"name": name}, samples.CODE)
    try:
        content = document.write_pdf(finisher=finish, **documents.VARIANT)
    except Unfinished as error:  # a character that no font has
        return printed.Fault.WRONG, str(error)
    return printed.fault_of(name, document, content if with_pictures else None)
