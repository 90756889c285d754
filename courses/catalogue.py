"""The catalogue: which modules there are, found by words, area, level or duration."""

import re

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page

from assessments.models import Area
from cms.addresses import page_url
from courses.models import ModulePage, PathPage
from courses.paths import path_cards


class CatalogueForm(forms.Form):
    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    area = forms.ChoiceField(label=_("Area"), required=False)
    level = forms.TypedChoiceField(
        label=_("My level"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Any"))] + [(n, str(n)) for n in range(1, 9)],
    )
    minutes = forms.TypedChoiceField(
        label=_("Duration"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("Any")),
            (15, _("15 minutes or less")),
            (75, _("1 h 15 or less")),
            (90, _("1 h 30 or less")),
        ],
    )

    def __init__(self, data, areas):
        super().__init__(data)
        self.fields["area"].choices = [("", _("Any"))] + [
            (area.code, str(area)) for area in areas
        ]

    def clean_q(self):
        # Words only: to the search engine, a quotation mark is a command.
        return " ".join(re.findall(r"\w+", self.cleaned_data["q"]))

    def modules(self, modules):
        """Return the modules that answer to what is asked."""
        asked = self.cleaned_data
        if asked.get("area"):
            modules = modules.filter(areas__code=asked["area"])
        if asked.get("level"):
            modules = modules.filter(
                level_from__lte=asked["level"], level_to__gte=asked["level"]
            )
        if asked.get("minutes"):
            modules = modules.filter(minutes__lte=asked["minutes"])
        if asked.get("q"):
            found = modules.model.objects.autocomplete(asked["q"])
            keys = [page.pk for page in found]
            modules = modules.filter(pk__in=keys)
        return modules


def catalogue_context(page, request):
    areas = list(Area.objects.all())
    form = CatalogueForm(request.GET or None, areas)
    modules = (
        ModulePage.objects.live()
        .filter(locale=page.locale_id, path__startswith=page.path)
        .prefetch_related("areas")
        .order_by("path")
    )
    is_filtered = form.is_bound and form.is_valid() and any(form.cleaned_data.values())
    return {
        "form": form,
        "modules": form.modules(modules) if is_filtered else modules,
        "paths": [] if is_filtered else list(path_cards(page)),
        "is_filtered": is_filtered,
        "elsewhere": [] if is_filtered else untranslated_pages(page),
    }


def untranslated_pages(page):
    """Return what exists in another language only, with its address: one query."""
    here = Page.objects.live().filter(
        translation_key=OuterRef("translation_key"), locale=page.locale_id
    )
    others = (
        Page.objects.live()
        .type(ModulePage, PathPage)
        .filter(locale__in=Locale.objects.exclude(pk=page.locale_id))
        .exclude(Exists(here))
        .select_related("locale")
        .order_by("path")
    )
    return [
        {
            "title": other.title,
            "language": other.locale.language_code,
            "language_name": other.locale.get_display_name(),
            "url": page_url(other.url_path, other.locale.language_code),
        }
        for other in others
    ]
