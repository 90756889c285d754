"""Placement: responses in, a range of levels and the next question out.

Pure functions over arrays: no database, no clock, no request. The same arrays and
the same random generator always give the same result, so an attempt replays exactly.

The model (docs/placement.md): each area of the framework has its own position on one
scale of eight levels; the areas share a common factor. A question is a row of five
numbers (difficulty and its uncertainty, log slope and its uncertainty, share of lucky
guesses); both uncertainties are integrated out of the answer probability. Positions
are in logits inside this package and never leave it: people are shown levels.

    settings    every constant, versioned, stored with each attempt
    tables      what is believed before the answers, and the questions
    believing   answers in, where the learner stands out
    choosing    the next question, and how often one may be seen
    ending      when to stop, and the range to say
"""

from .believing import (
    Posterior,
    guessing_share,
    overall_prior_sd,
    posterior,
    prior_after,
    probability_of_progress,
    widened,
)
from .choosing import Choice, candidates, choose, next_exposure, open_areas, withheld
from .ending import LevelRange, area_range, level_range, questions_to_go, stop_reason
from .settings import (
    LAUNCH,
    LEVEL_COUNT,
    TINY,
    Settings,
    SharedFactor,
    author_difficulty,
    guessing,
    level_middle,
)
from .tables import Bank, Prior

__all__ = [
    "LAUNCH",
    "LEVEL_COUNT",
    "TINY",
    "Bank",
    "Choice",
    "LevelRange",
    "Posterior",
    "Prior",
    "Settings",
    "SharedFactor",
    "area_range",
    "author_difficulty",
    "candidates",
    "choose",
    "guessing",
    "guessing_share",
    "level_middle",
    "level_range",
    "next_exposure",
    "open_areas",
    "overall_prior_sd",
    "posterior",
    "prior_after",
    "probability_of_progress",
    "questions_to_go",
    "stop_reason",
    "widened",
    "withheld",
]
