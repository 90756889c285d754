"""Looking closer at an area: what the page of a result offers, area by area."""

import math
from dataclasses import dataclass

from assessments.attempts import questions_left
from assessments.bank import tables
from assessments.models import Area
from assessments.starting import ROUNDS

MINUTES_A_QUESTION = 0.75


@dataclass(frozen=True)
class Offer:
    """The next round of questions about one area of a result."""

    area: Area
    round: int  # from 1; more than 2 when both are done
    question_count: int  # 0 when no question is left

    @property
    def is_done(self):
        return self.round > ROUNDS

    @property
    def minutes(self):
        return math.ceil(self.question_count * MINUTES_A_QUESTION)


def offers_of(found, areas, language):
    """Return the Offer of each area of a result.

    `areas` are the AreaResult of the placement `found`, as `results.areas_of` gives
    them.
    """
    settings = tables(found.parameter_set_id).bank.settings
    asked = [settings.closer_first, settings.closer_second, 0]
    left = questions_left(found, language)
    return [
        Offer(
            area=reached.area,
            round=reached.rounds + 1,
            question_count=min(asked[reached.rounds], left[reached.area.code]),
        )
        for reached in areas
    ]
