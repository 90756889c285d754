"""What a flag of a question means and what to do about it, for trainers."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from assessments.models import QuestionFigures, QuestionFlag, QuestionVersion
from assessments.question_figures import FEWEST_TO_SHOW

FEWEST_ANSWERS = FEWEST_TO_SHOW
Kind = QuestionFlag.Kind


@dataclass(frozen=True)
class Advice:
    """`weight` says how much the flag can bend results: 4 the most."""

    weight: int
    means: str
    to_do: str


ADVICE = {
    Kind.KEY_BEATEN: Advice(
        4,
        _(
            "Of those who do best in the other questions, more chose another answer "
            "than the right one."
        ),
        _(
            "Check the key first. If it is wrong, say so on the page of its figures; "
            "if it is right, make the other answer plainly less good."
        ),
    ),
    Kind.TEMPTING: Advice(
        3,
        _(
            "Those who chose a wrong answer do better elsewhere than those who chose "
            "the right one."
        ),
        _(
            "Read that answer as an expert would: is it right in some cases? Make the "
            "situation more precise, or change the answer."
        ),
    ),
    Kind.GROUPS: Advice(
        3,
        _("At the same level, one group gets it right more often than another."),
        _(
            "Read both languages side by side; look for a word, a tool or a habit that "
            "only one group knows. If nothing explains it, retire the question."
        ),
    ),
    Kind.DRIFT: Advice(
        3,
        _("It has become easier or harder than it was."),
        _(
            "Easier: its answer may be going round, so write a parallel question. "
            "Harder: a screen, a name or a rule may have changed."
        ),
    ),
    Kind.MISFIT: Advice(
        2,
        _(
            "Learners well above its level get it wrong, or learners well below get it "
            "right, more often than expected."
        ),
        _(
            "Look for a trap in the wording, or for a clue that gives the answer away "
            "without the competence."
        ),
    ),
    Kind.WEAK_LINK: Advice(
        2,
        _("Getting it right says little about the rest."),
        _("Check that it measures its competence, and one thing only."),
    ),
    Kind.DEAD: Advice(
        1,
        _("Fewer than one in twenty chose one of its answers."),
        _("Replace that answer with a mistake that people really make."),
    ),
}


def advice_of(flags):
    """Return [(flag, Advice)], the most serious first."""
    found = [(flag, ADVICE[flag.kind]) for flag in flags]
    return sorted(found, key=lambda pair: -pair[1].weight)


def questions_to_review():
    """Return the figures of flagged questions, those that weigh most first.

    Only of the newest version of published questions whose key holds: the others are
    not asked any more. Weight: the number of answers times the most serious flag.
    """
    figures = (
        QuestionFigures.objects.filter(
            question_version__in=QuestionVersion.objects.asked().values("pk"),
            answer_count__gte=FEWEST_ANSWERS,
            flags__isnull=False,
        )
        .distinct()
        .select_related("question_version__question__competence")
        .prefetch_related("flags")
    )
    return sorted(figures, key=weight_of)


def weight_of(figures):
    serious = max(ADVICE[flag.kind].weight for flag in figures.flags.all())
    return -figures.answer_count * serious, figures.question_version.question.reference
