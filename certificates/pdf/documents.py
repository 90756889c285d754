"""Lays out and writes documents; one renderer a thread, which keeps fonts and style."""

import ctypes.util
import gc
import logging
import sys
import threading
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from string import Template

from django.template.loader import render_to_string

from certificates import glyphs
from certificates.addresses import check_address
from certificates.pdf import artwork, names, pages, sheet
from certificates.pdf.finisher import Unfinished, finish

# Raise it when a template, its style or the finisher changes: each file keeps it.
TEMPLATE_VERSION = "3"
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
INSTALL = f"apt-get install --no-install-recommends {PACKAGES}"
VARIANT = {"pdf_variant": "pdf/a-3a", "pdf_tags": True}

HERE = Path(__file__).resolve().parent.parent
DESIGN = HERE / "templates" / "certificates"
FONTS = HERE / "fonts"
FONT_FILES = {
    "asset:regular.ttf": FONTS / "AtkinsonHyperlegibleNext-Regular.ttf",
    "asset:bold.ttf": glyphs.MAIN_FONT,
} | {f"asset:{face.key}.ttf": face.path for face in glyphs.FACES if face.key}
SVG_FILES = {
    "asset:band.svg": DESIGN / "pdf_band.svg",
    "asset:logo.svg": HERE.parent / "cms" / "static" / "cms" / "logo.svg",
}
OWN_LOGO = "asset:own-logo"
LOOK_STYLE = Template((DESIGN / "pdf_look.css").read_text())

kept = threading.local()
importing = threading.Lock()


class PdfUnavailable(Exception):
    """The libraries that draw PDFs are not installed."""

    def __init__(self):
        super().__init__(f"PDFs need three system libraries. Install them: {INSTALL}")


class UnprintableName(Exception):
    """A name that no font of ours can print; `sentences` say why to its holder."""

    def __init__(self, characters, sentences=()):
        self.characters, self.sentences = characters, sentences
        said = " ".join(characters) or " ".join(map(str, sentences))
        super().__init__(f"No font can print: {said}")


def render(facts, code, attachment=None, look=None):
    """Return the PDF of a certificate, as bytes.

    `attachment` is the JSON of its credential, kept in the file as credential.json;
    `look` a looks.Look, without which the document has the platform's own. Raises
    PdfUnavailable, UnprintableName, Unfinished.
    """
    if sentences := names.problems_of_issued(facts["name"]):
        raise UnprintableName(glyphs.missing_characters(facts["name"]), sentences)
    with garbage_later():
        return renderer().render(facts, code, attachment, look)


@contextmanager
def garbage_later():
    """Collect garbage once, at the end: until then nearly all objects are in use.

    Python would look through them twenty times: a tenth of the time of a document.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
            gc.collect(0)


def lay_out(facts, code, look=None):
    """Return the pages of a certificate, as WeasyPrint lays them out."""
    return renderer().document(facts, code, look)


def renderer():
    """Return this thread's renderer: a font configuration must not be shared."""
    if not hasattr(kept, "renderer"):
        kept.renderer = Renderer()
    return kept.renderer


def weasyprint():
    """Import WeasyPrint late: the site starts and serves without its libraries."""
    try:
        with importing, libraries_by_file_name():
            import weasyprint
    except OSError as error:
        raise PdfUnavailable from error
    return weasyprint


@contextmanager
def libraries_by_file_name():
    """Let an import load libraries by the names of their files alone.

    WeasyPrint tries names of other systems first; Python looks for each of them with
    ldconfig, gcc and ld: 44 processes, a fifth of the time to a first document.
    """
    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = find


