"""Who takes part is counted, once each."""

from typing import Any

import sqlalchemy as sa

from stakeholder_hub.consultations.models import Consultation, ParticipantCount, Participation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require, signed_in
from stakeholder_hub.kernel.database import add_to, db, insert_ignore
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.policy import grants_of


@operation
def take_part(consultation: Consultation, *, actor: Any) -> bool:
    """Count this person as a participant, once, in the sector they stand for; tells whether they were new.

    Called by whatever lets people contribute, after its own checks. It emits no event, for the audit of a vote would
    otherwise say to the second when somebody first took part.

    Raises:
        NotFound: the actor may not see the consultation.
        NotAllowed: nobody has signed in.
    """
    require(may_see(actor, consultation))
    require(signed_in(actor, _l("Sign in to take part.")))
    if actor.id is None:
        return False
    db.session.flush()
    sector = _sector_of(actor, consultation).value
    new = insert_ignore(
        Participation.__table__,
        {
            "consultation_id": consultation.id,
            "user_id": actor.id,
            "sector": sector,
            "first_at": clock.now(),
        },
        index_elements=["consultation_id", "user_id"],
    )
    if new:
        table = Consultation.__table__
        db.session.execute(
            sa.update(table)  # type: ignore[arg-type]
            .where(table.c.id == consultation.id)
            .values(participant_count=table.c.participant_count + 1)
        )
        in_sector = {"consultation_id": consultation.id, "sector": sector}
        add_to(ParticipantCount.__table__, in_sector, people=1)
        db.session.expire(consultation, ["participant_count"])
    return new


def _sector_of(actor: Any, consultation: Consultation) -> Sector:
    """Whom the person stands for at the group's table, else in general."""
    seat = next(
        (g for g in grants_of(actor) if g.group_id is not None and g.group_id == consultation.group_id), None
    )
    return Sector(seat.sector if seat is not None and seat.sector is not None else actor.sector)
