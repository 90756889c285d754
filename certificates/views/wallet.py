"""A holder's own attestations: all of them, one of them, their files."""

from itertools import chain
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST
from wagtail.coreutils import string_to_ascii

from certificates import zips
from certificates.documents import document_of
from certificates.glyphs import tidy
from certificates.issue import issue_certificate
from certificates.models import Certificate, ShareLink
from certificates.on_request import Kind, newest_placement, told_apart
from certificates.pdf import PdfUnavailable, UnprintableName
from certificates.pdf.names import problems_of as name_problems_of
from certificates.pdf.names import problems_of_issued
from certificates.presentation import UNENDED, readable, standing_of, title_of
from certificates.receivers import issue_when_path_ends
from certificates.renewal import invitations
from certificates.waiting import unissued

PROFILE = "https://www.linkedin.com/profile/add"


def own(request):
    return Certificate.objects.visible_to(request.user).with_state()


def own_or_404(request, pk):
    return get_object_or_404(own(request), pk=pk)


def line_of(certificate, language):
    """Return what a list shows of a certificate."""
    return {
        "certificate": certificate,
        "standing": standing_of(certificate, language),
        **readable(certificate, language),
    }


@login_required
def mine(request):
    """All of a holder's attestations, the latest first, and what else she can do."""
    language = get_language()
    certificates = list(own(request))
    left = unissued(request.user, language)
    asked = {c.module_key for c in certificates if c.kind == Kind.PLACEMENT}
    placement = newest_placement(request.user)
    standing = [c for c in reversed(certificates) if c.state() in UNENDED]
    listed, left_out = told_apart(standing, tidy(request.user.name))
    return render(
        request,
        "certificates/mine.html",
        {
            "certificates": [line_of(each, language) for each in certificates],
            "unissued": left,
            "name_problems": name_problems_of(request.user.name) if left else [],
            "invitations": invitations(request.user, language),
            "placement": placement,
            "can_ask_placement": placement is not None and placement.pk not in asked,
            "listed": listed,
            "left_out": left_out,
            "link_count": ShareLink.objects.visible_to(request.user).open().count(),
        },
    )


@login_required
def detail(request, pk):
    certificate = own_or_404(request, pk)
    problems = problems_of_issued(certificate.facts["name"])
    return render(
        request,
        "certificates/detail.html",
        {
            "name_problems": problems,
            "is_signed": certificate.credentials.exists(),
            "mail_url": mail_url(certificate),
            "profile_url": profile_url(certificate),
            "profile_text": profile_text(certificate),
            **line_of(certificate, get_language()),
        },
    )


def mail_url(certificate):
    """Return a link that opens an e-mail holding the address of the check."""
    subject = _("Attestation: %(title)s") % {"title": title_of(certificate)}
    return f"mailto:?subject={quote(subject)}&body={quote(certificate.check_address)}"


def profile_url(certificate):
    """Return a link that opens a professional network's own form, filled in."""
    issued = timezone.localdate(certificate.issued_at)
    values = {
        "startTask": "CERTIFICATION_NAME",
        "name": title_of(certificate),
        "organizationName": certificate.facts["issuer"],
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "certUrl": certificate.check_address,
        "certId": certificate.spaced_code,
    }
    if end := certificate.valid_until:
        values |= {"expirationYear": end.year, "expirationMonth": end.month}
    return f"{PROFILE}?{urlencode(values)}"


def profile_text(certificate):
    """Return the same as a text to copy into any profile or CV."""
    said = readable(certificate, get_language())
    return _("%(title)s, %(issuer)s, %(day)s. To check it: %(address)s") % {
        "title": said["title"],
        "issuer": certificate.facts["issuer"],
        "day": said["issued_on"],
        "address": certificate.check_address,
    }


@login_required
def for_module(request, module_key):
    """Lead to the learner's own certificate of a module: the newest that stands."""
    about = own(request).filter(module_key=module_key)
    found = about.current().first() or about.first()
    if found is None and any(
        module.translation_key == module_key
        for module in unissued(request.user, get_language()).modules
    ):
        return redirect("certificates:mine")
    return redirect(found or get_object_or_404(about))


@login_required
@require_POST
def issue_module(request, module_key):
    """Issue what could not be: the name could not be printed that day."""
    waiting = unissued(request.user, get_language())
    modules = {module.translation_key: module for module in waiting.modules}
    if module_key not in modules:
        return redirect("certificates:mine")
    try:
        certificate = issue_certificate(request.user, modules[module_key])
    except UnprintableName:
        return redirect("certificates:mine")
    issue_when_path_ends(request.user, modules[module_key])
    messages.success(request, _("Your attestation is issued."))
    return redirect(certificate)


# --- files ----------------------------------------------------------------------------


@login_required
@cache_control(private=True, no_store=True)
def download(request, pk):
    certificate = own_or_404(request, pk)
    return pdf_response(request, certificate) or redirect(certificate)


def pdf_response(request, certificate):
    """Return the document as a response; None when it cannot be drawn, and why said."""
    try:
        content = document_of(certificate)
    except UnprintableName:
        return None
    except PdfUnavailable:
        say_unavailable(request)
        return None
    return attachment(content, file_name(certificate))


def say_unavailable(request):
    messages.warning(
        request,
        _("The document cannot be drawn at the moment. Your attestation is kept."),
    )


def attachment(content, name):
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=name
    )
    return response


def file_name(certificate):
    """Return a name in plain letters: attestation-M04-awa-ndiaye.pdf."""
    codes = (certificate.facts.get(name) for name in zips.CODES)
    about = next(filter(None, codes), certificate.kind)
    name = slugify(string_to_ascii(certificate.facts["name"]))
    return f"attestation-{about}-{name}.pdf"


@login_required
@cache_control(private=True, no_store=True)
def all_documents(request):
    """All of a holder's documents as one ZIP, drawn while it is sent."""
    parts = zips.stream(Certificate.objects.visible_to(request.user))
    try:
        first = next(parts)
    except PdfUnavailable:
        say_unavailable(request)
        return redirect("certificates:mine")
    response = StreamingHttpResponse(
        chain([first], parts), content_type="application/zip"
    )
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename="attestations.zip"
    )
    return response
