from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from assessments import pictures
from assessments.documents import MARK
from assessments.forms import AnswerForm
from assessments.models import Attempt, QuestionVersion, Response
from assessments.models.questions import content_of
from assessments.question_rules import problems_of
from assessments.reviewed import reviewed

register = template.Library()


@register.filter
def marks(text):
    """Return a text whose places [1], [2]… are badges, read as “place 1”."""
    return mark_safe(MARK.sub(badge, escape(text)))  # noqa: S308


def badge(found):
    said = _("place %(number)s") % {"number": found[1]}
    return format_html(
        '<b class="tag"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></b>',
        found[1],
        said,
    )


@register.simple_tag
def preview_of(question, language):
    """Return a question as learners would get it, though it may be unfinished."""
    content = content_of(question)
    if question.picture:
        pictures.keep(question.picture)
    version = QuestionVersion(kind=question.kind, content=content)
    attempt = Attempt(seed=0)
    response = Response(attempt=attempt, position=1, question_version=version)
    return {
        "form": AnswerForm(attempt, response, language),
        "response": response,
        "review": reviewed(attempt, response, language),
        "problems": problems_of(content, question.kind),
        "language": language if version.has_language(language) else "fr",
    }
