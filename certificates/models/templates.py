"""How documents look: a trainer's template, and the versions that documents pin."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import DraftStateMixin, Orderable, PreviewableMixin, RevisionMixin

from certificates import previews
from people.models import Organisation

COLOUR = RegexValidator(
    r"^#[0-9a-fA-F]{6}$", _("A colour is written like #1d5c63: # and six characters.")
)


class DocumentTemplate(
    DraftStateMixin, RevisionMixin, PreviewableMixin, ClusterableModel
):
    """Logo, colours, signatories and wording of an organisation's documents.

    One a organisation; the one without organisation is the platform's own. Plain
    texts only: a template cannot bring markup, and cannot read anything.
    """

    name = models.CharField(_("name"), max_length=80)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("organisation"),
        help_text=_("Leave empty for the platform's own documents."),
    )
    logo = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
    )
    logo_alt = models.CharField(
        _("the logo in words"),
        max_length=120,
        blank=True,
        help_text=_("Read aloud to those who do not see it."),
    )
    ink = models.CharField(
        _("colour of titles"), max_length=7, default="#1d2830", validators=[COLOUR]
    )
    accent = models.CharField(
        _("accent colour"), max_length=7, default="#b5532a", validators=[COLOUR]
    )
    title_fr = models.CharField(_("title in French"), max_length=80, blank=True)
    title_en = models.CharField(_("title in English"), max_length=80, blank=True)
    closing_fr = models.CharField(
        _("closing sentence in French"), max_length=300, blank=True
    )
    closing_en = models.CharField(
        _("closing sentence in English"), max_length=300, blank=True
    )

    class Meta:
        verbose_name = _("document template")
        verbose_name_plural = _("document templates")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                name="one_template_per_organisation",
                violation_error_message=_("This organisation already has a template."),
            ),
            # NULL equals nothing, not even itself: the platform needs its own.
            models.UniqueConstraint(
                Coalesce("organisation", 0),
                condition=Q(organisation=None),
                name="one_template_of_the_platform",
                violation_error_message=_(
                    "The platform already has a template. Change that one."
                ),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def preview_modes(self):
        return previews.modes()

    def serve_preview(self, request, mode_name):
        return previews.serve(self, request, mode_name)


class Signatory(Orderable):
    template = ParentalKey(
        DocumentTemplate, on_delete=models.CASCADE, related_name="signatories"
    )
    name = models.CharField(_("name"), max_length=80)
    role_fr = models.CharField(_("role in French"), max_length=100)
    role_en = models.CharField(_("role in English"), max_length=100, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")

    def __str__(self):
        return self.name


class TemplateVersion(models.Model):
    """A template as it was published, checked: what documents are drawn with.

    `content`: {"ink", "accent", "title": {fr, en}, "closing": {fr, en}, "logo_alt",
    "signatories": [{"name", "role": {fr, en}}], "checked": {…what was verified}}.
    """

    template = models.ForeignKey(
        DocumentTemplate, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    content = models.JSONField()
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=20, blank=True)  # "image/png"…
    checksum = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "number"], name="one_template_version_per_number"
            )
        ]

    def __str__(self):
        return f"{self.template} {self.number}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("A template version is never changed: publish a new one.")
        super().save(*args, **kwargs)
