"""The competence framework: six areas, their competences, eight levels."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import RevisionMixin

LEVELS = range(1, 9)
BANDS = {
    1: _("Foundation"),
    2: _("Intermediate"),
    3: _("Advanced"),
    4: _("Specialised"),
}


def band_of(level):
    """Return the name of the band of a level: two levels make a band."""
    return BANDS[(level + 1) // 2]


def both_languages(field):
    return FieldRowPanel([FieldPanel(f"{field}_fr"), FieldPanel(f"{field}_en")])


class Bilingual:
    """Gives `thing.in_language("name")`: the text in the language of the page."""

    def in_language(self, field):
        return getattr(self, f"{field}_{get_language()}", "")


class Area(Bilingual, RevisionMixin, models.Model):
    code = models.CharField(_("code"), max_length=1, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    short_fr = models.CharField(_("short name in French"), max_length=40)
    short_en = models.CharField(_("short name in English"), max_length=40)
    description_fr = models.TextField(_("description in French"))
    description_en = models.TextField(_("description in English"))

    panels = [
        FieldPanel("code"),
        both_languages("name"),
        both_languages("short"),
        both_languages("description"),
    ]

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code}. {self.name}"

    @property
    def name(self):
        return self.in_language("name")

    @property
    def short(self):
        return self.in_language("short")

    @property
    def description(self):
        return self.in_language("description")


class Competence(Bilingual, RevisionMixin, models.Model):
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        related_name="competences",
        verbose_name=_("area"),
    )
    code = models.CharField(_("code"), max_length=3, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)

    panels = [FieldPanel("area"), FieldPanel("code"), both_languages("name")]

    class Meta:
        verbose_name = _("competence")
        verbose_name_plural = _("competences")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.name}"

    @property
    def name(self):
        return self.in_language("name")


class Level(Bilingual, RevisionMixin, models.Model):
    number = models.PositiveSmallIntegerField(
        _("number"),
        unique=True,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
    )
    meaning_fr = models.TextField(_("what it means, in French"))
    meaning_en = models.TextField(_("what it means, in English"))

    panels = [FieldPanel("number"), both_languages("meaning")]

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__range=(1, 8)), name="level_is_1_to_8"
            )
        ]

    def __str__(self):
        return _("Level %(number)d, %(band)s") % {
            "number": self.number,
            "band": band_of(self.number),
        }

    @property
    def meaning(self):
        return self.in_language("meaning")


class LevelDescriptor(Bilingual, RevisionMixin, models.Model):
    """What a person can do at one level of one area, in the first person."""

    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        related_name="descriptors",
        verbose_name=_("area"),
    )
    level = models.ForeignKey(
        Level,
        on_delete=models.PROTECT,
        to_field="number",
        related_name="descriptors",
        verbose_name=_("level"),
    )
    text_fr = models.TextField(_("“Je peux…”"))
    text_en = models.TextField(_("“I can…”"))

    panels = [FieldPanel("area"), FieldPanel("level"), both_languages("text")]

    class Meta:
        verbose_name = _("level descriptor")
        verbose_name_plural = _("level descriptors")
        ordering = ["area__code", "level"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "level"],
                name="one_descriptor_per_area_and_level",
                violation_error_message=_("This area already describes this level."),
            )
        ]

    def __str__(self):
        return f"{self.area.code}{self.level_id}"

    @property
    def text(self):
        return self.in_language("text")
