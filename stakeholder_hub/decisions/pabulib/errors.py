"""A file that cannot be read: where, and why."""

from stakeholder_hub.kernel.errors import Invalid, Reason
from stakeholder_hub.kernel.i18n import _l


class PabulibError(Invalid):
    """The file is refused. ``line`` counts from 1; it is 0 where the whole file is meant."""

    def __init__(self, line: int, reason: Reason) -> None:
        super().__init__(reason)
        self.line = line

    def __str__(self) -> str:
        if not self.line:
            return str(self.reason)
        return str(_l("Line %(line)s: %(reason)s", line=self.line, reason=self.reason))
