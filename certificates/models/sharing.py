"""Links by which a holder shows documents to someone, for a while."""

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone

from certificates.models.certificates import Certificate


def make_token():
    return secrets.token_urlsafe(24)


class ShareLinkQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Holders see their own links; who has a link does not need to find it."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(holder=user)

    def open(self):
        return self.filter(ends_at__gt=timezone.now())


class ShareLink(models.Model):
    token = models.CharField(max_length=40, unique=True, default=make_token)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="share_links"
    )
    certificates = models.ManyToManyField(Certificate)
    # For whom, in the holder's own words; never shown to them.
    label = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self):
        return f"{self.ends_at:%Y-%m-%d}"
