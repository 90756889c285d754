"""What ties certificates to a person for us, and for nobody after her."""

import secrets

from django.conf import settings
from django.db import connection, models

ENSURE = """INSERT INTO certificates_holdersalt (holder_id, salt) VALUES (%s, %s)
ON CONFLICT (holder_id) DO UPDATE SET holder_id = excluded.holder_id RETURNING salt"""


class HolderSaltManager(models.Manager):
    def ensure(self, holder):
        """Return the salt of a holder, drawn now unless there is one: one query.

        In one statement: of two that draw at once, both get the same.
        """
        with connection.cursor() as cursor:
            cursor.execute(ENSURE, [holder.pk, secrets.token_hex(32)])
            return cursor.fetchone()[0]


class HolderSalt(models.Model):
    """A secret of each holder that goes with the account.

    The keys of certificates are digests of it (certificates/deeds.py): while the
    account stands, the site knows a deed again and issues nothing twice; once the
    account is closed, no key leads back to anybody.
    """

    # No way back: the export of a person's data follows these.
    holder = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
    )
    salt = models.CharField(max_length=64)

    objects = HolderSaltManager()

    def __str__(self):
        return str(self.holder_id)
