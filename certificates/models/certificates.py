"""Certificates: the record of what a learner did, frozen the day it is issued."""

import hashlib
import json
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from assessments.models import CorrectedResult
from certificates.addresses import check_address
from certificates.codes import LENGTH, in_fours, make_code
from people.models import Organisation


class CertificateFrozen(Exception):
    """A certificate never changes; only its holder may, who can close her account."""


class AchievementVersion(models.Model):
    """What a certificate rewards, as it stood: never changed once issued.

    `content` holds, in the certificate's language: {"name", "criteria", "minutes",
    "competences": [{"code", "name"}], "digcomp": [{"code", "name"}], "pass_percent"}.
    """

    about = models.UUIDField(db_index=True)
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    content = models.JSONField()
    checksum = models.CharField(max_length=64)
    # For how long certificates of it are valid; None: for ever.
    validity_months = models.PositiveSmallIntegerField(null=True, blank=True)
    # Raised by a trainer when the content changed in substance.
    substance = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["about", "language", "number"],
                name="one_achievement_version_per_number",
            )
        ]

    def __str__(self):
        return f"{self.content['name']} {self.number}"


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Holders see theirs, and nobody else does."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(holder=user)

    def with_state(self):
        """Bring the events along: the state of each row needs no other query."""
        return self.with_changes().prefetch_related("events")

    def with_changes(self):
        """Bring along whether something that a row states has changed since.

        What a line of a path or a history rests on has ended, or the result of a
        placement was worked out again.
        """
        lines = Listing.objects.touched().filter(certificate=OuterRef("pk"))
        results = CorrectedResult.objects.filter(
            attempt=OuterRef("module_key"), made_at__gt=OuterRef("issued_at")
        )
        return self.annotate(has_changes=Exists(lines) | Exists(results))

    def current(self):
        """Those that were neither revoked, replaced nor erased."""
        ended = Event.objects.filter(kind__in=Event.ENDS).values("certificate")
        return self.exclude(pk__in=ended)


