from django.dispatch import receiver
from wagtail.signals import published

from assessments.models import Question


@receiver(published, sender=Question)
def freeze_published_question(instance, **kwargs):
    """Learners get a frozen version: Wagtail's own revisions can be rewritten."""
    instance.freeze()
