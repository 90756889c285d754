"""Measures certificates against their bars: time, memory, bytes, names, standards.

CPU time, the least of interleaved rounds: other work on the machine makes times longer,
never shorter. For many at once it is the sum or the mean of all.
"""

import json
import resource
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates import pdf
from certificates.benchmark import names, samples, seal, typst_page, validity
from certificates.codes import make_code
from certificates.pdf import pool
from certificates.pdf.finisher import Unfinished
from courses.benchmark import site as trial

MILLISECONDS = 1000
MEGABYTE = 1000  # kilobytes
# Memory grows while caches fill; after this share of the documents it should not.
SETTLED_AFTER = 0.1


@dataclass(frozen=True)
class Measure:
    """What was found, and the most that it may be.

    A value of None: not measured. A bar of None: good to know.
    """

    name: str
    value: float | None
    most: float | None
    unit: str

    @property
    def is_met(self):
        return None in (self.value, self.most) or self.value <= self.most

    def __str__(self):
        if self.value is None:
            return f"–     {self.name}: not measured"
        if self.most is None:
            return f"      {self.name}: {self.said} {self.unit}"
        word = "ok   " if self.is_met else "OVER "
        return f"{word} {self.name}: {self.said} {self.unit} (at most {self.most:,g})"

    @property
    def said(self):
        if isinstance(self.value, int):
            return f"{self.value:,}"
        return f"{self.value:.2f}" if self.value < 10 else f"{self.value:,.1f}"


def warm(rounds, credential=None):
    """Measure documents one after another, with and without credential, and by typst.

    `credential`: bytes to attach; one is signed each time when it is None.
    """
    key = Ed25519PrivateKey.generate()
    with typst_page.drawer() as by_typst:
        ways = {"plain": pdf.render, "attached": partial(attached, key, credential)}
        if by_typst:
            ways["typst"] = by_typst
        spent, size = rounds_of(ways, rounds)
    document = attached(key, credential, samples.MODULE, samples.CODE)
    sealing, sealed_size = seal.least_of_seal(document, rounds)
    ratio = ratio_of(spent["plain"], spent["typst"]) if by_typst else None
    return [
        Measure("warm document, CPU", min(spent["plain"]), 55, "ms"),
        Measure(
            "facts to document with credential, CPU", min(spent["attached"]), 70, "ms"
        ),
        Measure("seal, CPU", sealing, 16, "ms"),
        Measure("bytes, with credential", size, 32_000, "bytes"),
        Measure("bytes, with credential and seal", sealed_size, 42_000, "bytes"),
        Measure("times the same page by typst", ratio, 6.0, "times"),
    ]


def attached(key, credential, facts, code):
    if credential is None:
        credential = samples.signed_credential(facts, code, key)
    return pdf.render(facts, code, credential)


def rounds_of(ways, rounds):
    """Return {way: milliseconds of each round}, and the most bytes of “attached”."""
    spent, size = {key: [] for key in ways}, 0
    people_named = cycle(samples.NAMES)
    for way in ways.values():
        way(samples.MODULE, make_code())
    for _round in range(rounds):
        facts, code = samples.MODULE | {"name": next(people_named)}, make_code()
        for key, way in ways.items():
            start = time.process_time()
            content = way(facts, code)
            spent[key].append((time.process_time() - start) * MILLISECONDS)
            if key == "attached":
                size = max(size, len(content))
    return spent, size


def ratio_of(ours, theirs):
    """Return how many times longer ours takes: half of the rounds say less.

    Round by round: what slows the machine down slows both.
    """
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def first(processes=3):
    """Measure a whole process that draws one document, from its start to its end."""
    spent = min(one_process() for _process in range(processes))
    return Measure("first document of a fresh process, CPU", spent, 1000, "ms")


def one_process():
    before = children_seconds()
    with pool.worker_process() as process:
        must(pool.drawn(process, order(0)))
    return (children_seconds() - before) * MILLISECONDS


def must(drawn):
    if drawn.error:
        raise Unfinished(drawn.error)
    return drawn.pdf


