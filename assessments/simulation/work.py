"""Long work shared out over processes; the result depends on the seeds alone."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Job:
    """One call to make; `part` and `words` say to the reader what it is for."""

    part: str
    words: str
    function: Callable
    arguments: dict

    def run(self):
        return self.function(**self.arguments)


def carry_out(
    jobs: list[Job], processes: int, tell: Callable[[int, int, str], None]
) -> dict[str, list]:
    """Return the results of each part, in the order of its jobs.

    `tell` hears how many are done, of how many, and the words of the last.
    """
    found: dict[str, list] = {}
    for number, (job, result) in enumerate(
        zip(jobs, _results(jobs, processes), strict=True), start=1
    ):
        found.setdefault(job.part, []).append(result)
        tell(number, len(jobs), job.words)
    return found


def _results(jobs, processes) -> Iterable:
    if processes <= 1:
        yield from map(Job.run, jobs)
        return
    # New interpreters, not copies: a copy would inherit open connections.
    context = multiprocessing.get_context("spawn")
    with _one_thread_each(), context.Pool(processes) as pool:
        yield from pool.imap(Job.run, jobs)


@contextmanager
def _one_thread_each():
    """Keep each process to one thread: together they fill the processors already."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
