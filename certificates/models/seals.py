"""An organisation's electronic seal, off until someone turns it on."""

from django.conf import settings
from django.db import models

from people.models import Organisation


class Seal(models.Model):
    """A PKCS#12 file and its password, encrypted with a key outside the database."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="seal"
    )
    secret = models.BinaryField()
    subject = models.CharField(max_length=200)
    valid_until = models.DateTimeField()
    is_on = models.BooleanField(default=False)
    imported_at = models.DateTimeField(auto_now=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )

    def __str__(self):
        return self.subject
