"""Renewing an attestation, and receiving that of a path."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from certificates.issue import checks_of
from certificates.models import Certificate
from certificates.paths import NotComplete, issue_path_certificate
from certificates.pdf import UnprintableName
from certificates.renewal import (
    CheckFirst,
    NotRenewable,
    modules_in,
    passed_since,
    renewable,
)
from certificates.renewal import renew as renew_certificate
from courses.models import PathPage


@login_required
@require_http_methods(["GET", "POST"])
def renew(request, key):
    """The refresher of a module: what changed, then the check, or a button."""
    module = modules_in(get_language(), [key]).get(key)
    if module is None:
        raise Http404
    if request.method == "POST":
        return renewed(request, module)
    try:
        certificate, reason = renewable(request.user, module)
    except NotRenewable:
        own = Certificate.objects.visible_to(request.user).filter(module_key=key)
        latest = own.current().order_by("-issued_at").first()
        context = {"module": module, "certificate": latest}
        return render(request, "certificates/renew.html", context)
    check = checks_of(module).first()
    return render(
        request,
        "certificates/renew.html",
        {
            "module": module,
            "certificate": certificate,
            "reason": reason,
            "has_changed": certificate.substance < module.substance,
            "check": check,
            "is_passed": has_passed(request.user, module, certificate, reason),
        },
    )


def has_passed(learner, module, certificate, reason):
    try:
        return bool(passed_since(learner, module, certificate, reason))
    except CheckFirst:
        return False


def renewed(request, module):
    try:
        certificate = renew_certificate(request.user, module)
    except (NotRenewable, CheckFirst):
        # Renewed on another screen, or the check was not passed yet: the page says so.
        return redirect("certificates:renew", module.translation_key)
    except UnprintableName as error:
        messages.warning(request, unprintable(error))
        return redirect("certificates:renew", module.translation_key)
    messages.success(request, _("Your attestation is renewed."))
    return redirect(certificate)


def unprintable(error):
    """Return why a name cannot be printed, and what to do, as sentences."""
    said = " ".join(str(sentence) for sentence in error.sentences)
    return f"{said} {_('Change the name in your account, then come back.')}"


@login_required
@require_POST
def for_path(request, key):
    """Receive the attestation of a path all of whose modules are done."""
    paths = PathPage.objects.live().filter(translation_key=key)
    here = paths.filter(locale__language_code=get_language())
    path = here.first() or get_object_or_404(paths[:1])
    try:
        certificate = issue_path_certificate(request.user, path)
    except NotComplete:
        messages.info(
            request,
            _(
                "This attestation cannot be issued: a module of the path is not done, "
                "or its attestation was withdrawn."
            ),
        )
        return redirect("cms:page", key)
    except UnprintableName as error:
        messages.warning(request, unprintable(error))
        return redirect("cms:page", key)
    if certificate.erased_at is not None:
        messages.info(request, _("This attestation was erased: it is not issued anew."))
        return redirect("cms:page", key)
    return redirect(certificate)
