"""A page of the trainers, in the frame of the CMS."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import Question


def question_address(name, *question):
    """Return the address of a page about a question, or about all of them."""
    url_name = Question.snippet_viewset.get_url_name(name)
    return reverse(url_name, args=[one.pk for one in question])


def page(request, template, title, question=None, parents=(), **context):
    """Return the response; `parents` are (address, label) between question and page.

    A page about the whole bank stands beside the list of questions, not below it.
    """
    crumbs = [(reverse("wagtailadmin_home"), _("Home"))]
    if question:
        crumbs += [
            (question_address("list"), _("Questions")),
            (question_address("edit", question), question.reference),
        ]
    crumbs += [*parents, ("", title)]
    frame = {
        "header_title": f"{question.reference}: {title}" if question else title,
        "header_icon": "help",
        "breadcrumbs_items": [{"url": url, "label": label} for url, label in crumbs],
        "question": question,
    }
    return render(request, template, frame | context)
