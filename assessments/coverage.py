"""How many questions the placement bank has for each area and level: its holes."""

from dataclasses import dataclass

from django.db.models import Count, Q

from assessments.models import Area, Competence, Question, QuestionVersion
from assessments.models.framework import LEVELS

NEEDED = 2  # for a level of an area
NEEDED_IN_AREA = 15


@dataclass(frozen=True)
class Cell:
    """One level of one area. `french_only` counts those without an English text."""

    level: int
    count: int
    french_only: int

    @property
    def is_hole(self):
        return self.count < NEEDED


@dataclass(frozen=True)
class Row:
    """One area; `competence` is the one of it that has the fewest questions."""

    area: Area
    cells: list[Cell]
    competence: Competence | None

    @property
    def total(self):
        return sum(cell.count for cell in self.cells)

    @property
    def french_only(self):
        return sum(cell.french_only for cell in self.cells)

    @property
    def is_short(self):
        return self.total < NEEDED_IN_AREA

    @property
    def holes(self):
        return [cell for cell in self.cells if cell.is_hole]


def bank_map() -> list[Row]:
    """Return one Row an area, of the questions that a placement can ask today."""
    usable = QuestionVersion.objects.asked().filter(
        question__purpose=Question.Purpose.PLACEMENT
    )
    counts = {
        (row["competence"], row["level"]): (row["count"], row["french_only"])
        for row in usable.order_by()
        .values("competence", "level")
        .annotate(
            count=Count("pk"),
            french_only=Count("pk", filter=~Q(content__has_key="en")),
        )
    }
    return [
        row_of(area, list(area.competences.all()), counts)
        for area in Area.objects.prefetch_related("competences")
    ]


def row_of(area, competences, counts) -> Row:
    def counted(competence, level):
        return counts.get((competence.pk, level), (0, 0))

    def total(competence):
        return sum(counted(competence, level)[0] for level in LEVELS)

    cells = [
        Cell(level, *(sum(n) for n in zip((0, 0), *there, strict=True)))
        for level in LEVELS
        for there in [[counted(competence, level) for competence in competences]]
    ]
    return Row(area, cells, min(competences, key=total, default=None))
