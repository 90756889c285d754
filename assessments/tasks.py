"""What assessments do in the background."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from assessments.models import KeyCorrection


@task()
def tell_learners(correction_id):
    """Write to the learners of whom a range changed after a wrong key."""
    # Here, because `corrections` enqueues this very task.
    from assessments.corrections import changed_learners

    correction = KeyCorrection.objects.get(pk=correction_id)
    for learner, attempt in changed_learners(correction).items():
        with override(learner.language):
            address = settings.SITE_URL.rstrip("/") + attempt.get_absolute_url()
            text = render_to_string(
                "assessments/email/corrected.txt",
                {"learner": learner, "attempt": attempt, "address": address},
            )
            subject = _("One of our questions was wrong: your result changed a little")
            send_mail(subject, text, None, [learner.email])
