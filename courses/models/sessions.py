"""Live sessions: training given by a person to people, on a day."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from courses.permissions import speaks_for_platform, trained_by
from people.models import Organisation


class LiveSessionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Trainers see the sessions of their organisations.

        Those in the platform's own name: who may change sessions in the CMS.
        """
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        allowed = models.Q(organisation__in=trained_by(user))
        if speaks_for_platform(user):
            allowed |= models.Q(organisation=None)
        return self.filter(allowed)


class LiveSession(ClusterableModel):
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    held_on = models.DateField(_("held on"))
    minutes = models.PositiveSmallIntegerField(
        _("duration, in minutes"), validators=[MinValueValidator(1)]
    )
    place = models.CharField(
        _("place"), max_length=120, blank=True, help_text=_("Or “at a distance”.")
    )
    trainer_name = models.CharField(_("given by"), max_length=120)
    objectives = models.TextField(_("objectives"), help_text=_("One a line."))
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("organisation"),
        help_text=_("In whose name attestations are issued; empty: the platform."),
    )

    objects = LiveSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("live session")
        verbose_name_plural = _("live sessions")
        ordering = ["-held_on"]

    def __str__(self):
        return f"{self.title}, {self.held_on}"

    def get_absolute_url(self):
        return reverse("certificates:session", args=[self.key])

    @property
    def code(self):
        """Its name on paper and in addresses: the day, and six characters."""
        return f"{self.held_on:%Y-%m-%d}-{self.key.hex[:6]}"

    @property
    def objective_list(self):
        return [line for line in map(str.strip, self.objectives.splitlines()) if line]


class Attendance(models.Model):
    session = ParentalKey(
        LiveSession, on_delete=models.CASCADE, related_name="attendances"
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="attendances",
        verbose_name=_("learner"),
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "learner"],
                name="one_attendance_per_session",
                violation_error_message=_("This person is already in the list."),
            )
        ]

    def __str__(self):
        return f"{self.learner_id}: {self.session_id}"
