"""Many certificates at once: issued for a group."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models.certificates import Certificate
from courses.permissions import speaks_for_platform, trained_by
from people.models import Organisation

# After so long without a row, whoever watches a batch may have it go on.
QUIET = timedelta(minutes=1)


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Trainers see those of their organisations; the platform's, who made them."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        allowed = models.Q(organisation__in=trained_by(user))
        if speaks_for_platform(user):
            allowed |= models.Q(organisation=None, made_by=user)
        return self.filter(allowed)


class Batch(models.Model):
    """One deed of a trainer on many learners; goes on where it stopped."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True
    )
    # Attendance of a session, or a module; and which one, by its key.
    kind = models.CharField(max_length=12, choices=Certificate.Kind)
    about = models.UUIDField(db_index=True)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(auto_now_add=True)
    # When its last rows were done; set back by nobody, so it says if it stands still.
    worked_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("certificates:batch", args=[self.pk])

    @property
    def is_done(self):
        return self.state == self.State.DONE

    @property
    def stands_still(self):
        last = self.worked_at or self.made_at
        return not self.is_done and timezone.now() - last > QUIET


class BatchRow(models.Model):
    """One learner of a batch: waits, has a certificate, or says why not.

    It goes with the account, and with the certificate when that is erased: of an erased
    one, no row says whose it was.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    certificate = models.ForeignKey(Certificate, on_delete=models.SET_NULL, null=True)
    # Why there is none, as a sentence.
    problem = models.CharField(max_length=300, blank=True)
    is_done = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "learner"], name="one_row_per_learner_and_batch"
            )
        ]

    def __str__(self):
        return f"{self.batch_id}: {self.learner_id}"
