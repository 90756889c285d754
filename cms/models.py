from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import CharBlock, PageChooserBlock, StructBlock, TextBlock
from wagtail.fields import RichTextField
from wagtail.models import Page, PagePermissionTester, PageViewRestriction

from cms.fields import StreamField
from people.models import Organisation

# Functions of a page that say whether learners' work depends on it; other rooms add
# theirs.
reasons_to_keep = []
# What other rooms show around the text of a fixed place: {key: function}, each returns
# a context with two templates, `above` and `below`.
companions = {}


class GuardedPermissions(PagePermissionTester):
    """A page that learners have worked on is unpublished, never deleted."""

    def can_delete(self, *args, **kwargs):
        return super().can_delete(*args, **kwargs) and not self.page.has_progress()


class SitePage(Page):
    """What all pages of the site share: addresses in both languages, no passwords."""

    # Lessons are open or unpublished; per-page passwords cost two queries a request.
    private_page_options = []

    class Meta:
        abstract = True

    def get_view_restrictions(self):
        return PageViewRestriction.objects.none()

    def permissions_for_user(self, user):
        return GuardedPermissions(user, self)

    def has_progress(self):
        """Whether learners have worked on this page or on one below it."""
        return any(has_reason(self) for has_reason in reasons_to_keep)

    def live_translations(self):
        """Return {language: url_path} of the published versions, this one included."""
        return dict(
            Page.objects.live()
            .filter(translation_key=self.translation_key)
            .values_list("locale__language_code", "url_path")
        )

    def get_context(self, request, *args, **kwargs):
        if not hasattr(request, "page_translations"):
            request.page_translations = self.live_translations()
        request.page_key = self.translation_key
        return super().get_context(request, *args, **kwargs)


class HomePage(SitePage):
    lead = models.CharField(_("sentence under the title"), max_length=300, blank=True)
    body = StreamField(
        [
            (
                "promise",
                StructBlock(
                    [("title", CharBlock()), ("text", TextBlock())],
                    label=_("Promise"),
                    icon="pick",
                ),
            ),
            (
                "situation",
                StructBlock(
                    [("text", CharBlock()), ("page", PageChooserBlock())],
                    label=_("Way in: a situation, and the module that answers it"),
                    icon="arrow-right",
                ),
            ),
        ],
        verbose_name=_("content"),
        blank=True,
    )

    content_panels = Page.content_panels + [FieldPanel("lead"), FieldPanel("body")]
    parent_page_types = ["wagtailcore.Page"]
    template = "cms/home.html"

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        blocks = {"promise": [], "situation": []}
        for block in self.body:
            blocks[block.block_type].append(block.value)
        return context | {
            "promises": blocks["promise"],
            "situations": [s for s in blocks["situation"] if s["page"]],
        }


class TextPage(SitePage):
    class Key(models.TextChoices):
        HELP = "help", _("Help")
        ACCESSIBILITY = "accessibility", _("Accessibility")
        PRIVACY = "privacy", _("Privacy")
        LEGAL = "legal", _("Legal notice")
        MEASURE = "measure", _("How we measure")

    key = models.CharField(
        _("fixed place"),
        max_length=20,
        choices=Key,
        blank=True,
        help_text=_("Set for the pages that every page of the site links to."),
    )
    summary = models.TextField(_("in short, in plain language"), blank=True)
    body = RichTextField(_("text"), blank=True)

    content_panels = Page.content_panels + [
        FieldPanel("summary"),
        FieldPanel("body"),
        FieldPanel("key"),
    ]
    parent_page_types = ["cms.HomePage"]
    subpage_types = []
    template = "cms/text.html"

    class Meta:
        verbose_name = _("text page")
        verbose_name_plural = _("text pages")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        if self.key == self.Key.HELP:
            context["site_contact"] = settings.SITE_CONTACT
            context["contacts"] = Organisation.objects.of_member(request.user)
        if self.key in companions:
            context |= companions[self.key]()
        return context


class LoadedContent(models.Model):
    """What the loader made of a file: to tell what an editor has changed since."""

    path = models.CharField(max_length=200, unique=True)
    checksum = models.CharField(max_length=64)
    # The object's own state just after loading: a revision's id.
    state = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return self.path
