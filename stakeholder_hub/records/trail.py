"""A journey as the page draws it: plain steps, nested where it branches."""

from typing import Any

from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.journey import Journey, Step
from stakeholder_hub.records.models import Moderation
from stakeholder_hub.webkit.actor import language

TONES: dict[str, str] = {
    "selected": "ok",
    "adopted": "ok",
    "done": "ok",
    "open": "now",
    "in_progress": "accent",
    "under_way": "accent",
    "on_ballot": "accent",
    "blocked": "danger",
    "rejected": "danger",
}


def journey_steps(journey: Journey) -> list[dict[str, Any]]:
    """The trail for ``webkit/timeline.html``."""
    return [_step(root) for root in journey.roots]


def _step(step: Step) -> dict[str, Any]:
    record = step.record
    hidden = record.moderation is Moderation.HIDDEN
    return {
        "kind": record.icon,
        "kind_label": f"{record.kind_label} {record.reference}",
        "title": record.title if not hidden else _("Hidden by a moderator"),
        "url": None if step.is_here else record_url(record),
        "date": step.at,
        "relation": step.relation.label if step.relation is not None else None,
        "place": record.territory.name.in_(language()).text,
        "level": record.territory.level.label,
        "state": (TONES.get(record.state, "neutral"), record.state_label),
        "current": step.is_here,
        "alike": step.alike,
        "children": [_step(following) for following in step.next],
    }
