"""What other pages show of action items: a consultation's section, and the button beside a winner."""

from typing import Any

from flask import url_for

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.actions.policy import may_create
from stakeholder_hub.actions.queries import Wanted, due_or_far, items_for, of_consultation
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.parts import register_part
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.parts import Work, WorkOfKind, show_work
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url


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


def work_of_group(group: Group, actor: Actor) -> WorkOfKind:
    """What the group does, what is due first at the top."""
    statement = items_for(Wanted(group_id=group.id), actor).order_by(due_or_far(), ActionItem.id)
    items = [
        Work(item.title, record_url(item), item.state, item.state_label)
        for item in db.session.scalars(statement.limit(5)).unique()
    ]
    return WorkOfKind(_("Action items"), items, url_for("actions.index", group=group.id))


def register() -> None:
    """Show the section on the pages of consultations and of groups."""
    register_part("actions", 40, consultation_part, "actions/_part.html")
    show_work("actions", work_of_group)
