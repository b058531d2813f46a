"""Time in tests."""

from contextlib import ExitStack
from datetime import datetime, timedelta

from stakeholder_hub.kernel import clock as hub_clock


class Clock:
    """The clock of a test: stands still from the moment it is set."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def set(self, moment: datetime) -> datetime:
        """Stop the clock at ``moment``."""
        self._stack.enter_context(hub_clock.frozen(moment))
        return moment

    def advance(self, **length: float) -> datetime:
        """Move it on: ``clock.advance(days=1)``."""
        return self.set(hub_clock.now() + timedelta(**length))
