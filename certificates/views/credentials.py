"""What holders take away for machines: the credential, and the badge around it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.coreutils import string_to_ascii

from certificates import achievements, signing
from certificates.credentials.badge import bake
from certificates.models import Certificate


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def credential(request, pk):
    certificate = own(request, pk)
    text = signing.text_of(certificate)
    if text is None:
        return not_yet(request, certificate)
    return file(certificate, text, "application/vc+ld+json", "attestation", "json")


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def badge(request, pk):
    certificate = own(request, pk)
    text = signing.text_of(certificate)
    if text is None:
        return not_yet(request, certificate)
    facts = signing.facts_of(certificate)
    issuer = signing.issuer_of(certificate).name
    baked = bake(achievements.drawn(facts, issuer), text.decode())
    return file(certificate, baked, "image/svg+xml", "badge", "svg")


def own(request, pk):
    return get_object_or_404(
        Certificate.objects.visible_to(request.user).select_related(
            "organisation", "achievement"
        ),
        pk=pk,
    )


def not_yet(request, certificate):
    messages.warning(
        request,
        _(
            "The electronic signature of this attestation is not made yet. The "
            "attestation itself is issued and valid: come back a little later."
        ),
    )
    return redirect(certificate)


def file(certificate, content, content_type, what, ending):
    response = HttpResponse(content, content_type=content_type)
    name = slugify(string_to_ascii(certificate.facts["name"]))
    code = slugify(achievements.label_of(signing.facts_of(certificate)).split(",")[0])
    words = [word for word in [what, code or certificate.kind, name] if word]
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{'-'.join(words)}.{ending}"
    )
    return response
