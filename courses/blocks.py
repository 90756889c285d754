"""What a lesson is made of. Each block is a struct, so that its fields have labels."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


def texts(label):
    return blocks.ListBlock(blocks.CharBlock(label=label), label=label)


class LessonBlock(blocks.StructBlock):
    class Meta:
        abstract = True

    def get_template(self, value=None, context=None):
        name = type(self).__name__.removesuffix("Block").lower()
        return f"courses/blocks/{name}.html"


class TextBlock(LessonBlock):
    text = blocks.RichTextBlock(
        label=_("Text"), features=["h2", "h3", "bold", "italic", "ul", "ol", "link"]
    )

    class Meta:
        label = _("Text")
        icon = "pilcrow"


class FactBlock(LessonBlock):
    text = blocks.TextBlock(label=_("Fact or figure"))
    year = blocks.CharBlock(label=_("Year"), max_length=20)
    source = blocks.CharBlock(label=_("Source"))
    sample = blocks.CharBlock(
        label=_("Sample"),
        required=False,
        help_text=_("Who was asked, how many. Needed beside any survey figure."),
    )
    checked_on = blocks.DateBlock(label=_("Checked on"), required=False)

    class Meta:
        label = _("Fact, with its date and source")
        icon = "info-circle"


class LegalBlock(LessonBlock):
    text = blocks.TextBlock(label=_("Rule"))
    source = blocks.CharBlock(label=_("Source"))
    country = blocks.CharBlock(label=_("Country"), default="France")
    checked_on = blocks.DateBlock(label=_("Checked on"))
    review_on = blocks.DateBlock(label=_("To be checked again on"))

    class Meta:
        label = _("Rule of law or of a public scheme")
        icon = "site"


class EstimateBlock(LessonBlock):
    question = blocks.TextBlock(label=_("Question"))
    answer = blocks.TextBlock(label=_("Answer, opened on request"))

    class Meta:
        label = _("Guess, then see")
        icon = "help"


class DialogueBlock(LessonBlock):
    lines = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("who", blocks.CharBlock(label=_("Who"))),
                ("says", blocks.TextBlock(label=_("Says"))),
            ],
            label=_("Line"),
        ),
        label=_("Lines"),
    )

    class Meta:
        label = _("Dialogue")
        icon = "openquote"


class PhrasesBlock(LessonBlock):
    say = texts(_("Sentences that help"))
    avoid = texts(_("Sentences that hinder"))
    why = blocks.TextBlock(label=_("Why"), required=False)

    class Meta:
        label = _("Say, rather than")
        icon = "comment"


class StepsBlock(LessonBlock):
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("do", blocks.CharBlock(label=_("Do"))),
                ("why", blocks.CharBlock(label=_("Why"), required=False)),
            ],
            label=_("Step"),
        ),
        label=_("Steps"),
    )

    class Meta:
        label = _("Steps, numbered")
        icon = "list-ol"


class SituationBlock(LessonBlock):
    text = blocks.TextBlock(label=_("Situation"))
    question = blocks.CharBlock(label=_("Question"))
    answer = blocks.TextBlock(label=_("Answer, opened on request"))

    class Meta:
        label = _("Situation")
        icon = "user"


class CompareBlock(LessonBlock):
    columns = texts(_("Columns (the first one names the rows)"))
    rows = blocks.ListBlock(texts(_("Cells")), label=_("Rows"))

    class Meta:
        label = _("Comparison")
        icon = "table"


class ChecklistBlock(LessonBlock):
    title = blocks.CharBlock(label=_("Title"))
    items = texts(_("To tick"))

    class Meta:
        label = _("Checklist to print")
        icon = "tasks"


class RememberBlock(LessonBlock):
    items = texts(_("Points"))

    class Meta:
        label = _("To remember")
        icon = "pin"


class TryBlock(LessonBlock):
    text = blocks.TextBlock(label=_("One small thing to try"))

    class Meta:
        label = _("Try at work")
        icon = "pick"


class ReflectionBlock(LessonBlock):
    prompt = blocks.TextBlock(label=_("Question to oneself"))

    class Meta:
        label = _("Private reflection")
        icon = "edit"


class PictureBlock(LessonBlock):
    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("What the picture shows, for those who cannot see it")
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False)

    class Meta:
        label = _("Picture")
        icon = "image"


LESSON_BLOCKS = [
    ("text", TextBlock()),
    ("fact", FactBlock()),
    ("legal", LegalBlock()),
    ("estimate", EstimateBlock()),
    ("dialogue", DialogueBlock()),
    ("phrases", PhrasesBlock()),
    ("steps", StepsBlock()),
    ("situation", SituationBlock()),
    ("compare", CompareBlock()),
    ("checklist", ChecklistBlock()),
    ("remember", RememberBlock()),
    ("try", TryBlock()),
    ("reflection", ReflectionBlock()),
    ("picture", PictureBlock()),
]


class ChoiceBlock(blocks.StructBlock):
    say = blocks.TextBlock(label=_("What the learner says"))
    to = blocks.CharBlock(label=_("Leads to"), help_text=_("A moment or an ending."))
    effects = blocks.CharBlock(
        label=_("Effects"),
        required=False,
        help_text=_("For example: trust +1, clarity -1"),
    )
    comment = blocks.TextBlock(label=_("Comment, for the debrief"))

    class Meta:
        label = _("Choice")


class MomentBlock(blocks.StructBlock):
    id = blocks.CharBlock(label=_("Name"), max_length=30)
    heard = blocks.TextBlock(label=_("What is heard"))
    screen = blocks.TextBlock(
        label=_("What the other person's screen really shows, for the debrief")
    )
    choices = blocks.ListBlock(ChoiceBlock(), label=_("Choices"), min_num=2, max_num=4)

    class Meta:
        label = _("Moment of the call")
        icon = "mobile-alt"


class EndingBlock(blocks.StructBlock):
    id = blocks.CharBlock(label=_("Name"), max_length=30)
    title = blocks.CharBlock(label=_("Title"))
    text = blocks.TextBlock(label=_("What happened"))
    is_success = blocks.BooleanBlock(label=_("The aim is reached"), required=False)
    advice = blocks.TextBlock(label=_("To keep, or to try another way"))

    class Meta:
        label = _("Ending")
        icon = "check"


class MeasureBlock(blocks.StructBlock):
    key = blocks.CharBlock(label=_("Name used in effects"), max_length=20)
    name = blocks.CharBlock(label=_("Name shown"))
    start = blocks.IntegerBlock(label=_("At the start"), min_value=0, max_value=5)
    max = blocks.IntegerBlock(label=_("At most"), min_value=1, max_value=5)
    low = blocks.TextBlock(label=_("Sentence when it ends low"))
    high = blocks.TextBlock(label=_("Sentence when it ends high"))

    class Meta:
        label = _("What moves during the call")
        icon = "order"
