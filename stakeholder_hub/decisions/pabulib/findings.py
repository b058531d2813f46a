"""What is odd in a file: told once for each kind of oddity, with the first place and how often."""

from dataclasses import replace

from stakeholder_hub.decisions.pabulib.errors import PabulibError
from stakeholder_hub.decisions.pabulib.file import FileWarning
from stakeholder_hub.kernel.errors import Reason


class Findings:
    """Collects warnings while a file is read; breaches of its own limits are refused unless lenient."""

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient
        self._found: dict[str, FileWarning] = {}

    def warn(self, code: str, line: int, text: Reason, count: int = 1) -> None:
        """Note an oddity of kind ``code``; only the first text of a kind is kept."""
        if known := self._found.get(code):
            self._found[code] = replace(known, count=known.count + count)
        else:
            self._found[code] = FileWarning(code, line, text, count)

    def breach(self, code: str, line: int, text: Reason, count: int = 1) -> None:
        """Refuse the file, or only note the breach when reading leniently."""
        if not self.lenient:
            raise PabulibError(line, text)
        self.warn(code, line, text, count)

    def all(self) -> tuple[FileWarning, ...]:
        """Everything found, in the order of the file."""
        return tuple(sorted(self._found.values(), key=lambda warning: warning.line))
