"""What assessments do in the background."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from assessments.models import Attempt
from assessments.results import date_of


@task()
def tell_learner(attempt_id):
    """Write to the learner of a placement that what it said has changed."""
    attempt = Attempt.objects.select_related("learner").get(pk=attempt_id)
    with override(attempt.learner.language):
        text = render_to_string(
            "assessments/email/corrected.txt",
            {
                "told_on": date_of(attempt),
                "has_result": attempt.placements.exists(),
                "address": settings.SITE_URL.rstrip("/") + attempt.get_absolute_url(),
            },
        )
        subject = _("One of our questions was wrong: your result changed a little")
        send_mail(subject, text, None, [attempt.learner.email])
