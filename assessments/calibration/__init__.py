"""Calibration: answers in, what each question is worth out.

Pure functions over arrays: no database, no clock, no request. Each finished attempt
adds its beliefs to the sums of the questions that it answered; from the sums of all
attempts, `maximise` finds the difficulty and the slope of every question in one go.
Positions, difficulties and their standard deviations are in logits and never leave
the platform's own pages for trainers. Sections are those of docs/placement.md.

    estimates   what is believed of questions, and the scale kept in place
    sums        what answers have said so far (the E step)
    questions   sums in, the most likely difficulty and slope out (the M step)
    learners    what learners are like as a whole
    fitting     both steps until they agree
"""

from assessments.beliefs import Answers

from .estimates import (
    FEWEST_TO_LINK,
    FEWEST_TO_PUBLISH,
    SMALLEST_MOVE,
    Estimates,
    link,
    moved,
)
from .fitting import Fit, fit
from .learners import (
    FEWEST_ATTEMPTS,
    LOWEST_PRIOR_SD,
    PopulationEstimate,
    estimate_population,
)
from .questions import SD_INFLATION, maximise
from .sums import Population, Sums, expect, sums_of_attempt

__all__ = [
    "FEWEST_ATTEMPTS",
    "FEWEST_TO_LINK",
    "FEWEST_TO_PUBLISH",
    "LOWEST_PRIOR_SD",
    "SD_INFLATION",
    "SMALLEST_MOVE",
    "Answers",
    "Estimates",
    "Fit",
    "Population",
    "PopulationEstimate",
    "Sums",
    "estimate_population",
    "expect",
    "fit",
    "link",
    "maximise",
    "moved",
    "sums_of_attempt",
]
