"""What learners do: attempts, the responses in them, and where they led."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.framework import Area
from assessments.models.questions import QuestionVersion

DAYS_TO_RESUME = 30


class Calibration(models.Model):
    """What answers taught of the questions: estimates, and settings they changed."""

    number = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    attempt_count = models.PositiveIntegerField()
    answer_count = models.PositiveIntegerField()
    # Only those that differ from the launch: {"maximum_questions": 30, …}.
    settings = models.JSONField(default=dict)
    # By which the doubts were multiplied, as the last honesty report asked.
    doubt_factor = models.FloatField(default=1)

    def __str__(self):
        return f"{self.number}"


class Estimate(models.Model):
    """One question version's difficulty and slope, after calibration; 7.8."""

    calibration = models.ForeignKey(
        Calibration, on_delete=models.CASCADE, related_name="estimates"
    )
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT)
    difficulty = models.FloatField()
    difficulty_sd = models.FloatField()
    log_slope = models.FloatField()
    log_slope_sd = models.FloatField()
    answer_count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calibration", "question_version"],
                name="one_estimate_per_version",
            )
        ]

    def __str__(self):
        return f"{self.calibration_id}: {self.question_version_id}"


class AnswerSum(models.Model):
    """Everything calibration needs of all past answers to one version; 7.8.

    `expected` and `right` are little-endian float64 arrays, one value a cell of the
    scale: how many who answered stood there, and how many of those were right.
    """

    question_version = models.OneToOneField(
        QuestionVersion, on_delete=models.PROTECT, related_name="answer_sum"
    )
    answer_count = models.PositiveIntegerField(default=0)
    luck = models.FloatField(default=0)
    expected = models.BinaryField()
    right = models.BinaryField()

    def __str__(self):
        return f"{self.question_version_id}: {self.answer_count}"


class ParameterSet(models.Model):
    """The difficulties in force from `made_at` on, and the settings of the engine."""

    number = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    settings = models.JSONField()
    # Of the versions and settings it holds: the same bank never makes two sets.
    checksum = models.CharField(max_length=64, unique=True)
    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, null=True)

    def __str__(self):
        return f"{self.number}"


class Parameter(models.Model):
    """One question version's difficulty and slope; PLACEMENT.md section 7.3."""

    parameter_set = models.ForeignKey(
        ParameterSet, on_delete=models.CASCADE, related_name="parameters"
    )
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT)
    difficulty = models.FloatField()
    difficulty_sd = models.FloatField()
    log_slope = models.FloatField(default=0)
    log_slope_sd = models.FloatField()
    guessing = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["parameter_set", "question_version"],
                name="one_parameter_per_version",
            )
        ]

    def __str__(self):
        return f"{self.parameter_set_id}: {self.question_version_id}"


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A learner sees her own attempts, and nobody else does."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(learner=user)

    def open(self):
        return self.filter(finished_at=None)

    def finished(self):
        return self.exclude(finished_at=None)

    def placements(self):
        return self.filter(purpose=Attempt.Purpose.PLACEMENT)

    def closer_looks(self):
        return self.filter(purpose=Attempt.Purpose.CLOSER)

    def with_result(self):
        """Placements that had enough answers to lead somewhere."""
        return self.placements().filter(placements__area=None, placements__isnull=False)


