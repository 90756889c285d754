"""The form in which trainers write a question: groups of fields, with their help."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)

from assessments.admin_forms import QuestionForm

MEASURED = MultiFieldPanel(
    [
        FieldRowPanel([FieldPanel("reference"), FieldPanel("purpose")]),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("level")]),
        FieldPanel("competence"),
        FieldPanel("topic"),
        FieldPanel("is_wording_only"),
    ],
    heading=_("What it measures"),
)
KINDS = HelpPanel(
    template="assessments/admin/kinds_help.html",
    heading=_("What each kind of question needs"),
)
STEM = MultiFieldPanel(
    [
        FieldPanel("stem_fr", help_text=_("For a short scenario: the situation.")),
        FieldPanel("stem_en"),
    ],
    heading=_("Question"),
)
DOCUMENT = MultiFieldPanel(
    [FieldPanel("document_fr"), FieldPanel("document_en")],
    heading=_("E-mail or document to read (optional, for any kind)"),
    classname="collapsed",
)
PICTURE = MultiFieldPanel(
    [
        FieldPanel(
            "picture",
            help_text=_("A drawing (SVG) or a photograph without anybody's data."),
        ),
        FieldPanel("picture_alt_fr"),
        FieldPanel("picture_alt_en"),
    ],
    heading=_("Picture (needed for places on a picture)"),
    classname="collapsed",
)
PARTS = InlinePanel(
    "parts",
    label=_("Linked question"),
    heading=_("Linked questions (two or three, for a short scenario only)"),
    max_num=3,
    panels=[FieldPanel("stem_fr"), FieldPanel("stem_en")],
)
CHOICES = InlinePanel(
    "choices",
    label=_("Answer"),
    heading=_("Answers, each with its explanation"),
    min_num=2,
    max_num=12,
    panels=[
        FieldPanel("text_fr"),
        FieldPanel("why_fr"),
        FieldPanel(
            "is_right",
            help_text=_(
                "For one or several right answers, a place on the picture, a linked "
                "question. For a short answer: each form that is accepted."
            ),
        ),
        FieldPanel("text_en"),
        FieldPanel("why_en"),
        FieldRowPanel([FieldPanel("match_fr"), FieldPanel("match_en")]),
        FieldRowPanel(
            [FieldPanel("spot_x"), FieldPanel("spot_y")],
            help_text=_("For places on a picture only: two numbers from 0 to 100."),
        ),
        FieldPanel("part", help_text=_("For a short scenario only: 1, 2 or 3.")),
    ],
)
QUESTION_FORM = ObjectList(
    [MEASURED, KINDS, STEM, DOCUMENT, PICTURE, PARTS, CHOICES],
    base_form_class=QuestionForm,
)
