from courses.models.pages import (
    CataloguePage,
    CheckPage,
    CheckQuestion,
    LessonPage,
    ModulePage,
    ScenarioPage,
    Step,
)
from courses.models.progress import (
    Assignment,
    JournalEntry,
    ModuleWork,
    ScenarioRun,
    ScenarioVersion,
    StepDone,
)

__all__ = [
    "Assignment",
    "CataloguePage",
    "CheckPage",
    "CheckQuestion",
    "JournalEntry",
    "LessonPage",
    "ModulePage",
    "ModuleWork",
    "ScenarioPage",
    "ScenarioRun",
    "ScenarioVersion",
    "Step",
    "StepDone",
]
