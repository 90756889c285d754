"""Draws a certificate's facts as a PDF that is archivable and accessible.

PDF/A-3a and PDF/UA-1 in one file; same facts, same bytes.
"""

from certificates.pdf.documents import (
    INSTALL,
    PACKAGES,
    PdfUnavailable,
    UnprintableName,
    lay_out,
    render,
    renderer,
    weasyprint,
)

__all__ = [
    "INSTALL",
    "PACKAGES",
    "PdfUnavailable",
    "UnprintableName",
    "lay_out",
    "render",
    "renderer",
    "weasyprint",
]
