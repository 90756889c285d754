"""The pages about the whole bank: its holes, what to review, how well it measures."""

from collections import Counter

from django.db.models import Sum
from django.utils.translation import gettext as _

from assessments.admin.figures import percent
from assessments.admin.flags import FEWEST_ANSWERS, advice_of, questions_to_review
from assessments.admin.listing import figures_url
from assessments.admin.page import page, question_address
from assessments.admin.permissions import can_read_bank, only_if
from assessments.admin.reports import latest_reports
from assessments.bank import newest_calibration, parameters_in_force
from assessments.coverage import NEEDED, NEEDED_IN_AREA, bank_map
from assessments.exposure import met_counts
from assessments.models import (
    AnswerSum,
    Attempt,
    QuestionVersion,
)
from assessments.placement import LAUNCH

BUSIEST = 10


@only_if(can_read_bank)
def holes(request):
    drawn = map_context()
    return page(
        request,
        "assessments/admin/holes.html",
        _("Map of the bank"),
        has_holes=any(row.holes for row in drawn["rows"]),
        **drawn,
    )


def map_context():
    """Return what `assessments/admin/components/bank_map.html` needs."""
    return {
        "rows": bank_map(),
        "needed": NEEDED,
        "needed_in_area": NEEDED_IN_AREA,
        "list_url": question_address("list"),
        "add_url": question_address("add"),
    }


@only_if(can_read_bank)
def to_review(request):
    flagged = [
        {
            "figures": figures,
            "question": figures.question_version.question,
            "advice": advice_of(figures.flags.all()),
            "url": figures_url(figures.question_version.question),
        }
        for figures in questions_to_review()
    ]
    return page(
        request,
        "assessments/admin/to_review.html",
        _("To review first"),
        flagged=flagged,
        fewest=FEWEST_ANSWERS,
    )


@only_if(can_read_bank)
def measure(request):
    parameters = parameters_in_force()
    return page(
        request,
        "assessments/admin/measure.html",
        _("The measure"),
        parameters=parameters,
        next_calibration=next_calibration(parameters),
        question_count=parameters.parameters.count() if parameters else 0,
        counted=AnswerSum.objects.aggregate(count=Sum("answer_count"))["count"] or 0,
        reports=latest_reports(),
        **busiest_questions(),
    )


def next_calibration(parameters):
    """Return the calibration that the next placement begins with; None when in force.

    `parameters` is the set of difficulties in use, or None.
    """
    newest = newest_calibration()
    in_force = parameters and parameters.calibration_id
    return None if newest is None or newest.pk == in_force else newest


def busiest_questions():
    """Return the questions that most of the last placements asked, with their share."""
    last = Attempt.objects.placements().finished().order_by("-finished_at")
    attempts = list(last.only("pk")[: LAUNCH.exposure_window])
    if len(attempts) < FEWEST_ANSWERS:
        return {"placement_count": len(attempts), "busiest": []}
    counts = Counter(met_counts(attempts)).most_common(BUSIEST)
    versions = QuestionVersion.objects.defer("content").select_related("question")
    found = versions.in_bulk([pk for pk, _count in counts])
    return {
        "placement_count": len(attempts),
        "busiest": [
            {
                "question": found[pk].question,
                "url": figures_url(found[pk].question),
                "words": _("asked by %(share)s")
                % {"share": percent(count / len(attempts))},
            }
            for pk, count in counts
        ],
    }
