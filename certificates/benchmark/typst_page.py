"""The same page by typst: what the renderer is compared with, where it is installed."""

import io
import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import segno

from certificates.addresses import check_address
from certificates.pdf import documents, pages

PAGE = Path(__file__).resolve().parent / "page.typ"
STANDARDS = ["a-3a", "ua-1"]
# What page.typ shows of what a template of ours is given, and of the fixed words.
SHOWN = [
    *["title", "issuer", "language", "label", "name", "heading", "edition"],
    *["framework", "spaced_code", "address", "nature"],
]
WORDS = {
    "for_module": "for_module",
    "objectives_title": "objectives",
    "competences_title": "competences",
    "check": "check",
    "how": "how",
    "qr": "qr",
}


@contextmanager
def drawer():
    """Yield a function of (facts, code) that draws by typst; None without typst."""
    try:
        import typst
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        for path in (PAGE, *documents.SVG_FILES.values()):
            shutil.copy(path, folder)
        compiler = typst.Compiler(
            str(Path(folder) / PAGE.name),
            root=folder,
            font_paths=[str(documents.FONTS)],
            ignore_system_fonts=True,
        )
        yield lambda facts, code: compiler.compile(
            format="pdf", pdf_standards=STANDARDS, sys_inputs=inputs(facts, code)
        )


def inputs(facts, code):
    page = pages.context(facts, code)
    shown = {name: str(page[name]) for name in SHOWN}
    shown |= {name: str(page["words"][word]) for name, word in WORDS.items()}
    shown |= {name: page[name] for name in ("objectives", "competences", "cells")}
    return {"page": json.dumps(shown), "qr": qr_svg(code)}


def qr_svg(code):
    out = io.BytesIO()
    made = segno.make(check_address(code), error="m", micro=False)
    made.save(out, kind="svg", border=4)
    return out.getvalue().decode()
