from django.dispatch import receiver
from wagtail.models import Page

from assessments.signals import check_finished
from courses.progress import mark_done


@receiver(check_finished)
def note_passed_check(attempt, **kwargs):
    """A passed check is a step done; it may end the module, in one transaction."""
    if not attempt.is_passed:
        return
    pages = Page.objects.filter(translation_key=attempt.step_key, live=True)
    in_language = pages.filter(locale__language_code=attempt.language)
    page = in_language.first() or pages.first()
    if page is not None:
        mark_done(attempt.learner, page.specific, attempt)
