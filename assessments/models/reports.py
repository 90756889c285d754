"""What answers tell of the questions, for trainers: never of a learner."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.questions import QuestionVersion


class QuestionFigures(models.Model):
    """The figures of one question version, as last computed; PLACEMENT.md 6.4."""

    question_version = models.OneToOneField(
        QuestionVersion, on_delete=models.CASCADE, related_name="figures"
    )
    computed_at = models.DateTimeField(auto_now=True)
    answer_count = models.PositiveIntegerField()
    values = models.JSONField(default=dict)

    def __str__(self):
        return f"{self.question_version_id}: {self.answer_count}"


class QuestionFlag(models.Model):
    """Why a trainer should look at a question version."""

    class Kind(models.TextChoices):
        MISFIT = "misfit", _("Answers do not follow the scale")
        WEAK_LINK = "weak_link", _("Tells little about the level")
        TEMPTING = "tempting", _("A wrong answer draws the strongest")
        DEAD = "dead", _("An answer that nobody chooses")
        KEY_BEATEN = "key_beaten", _("The strongest prefer another answer")
        GROUPS = "groups", _("Not as hard for two groups")
        DRIFT = "drift", _("Its difficulty changed lately")

    figures = models.ForeignKey(
        QuestionFigures, on_delete=models.CASCADE, related_name="flags"
    )
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["figures", "kind"], name="one_flag_a_kind")
        ]

    def __str__(self):
        return self.get_kind_display()


class Report(models.Model):
    """A check of the measure itself, one a day and kind at most."""

    class Kind(models.TextChoices):
        HONESTY = "honesty", _("Are the ranges right?")
        GROUPS = "groups", _("Are questions as hard for everybody?")
        DRIFT = "drift", _("Does their difficulty change?")

    kind = models.CharField(max_length=10, choices=Kind)
    made_on = models.DateField()
    values = models.JSONField()

    class Meta:
        ordering = ["-made_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "made_on"], name="one_report_a_kind_and_day"
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.made_on}"
