"""What the pages share: their blueprint, and loading a parent or a place in it."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.queries import load_consultation
from stakeholder_hub.editions.models import Edition
from stakeholder_hub.editions.policy import may_look_for_invitations, may_run_in_places, may_see_invitation
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.formats import in_language

bp = feature_blueprint("editions", "stakeholder_hub.editions")


def run_parent(slug: str) -> Consultation:
    """The parent, for those who run it and may give it a core."""
    consultation = load_consultation(slug, actor())
    require(may_run_in_places(actor(), consultation))
    return consultation


def load_edition(slug: str, place: str) -> Edition:
    """The place ``place`` in the parent ``slug``, for those who may read its invitation.

    Raises:
        NotAllowed: nobody is signed in; whether there is one is not told.
        NotFound: there is none, or none for this person.
    """
    require(may_look_for_invitations(actor()))
    found = db.session.scalar(
        sa.select(Edition)
        .join(Edition.parent)
        .join(Territory, Territory.id == Edition.territory_id)
        .where(Consultation.slug == slug, Territory.slug == place)
        .options(joinedload(Edition.parent), joinedload(Edition.consultation), joinedload(Edition.core))
    )
    if found is None:
        raise NotFound()
    require(may_see_invitation(actor(), found))
    return found


def crumbs_to(parent: Consultation, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """From the parent down to a page."""
    url = record_url(parent) if may_see(actor(), parent) else None
    return [(in_language(parent.title).text or _("Consultation"), url), *more]
