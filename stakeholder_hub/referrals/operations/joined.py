"""What becomes of open requests when a matter is answered, or leaves the body, before every place has decided."""

import sqlalchemy as sa

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.referrals.kinds import JoinState
from stakeholder_hub.referrals.models import Bundling, JoinRequest, Referral


def close_requests(referral: Referral) -> None:
    """Nobody can join any more what is answered; and what is answered is joined nowhere."""
    own = sa.select(Bundling.id).where(Bundling.bundle_id == referral.id)
    db.session.execute(
        sa.update(JoinRequest)
        .where(
            JoinRequest.state == JoinState.ASKED,
            sa.or_(JoinRequest.bundling_id.in_(own), JoinRequest.referral_id == referral.id),
        )
        .values(state=JoinState.CLOSED, decided_at=clock.now()),
        execution_options={"synchronize_session": "fetch"},
    )
