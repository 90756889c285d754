"""What signs certificates for machines: keys, credentials, status lists."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models.certificates import Certificate
from people.models import Organisation

STATUS_LIST_SIZE = 131_072


class SigningKey(models.Model):
    """An Ed25519 pair; the secret half is encrypted with a key outside the database."""

    class State(models.TextChoices):
        NEXT = "next", _("Published, not used yet")
        ACTIVE = "active", _("Signs")
        RETIRED = "retired", _("Still verifies")
        COMPROMISED = "compromised", _("No longer trusted")

    # None: the platform itself.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True
    )
    name = models.CharField(max_length=60)  # "certificates-2026-1"
    public = models.CharField(max_length=60)  # multikey
    secret = models.BinaryField()  # PKCS#8, encrypted
    state = models.CharField(max_length=12, choices=State)
    made_at = models.DateTimeField(default=timezone.now)
    active_from = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], name="one_key_per_name"
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(organisation=None),
                name="one_key_per_name_of_the_platform",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state="active"),
                name="one_active_key",
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state="active", organisation=None),
                name="one_active_key_of_the_platform",
            ),
        ]

    def __str__(self):
        return self.name


class StatusList(models.Model):
    """131,072 places, one a credential: a bit that is set says "withdrawn"."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True
    )
    number = models.PositiveIntegerField()
    # Signed again each time a bit is set: {"text", …}; blank until first signed.
    signed = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="one_status_list_per_number"
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(organisation=None),
                name="one_status_list_per_number_of_the_platform",
            ),
        ]

    def __str__(self):
        return f"{self.number}"


class Credential(models.Model):
    """A certificate signed as an Open Badge; signed again, it is another row."""

    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, related_name="credentials"
    )
    signing_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT)
    text = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "signing_key"], name="one_credential_per_key"
            )
        ]

    def __str__(self):
        return f"{self.certificate_id}: {self.signing_key}"