class Certificate(models.Model):
    """What one learner did. `facts` holds all that its document says."""

    class Kind(models.TextChoices):
        MODULE = "module", _("Module")
        PATH = "path", _("Path")
        PLACEMENT = "placement", _("Placement")
        ATTENDANCE = "attendance", _("Attendance of a session")
        HISTORY = "history", _("History of training")

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        EXPIRED = "expired", _("Expired")
        REPLACED = "replaced", _("Replaced by another one")
        REVOKED = "revoked", _("Withdrawn")
        ERASED = "erased", _("No longer on record")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(
        _("code"), max_length=LENGTH, unique=True, default=make_code, editable=False
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.MODULE)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="certificates",
        verbose_name=_("holder"),
    )
    # The module, path, session or attempt that it is about; the same in all languages.
    module_key = models.UUIDField(db_index=True, editable=False)
    # Who, what, which time, as a digest: the same deed never gives two certificates.
    # Nobody is found by it without the salt of an account (certificates/deeds.py).
    idempotency_key = models.CharField(max_length=120, unique=True, editable=False)
    # What it proves, as the address of the achievement names it: path/P1/2026-1.
    achieved = models.CharField(max_length=150, blank=True, editable=False)
    # As `facts` froze them; never read from live tables again. Blank once erased.
    facts = models.JSONField(_("facts"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    # In whose name; None is the platform itself.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True
    )
    template_version = models.ForeignKey(
        "certificates.TemplateVersion", on_delete=models.PROTECT, null=True
    )
    achievement = models.ForeignKey(
        AchievementVersion, on_delete=models.PROTECT, null=True
    )
    issued_at = models.DateTimeField(_("issued"), default=timezone.now, editable=False)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    renews = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="renewed_by"
    )
    status_list = models.ForeignKey(
        "certificates.StatusList", on_delete=models.PROTECT, null=True
    )
    status_index = models.PositiveIntegerField(null=True)
    # The one change that the database allows: what names the holder is blanked.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["status_list", "status_index"],
                name="one_place_in_a_status_list",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(holder=None),
                name="erased_certificates_have_no_holder",
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "kind", "module_key"]),
            models.Index(fields=["achieved", "-issued_at"], name="by_achievement"),
        ]

    def __str__(self):
        return self.spaced_code

    def save(self, *args, **kwargs):
        is_new = self._state.adding
        if not is_new and set(kwargs.get("update_fields") or ()) != {"holder"}:
            raise CertificateFrozen(
                f"Certificate {self.code} cannot change: save only its holder, "
                'with update_fields=["holder"].'
            )
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise CertificateFrozen(
            f"Certificate {self.code} is never deleted: revoke it, or erase its holder."
        )

    def get_absolute_url(self):
        return reverse("certificates:detail", args=[self.pk])

    @property
    def spaced_code(self):
        return in_fours(self.code)

    @property
    def check_address(self):
        return check_address(self.code)

    @property
    def facts_sha256(self):
        plain = json.dumps(self.facts, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()

    @cached_property
    def has_changes(self):
        """Whether what it states has changed since; `with_changes` brings it along."""
        own = Certificate.objects.with_changes().filter(pk=self.pk)
        return own.filter(has_changes=True).exists()

    @cached_property
    def ended_lines(self):
        """Return {number of a line: when it ended}, of what no longer stands.

        None instead of the moment: what it rests on was erased.
        """
        if not self.has_changes:
            return {}
        return Listing.objects.filter(certificate=self).ended()

    @cached_property
    def corrected_at(self):
        """Return when the result of a placement was worked out again since, or None."""
        if not self.has_changes or self.kind != self.Kind.PLACEMENT:
            return None
        made = CorrectedResult.objects.filter(attempt=self.module_key)
        return made.latest("made_at").made_at

    def state(self, today=None):
        """Return the State that events and the calendar give; never stored."""
        kinds = {event.kind for event in self.events.all()}
        for kind, state in Event.ENDS.items():
            if kind in kinds:
                return state
        today = today or timezone.localdate()
        is_over = self.valid_until is not None and self.valid_until < today
        return self.State.EXPIRED if is_over else self.State.VALID


class Event(models.Model):
    """Something that happened to a certificate: only ever added."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("Issued")
        RENEWED = "renewed", _("Renewed")
        REPLACED = "replaced", _("Replaced")
        REVOKED = "revoked", _("Withdrawn")
        ERASED = "erased", _("Erased")
        REMINDED = "reminded", _("Holder reminded")
        SIGNED_AGAIN = "signed_again", _("Signed again")

    class Reason(models.TextChoices):
        MISTAKE = "mistake", _("Issued by mistake")
        FRAUD = "fraud", _("Obtained unfairly")
        WITHDRAWN = "withdrawn", _("The training is no longer recognised")
        NAME = "name", _("The name has changed")
        CORRECTION = "correction", _("Something printed was wrong")
        REQUEST = "request", _("At the holder's request")

    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    # For staff; reminders note for how many days before the end they were.
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "kind"],
                condition=Q(kind__in=["issued", "revoked", "replaced", "erased"]),
                name="happens_once_to_a_certificate",
            ),
            models.UniqueConstraint(
                fields=["certificate", "note"],
                condition=Q(kind="reminded"),
                name="one_reminder_of_each_kind",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise CertificateFrozen("Events are only added: add another one.")
        super().save(*args, **kwargs)


# What ends a certificate, in the order in which it is said.
Event.ENDS = {
    Event.Kind.ERASED: Certificate.State.ERASED,
    Event.Kind.REVOKED: Certificate.State.REVOKED,
    Event.Kind.REPLACED: Certificate.State.REPLACED,
}
# Their notes are typed by staff, and may name a person.
Event.NOTED_BY_STAFF = [Event.Kind.REVOKED, Event.Kind.REPLACED]


class ListingQuerySet(models.QuerySet):
    def touched(self):
        """Those whose certificate has ended, were it only to be issued anew."""
        ends = Q(rests_on__events__kind__in=Event.ENDS)
        return self.filter(Q(rests_on=None) | ends)

    def ended(self):
        """Return {number: moment or None} as `Certificate.ended_lines` does.

        A certificate that was issued anew, under another name say, stands: its last one
        counts. One query, and another for each time of being issued anew.
        """
        rows = list(
            self.touched().values_list(
                "number", "rests_on__replaced_by", "rests_on__events__at"
            )
        )
        ended = {}
        while rows:
            ended |= {number: moment for number, later, moment in rows if not later}
            anew = {later: number for number, later, _moment in rows if later}
            ends = Certificate.objects.filter(
                pk__in=anew, events__kind__in=Event.ENDS
            ).values_list("pk", "replaced_by", "events__at")
            rows = [(anew[pk], later, moment) for pk, later, moment in ends]
        return ended


class Listing(models.Model):
    """A line of a path or a history, and the certificate that it rests on.

    `number` counts the lines of `facts["modules"]` from 0. What was erased is cut off:
    `rests_on` is then None.
    """

    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, related_name="listings"
    )
    number = models.PositiveSmallIntegerField()
    rests_on = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, null=True, related_name="listed_in"
    )

    objects = ListingQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "number"], name="one_listing_per_line"
            )
        ]

    def __str__(self):
        return f"{self.certificate_id}: {self.number}"


class CertificateFile(models.Model):
    """A document that was handed out: its hash, and its bytes when it is sealed.

    An unsealed document is drawn again from the facts, byte for byte.
    """

    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, related_name="files"
    )
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField(default=0)
    # The same facts may give other bytes in another version: template and WeasyPrint.
    renderer = models.CharField(max_length=60)
    is_sealed = models.BooleanField(default=False)
    pdf = models.BinaryField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "sha256"], name="one_row_per_handed_out_file"
            )
        ]

    def __str__(self):
        return self.sha256[:12]
