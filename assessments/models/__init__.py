from assessments.models.attempts import (
    AnswerSum,
    Attempt,
    Calibration,
    Estimate,
    Exposure,
    Parameter,
    ParameterSet,
    Placement,
    Response,
)
from assessments.models.corrections import (
    CorrectedResult,
    KeyCorrection,
    KeyDoubt,
)
from assessments.models.framework import Area, Competence, Level, LevelDescriptor
from assessments.models.questions import Choice, Part, Question, QuestionVersion
from assessments.models.reports import QuestionFigures, QuestionFlag, Report
from assessments.models.review import ReviewItem, ReviewPlan
from assessments.models.self_view import SelfRating, SelfView, Statement

__all__ = [
    "AnswerSum",
    "Area",
    "Attempt",
    "Calibration",
    "Choice",
    "Competence",
    "CorrectedResult",
    "Estimate",
    "Exposure",
    "KeyCorrection",
    "KeyDoubt",
    "Level",
    "LevelDescriptor",
    "Parameter",
    "ParameterSet",
    "Part",
    "Placement",
    "Question",
    "QuestionFigures",
    "QuestionFlag",
    "QuestionVersion",
    "Report",
    "Response",
    "ReviewItem",
    "ReviewPlan",
    "SelfRating",
    "SelfView",
    "Statement",
]
