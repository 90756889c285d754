"""Certificates in the CMS: found, read with their events, withdrawn, replaced, erased.

Nothing about a learner beyond what the paper says, and no way to change a fact.
"""

from django import forms
from django.contrib import messages
from django.contrib.auth.models import Permission
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import include, path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from assessments.admin.permissions import only_if
from certificates import life
from certificates.codes import normalise
from certificates.forms import ReplaceForm, StaffForm
from certificates.letters import tell_holder
from certificates.models import Certificate, Event
from certificates.pdf import UnprintableName
from certificates.presentation import readable, standing_of, title_of

PER_PAGE = 50
Reason = Event.Reason


def may(action):
    """Return the test of a permission on certificates: “view”, “change”, “delete”."""

    def allowed(user):
        return user.has_perm(f"certificates.{action}_certificate")

    return allowed


class SearchForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Code or name"), max_length=200, required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", gettext_lazy("All kinds")), *Certificate.Kind.choices],
        required=False,
    )

    def found(self):
        certificates = Certificate.objects.with_state()
        if not self.is_valid():
            return certificates.none()
        given = self.cleaned_data
        if given["kind"]:
            certificates = certificates.filter(kind=given["kind"])
        if given["q"]:
            named = Q(facts__name__icontains=given["q"])
            certificates = certificates.filter(named | Q(code=normalise(given["q"])))
        return certificates


# --- pages ----------------------------------------------------------------------------


def page(request, template, heading, certificate=None, **context):
    """Return a page in the frame of the CMS; `certificate` is what it is about."""
    crumbs = [
        (reverse("wagtailadmin_home"), _("Home")),
        (reverse("certificates_staff:list"), _("Attestations")),
    ]
    if certificate:
        crumbs.append((address_of(certificate), certificate.spaced_code))
    if heading != crumbs[-1][1]:
        crumbs.append(("", heading))
    frame = {
        "header_title": heading,
        "header_icon": "doc-full",
        "breadcrumbs_items": [{"url": url, "label": label} for url, label in crumbs],
        "certificate": certificate,
    }
    return render(request, template, frame | context)


def address_of(certificate):
    return reverse("certificates_staff:certificate", args=[certificate.pk])


@only_if(may("view"))
def listing(request):
    form = SearchForm(request.GET)
    found = Paginator(form.found(), PER_PAGE).get_page(request.GET.get("p"))
    return page(
        request,
        "certificates/admin/certificates.html",
        _("Attestations"),
        form=form,
        found=found,
        rows=[
            {
                "certificate": each,
                "name": each.facts.get("name", ""),
                "title": title_of(each),
                "state": each.state().label,
                "url": address_of(each),
            }
            for each in found
        ],
    )


@only_if(may("view"))
def certificate(request, pk):
    """What the paper says, what happened since, and what may be done."""
    found = get_object_or_404(Certificate.objects.with_state(), pk=pk)
    standing = standing_of(found, get_language())
    return page(
        request,
        "certificates/admin/certificate.html",
        found.spaced_code,
        found,
        standing=standing,
        events=found.events.select_related("actor"),
        neighbours=neighbours(found),
        actions=actions_for(request.user, found, standing.state),
        is_erased=found.erased_at is not None,
        **readable(found, get_language()),
    )


def neighbours(found):
    """Return what stands before and after a certificate: (words, certificate)."""
    pairs = [
        (_("It took the place of"), found.replaces),
        (_("It was replaced by"), first(replaces=found)),
        (_("It renews"), found.renews),
        (_("It was renewed by"), first(renews=found)),
    ]
    return [(words, other, address_of(other)) for words, other in pairs if other]


def first(**link):
    return Certificate.objects.filter(**link).first()


def actions_for(user, found, state):
    """Return what somebody may do with a certificate: [(url name, label)]."""
    State = Certificate.State
    can_change, can_erase = may("change")(user), may("delete")(user)
    is_standing = state in (State.VALID, State.EXPIRED)
    is_undoable = state == State.REVOKED and first(replaces=found) is None
    actions = [
        (can_change and is_standing and found.holder_id, "replace", _("Replace it")),
        (can_change and is_standing, "revoke", _("Withdraw it")),
        (
            can_change and is_undoable and found.holder_id,
            "undo",
            _("Withdrawn wrongly: issue it anew"),
        ),
        (can_erase and state != State.ERASED, "erase", _("Erase it")),
    ]
    return [
        (reverse(f"certificates_staff:{name}", args=[found.pk]), label)
        for is_possible, name, label in actions
        if is_possible
    ]


# --- deeds ----------------------------------------------------------------------------


@only_if(may("change"))
def revoke(request, pk):
    reasons = [Reason.MISTAKE, Reason.FRAUD, Reason.WITHDRAWN]
    sentence = _("I have checked the code and the name: this one is to be withdrawn.")

    def act(found, given):
        life.revoke(found, request.user, given["reason"], given["note"])

    form = StaffForm(reasons, sentence, request.POST or None)
    return deed(request, pk, form, _("Withdraw an attestation"), REVOKING, act)