class Attempt(models.Model):
    """One sitting: a placement, a closer look, a module's check, or practice."""

    class Purpose(models.TextChoices):
        PLACEMENT = "placement", _("Placement")
        CLOSER = "closer", _("Closer look")
        CHECK = "check", _("Check")
        PRACTICE = "practice", _("Practice")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attempts"
    )
    purpose = models.CharField(max_length=10, choices=Purpose)
    # For a check: the step it belongs to (the pages of both languages share it).
    step_key = models.UUIDField(null=True, blank=True)
    pass_mark = models.FloatField(null=True, blank=True)
    # For a placement: the difficulties in force when it began.
    parameter_set = models.ForeignKey(
        ParameterSet, on_delete=models.PROTECT, null=True, blank=True
    )
    # For a closer look: the placement it continues, the area, first or second round.
    continues = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="closer_looks",
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True)
    round = models.PositiveSmallIntegerField(null=True, blank=True)
    # For a second placement: {"mean": [area…], "sd": [area…]}, in logits.
    prior = models.JSONField(null=True, blank=True)
    # How likely (0 to 1) this placement stands above the one before; 7.7.
    progress = models.FloatField(null=True, blank=True)
    # When its answers were added to the sums of calibration.
    counted_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    seed = models.BigIntegerField()
    # Question versions seen in the last two placements, and those spared this time.
    seen_lately = models.JSONField(default=list)
    withheld = models.JSONField(default=list)
    # Question versions of its bank that were retired or void when it ended.
    unavailable = models.JSONField(default=list)
    # About how many questions are still to come, after the last answer.
    to_go = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    score = models.FloatField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(purpose="placement", finished_at=None),
                name="one_open_placement_per_learner",
            ),
            models.UniqueConstraint(
                fields=["learner", "step_key"],
                condition=Q(purpose="check", finished_at=None),
                name="one_open_check_per_step",
            ),
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(purpose="closer", finished_at=None),
                name="one_open_closer_look_per_learner",
            ),
            models.UniqueConstraint(
                fields=["continues", "area", "round"],
                name="one_closer_look_per_area_and_round",
            ),
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(purpose="practice", finished_at=None),
                name="one_open_practice_per_learner",
            ),
            models.CheckConstraint(
                condition=Q(purpose="placement", parameter_set__isnull=False)
                | Q(
                    purpose="closer",
                    parameter_set__isnull=False,
                    continues__isnull=False,
                    area__isnull=False,
                    round__range=(1, 2),
                )
                | Q(purpose="check", step_key__isnull=False, pass_mark__isnull=False)
                | Q(purpose="practice"),
                name="attempt_knows_what_it_is_about",
            ),
        ]
        indexes = [models.Index(fields=["learner", "purpose", "-started_at"])]

    def __str__(self):
        return f"{self.get_purpose_display()} {self.started_at:%Y-%m-%d}"

    def get_absolute_url(self):
        if not self.is_finished:
            return reverse("assessments:question", args=[self.pk])
        if self.purpose == self.Purpose.CLOSER:
            return reverse("assessments:result", args=[self.continues_id])
        if self.purpose == self.Purpose.PRACTICE:
            return reverse("assessments:practice_result", args=[self.pk])
        room = "assessments:result" if self.is_placement else "courses:check_result"
        return reverse(room, args=[self.pk])

    @property
    def is_finished(self):
        return self.finished_at is not None

    @property
    def kept_until(self):
        """The last day on which it can be gone on with."""
        return timezone.localdate(self.started_at + timedelta(days=DAYS_TO_RESUME))

    @property
    def is_expired(self):
        """Whether it was left for too long to be gone on with."""
        return timezone.localdate() > self.kept_until

    @property
    def is_placement(self):
        return self.purpose == self.Purpose.PLACEMENT

    @property
    def is_left(self):
        """Whether it is a placement that tells about another time than today.

        Its answers still count, late ones too; a closer look has no such end.
        """
        return self.is_placement and self.is_expired

    @property
    def is_adaptive(self):
        """Whether each next question depends on the answers."""
        return self.purpose in (self.Purpose.PLACEMENT, self.Purpose.CLOSER)

    @property
    def is_passed(self):
        """Whether a finished check reached its pass mark."""
        if self.score is None or self.pass_mark is None:
            return False
        return self.score >= self.pass_mark - 1e-9


class Exposure(models.Model):
    """How often a question may be offered, from 0.02 to 1; PLACEMENT.md section 7.5."""

    question_version = models.OneToOneField(
        QuestionVersion, on_delete=models.CASCADE, related_name="exposure"
    )
    eligibility = models.FloatField(default=1)
    revised_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.question_version_id}: {self.eligibility:.2f}"


class Response(models.Model):
    """One question of an attempt: pending until `answered_at`, then never changed."""

    attempt = models.ForeignKey(
        Attempt, on_delete=models.CASCADE, related_name="responses"
    )
    position = models.PositiveSmallIntegerField()
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT)
    shown_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # Numbers of choices: chosen (single, multiple), in order (ordering, matching).
    answer = models.JSONField(null=True, blank=True)
    is_skipped = models.BooleanField(default=False)
    score = models.FloatField(null=True, blank=True)
    # What the learner said of her answer, if anything; never part of the score.
    is_sure = models.BooleanField(null=True, blank=True)
    # What the choice of the question depended on beside the answers, for the replay:
    # the language then, and the versions retired since the attempt's parameters.
    language = models.CharField(max_length=5, blank=True)
    unavailable = models.JSONField(default=list)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "position"], name="one_response_per_position"
            ),
            models.UniqueConstraint(
                fields=["attempt", "question_version"],
                name="no_question_twice_in_an_attempt",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, score=None)
                | Q(
                    answered_at__isnull=False,
                    score__isnull=False,  # else an unknown score would pass the check
                    score__gte=0,
                    score__lte=1,
                ),
                name="answered_responses_have_a_score",
            ),
        ]

    def __str__(self):
        return f"{self.attempt_id} #{self.position}"

    @property
    def is_answered(self):
        return self.answered_at is not None

    @property
    def is_right(self):
        return self.score is not None and self.score > 0.999


class Placement(models.Model):
    """Where an attempt led, in one area or (area None) overall: a range of levels."""

    attempt = models.ForeignKey(
        Attempt, on_delete=models.CASCADE, related_name="placements"
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True)
    low = models.PositiveSmallIntegerField()
    high = models.PositiveSmallIntegerField()
    likeliest = models.PositiveSmallIntegerField(null=True, blank=True)
    # Of the range (0 to 1), and of the likeliest level.
    probability = models.FloatField()
    likeliest_probability = models.FloatField(null=True, blank=True)
    answer_count = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["area__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "area"], name="one_placement_per_area"
            ),
            models.UniqueConstraint(
                fields=["attempt"],
                condition=Q(area=None),
                name="one_overall_placement",
            ),
            models.CheckConstraint(
                condition=Q(low__gte=1, high__lte=8, low__lte=models.F("high")),
                name="placement_is_a_range_of_levels",
            ),
        ]

    def __str__(self):
        return f"{self.low}–{self.high}"
