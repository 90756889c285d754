"""Spaced review: what comes back to a learner who asked for it."""

from django.conf import settings
from django.db import models

from assessments.models.framework import Competence


class ReviewPlan(models.Model):
    """A learner who asked for short reviews. Without one, nothing is planned."""

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_plan"
    )
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"{self.learner_id}"


class ReviewItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A learner sees what comes back to her, and nobody else does."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(learner=user)


class ReviewItem(models.Model):
    """A competence that comes back about 3, 10, then 30 days later (stage 0, 1, 2)."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_items"
    )
    competence = models.ForeignKey(Competence, on_delete=models.CASCADE)
    stage = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField()

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "competence"], name="one_review_per_competence"
            ),
            models.CheckConstraint(
                condition=models.Q(stage__range=(0, 2)), name="review_stage_is_0_to_2"
            ),
        ]

    def __str__(self):
        return f"{self.learner_id}: {self.competence_id} {self.due_on}"
