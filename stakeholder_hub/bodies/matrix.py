"""Who may decide what in a place: topics by levels, with the bodies there and what their competence rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from stakeholder_hub.bodies.models import Body, Competence, LevelCompetence, Topic
from stakeholder_hub.bodies.queries import bodies_over, level_competences_over
from stakeholder_hub.territories.models import Level, Territory


@dataclass
class Cell:
    """What one level may do about one topic: bodies by their own competence, and what the level usually may do."""

    bodies: list[tuple[Body, Competence]] = field(default_factory=list)
    usual: LevelCompetence | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not self.bodies and self.usual is None


@dataclass(frozen=True)
class Matrix:
    """The levels that are heads of columns, and for each topic of which something is known a cell for each level."""

    levels: Sequence[Level]
    rows: Sequence[tuple[Topic, Sequence[Cell]]]
    unknown: Sequence[Topic]


def matrix_of(place: Territory) -> Matrix:
    """What is known for a place: from its own bodies and those of all it lies in. Three statements."""
    cells: dict[Topic, dict[Level, Cell]] = {topic: {} for topic in Topic}
    for usual in level_competences_over(place):
        cells[usual.topic].setdefault(usual.level, Cell()).usual = usual
    for body in bodies_over(place):
        for competence in body.competences:
            cell = cells[competence.topic].setdefault(body.territory.level, Cell())
            cell.bodies.append((body, competence))
    levels = [level for level in Level if any(level in known for known in cells.values())]
    for known in cells.values():
        for cell in known.values():
            cell.bodies.sort(key=lambda pair: (pair[1].strength.rank, pair[0].id))
    rows = [
        (topic, [known.get(level, Cell()) for level in levels]) for topic, known in cells.items() if known
    ]
    return Matrix(levels, rows, [topic for topic, known in cells.items() if not known])
