"""Measures the renderer against its bars: time, memory, bytes, and the page by typst.

CPU time only, the least of interleaved rounds: other work on the machine makes times
longer, never shorter.
"""

import resource
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates import pdf
from certificates.benchmark import people, printed, samples, seal, typst_page
from certificates.codes import make_code
from certificates.pdf import documents, names, pool
from certificates.pdf.finisher import Unfinished, finish

MILLISECONDS = 1000
MEGABYTE = 1000  # kilobytes
# Memory grows while caches fill; after this share of the documents it should not.
SETTLED_AFTER = 0.1
CODE = "7K3M9QXA2BVT5N82"


@dataclass(frozen=True)
class Measure:
    """What was found, and the most that it may be; a value of None: not measured."""

    name: str
    value: float | None
    most: float
    unit: str

    @property
    def is_met(self):
        return self.value is None or self.value <= self.most

    def __str__(self):
        if self.value is None:
            return f"–     {self.name}: not measured"
        word = "ok   " if self.is_met else "OVER "
        value = f"{self.value:.2f}" if self.most < 10 else f"{self.value:,.1f}"
        return f"{word} {self.name}: {value} {self.unit} (at most {self.most:,g})"


def warm(rounds, credential=None):
    """Measure documents one after another, with and without credential, and by typst.

    `credential`: bytes to attach; one is signed each time when it is None.
    """
    key = Ed25519PrivateKey.generate()
    with typst_page.drawer() as by_typst:
        ways = {"plain": pdf.render, "attached": partial(attached, key, credential)}
        if by_typst:
            ways["typst"] = by_typst
        least, size = least_of(ways, rounds)
    sealing = seal.least_of_seal(pdf.render(samples.MODULE, CODE), rounds)
    ratio = least["plain"] / least["typst"] if "typst" in least else None
    return [
        Measure("warm document, CPU", least["plain"], 55, "ms"),
        Measure("facts to document with credential, CPU", least["attached"], 70, "ms"),
        Measure("seal, CPU", sealing, 16, "ms"),
        Measure("bytes, with credential", size, 32_000, "bytes"),
        Measure("times the same page by typst", ratio, 6.0, "times"),
    ]


def attached(key, credential, facts, code):
    if credential is None:
        credential = samples.signed_credential(facts, code, key)
    return pdf.render(facts, code, credential)


def least_of(ways, rounds):
    """Return the least milliseconds of each way, and the most bytes of “attached”."""
    least, size = dict.fromkeys(ways, float("inf")), 0
    people_named = cycle(samples.NAMES)
    for way in ways.values():
        way(samples.MODULE, make_code())
    for _round in range(rounds):
        facts, code = samples.MODULE | {"name": next(people_named)}, make_code()
        for key, way in ways.items():
            start = time.process_time()
            content = way(facts, code)
            spent = (time.process_time() - start) * MILLISECONDS
            least[key] = min(least[key], spent)
            if key == "attached":
                size = max(size, len(content))
    return least, size


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
    here = pdf.render(samples.MODULE, CODE)
    elsewhere = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC"},
        {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
        {"PYTHONHASHSEED": "42", "TZ": "America/Cayenne"},
    ]
    others = sum(drawn_in(environment) != here for environment in elsewhere)
    return Measure("other processes that give other bytes", others, 0, "of 3")


def drawn_in(environment):
    with pool.worker_process(**environment) as process:
        return must(pool.drawn(process, pool.Order(0, samples.MODULE, CODE)))


def name_faults(count, with_pictures=True):
    """Measure how many generated names come out wrong, and how many are refused.

    Hostile names that are printed are faults, as are good ones that are refused. The
    last item is the list of (script, name, what is wrong).
    """
    found = [
        (script, name, fault)
        for script, name in people.make_names(count)
        if (fault := fault_of(script, name, with_pictures))
    ]
    title = f"names hidden, overlapping or with a wrong letter, of {count}"
    return Measure(title, len(found), 0, "names"), found


def fault_of(script, name, with_pictures):
    """Return what is wrong with a name on paper, “” when nothing is."""
    is_refused = bool(names.problems_of(name))
    if script == "hostile" or is_refused:
        return "" if (script == "hostile") == is_refused else "refused, or not"
    facts = samples.MODULE | {"name": name}
    document = pdf.lay_out(facts, CODE)
    try:
        content = document.write_pdf(finisher=finish, **documents.VARIANT)
    except Unfinished as error:
        return str(error)
    return printed.fault_of(name, document, content if with_pictures else None)
