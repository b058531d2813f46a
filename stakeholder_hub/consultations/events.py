"""What happens to consultations. ``subject`` is always the consultation."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class WordsChanged(Event):
    """Whatever changes what a consultation says, and with it how it is found."""

    name: ClassVar[str] = "consultations.words_changed"


@dataclass(frozen=True, kw_only=True)
class ConsultationCreated(WordsChanged):
    """A draft was made; ``copied_from`` is the reference of the one it was copied from."""

    name: ClassVar[str] = "consultations.created"

    copied_from: str | None = None

    def details(self) -> dict[str, Any]:
        return {"copied_from": self.copied_from} if self.copied_from else {}


@dataclass(frozen=True, kw_only=True)
class ConsultationEdited(WordsChanged):
    """Title, question, background or another setting was changed; ``fields`` names which."""

    name: ClassVar[str] = "consultations.edited"

    fields: tuple[str, ...] = ()

    def details(self) -> dict[str, Any]:
        return {"fields": list(self.fields)}


@dataclass(frozen=True, kw_only=True)
class ConsultationTranslated(WordsChanged):
    """Texts were translated into ``language``."""

    name: ClassVar[str] = "consultations.translated"

    language: str

    def details(self) -> dict[str, Any]:
        return {"language": self.language}


@dataclass(frozen=True, kw_only=True)
class PhasesChanged(Event):
    """The timeline was changed."""

    name: ClassVar[str] = "consultations.phases_changed"

    phases: int = 0

    def details(self) -> dict[str, Any]:
        return {"phases": self.phases}


@dataclass(frozen=True, kw_only=True)
class ConsultationPublished(Event):
    """It can be read by its audience from now on."""

    name: ClassVar[str] = "consultations.published"


@dataclass(frozen=True, kw_only=True)
class ConsultationClosed(Event):
    """Nobody can take part any more."""

    name: ClassVar[str] = "consultations.closed"


@dataclass(frozen=True, kw_only=True)
class ConsultationReopened(Event):
    """It was closed and runs again."""

    name: ClassVar[str] = "consultations.reopened"


@dataclass(frozen=True, kw_only=True)
class ConsultationArchived(Event):
    """It was put away; it stays readable."""

    name: ClassVar[str] = "consultations.archived"


@dataclass(frozen=True, kw_only=True)
class ConsultationRestored(Event):
    """It was fetched back from the archive."""

    name: ClassVar[str] = "consultations.restored"


@dataclass(frozen=True, kw_only=True)
class PhaseBegan(Event):
    """The clock has opened a phase; ``position`` counts from 0."""

    name: ClassVar[str] = "consultations.phase_began"

    position: int = 0

    def details(self) -> dict[str, Any]:
        return {"position": self.position}
