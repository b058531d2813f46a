"""Bodies in the register."""

from typing import Any

from stakeholder_hub.bodies.models import Body, BodyKind
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from tests.factories.groups import make_organisation


@operation
def make_body(organisation: Organisation | None = None, **values: Any) -> Body:
    """The authority of a territory, unless told otherwise; ``group=`` makes it a group instead."""
    owner = values.pop("group", None) or organisation or make_organisation(sector=Sector.ADMINISTRATION)
    place = {"organisation_id": owner.id} if isinstance(owner, Organisation) else {"group_id": owner.id}
    body = Body(
        slug=f"{owner.slug}-body",
        territory=owner.territory,
        **{"kind": BodyKind.GENERAL_PURPOSE, **place, **values},
    )
    db.session.add(body)
    db.session.flush()
    return body
