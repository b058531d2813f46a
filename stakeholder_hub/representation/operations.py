"""Targets of consultations, and what people tell about themselves."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.representation.events import OneselfDescribed, TargetsSet
from stakeholder_hub.representation.models import AgeBand, Gender, RepresentationTarget, SelfDescription
from stakeholder_hub.representation.policy import may_describe_oneself, may_set_targets


@operation
def set_targets(consultation: Consultation, *, targets: Mapping[Sector, int], actor: Actor) -> None:
    """Agree on the shares, in percent, that the sectors and citizens are meant to have among the participants.

    A sector that is left out, or has none, has no target. Without any target those of the group hold.

    Raises:
        Invalid: a share is out of range, or together they are more than the whole.
    """
    require(may_set_targets(actor, consultation))
    for sector, share in targets.items():
        if not 0 <= share <= 100:
            raise Invalid(_l("Write a share between 0 and 100."), f"target_{sector.value}")
    if sum(targets.values()) > 100:
        raise Invalid(_l("Together the shares are more than 100 percent."))
    db.session.execute(
        sa.delete(RepresentationTarget).where(RepresentationTarget.consultation_id == consultation.id)
    )
    rows = [
        {"consultation_id": consultation.id, "sector": sector, "share": share}
        for sector, share in targets.items()
        if share
    ]
    if rows:
        db.session.execute(sa.insert(RepresentationTarget), rows)
    emit(TargetsSet(actor=actor, subject=consultation))


@operation
def describe_oneself(
    *, age_band: AgeBand | None, gender: Gender | None, newcomer: bool | None, actor: Any
) -> None:
    """Tell something about oneself, change it, or take it back. Each answer may be left out."""
    require(may_describe_oneself(actor))
    told = {"age_band": age_band, "gender": gender, "newcomer": newcomer}
    found = db.session.get(SelfDescription, actor.id, with_for_update=True)
    if all(answer is None for answer in told.values()):
        if found is not None:
            db.session.delete(found)
    elif found is None:
        db.session.add(SelfDescription(user_id=actor.id, **told))
    else:
        found.age_band, found.gender, found.newcomer, found.updated_at = (
            age_band,
            gender,
            newcomer,
            clock.now(),
        )
    emit(OneselfDescribed(actor=actor, subject=actor))
