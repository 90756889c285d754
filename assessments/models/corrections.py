"""Keys that were wrong: said, counted, corrected, and the results that changed."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.attempts import Attempt
from assessments.models.questions import QuestionVersion

# After so long without a result counted or mended, the work may be begun again.
QUIET = timedelta(minutes=1)


class KeyCorrection(models.Model):
    """A version whose key was wrong: its answers no longer count anywhere."""

    question_version = models.OneToOneField(
        QuestionVersion, on_delete=models.PROTECT, related_name="key_correction"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    reason = models.TextField(_("what was wrong"))
    # Whether results that rest on it are still being computed again.
    is_under_way = models.BooleanField(default=False)

    def __str__(self):
        return f"{self.question_version}"


class CorrectedResult(models.Model):
    """A result that changed after a wrong key: what had been said before.

    `before` holds the values of its placements: [{area, low, high, …}].
    """

    attempt = models.ForeignKey(
        Attempt, on_delete=models.CASCADE, related_name="corrections"
    )
    key_correction = models.ForeignKey(
        KeyCorrection, on_delete=models.PROTECT, related_name="results"
    )
    before = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "key_correction"], name="one_correction_per_result"
            )
        ]

    def __str__(self):
        return f"{self.attempt_id}: {self.key_correction_id}"


class KeyDoubt(models.Model):
    """A key said to be wrong: what that would change is counted, then it is mended.

    Both may take longer than a page waits; the row says how far the work is.
    """

    class State(models.TextChoices):
        COUNTING = "counting", _("Being counted")
        COUNTED = "counted", _("Counted")
        MENDING = "mending", _("Being corrected")
        MENDED = "mended", _("Corrected")

    question_version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    reason = models.TextField(_("what was wrong"))
    state = models.CharField(max_length=10, choices=State, default=State.COUNTING)
    # Results to compute again, how many are done, and when the last ones were.
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    worked_at = models.DateTimeField(default=timezone.now)
    # Once counted: what `corrections.Preview.to_dict` returns.
    counts = models.JSONField(default=dict)

    def __str__(self):
        return f"{self.question_version}: {self.get_state_display()}"

    @property
    def is_under_way(self):
        return self.state in (self.State.COUNTING, self.State.MENDING)

    @property
    def stands_still(self):
        return self.is_under_way and timezone.now() - self.worked_at > QUIET

    @property
    def percent(self):
        """How much is done; in per cent, because a small number would name people."""
        return min(100 * self.done // max(self.total, 1), 100)
