"""What is sent in tests of pages."""

from typing import Any


def body_form(**changes: Any) -> dict[str, Any]:
    """What is sent to enter or change a body."""
    return {
        "kind": "general_purpose",
        "remit": "Everything",
        "language": "en",
        "acknowledge_days": "10",
        "answer_days": "40",
        "escalate_days": "20",
        "sunset_on": "",
        **changes,
    }
