from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language, get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from wagtail.coreutils import string_to_ascii

from certificates.forms import CodeForm
from certificates.glyphs import missing_characters
from certificates.documents import document_of
from certificates.models import Certificate
from certificates.pdf import PdfUnavailable, UnprintableName
from certificates.presentation import readable


@login_required
def mine(request):
    """A learner's own certificates, the latest first."""
    certificates = [
        {"certificate": certificate, **readable(certificate, get_language())}
        for certificate in Certificate.objects.visible_to(request.user)
    ]
    return render(request, "certificates/mine.html", {"certificates": certificates})


@login_required
def detail(request, pk):
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user), pk=pk)
    missing = missing_characters(certificate.facts["name"])
    return render(
        request,
        "certificates/detail.html",
        {
            "certificate": certificate,
            "missing_characters": missing,
            "is_ready": not missing,
            "mail_url": mail_url(certificate),
            **readable(certificate, get_language()),
        },
    )


def mail_url(certificate):
    """Return a link that opens an e-mail holding the address of the check."""
    subject = _("Attestation: %(module)s") % {
        "module": certificate.facts["module_title"]
    }
    return f"mailto:?subject={quote(subject)}&body={quote(certificate.check_address)}"


@login_required
@cache_control(private=True, no_store=True)
def download(request, pk):
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user), pk=pk)
    try:
        content = document_of(certificate)
    except UnprintableName:
        return redirect(certificate)
    except PdfUnavailable:
        messages.warning(
            request,
            _("The document cannot be drawn at the moment. Your attestation is kept."),
        )
        return redirect(certificate)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=file_name(certificate)
    )
    return response


def file_name(certificate):
    name = slugify(string_to_ascii(certificate.facts["name"]))
    return f"attestation-{certificate.facts['module_code']}-{name}.pdf"


@login_required
def for_module(request, module_key):
    """Lead to the learner's own certificate of a module."""
    return redirect(
        get_object_or_404(
            Certificate.objects.visible_to(request.user), module_key=module_key
        )
    )


@never_cache
def check(request, code=""):
    """Say to anybody whether a code is ours, and what its document claims."""
    typed = code or request.GET.get("code")
    form = CodeForm(None if typed is None else {"code": typed})
    certificate = None
    if form.is_valid():
        certificate = Certificate.objects.filter(code=form.cleaned_data["code"]).first()
    context = {"form": form, "certificate": certificate, "checked_at": timezone.now()}
    if certificate:
        context |= readable(certificate, get_language()) | {"form": CodeForm()}
    status = 404 if form.is_bound and not certificate else 200
    return render(request, "certificates/check.html", context, status=status)


def short(request, code=""):
    """Lead from the address on paper to the check, in the visitor's language."""
    with override(get_language_from_request(request)):
        return redirect("certificates:check", *([code] if code else []))
