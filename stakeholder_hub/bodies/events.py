"""What happens to the register of bodies."""

from typing import ClassVar

from stakeholder_hub.kernel.events import Event


class BodyRegistered(Event):
    """An organisation or a group stands in the register."""

    name: ClassVar[str] = "bodies.registered"


class BodyChanged(Event):
    """A body was described anew: its remit, its service standard, its end."""

    name: ClassVar[str] = "bodies.changed"


class CompetencesChanged(Event):
    """What a body may decide was written down anew."""

    name: ClassVar[str] = "bodies.competences_changed"


class LevelCompetencesChanged(Event):
    """What the levels usually may do in a place was written down anew. The subject is the place."""

    name: ClassVar[str] = "bodies.level_competences_changed"


class BodyArchived(Event):
    """A body was taken out of the register: it can neither be asked nor act."""

    name: ClassVar[str] = "bodies.archived"


class BodyRestored(Event):
    """A body stands in the register again."""

    name: ClassVar[str] = "bodies.restored"


class BodyEnding(Event):
    """A body ends soon; its coordinators are told."""

    name: ClassVar[str] = "bodies.ending"
