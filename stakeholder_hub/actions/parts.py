"""What other pages show of action items: a consultation's section, and the button beside a winner."""

from typing import Any

from flask import url_for

from stakeholder_hub.actions.policy import may_create
from stakeholder_hub.actions.queries import of_consultation
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.parts import register_part
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor


def consultation_part(consultation: Consultation, actor: Actor) -> dict[str, Any] | None:
    """What is being done because of the consultation; nothing where nothing is."""
    items = of_consultation(consultation.id, actor)
    if not items:
        return None
    return {"items": items, "done": sum(item.state == "done" for item in items), "today": clock.today()}


def make_url(record: Any, actor: Actor) -> str | None:
    """Where an action item is made of ``record``; ``None`` for those who may not."""
    if not actor.is_authenticated or not may_create(actor, record.territory, record.group):
        return None
    return url_for("actions.new", **{"from": record.reference})


def register() -> None:
    """Show the section on the consultation's page."""
    register_part("actions", 40, consultation_part, "actions/_part.html")
