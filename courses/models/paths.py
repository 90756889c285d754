"""A path: several modules that make a whole, in order."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page

from cms.models import SitePage
from courses.models.pages import SIMPLE_TEXT, ModulePage


class PathPage(SitePage):
    code = models.SlugField(_("code"), max_length=20)
    short = models.CharField(_("in one line"), max_length=200)
    intro = RichTextField(_("introduction"), features=SIMPLE_TEXT, blank=True)
    version = models.CharField(
        _("version"),
        max_length=20,
        help_text=_("Named on attestations, for example 2026-1."),
    )

    content_panels = Page.content_panels + [
        FieldPanel("short"),
        FieldPanel("intro"),
        FieldPanel("code"),
        FieldPanel("version"),
        InlinePanel(
            "path_modules",
            label=_("Module"),
            heading=_("Modules, in order"),
            min_num=2,
        ),
    ]
    parent_page_types = ["courses.CataloguePage"]
    subpage_types = []
    template = "courses/path.html"

    class Meta:
        verbose_name = _("path")
        verbose_name_plural = _("paths")

    def get_context(self, request, *args, **kwargs):
        from courses.paths import path_context

        context = super().get_context(request, *args, **kwargs)
        return context | path_context(self, request)


class PathModule(Orderable):
    path = ParentalKey(PathPage, on_delete=models.CASCADE, related_name="path_modules")
    module = models.ForeignKey(
        ModulePage,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("module"),
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["path", "module"],
                name="a_module_once_in_a_path",
                violation_error_message=_("This module is already in the path."),
            )
        ]

    def __str__(self):
        return self.module.title
