"""Who may see a record."""

import sqlalchemy as sa

from stakeholder_hub.kernel.authorization import ALLOWED, Actor, Verdict, permission, unseen
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import visible_to


@permission("records.see")
def may_see(actor: Actor, record: Record) -> Verdict:
    """Asks the one visibility query; what may not be seen is not told to exist."""
    seen = db.session.scalar(sa.select(Record.id).where(Record.id == record.id, visible_to(actor)))
    return ALLOWED if seen is not None else unseen()
