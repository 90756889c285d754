"""The electronic seal of an organisation, or of the platform: off until turned on."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from certificates.sealing import Problem
from people.models import Organisation

SOON = timedelta(days=60)  # to order a seal from a trust service takes some weeks


class SealQuerySet(models.QuerySet):
    def that_seals(self, certificate):
        """Those turned on, of the organisation in whose name a certificate stands."""
        return self.filter(is_on=True, organisation=certificate.organisation_id)


class Seal(models.Model):
    """What was in a PKCS#12 file, encrypted with a key outside the database.

    The password of the file is not kept.
    """

    # None: the platform itself.
    organisation = models.OneToOneField(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="seal",
    )
    secret = models.BinaryField()
    subject = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    is_on = models.BooleanField(default=False)
    imported_at = models.DateTimeField(default=timezone.now)
    # No way back: the export of a person's data follows these, and would hold secrets.
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # Why the last document stayed without it, as a `Problem`; blank when it got it.
    problem = models.CharField(max_length=20, blank=True)
    problem_at = models.DateTimeField(null=True, blank=True)

    objects = SealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Coalesce("organisation", 0), name="one_seal_each"),
        ]

    def __str__(self):
        return self.subject

    @property
    def owner(self):
        return self.organisation or settings.WAGTAIL_SITE_NAME

    @property
    def problem_in_words(self):
        return Problem(self.problem).label if self.problem else ""

    @property
    def has_ended(self):
        return timezone.now() > self.valid_until

    @property
    def ends_soon(self):
        return not self.has_ended and timezone.now() + SOON > self.valid_until
