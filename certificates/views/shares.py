"""Links that show attestations to somebody for a while: made, listed, ended, opened."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST

from certificates.forms import ShareForm
from certificates.models import Certificate, ShareLink
from certificates.presentation import title_of
from certificates.sharing import end, share, share_address, shown_by
from certificates.views.wallet import line_of, pdf_response
from cms.dates import full_date


@login_required
def shares(request):
    """A holder's links, the newest first, each with what it shows."""
    links = ShareLink.objects.visible_to(request.user).prefetch_related("certificates")
    now = timezone.now()
    rows = [
        {
            "link": link,
            "address": share_address(link),
            "is_open": link.ends_at > now,
            "titles": [
                title_of(certificate) for certificate in link.certificates.all()
            ],
        }
        for link in links
    ]
    return render(request, "certificates/shares.html", {"rows": rows})


@login_required
def share_new(request):
    """Choose what to show, see exactly what the other person will, make the link."""
    own = Certificate.objects.visible_to(request.user).with_state()
    initial = {"certificates": request.GET.getlist("certificate")}
    form = ShareForm(own, name_for_choice, request.POST or None, initial=initial)
    is_sent = request.method == "POST" and "change" not in request.POST
    if not is_sent or not form.is_valid():
        return render(request, "certificates/share_new.html", {"form": form})
    chosen, days = form.cleaned_data["certificates"], form.cleaned_data["days"]
    if "make" in request.POST:
        share(request.user, list(chosen), days, form.cleaned_data["label"])
        messages.success(
            request, _("Your link is ready: copy it and give it to whom you like.")
        )
        return redirect("certificates:shares")
    return render(
        request,
        "certificates/share_preview.html",
        {
            "form": form,
            "ends_at": timezone.now() + timedelta(days=days),
            "lines": [line_of(each, get_language()) for each in chosen],
        },
    )


def name_for_choice(certificate):
    """Return what tells a certificate from the others: also when it has ended."""
    state = certificate.state()
    values = {
        "title": title_of(certificate),
        "kind": certificate.get_kind_display(),
        "day": full_date(certificate.issued_at),
        "state": state.label,
    }
    if state == Certificate.State.VALID:
        return _("%(title)s (%(kind)s, %(day)s)") % values
    return _("%(title)s (%(kind)s, %(day)s): %(state)s") % values


@login_required
@require_POST
def share_end(request, pk):
    link = get_object_or_404(ShareLink.objects.visible_to(request.user), pk=pk)
    end(link)
    messages.success(request, _("The link is ended: it no longer shows anything."))
    return redirect("certificates:shares")


# --- who opens a link -----------------------------------------------------------------


@never_cache
def shared(request, token):
    """What a link shows, to anybody who has it; clearly nothing once it has ended."""
    link = get_object_or_404(ShareLink, token=token)
    if link.ends_at <= timezone.now():
        return render(request, "certificates/shared_ended.html", status=410)
    lines = [line_of(each, get_language()) for each in shown_by(link)]
    return render(
        request,
        "certificates/shared.html",
        {"link": link, "lines": lines, "checked_at": timezone.now()},
    )


@cache_control(private=True, no_store=True)
def shared_pdf(request, token, pk):
    """The document of a certificate that an open link shows."""
    link = get_object_or_404(ShareLink.objects.open(), token=token)
    certificate = get_object_or_404(shown_by(link), pk=pk)
    response = pdf_response(request, certificate)
    if response is None:
        return redirect("certificates:shared", token)
    return response
