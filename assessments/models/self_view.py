"""What learners say of themselves: statements, and their ratings."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import RevisionMixin

from assessments.models.framework import LEVELS, Area, Bilingual, both_languages


class Statement(Bilingual, RevisionMixin, models.Model):
    """One "I can…" of an area, at the level its author gives it."""

    reference = models.SlugField(_("reference"), max_length=20, unique=True)
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        related_name="statements",
        verbose_name=_("area"),
    )
    level = models.PositiveSmallIntegerField(
        _("level"), choices=[(level, str(level)) for level in LEVELS]
    )
    text_fr = models.TextField(_("“Je sais…”"))
    text_en = models.TextField(_("“I can…”"))

    panels = [
        FieldRowPanel([FieldPanel("reference"), FieldPanel("area")]),
        FieldPanel("level"),
        both_languages("text"),
    ]

    class Meta:
        verbose_name = _("“I can…” statement")
        verbose_name_plural = _("“I can…” statements")
        ordering = ["area__code", "level", "reference"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__range=(1, 8)),
                name="statement_level_is_1_to_8",
            )
        ]

    def __str__(self):
        return f"{self.reference} · {self.text_fr}"

    @property
    def text(self):
        return self.in_language("text")


class SelfViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A learner sees what she said of herself, and nobody else does."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(learner=user)


class SelfView(models.Model):
    """What a learner said she can do, around one date."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="self_views"
    )
    begun_at = models.DateTimeField(auto_now_add=True)

    objects = SelfViewQuerySet.as_manager()

    def __str__(self):
        return f"{self.begun_at:%Y-%m-%d}"


class SelfRating(models.Model):
    """One answer: not yet, with help, alone. Changed at will while the view is open."""

    class Value(models.IntegerChoices):
        NOT_YET = 0, _("Not yet")
        WITH_HELP = 1, _("With help")
        ALONE = 2, _("Alone")

    self_view = models.ForeignKey(
        SelfView, on_delete=models.CASCADE, related_name="ratings"
    )
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT)
    # The statement's level when it was rated: an edit never rewrites the past.
    level = models.PositiveSmallIntegerField()
    value = models.PositiveSmallIntegerField(choices=Value)
    rated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["self_view", "statement"], name="one_rating_per_statement"
            ),
            models.CheckConstraint(
                condition=models.Q(value__range=(0, 2)), name="rating_is_one_of_three"
            ),
        ]

    def __str__(self):
        return f"{self.statement_id}: {self.value}"
