"""What answers tell of the questions, for trainers: never of a learner."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.questions import QuestionVersion


class QuestionFigures(models.Model):
    """The figures of one question version, as last computed; PLACEMENT.md 6.4.

    `values` holds these, null or absent where unknown; shares go from 0 to 1, levels
    are numbers of the scale of eight (4.0 is the middle of level 4):

        {"share_right", "expected_share", "level", "level_low", "level_high", "slope",
         "infit", "outfit", "link", "expected_link", "skip_share", "median_seconds",
         "choices": [{"number", "count", "share", "level", "correlation"}],
         "curves": {"counts": [8], "right": [8], "choices": [[8], …]},
         "groups": [{"by", "between": [2], "class"}], "drift"}

    `link` and `expected_link` are correlations with the rest of the attempt, seen and
    expected. `number` is that of the choice in the version's content, from 0; `level`
    of a choice is the mean of those who chose it. `curves` go by the learners' level:
    how many answered, their mean score, and the share that chose each choice, in the
    order of `choices`. `groups` has one row a pair compared, `by` "language" or
    "organisation", `between` two codes, of languages or of `Organisation.Kind`,
    `class` "A", "B" or "C"; `drift` is the z of the last answers.
    """

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
    """A check of the measure itself, one a day and kind at most.

    `values`, null or absent where unknown; no learner is ever in them:

        HONESTY  {"attempt_count", "ratio", "held", "doubt_factor", "answer_count",
                  "is_honest", "is_widened", "largest_gap",
                  "tenths": [{"count", "predicted", "happened"}, … 10]}
        GROUPS   {"pairs": [{"by", "between": [2], "compared", "watched", "flagged"}],
                  "questions": [{"version", "by", "between": [2], "class", "shift"}]}
        DRIFT    {"window", "tested", "easier": [version, …], "harder": [version, …]}

    `ratio` is the variance of the difference between two halves of an attempt, seen
    over announced; `held` the share of those differences inside their 90 % range;
    `is_widened` says whether `doubt_factor` is more than what was in force.
    `compared`, `watched` (class B), `flagged` (class C) and `tested` count questions;
    `shift` is in logits, above 0 when it is harder for the second group; `version` is
    the primary key of a question version; `window` counts the last answers looked at.
    """

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
