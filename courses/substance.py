"""The trainers' page that says that a module changed in substance."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin.rich_text import get_rich_text_editor_widget
from wagtail.admin.widgets import Button

from courses.models import ModulePage
from courses.models.pages import SIMPLE_TEXT
from courses.renewal import (
    change_in_substance,
    correct_text,
    holder_count,
    next_substance,
    versions_of,
)

CHANGED, CORRECTED = "changed", "corrected"


class SubstanceForm(forms.Form):
    """“What changed” in each language of a module, and what to do with it."""

    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    is_confirmed = forms.BooleanField(
        label=gettext_lazy("Yes, invite them. It cannot be undone."), required=False
    )

    def __init__(self, data, versions, expected):
        super().__init__(data, initial={"expected": expected})
        self.versions = versions
        for version in versions:
            self.fields[self.name_of(version)] = forms.CharField(
                label=_("What changed, in this language: %(language)s")
                % {"language": version.locale.get_display_name()},
                initial=version.what_changed,
                required=False,
                widget=get_rich_text_editor_widget(features=SIMPLE_TEXT),
            )

    @staticmethod
    def name_of(version):
        return f"text_{version.locale.language_code}"

    @property
    def text_fields(self):
        return [self[self.name_of(version)] for version in self.versions]

    @property
    def texts(self):
        return {
            version.locale.language_code: self.cleaned_data[self.name_of(version)]
            for version in self.versions
        }

    @property
    def deed(self):
        return CORRECTED if self.data.get("deed") == CORRECTED else CHANGED

    def clean(self):
        cleaned = super().clean()
        for version in self.versions:
            text = strip_tags(cleaned.get(self.name_of(version)) or "").strip()
            if version.live and not text:
                self.add_error(
                    self.name_of(version),
                    _("Write what changed: holders read it before they renew."),
                )
        if self.deed == CHANGED and not cleaned.get("is_confirmed"):
            self.add_error(
                "is_confirmed", _("Tick the box to invite the holders, or go back.")
            )
        return cleaned


def may_say_so(user, versions):
    """Whether a person may publish a module in each language in which it is live."""
    return all(
        version.permissions_for_user(user).can_publish()
        for version in versions
        if version.live
    )


@require_http_methods(["GET", "POST"])
def content_changed(request, pk):
    """Write “what changed”, see how many holders it concerns, invite them."""
    module = get_object_or_404(ModulePage.objects.live(), pk=pk)
    versions = versions_of(module)
    if not may_say_so(request.user, versions):
        raise PermissionDenied
    expected = next_substance(module)
    form = SubstanceForm(request.POST or None, versions, expected)
    count = holder_count(module, expected)
    edit_url = reverse("wagtailadmin_pages:edit", args=[module.pk])
    if request.method == "POST" and form.is_valid():
        messages.success(request, do(form, module, request.user, count))
        return redirect(edit_url)
    return render(
        request,
        "courses/admin/content_changed.html",
        {
            "form": form,
            "holder_count": count,
            "has_text": any(version.what_changed for version in versions),
            "edit_url": edit_url,
            "header_title": f"{module.title}: {_('The content changed in substance')}",
            "header_icon": "history",
            "breadcrumbs_items": [
                {"url": reverse("wagtailadmin_home"), "label": _("Home")},
                {"url": edit_url, "label": module.title},
                {"url": "", "label": _("The content changed in substance")},
            ],
        },
    )


def do(form, module, user, count):
    """Do what the form asks; returns the sentence that says so."""
    if form.deed == CORRECTED:
        correct_text(module, form.texts)
        return _("The text is corrected. Nobody new was invited.")
    change_in_substance(module, form.texts, user, form.cleaned_data["expected"])
    return ngettext(
        "It is said. %(count)d holder is invited to renew.",
        "It is said. %(count)d holders are invited to renew.",
        count,
    ) % {"count": count}


class ContentChangedButton(Button):
    """In the header of a published module's editor."""

    def __init__(self, page, user):
        self.page, self.user = page, user
        super().__init__(
            label=_("The content changed in substance"),
            url=reverse("courses_content_changed", args=[page.pk]),
            icon_name="history",
            priority=67,
        )

    @cached_property
    def show(self):
        return self.page.permissions_for_user(self.user).can_publish()


def header_buttons(page, user, view_name, next_url=None):
    if isinstance(page, ModulePage) and page.live:
        yield ContentChangedButton(page, user)


admin_urls = [
    path(
        "modules/<int:pk>/content-changed/",
        content_changed,
        name="courses_content_changed",
    )
]
