from courses.models.pages import (
    CataloguePage,
    CheckPage,
    CheckQuestion,
    LessonPage,
    ModulePage,
    ScenarioPage,
    Step,
)
from courses.models.paths import PathModule, PathPage
from courses.models.progress import (
    Assignment,
    JournalEntry,
    ModuleWork,
    ScenarioRun,
    ScenarioVersion,
    StepDone,
)
from courses.models.sessions import Attendance, LiveSession

__all__ = [
    "Assignment",
    "Attendance",
    "CataloguePage",
    "CheckPage",
    "CheckQuestion",
    "JournalEntry",
    "LessonPage",
    "LiveSession",
    "ModulePage",
    "ModuleWork",
    "PathModule",
    "PathPage",
    "ScenarioPage",
    "ScenarioRun",
    "ScenarioVersion",
    "Step",
    "StepDone",
]
