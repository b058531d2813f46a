"""What happens to the files of records. ``subject`` is the record."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class FileAttached(Event):
    """A file was attached; neither its name nor its content is told."""

    name: ClassVar[str] = "records.file_attached"

    media_type: str
    size: int

    def details(self) -> dict[str, Any]:
        return {"media_type": self.media_type, "size": self.size}


@dataclass(frozen=True, kw_only=True)
class FileRemoved(Event):
    """A file was taken away."""

    name: ClassVar[str] = "records.file_removed"

    media_type: str

    def details(self) -> dict[str, Any]:
        return {"media_type": self.media_type}
