"""What an editor sees of a template: the very document, page by page, as pictures."""

import threading
from base64 import b64encode
from io import BytesIO

from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from certificates import looks, pdf, trials
from certificates.samples import CODE, KINDS, LANGUAGE_NAMES, sample

DOTS_PER_INCH = 110
# PDFium is not made for several threads at once.
one_at_a_time = threading.Lock()


def modes():
    """Return the modes of the preview: each kind in each language."""
    return [
        (
            f"{kind}-{language}",
            _("%(document)s %(language)s") % {"document": name, "language": words},
        )
        for kind, name in KINDS.items()
        for language, words in LANGUAGE_NAMES.items()
    ]


def serve(template, request, mode_name):
    """Return the page of a preview: pictures, their file, what to mend first."""
    kind, _dash, language = mode_name.partition("-")
    context = {"template": template, "problems": [], "pages": [], "file": ""}
    context |= {"mode": dict(modes()).get(mode_name, ""), "language": language}
    try:
        look = looks.look_of_draft(template)
        content = pdf.render(sample(kind, language), CODE, look=look)
    except ValidationError as error:
        context["problems"] = error.messages
    except pdf.PdfUnavailable:
        context["problems"] = [trials.cannot_draw()]
    else:
        context["problems"] = [words for _name, words in looks.problems_in(template)]
        context["pages"] = [in_line("image/png", page) for page in pictures(content)]
        context["file"] = in_line("application/pdf", content)
    return TemplateResponse(
        request, "certificates/admin/template_preview.html", context
    )


def in_line(kind, content):
    """Return a file as an address: the policy lets pictures in that way, not frames."""
    return f"data:{kind};base64,{b64encode(content).decode()}"


def pictures(content: bytes) -> list[bytes]:
    """Return each page of a PDF as a PNG."""
    import pypdfium2  # late: a preview alone needs it

    with one_at_a_time:
        document = pypdfium2.PdfDocument(content)
        try:
            return [as_png(page) for page in document]
        finally:
            document.close()


def as_png(page):
    out = BytesIO()
    picture = page.render(scale=DOTS_PER_INCH / 72).to_pil().convert("RGB")
    picture.quantize(128).save(out, "PNG")
    return out.getvalue()
