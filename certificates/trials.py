"""Hard documents that a look is tried on before it is published.

Four people on whom designs break, in each kind of document and each language. What
overlaps, leaves the paper, takes a page more or fails a standard is said, and where.
"""

import shutil
import subprocess
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certificates import pdf
from certificates.looks import Look, freeze, look_of_draft, problems_in
from certificates.pdf.documents import VARIANT, Complaints
from certificates.pdf.finisher import Unfinished, finish
from certificates.samples import CODE, KINDS, LANGUAGE_NAMES, PEOPLE, hard_facts
from certificates.secrets import public_environment

VALIDATOR = settings.BASE_DIR / "scripts" / "validate_pdf.sh"
STANDARDS = ("PDF/A-3a", "PDF/UA-1")
MOST_SECONDS = 120
# Enough to know what to change; more would hide it.
MOST_PROBLEMS = 5
# Lines of text that only touch share less than this: CSS pixels, share of a height.
LEAST_ACROSS, LEAST_DOWN = 1, 0.35

LISTS = ("path", "history")

kept = OrderedDict()
MOST_KEPT = 32


@dataclass(frozen=True)
class Trial:
    """One hard person in one kind of document and one language."""

    kind: str
    language: str
    person: str

    @property
    def facts(self):
        return hard_facts(self.kind, self.language, self.person)

    def says(self, what):
        return _("%(document)s %(language)s, %(person)s: %(what)s") % {
            "document": KINDS[self.kind],
            "language": LANGUAGE_NAMES[self.language],
            "person": PEOPLE[self.person],
            "what": what,
        }


@dataclass(frozen=True)
class Verdict:
    """`checked`: {"documents": how many were drawn, "standards": those that held}."""

    problems: tuple
    checked: dict


# Everybody in French; in English those whom its own texts could push off the page.
TRIALS = [
    Trial(kind, language, person)
    for kind in KINDS
    for language, people in {"fr": PEOPLE, "en": ["many", "title"]}.items()
    for person in people
]


def problems_of(template):
    """Return what keeps a template from being published: [(name of field, sentence)].

    Hard documents are drawn once nothing cheaper is wrong.
    """
    return problems_in(template) or [
        (None, sentence) for sentence in verdict_on(look_of_draft(template)).problems
    ]


def freeze_published(template):
    """Return the version of a template that was published; raises ValidationError."""
    if problems := problems_of(template):
        raise ValidationError([sentence for _name, sentence in problems])
    return freeze(template, verdict_on(look_of_draft(template)).checked)


def verdict_on(look: Look) -> Verdict:
    """Try a look on all hard documents, once: the same look is not drawn again."""
    key = look.checksum, get_language()
    if key not in kept:
        try:
            kept[key] = try_out(look)
        except pdf.PdfUnavailable:
            return Verdict((cannot_draw(),), {})
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return kept[key]


def try_out(look):
    problems, files = [], {}
    for trial in TRIALS:
        try:
            document = drawn(trial, look, files)
        except Unfinished as error:
            found = [_("it cannot be drawn. (%(error)s)") % {"error": error}]
        else:
            found = faults(document, trial)
        problems += [trial.says(what) for what in found]
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        return Verdict(tuple(problems[:MOST_PROBLEMS]), {})
    failed, standards = check_standards(files)
    return Verdict(failed, {"documents": len(TRIALS), "standards": standards})


def drawn(trial, look, files):
    """Return a document, laid out; the fullest ones are also written, into `files`."""
    with Complaints():
        document = pdf.lay_out(trial.facts, CODE, look)
        if trial.person == "many":
            files[trial] = document.write_pdf(finisher=finish, **VARIANT)
    return document


def cannot_draw():
    return _(
        "Documents cannot be drawn on this server, so this template cannot be tried. "
        "Ask the person who runs the platform to install what is missing."
    )


# --- what is wrong with a document ----------------------------------------------------


def faults(document, trial):
    """Yield a sentence for each thing that is wrong on the paper."""
    count = len(document.pages)
    wanted = 1 if count == 1 else pages_wanted(trial)
    if count > wanted:
        yield _(
            "it takes %(count)d pages instead of %(wanted)d. Shorten the closing "
            "sentence, or leave out a signatory."
        ) % {"count": count, "wanted": wanted}
    for page in document.pages:
        root = page._page_box
        for one, other in overlaps(text_boxes(root)):
            yield _("“%(one)s” runs into “%(other)s”.") % {"one": one, "other": other}
        for text in outside(root):
            yield _("“%(text)s” runs off the paper.") % {"text": text}


@cache
def pages_wanted(trial):
    """Return how many pages the same facts take without any template.

    A list of modules may go on to one page more: its pages are numbered.
    """
    count = len(pdf.lay_out(trial.facts, CODE).pages)
    return count + 1 if trial.kind in LISTS else count


def text_boxes(root):
    return [box for box in root.descendants() if type(box).__name__ == "TextBox"]


def overlaps(boxes):
    """Return the pairs of texts that share some of the paper."""
    found = []
    boxes = sorted(boxes, key=lambda box: box.position_y)
    for number, box in enumerate(boxes):
        for other in boxes[number + 1 :]:
            if other.position_y >= box.position_y + box.height:
                break
            if share_paper(box, other):
                found.append((box.text, other.text))
    return found


def share_paper(one, other):
    across = min(one.position_x + one.width, other.position_x + other.width)
    across -= max(one.position_x, other.position_x)
    down = min(one.position_y + one.height, other.position_y + other.height)
    down -= max(one.position_y, other.position_y)
    return across > LEAST_ACROSS and down > LEAST_DOWN * min(one.height, other.height)


def outside(root):
    """Return the texts that leave the sheet (whose box is the root's margin box)."""
    width, height = root.margin_width(), root.margin_height()
    return [
        box.text
        for box in text_boxes(root)
        if box.position_x < -LEAST_ACROSS
        or box.position_y < -LEAST_ACROSS
        or box.position_x + box.width > width + LEAST_ACROSS
        or box.position_y + box.height > height + LEAST_ACROSS
    ]


# --- the standards --------------------------------------------------------------------


def can_validate():
    return VALIDATOR.exists() and shutil.which("javac") is not None


def check_standards(files):
    """Return (problems, names of the standards that held); ((), ()) when unchecked."""
    if not can_validate():
        return (), ()
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for number, (trial, content) in enumerate(files.items()):
            paths[trial] = Path(folder) / f"{number}.pdf"
            paths[trial].write_bytes(content)
        return validated(paths)


def validated(paths):
    command = ["sh", str(VALIDATOR), "--flavour", "PDFA_3_A,PDFUA_1"]
    try:
        result = subprocess.run(
            [*command, *map(str, paths.values())],
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            env=public_environment(),
        )
    except subprocess.TimeoutExpired:
        return (), ()
    if result.returncode == 2:  # it could not check
        return (), ()
    failed = [line for line in result.stdout.splitlines() if line.startswith("FAIL")]
    problems = tuple(
        trial.says(_("it does not meet %(standard)s.") % {"standard": line.split()[1]})
        for trial, path in paths.items()
        for line in failed
        if line.endswith(str(path))
    )
    return problems, () if problems else STANDARDS