def children_seconds():
    """Return the CPU seconds of the child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def order(number):
    name = samples.NAMES[number % len(samples.NAMES)]
    return pool.Order(number, samples.MODULE | {"name": name}, make_code())


def many(count, processes=pool.PROCESSES):
    """Measure many documents drawn by a few processes: CPU, memory and its growth."""
    before, share = children_seconds(), count // processes
    with ThreadPoolExecutor(processes) as threads:
        memories = [*threads.map(drawing_process, [share] * processes)]
    spent, drawn = children_seconds() - before, share * processes
    name = f"{drawn} documents by {processes} processes, CPU"
    return [
        Measure(name, spent, 70 * drawn / 1000, "s"),
        Measure("memory of a process", most(memories, 0), 100, "MB"),
        Measure("growth of its memory", most(memories, 1), 10, "MB"),
    ]


def most(memories, place):
    found = [memory[place] for memory in memories if memory[place] is not None]
    return max(found, default=None)


def drawing_process(count):
    """Have a process draw; return its peak and its growth once settled, in MB."""
    settled = None
    with pool.worker_process() as process:
        for number in range(count):
            must(pool.drawn(process, order(number)))
            if number == int(count * SETTLED_AFTER):
                settled = memory(process.pid, "VmRSS")
        peak, last = (memory(process.pid, line) for line in ("VmHWM", "VmRSS"))
    return peak, None if settled is None else last - settled


def memory(process_id, line):
    """Return a line of a process's status, in MB; None where there is none (macOS)."""
    status = Path(f"/proc/{process_id}/status")
    if not status.exists():
        return None
    lines = dict(row.split(":", 1) for row in status.read_text().splitlines())
    return int(lines[line].split()[0]) / MEGABYTE


def same_elsewhere():
    """Measure how many of three other processes give other bytes."""
    here = pdf.render(samples.MODULE, samples.CODE)
    elsewhere = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC"},
        {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
        {"PYTHONHASHSEED": "42", "TZ": "America/Cayenne"},
    ]
    others = sum(drawn_in(environment) != here for environment in elsewhere)
    return Measure("other processes that give other bytes", others, 0, "of 3")


def drawn_in(environment):
    with pool.worker_process(**environment) as process:
        return must(pool.drawn(process, pool.Order(0, samples.MODULE, samples.CODE)))


def issued(count):
    """Measure issuing without a PDF, on the database of a trial site."""
    with tempfile.TemporaryDirectory() as folder:
        site = trial.copy_of_prepared(Path(folder) / "site")
        task = ["-m", "certificates.benchmark.issuing", str(count)]
        said = trial.run_python(site, *task, COLLECTED_STATIC="1")
    cost = json.loads(said.splitlines()[-1])
    seconds = 30 * count / 1000
    return [
        Measure("issue with signature, without PDF, CPU", cost["all_ms"], 25, "ms"),
        Measure("of which without the signature", cost["issue_ms"], None, "ms"),
        Measure("queries of an issue", cost["queries"], 8, "queries"),
        Measure("queries of its signature", cost["signature_queries"], None, "queries"),
        Measure(f"{count} issued and signed", cost["seconds"], seconds, "s"),
    ]


def tried_names(count, with_pictures=True, tell=lambda done: None):
    """Measure what becomes of generated names; return the measures and the faults."""
    fates, faults = names.try_names(count, with_pictures, tell)
    return [
        Measure(f"names {names.PRINTED}", fates[names.PRINTED], None, f"of {count}"),
        Measure(f"names {names.REFUSED}", fates[names.REFUSED], None, f"of {count}"),
        *(Measure(f"names {fate}", fates[fate], 0, "names") for fate in names.FAULTS),
    ], faults


def valid():
    """Measure which documents miss a standard; return the measure and the sentences.

    Raises validity.CannotCheck.
    """
    cases = validity.all_cases()
    failures = validity.failures(cases)
    count = len(cases)
    title = f"of {count} documents, standards missed"
    return Measure(
        title, len(failures), 0, f"of {count * len(validity.STANDARDS)}"
    ), failures
