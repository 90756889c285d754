"""Checks many documents against the standards of archives and of accessibility.

Every kind, in every look, for every hard name, sealed or not; by veraPDF's engine
(scripts/validate_pdf.sh), in one start of Java.
"""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from pathlib import Path

from django.utils import timezone

from certificates import pdf, sealing
from certificates.benchmark import people, samples, seal
from certificates.samples import KINDS, LANGUAGE_NAMES, sample
from certificates.trials import VALIDATOR

STANDARDS = ["PDFA_3_A", "PDFUA_1"]
CREDENTIAL = b'{"type": ["VerifiableCredential"]}'


class CannotCheck(Exception):
    """There is no JDK here, or the engine could not be fetched."""


@dataclass(frozen=True)
class Case:
    """One document; `look` and `person` are keys of samples.looks() and people.HARD."""

    kind: str
    look: str
    person: str
    language: str
    is_sealed: bool

    @property
    def facts(self):
        """Return ordinary facts; a history takes more than one page."""
        facts = sample(self.kind, self.language)
        if self.kind == "history":
            facts["modules"] *= 3
            facts["duration_minutes"] *= 3
        return facts | {"name": people.HARD[self.person]}

    def written(self):
        """Return the document as bytes."""
        content = drawn(self.kind, self.look, self.person, self.language)
        if self.is_sealed:
            return sealing.seal(content, sealer(), timezone.now())
        return content


@lru_cache(maxsize=1)  # the sealed one comes next
def drawn(kind, look, person, language):
    facts = Case(kind, look, person, language, False).facts
    return pdf.render(facts, samples.CODE, CREDENTIAL, samples.looks()[look])


@cache
def sealer():
    return seal.make_sealer(timezone.now())


def all_cases():
    """Return every kind × look × name × language, unsealed and sealed."""
    ways = product(KINDS, samples.looks(), people.HARD, LANGUAGE_NAMES, [False, True])
    return [Case(*way) for way in ways]


def pairs():
    """Return fewer cases, of templates alone: each kind, and each look sealed or not,
    meets each name."""
    looks = [look for look, made in samples.looks().items() if made]
    languages = [*LANGUAGE_NAMES]
    return [
        Case(
            kind,
            looks[step % len(looks)],
            person,
            languages[column % len(languages)],
            step // len(looks) % 2 == 1,
        )
        for row, kind in enumerate(KINDS)
        for column, person in enumerate(people.HARD)
        for step in [row + column]
    ]


def failures(cases):
    """Return a sentence for each case that misses a standard. Raises CannotCheck."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {f"{folder}/{number}.pdf": case for number, case in enumerate(cases)}
        for path, case in paths.items():
            Path(path).write_bytes(case.written())
        said = validated([*paths])
    lines = [line for line in said if line.startswith(("PASS ", "FAIL "))]
    if len(lines) != len(paths) * len(STANDARDS):
        raise CannotCheck("\n".join(said[-3:]))
    failed = [line.split(maxsplit=4) for line in lines if line.startswith("FAIL ")]
    return [f"{standard}: {paths[path]}" for _fail, standard, *_, path in failed]


def validated(paths):
    """Return what the validator says of files, as lines. Raises CannotCheck."""
    if not shutil.which("javac"):
        raise CannotCheck("There is no JDK: apt-get install default-jdk-headless")
    command = ["sh", str(VALIDATOR), "--flavour", ",".join(STANDARDS), *paths]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 2:
        raise CannotCheck((done.stdout + done.stderr)[-300:])
    return done.stdout.splitlines()
