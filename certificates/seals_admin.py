"""Seals in the CMS: imported from a file, turned on and off, put on what waits."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Permission
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from assessments.admin.permissions import only_if
from certificates import seals
from certificates.models import Seal
from certificates.sealing import CannotSeal, Problem
from certificates.secrets import SecretMissing
from people.models import Organisation


class ImportForm(forms.Form):
    """The file and its password are used once: no page ever shows them again."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Whose seal"),
        queryset=Organisation.objects.all(),
        required=False,
        empty_label=gettext_lazy("The platform itself"),
        help_text=gettext_lazy(
            "Attestations issued in this name get the seal, and no others."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("File of the seal"),
        help_text=gettext_lazy("PKCS#12: its name ends in .p12 or .pfx."),
        widget=forms.FileInput(attrs={"accept": ".p12,.pfx"}),
        allow_empty_file=True,
    )
    password = forms.CharField(
        label=gettext_lazy("Password of the file"),
        required=False,
        strip=False,
        help_text=gettext_lazy(
            "Opens the file once, and is not kept. Leave it empty if there is none."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    @sensitive_variables()
    def save(self, user):
        """Return the imported seal, or None: then the form says what to do."""
        given = self.cleaned_data
        content = given["file"].read()
        owner = given["organisation"]
        try:
            return seals.import_seal(owner, content, given["password"], user)
        except CannotSeal as error:
            is_password = error.problem == Problem.WRONG_PASSWORD
            self.add_error("password" if is_password else "file", error.problem.label)
        except SecretMissing:
            self.add_error(
                None,
                _(
                    "The secret that protects seals is missing. Set CERTIFICATE_SECRET "
                    "in the environment of this site, start the site again, then "
                    "import the seal. Nothing was kept."
                ),
            )
        return None


# --- pages ----------------------------------------------------------------------------


def page(request, template, title, seal=None, **context):
    """Return a page in the frame of the CMS; `seal` is the one that it is about."""
    crumbs = [
        (reverse("wagtailadmin_home"), _("Home")),
        (reverse("seals:list"), _("Seals")),
    ]
    if title != crumbs[-1][1]:
        crumbs.append(("", title))
    frame = {
        "header_title": title,
        "header_icon": "lock",
        "breadcrumbs_items": [{"url": url, "label": label} for url, label in crumbs],
        "seal": seal,
        "platform": settings.WAGTAIL_SITE_NAME,
    }
    return render(request, template, frame | context)


@only_if(seals.can_manage)
def listing(request):
    found = Seal.objects.select_related("organisation")
    return page(
        request,
        "certificates/admin/seals.html",
        _("Seals"),
        seals=found.order_by("organisation__name"),
    )


@sensitive_post_parameters("password")
@only_if(seals.can_manage)
def add(request):
    owner = {"organisation": request.GET.get("organisation")}
    form = ImportForm(request.POST or None, request.FILES or None, initial=owner)
    if form.is_valid() and (seal := form.save(request.user)):
        messages.success(request, _("The seal was imported."))
        return redirect("seals:detail", seal.pk)
    title = _("Import a seal")
    return page(request, "certificates/admin/seal_import.html", title, form=form)


@only_if(seals.can_manage)
def detail(request, pk):
    seal = found(pk)
    return page(
        request,
        "certificates/admin/seal.html",
        _("Seal of %(owner)s") % {"owner": seal.owner},
        seal=seal,
        waiting_count=seals.waiting(seal).count(),
        at_once=seals.AT_ONCE,
    )


def found(pk):
    return get_object_or_404(Seal.objects.select_related("organisation"), pk=pk)


@require_POST
@only_if(seals.can_manage)
def turn(request, pk):
    seal = found(pk)
    seals.turn(seal, "on" in request.POST)
    said = {
        True: _("The seal is on: attestations get it from now on."),
        False: _("The seal is off. Documents that have it keep it."),
    }
    messages.success(request, said[seal.is_on])
    return redirect("seals:detail", pk)


@require_POST
@only_if(seals.can_manage)
def seal_now(request, pk):
    """Have what waits sealed; the page then says what still does, and why."""
    before = seals.waiting(found(pk)).count()
    seals.seal_waiting.enqueue(pk)
    sealed = before - seals.waiting(found(pk)).count()
    if sealed > 0:
        said = ngettext(
            "%(count)s document was sealed.",
            "%(count)s documents were sealed.",
            sealed,
        )
        messages.success(request, said % {"count": sealed})
    elif not found(pk).problem:
        messages.info(request, _("Documents are being sealed: look again in a minute."))
    return redirect("seals:detail", pk)


@only_if(seals.can_manage)
def remove(request, pk):
    seal = found(pk)
    if request.method == "POST":
        seal.delete()
        messages.success(request, _("The seal was removed."))
        return redirect("seals:list")
    title = _("Remove the seal of %(owner)s") % {"owner": seal.owner}
    return page(request, "certificates/admin/seal_remove.html", title, seal=seal)


# --- in the CMS -----------------------------------------------------------------------

urlpatterns = [
    path("", listing, name="list"),
    path("import/", add, name="import"),
    path("<int:pk>/", detail, name="detail"),
    path("<int:pk>/turn/", turn, name="turn"),
    path("<int:pk>/seal-now/", seal_now, name="seal_now"),
    path("<int:pk>/remove/", remove, name="remove"),
]


class SealsMenuItem(MenuItem):
    def is_shown(self, request):
        return seals.can_manage(request.user)


@hooks.register("register_admin_urls")
def seal_urls():
    return [path("seals/", include((urlpatterns, "seals")))]


@hooks.register("register_settings_menu_item")
def seals_menu_item():
    address = reverse("seals:list")
    return SealsMenuItem(_("Seals"), address, name="seals", icon_name="lock", order=800)


@hooks.register("register_permissions")
def seal_permissions():
    """Let administrators give the care of seals to a group."""
    return Permission.objects.filter(
        content_type__app_label="certificates", codename="change_seal"
    )
