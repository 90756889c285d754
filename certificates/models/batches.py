"""Many certificates at once: issued or downloaded for a group."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.models.certificates import Certificate
from people.models import Organisation


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
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self):
        return self.title


class BatchRow(models.Model):
    """One learner of a batch: waits, has a certificate, or says why not."""

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
