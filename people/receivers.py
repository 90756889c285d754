from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_delete
from django.dispatch import receiver
from wagtail.models import ModelLogEntry

from people.models import User


@receiver(post_delete, sender=User)
def forget_the_name(instance, **kwargs):
    """The log of the CMS says what was done to an account, and no longer to whom."""
    ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(instance.pk),
    ).update(label="", data={})
