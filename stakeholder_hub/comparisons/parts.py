"""What other pages show of comparisons: the way to them from a parent and from each of its editions."""

from typing import Any

from stakeholder_hub.comparisons.queries import beside
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.kernel.authorization import Actor


def beside_part(consultation: Consultation, actor: Actor) -> dict[str, Any] | None:
    """The other places of a consultation; nothing where it runs in one."""
    number, slug, title = beside(consultation.id, actor)
    if not number and slug is None:
        return None
    return {"number": number, "slug": consultation.slug, "parent_slug": slug, "parent_title": title}
