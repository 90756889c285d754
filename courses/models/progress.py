"""What learners do with modules: plain rows, named by the pages' translation keys."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from assessments.models import Attempt
from people.models import Membership, Organisation


class OwnQuerySet(models.QuerySet):
    """Rows that their learner sees, and nobody else."""

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(learner=user)


class StepDone(models.Model):
    """A learner has finished a step, in the version that was published then."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="steps_done"
    )
    step_key = models.UUIDField(db_index=True)
    module_key = models.UUIDField(db_index=True)
    revision = models.PositiveBigIntegerField(null=True)
    done_at = models.DateTimeField(auto_now_add=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "step_key"], name="a_step_is_done_once"
            )
        ]

    def __str__(self):
        return f"{self.learner_id} {self.step_key}"


class ModuleWork(models.Model):
    """When a learner began a module and when all its steps were done."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="modules"
    )
    module_key = models.UUIDField(db_index=True)
    started_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "module_key"], name="one_work_per_module"
            )
        ]

    def __str__(self):
        return f"{self.learner_id} {self.module_key}"


class ScenarioVersion(models.Model):
    """A call as it was when somebody began to play it: never changed."""

    step_key = models.UUIDField()
    checksum = models.CharField(max_length=64)
    graph = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step_key", "checksum"], name="one_version_per_graph"
            )
        ]

    def __str__(self):
        return f"{self.step_key} {self.checksum[:8]}"


class ScenarioRun(models.Model):
    """One playing of a call: the numbers of the choices made, in order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="runs"
    )
    version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT)
    path = models.JSONField(default=list)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    def __str__(self):
        return f"{self.learner_id} {self.started_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("courses:run", args=[self.pk])


class JournalEntry(models.Model):
    """A private note. No trainer, manager or administrator screen shows it."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="journal"
    )
    step_key = models.UUIDField()
    prompt = models.TextField()
    text = models.TextField(_("your note"), blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "step_key"], name="one_note_per_step"
            )
        ]

    def __str__(self):
        return f"{self.learner_id} {self.updated_at:%Y-%m-%d}"


class AssignmentQuerySet(models.QuerySet):
    def current(self):
        """Those whose learner still belongs to the organisation that assigned."""
        return self.filter(
            models.Exists(
                Membership.objects.current().filter(
                    user=models.OuterRef("learner"),
                    organisation=models.OuterRef("organisation"),
                )
            )
        )

    def visible_to(self, user):
        """Learners see theirs; managers those of the organisations they manage."""
        if not user.is_authenticated:
            return self.none()
        managed = Membership.objects.current().filter(
            user=user, role=Membership.Role.MANAGER
        )
        return self.current().filter(
            Q(learner=user) | Q(organisation__in=managed.values("organisation"))
        )


class Assignment(models.Model):
    """A module that an organisation asks one of its members to finish."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="assignments"
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments"
    )
    module_key = models.UUIDField(db_index=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="assignments_made",
    )
    due_on = models.DateField(_("to be done by"))
    why = models.CharField(_("why"), max_length=300, blank=True)
    assigned_at = models.DateTimeField(default=timezone.now)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "learner", "module_key"],
                name="a_module_is_assigned_once",
                violation_error_message=_("This person already has this module."),
            )
        ]

    def __str__(self):
        return f"{self.learner} {self.due_on}"


def has_progress_under(page):
    """Whether any learner has worked on the steps at or below a page."""
    keys = (
        Page.objects.filter(path__startswith=page.path)
        .order_by()
        .values("translation_key")
    )
    return (
        StepDone.objects.filter(step_key__in=keys).exists()
        or ModuleWork.objects.filter(module_key__in=keys).exists()
        or ScenarioRun.objects.filter(version__step_key__in=keys).exists()
        or Assignment.objects.filter(module_key__in=keys).exists()
        or JournalEntry.objects.filter(step_key__in=keys).exists()
        or Attempt.objects.filter(step_key__in=keys).exists()
    )