@only_if(may("change"))
def replace(request, pk):
    reasons = [Reason.NAME, Reason.CORRECTION]
    sentence = _("I have seen what proves that this name is right.")

    def act(found, given):
        return life.replace(
            found, request.user, given["reason"], given["note"], given["name"]
        )

    found = get_object_or_404(Certificate, pk=pk)
    initial = {"name": found.holder.name if found.holder else ""}
    form = ReplaceForm(reasons, sentence, request.POST or None, initial=initial)
    return deed(request, pk, form, _("Replace an attestation"), REPLACING, act)


@only_if(may("delete"))
def erase(request, pk):
    sentence = _("Its holder asked for it, and I have checked that it was its holder.")

    def act(found, given):
        life.erase_all(found, request.user)

    form = StaffForm([], sentence, request.POST or None)
    return deed(request, pk, form, _("Erase an attestation"), ERASING, act)


@only_if(may("change"))
def undo(request, pk):
    sentence = _("It was withdrawn wrongly: a new one is to take its place.")

    def act(found, given):
        return life.undo_revocation(found, request.user)

    form = StaffForm([], sentence, request.POST or None)
    return deed(request, pk, form, _("Issue an attestation anew"), UNDOING, act)


REVOKING = gettext_lazy(
    "Its page says from now on that it was withdrawn, with the day and the reason; its "
    "holder gets a mail. The withdrawal itself cannot be taken back, but a new "
    "attestation can be issued in its place."
)
REPLACING = gettext_lazy(
    "A new attestation is issued with the name below and a new code; the rest stays as "
    "it was, dates included. The former one says that it was replaced, and does not "
    "lead to the new one. Its holder gets a mail."
)
ERASING = gettext_lazy(
    "What it states and the link to its holder are erased, in it and in those that it "
    "replaced or that replaced it. Its page will say “no longer on record”. Nobody can "
    "bring it back."
)
UNDOING = gettext_lazy(
    "The former one stays withdrawn. A new one, with a new code and the same facts, "
    "takes its place; its holder gets a mail."
)


def deed(request, pk, form, heading, explanation, act):
    """Show what a deed does and ask; do it once confirmed, and tell the holder.

    `act(certificate, given)` returns the new certificate, if there is one.
    """
    found = get_object_or_404(Certificate.objects.with_state(), pk=pk)
    if request.method == "POST" and form.is_valid():
        holder = found.holder
        made, problem = attempt(act, found, form)
        if not problem:
            messages.success(request, _("Done."))
            write_to(request, holder, found, made)
            return redirect(address_of(made or found))
    return page(
        request,
        "certificates/admin/deed.html",
        heading,
        found,
        form=form,
        explanation=explanation,
        standing=standing_of(found, get_language()),
        **readable(found, get_language()),
    )


def attempt(act, found, form):
    """Return (new certificate or None, whether it failed); the form then says why."""
    try:
        return act(found, form.cleaned_data), False
    except life.NotPossible as error:
        form.add_error(
            None,
            _("This is not possible any more. The state of this attestation: %(state)s")
            % {"state": error.state.label},
        )
    except UnprintableName as error:
        form.add_error("name", " ".join(map(str, error.sentences)))
    return None, True


def write_to(request, holder, found, made):
    """Tell the holder, unless there is none any more or nothing is left to say."""
    found = Certificate.objects.with_state().get(pk=found.pk)
    if holder is None or found.erased_at is not None:
        return
    try:
        tell_holder(holder, found, made)
    except OSError:
        messages.warning(
            request, _("The mail to the holder could not be sent: write to them.")
        )


# --- in the CMS -----------------------------------------------------------------------

urlpatterns = [
    path("", listing, name="list"),
    path("<uuid:pk>/", certificate, name="certificate"),
    path("<uuid:pk>/replace/", replace, name="replace"),
    path("<uuid:pk>/withdraw/", revoke, name="revoke"),
    path("<uuid:pk>/undo/", undo, name="undo"),
    path("<uuid:pk>/erase/", erase, name="erase"),
]


class CertificatesMenuItem(MenuItem):
    def is_shown(self, request):
        return may("view")(request.user)


@hooks.register("register_admin_urls")
def staff_urls():
    return [path("attestations/", include((urlpatterns, "certificates_staff")))]


@hooks.register("register_admin_menu_item")
def certificates_menu_item():
    return CertificatesMenuItem(
        _("Attestations"),
        reverse("certificates_staff:list"),
        name="attestations",
        icon_name="doc-full",
        order=300,
    )


@hooks.register("register_permissions")
def certificate_permissions():
    """Let administrators give the care of attestations to a group."""
    return Permission.objects.filter(
        content_type__app_label="certificates",
        codename__in=[
            f"{action}_certificate" for action in ("view", "change", "delete")
        ],
    )
