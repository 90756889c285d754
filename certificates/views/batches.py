"""Trainers' pages: who was present, issuing for a group, and how far it is."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from certificates import batches, zips
from certificates.batch_forms import PresenceForm
from certificates.models import Batch, Certificate
from certificates.pdf import PdfUnavailable, weasyprint
from courses.models import LiveSession, ModulePage
from courses.permissions import holds_sessions, organisations_of
from courses.views import page_or_404
from people.models import Membership, User

LATEST = 30
SECONDS_BETWEEN_LOOKS = 4


def for_trainers(view):
    """Answer 403 to those who train for nobody."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not holds_sessions(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)


@for_trainers
def groups(request):
    """The sessions, the modules that a group has finished, and what is under way."""
    sessions = LiveSession.objects.visible_to(request.user).select_related(
        "organisation"
    )
    return render(
        request,
        "certificates/batch_groups.html",
        {
            "sessions": sessions.annotate(present=Count("attendances"))[:LATEST],
            "cohorts": batches.cohorts(request.user, get_language()),
            "batches": with_counts(Batch.objects.visible_to(request.user))[:LATEST],
        },
    )


def with_counts(found):
    return found.annotate(
        total=Count("rows"),
        done=Count("rows", filter=Q(rows__is_done=True)),
        failed=Count("rows", filter=~Q(rows__problem="")),
    )


@for_trainers
@require_http_methods(["GET", "POST"])
def session(request, key):
    """Tick who was present; the same button may issue their attestations."""
    found = get_object_or_404(LiveSession.objects.visible_to(request.user), key=key)
    served = list(served_people(found))
    data = request.POST if request.method == "POST" else None
    form = PresenceForm(data, found, [one.pk for one in served])
    if form.is_valid():
        form.save()
        if "issue" in request.POST:
            return issue_for(request, found)
        messages.success(request, _("Presence is saved."))
        return redirect(found)
    return render(
        request,
        "certificates/batch_session.html",
        {
            "session": found,
            "form": form,
            "served": served,
            "is_to_come": found.held_on > timezone.localdate(),
            "missing_count": batches.missing_for_session(found).count(),
            "download_count": batches.downloadable(found, request.user).count(),
        },
    )


def served_people(found):
    issued = Certificate.objects.filter(
        kind=Certificate.Kind.ATTENDANCE, module_key=found.key
    )
    return User.objects.filter(pk__in=issued.values("holder")).order_by("name")


def issue_for(request, found):
    try:
        made = batches.start_for_session(found, request.user)
    except batches.NotPossible as problem:
        messages.warning(request, str(problem))
        return redirect(found)
    return lead_to(request, made) or redirect(found)


def lead_to(request, made):
    """Return the way to a new batch; None, and a message, when there is none."""
    if made is None:
        messages.info(request, _("There is nobody left to issue an attestation to."))
        return None
    return redirect(made)


@for_trainers
@require_POST
def issue_cohort(request, organisation, key):
    """Issue the attestations that a group lacks for a module it has finished."""
    owner = get_object_or_404(organisations_of(request.user), pk=organisation)
    module = page_or_404(ModulePage, key)
    try:
        made = batches.start_for_module(owner, module, request.user)
    except batches.NotPossible as problem:
        messages.warning(request, str(problem))
        return redirect("certificates:groups")
    return lead_to(request, made) or redirect("certificates:groups")


@for_trainers
def batch(request, pk):
    """How far a batch is; the page looks again by itself until it is done."""
    found = get_object_or_404(with_counts(visible_batches(request)), pk=pk)
    rows = found.rows.select_related("learner").order_by("learner__name", "pk")
    if found.kind == Certificate.Kind.MODULE:  # who has left is followed no more
        current = Membership.objects.current().filter(organisation=found.organisation)
        rows = rows.filter(learner__in=current.values("user"))
    is_still = "still" in request.GET
    response = render(
        request,
        "certificates/batch.html",
        {
            "batch": found,
            "session": session_of(found, request.user),
            "problems": rows.exclude(problem=""),
            "issued": issued_rows(rows) if found.is_done else [],
            "looks_again": not found.is_done and not is_still,
            "seconds": SECONDS_BETWEEN_LOOKS,
        },
    )
    if not found.is_done and not is_still:
        response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


def visible_batches(request):
    return Batch.objects.visible_to(request.user).select_related("organisation")


def session_of(found, user):
    if found.kind != Certificate.Kind.ATTENDANCE:
        return None
    return LiveSession.objects.visible_to(user).filter(key=found.about).first()


def issued_rows(rows):
    """Return the rows that have a certificate: whose, when, and how it stands now."""
    return [
        {
            "name": row.learner.name,
            "issued_at": row.certificate.issued_at,
            "state": row.certificate.state(),
        }
        for row in rows.exclude(certificate=None)
        .select_related("certificate")
        .prefetch_related("certificate__events")
    ]


@for_trainers
@require_POST
def resume(request, pk):
    """Have a batch go on where it stopped, and try again what failed."""
    found = get_object_or_404(visible_batches(request), pk=pk)
    batches.resume(found)
    return redirect(found)


@for_trainers
@cache_control(private=True, no_store=True)
def session_zip(request, key):
    """The attestations of a session that this trainer issued, drawn while they go."""
    found = get_object_or_404(LiveSession.objects.visible_to(request.user), key=key)
    certificates = batches.downloadable(found, request.user)
    if not certificates.exists():
        raise Http404
    try:
        weasyprint()
    except PdfUnavailable:
        messages.warning(request, _("Documents cannot be drawn at the moment."))
        return redirect(found)
    response = StreamingHttpResponse(
        zips.stream(certificates), content_type="application/zip"
    )
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"attestations-{found.code}.zip"
    )
    return response
