"""Certificates: the record of what a learner finished, frozen the day it is issued."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.addresses import check_address
from certificates.codes import LENGTH, in_fours, make_code


class CertificateFrozen(Exception):
    """A certificate never changes; only its holder may, who can close her account."""


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Holders see theirs, and nobody else does."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(holder=user)


class Certificate(models.Model):
    """What one learner finished. `facts` holds all that its document says."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(
        _("code"), max_length=LENGTH, unique=True, default=make_code, editable=False
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="certificates",
        verbose_name=_("holder"),
    )
    module_key = models.UUIDField(db_index=True, editable=False)
    # As `issue.facts_of` froze them; never read from live tables again.
    facts = models.JSONField(_("facts"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    issued_at = models.DateTimeField(_("issued"), default=timezone.now, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "module_key"],
                name="one_certificate_per_holder_and_module",
                violation_error_message=_("This person already has this attestation."),
            )
        ]

    def __str__(self):
        return f"{self.facts['module_code']} {self.spaced_code}"

    def save(self, *args, **kwargs):
        is_new = self._state.adding
        if not is_new and set(kwargs.get("update_fields") or ()) != {"holder"}:
            raise CertificateFrozen(
                f"Certificate {self.code} cannot change: save only its holder, "
                'with update_fields=["holder"].'
            )
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("certificates:detail", args=[self.pk])

    @property
    def spaced_code(self):
        return in_fours(self.code)

    @property
    def check_address(self):
        return check_address(self.code)


class CertificateFile(models.Model):
    """The document of a certificate, as it was first drawn."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.CASCADE, related_name="file"
    )
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # The same facts may give other bytes in another version: template and WeasyPrint.
    renderer = models.CharField(max_length=60)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.sha256[:12]
