from assessments.models.attempts import (
    Attempt,
    Exposure,
    Parameter,
    ParameterSet,
    Placement,
    Response,
)
from assessments.models.framework import Area, Competence, Level, LevelDescriptor
from assessments.models.questions import Choice, Question, QuestionVersion

__all__ = [
    "Area",
    "Attempt",
    "Choice",
    "Competence",
    "Exposure",
    "Level",
    "LevelDescriptor",
    "Parameter",
    "ParameterSet",
    "Placement",
    "Question",
    "QuestionVersion",
    "Response",
]
