"""Draws a certificate's facts as a tagged PDF (PDF/UA-1): same facts, same bytes."""

import threading
from pathlib import Path

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from certificates import glyphs, wording
from certificates.addresses import check_address
from certificates.codes import in_fours

# Raise it when the template or its style changes: it is kept with each file.
TEMPLATE_VERSION = "1"
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
INSTALL = f"apt-get install --no-install-recommends {PACKAGES}"

HERE = Path(__file__).resolve().parent
DESIGN = HERE / "templates" / "certificates"
FONTS = HERE / "fonts"
ASSETS = {
    "asset:regular.ttf": FONTS / "AtkinsonHyperlegibleNext-Regular.ttf",
    "asset:semibold.ttf": FONTS / "AtkinsonHyperlegibleNext-SemiBold.ttf",
    "asset:bold.ttf": FONTS / "AtkinsonHyperlegibleNext-Bold.ttf",
    "asset:fallback.ttf": glyphs.FALLBACK_FONT,
    "asset:landscape.svg": DESIGN / "pdf_landscape.svg",
    "asset:logo.svg": settings.BASE_DIR / "cms" / "static" / "cms" / "logo.svg",
}
TYPES = {".ttf": "font/ttf", ".svg": "image/svg+xml"}
# Up to how many characters a name is printed at the normal and at the medium size.
NAME_SIZES = [(26, ""), (52, "medium"), (1000, "long")]

kept = threading.local()


class PdfUnavailable(Exception):
    """The libraries that draw PDFs are not installed."""

    def __init__(self):
        super().__init__(f"PDFs need three system libraries. Install them: {INSTALL}")


class UnprintableName(Exception):
    """No font of ours has some character of the holder's name."""

    def __init__(self, characters):
        self.characters = characters
        super().__init__(f"No font can print: {' '.join(characters)}")


def render(facts, code):
    """Return the PDF of a certificate; raises PdfUnavailable, UnprintableName."""
    if characters := glyphs.missing_characters(facts["name"]):
        raise UnprintableName(characters)
    return renderer().render(facts, code)


def renderer():
    """Return this thread's renderer: a font configuration must not be shared."""
    if not hasattr(kept, "renderer"):
        kept.renderer = Renderer()
    return kept.renderer


def weasyprint():
    """Import WeasyPrint late: the site starts and serves without its libraries."""
    try:
        import weasyprint
    except OSError as error:
        raise PdfUnavailable from error
    return weasyprint


class Renderer:
    def __init__(self):
        self.weasyprint = weasyprint()
        self.fetcher = asset_fetcher()
        self.fonts = self.weasyprint.text.fonts.FontConfiguration()
        self.css = self.weasyprint.CSS(
            filename=str(DESIGN / "pdf.css"),
            font_config=self.fonts,
            url_fetcher=self.fetcher,
        )

    @property
    def version(self):
        return f"{TEMPLATE_VERSION}, WeasyPrint {self.weasyprint.__version__}"

    def render(self, facts, code):
        page = context(facts, code)
        document = self.lay_out(page)
        if len(document.pages) > 1:
            document = self.lay_out(page | {"dense": True})
        return document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)

    def lay_out(self, page):
        html = self.weasyprint.HTML(
            string=render_to_string("certificates/pdf.html", page),
            url_fetcher=self.fetcher,
        )
        return html.render(
            font_config=self.fonts,
            stylesheets=[self.css],
            pdf_variant="pdf/ua-1",
            pdf_tags=True,
        )


def asset_fetcher():
    """Return a fetcher that serves the files of the template, and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class AssetFetcher(URLFetcher):
        def fetch(self, url, headers=None):
            if url not in ASSETS:
                raise ValueError(f"Not a file of the template: {url}")
            path = ASSETS[url]
            kind = {"Content-Type": TYPES[path.suffix]}
            return URLFetcherResponse(url, path.read_bytes(), kind)

    return AssetFetcher()


def context(facts, code):
    language = facts["language"]
    percent = facts["score_percent"]
    return {
        "facts": printable(facts),
        "words": wording.words_in(language),
        "score": "" if percent is None else wording.score_in(language, percent),
        "dates": wording.dates_in(language, facts["started_on"], facts["finished_on"]),
        "duration": wording.duration_in(language, facts["duration_minutes"]),
        "issued_on": wording.dates_in(language, None, facts["issued_on"]),
        "name_size": name_size(facts["name"]),
        "fallback": glyphs.needs_fallback(facts["name"]),
        "address": check_address(code),
        "spaced_code": in_fours(code),
        "qr": qr_code(check_address(code), wording.words_in(language)["qr"]),
    }


def printable(value):
    """Return facts without the few characters (of a title, say) that no font has."""
    if isinstance(value, str):
        return glyphs.without_missing(value)
    if isinstance(value, list):
        return [printable(item) for item in value]
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    return value


def name_size(name):
    return next(size for length, size in NAME_SIZES if len(name) <= length)


def qr_code(address, title):
    code = segno.make(address, error="m", micro=False)
    return mark_safe(
        code.svg_inline(border=4, dark="#1d2830", title=title, omitsize=True)
    )