class Renderer:
    def __init__(self):
        self.weasyprint = weasyprint()
        self.sheet = sheet.reader(DESIGN / "pdf_base.css")
        self.fetcher = asset_fetcher()
        self.fonts = self.weasyprint.text.fonts.FontConfiguration()
        self.faces = {""}
        self.drawings = {
            "asset:trail": artwork.Trail(),
            "asset:stop": artwork.stop(artwork.WHITE, artwork.EARTH),
        } | {url: artwork.Svg(path) for url, path in SVG_FILES.items()}
        with Complaints():
            self.css = self.style(filename=str(DESIGN / "pdf.css"))

    @property
    def version(self):
        return f"{TEMPLATE_VERSION}, WeasyPrint {self.weasyprint.__version__}"

    def render(self, facts, code, attachment=None, look=None):
        with Complaints():
            document = self.document(facts, code, look)
            return document.write_pdf(
                finisher=finish,
                attachments=self.attachments(facts, attachment),
                **VARIANT,
            )

    def document(self, facts, code, look=None):
        """Return one page, set closer if it must be, or else several with numbers."""
        page = pages.context(facts, code, look)
        design = self.design(page, code, look)
        may_be_dense = page["kind"] != "history"
        for is_dense in [False, True] if may_be_dense else [False]:
            document = self.lay_out(page | {"is_dense": is_dense}, **design)
            if len(document.pages) == 1:
                return document
        page |= {"is_dense": is_dense, "is_paged": True}
        return self.lay_out(page, **design)

    def design(self, page, code, look):
        """Return what is the same however often a document is laid out."""
        accent = artwork.colour(look.accent) if look else artwork.TEAL
        fetcher = asset_fetcher(look.logo, look.logo_type) if look else self.fetcher
        drawings = self.drawings | {
            "asset:reached": artwork.stop(artwork.SUN, accent),
            "asset:qr": artwork.qr_code(check_address(code), accent),
            **{
                area["drawing"]: artwork.scale(area["low"], area["high"], accent)
                for area in page.get("areas", [])
            },
        }
        return {
            "drawings": drawings,
            "stylesheets": [self.css, *self.colours_of(look)],
            "fetcher": fetcher,
        }

    def lay_out(self, page, drawings, stylesheets, fetcher):
        html = render_to_string(f"certificates/pdf_{page['kind']}.html", page)
        self.load_faces(html)
        return self.sheet(html, fetcher).render(
            font_config=self.fonts,
            stylesheets=stylesheets,
            cache=drawings,
            **VARIANT,
        )

    def colours_of(self, look):
        """Return what a look adds to the style: its two colours; nothing without."""
        if look is None:
            return []
        colours = {"ink": look.ink, "accent": look.accent}
        return [self.style(string=LOOK_STYLE.substitute(colours))]

    def load_faces(self, html):
        """Load the faces that a page asks for: most ask for none but ours."""
        for face in glyphs.FACES:
            if face.key not in self.faces and f'"face {face.key}"' in html:
                self.style(
                    string=f'@font-face {{ font-family: "{face.family}"; '
                    f"src: url(asset:{face.key}.ttf); font-weight: 700; }}"
                )
                self.faces.add(face.key)

    def style(self, **source):
        return self.weasyprint.CSS(
            font_config=self.fonts, url_fetcher=self.fetcher, **source
        )

    def attachments(self, facts, content):
        """Return the credential as an attachment, dated as the document is."""
        if content is None:
            return []
        day = datetime.fromisoformat(facts["issued_on"])
        return [
            self.weasyprint.Attachment(
                string=content.decode(),
                name="credential.json",
                description="Open Badges 3.0",
                created=day,
                modified=day,
                relationship="Data",
                url_fetcher=self.fetcher,
            )
        ]


class Complaints(logging.Handler):
    """Turns what WeasyPrint only logs into errors: no document is handed out half done.

    A missing alternative text, language or font, an address that it may not read.
    """

    logger = logging.getLogger("weasyprint")

    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = []
        self.thread = threading.get_ident()

    def emit(self, record):
        if record.thread == self.thread:
            self.found.append(record.getMessage())

    def __enter__(self):
        self.logger.addHandler(self)
        return self

    def __exit__(self, kind, error, trace):
        self.logger.removeHandler(self)
        if self.found and (error is None or kind is Unfinished):
            raise Unfinished(f"WeasyPrint says: {' '.join(self.found)}") from error


def asset_fetcher(logo=None, logo_type=""):
    """Return a fetcher that serves our fonts and a look's logo, and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class AssetFetcher(URLFetcher):
        def fetch(self, url, headers=None):
            if url == OWN_LOGO and logo is not None:
                return URLFetcherResponse(url, logo, {"Content-Type": logo_type})
            if url not in FONT_FILES:
                raise ValueError(f"Not a file of the template: {url}")
            kind = {"Content-Type": "font/ttf"}
            return URLFetcherResponse(url, FONT_FILES[url].read_bytes(), kind)

    return AssetFetcher()
