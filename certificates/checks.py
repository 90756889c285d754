from django.core.checks import Warning, register

from certificates.pdf import INSTALL, PdfUnavailable, weasyprint


@register
def pdf_libraries_are_there(app_configs, **kwargs):
    """Certificates are issued without them; their documents have to wait."""
    try:
        weasyprint()
    except PdfUnavailable:
        return [
            Warning(
                "The PDFs of attestations cannot be drawn.",
                hint=f"Install three system libraries: {INSTALL}",
                id="certificates.W001",
            )
        ]
    return []
