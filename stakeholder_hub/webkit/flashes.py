"""What happened after an action, said once on the next page."""

from typing import Literal

from flask import flash

from stakeholder_hub.kernel.errors import Reason


def say(message: Reason, category: Literal["success", "info", "warning", "danger"] = "success") -> None:
    """Show ``message`` on top of the next page."""
    flash(str(message), category)
