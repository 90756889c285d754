"""What an editor sees of a template: the very document, page by page, as pictures."""

import threading
from base64 import b64encode
from io import BytesIO

from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override

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
    """Return the page of a preview: pictures, their file, what to mend first.

    Wagtail asks for it at no address: the language is that of the account.
    """
    with override(request.user.language):
        context = preview_of(template, mode_name)
        return render(request, "certificates/admin/template_preview.html", context)


def preview_of(template, mode_name):
    """Return what the page of a preview needs: see its template."""
    known = dict(modes())
    if mode_name not in known:
        mode_name = next(iter(known))
    kind, _dash, language = mode_name.partition("-")
    context = {"mode": known[mode_name], "language": language}
    try:
        look = looks.look_of_draft(template)
        content = pdf.render(sample(kind, language), CODE, look=look)
    except ValidationError as error:
        return context | {"problems": error.messages}
    except pdf.PdfUnavailable:
        return context | {"problems": [trials.cannot_draw()]}
    return context | {
        "problems": [sentence for _name, sentence in looks.problems_in(template)],
        "pages": [in_line("image/png", page) for page in pictures(content)],
        "file": in_line("application/pdf", content),
    }


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
