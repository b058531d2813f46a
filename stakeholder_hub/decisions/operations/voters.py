"""What is known of somebody who votes: the code that ties them to their vote, their sector, and for whom they speak."""

import hashlib
import hmac
from typing import Any, cast

import sqlalchemy as sa

from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.electorate import Source
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.groups.models import Mandate, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.residents.queries import residence_of
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.queries import within


def voter_key(ballot: Ballot, user_id: int) -> str:
    """What ties a vote to its voter while the ballot is open: HMAC-SHA-256 under the ballot's key.

    Raises:
        Conflict: the ballot is closed and its key destroyed.
    """
    if ballot.key is None:
        raise Conflict(_l("The vote is over."))
    return hmac.new(bytes.fromhex(ballot.key), f"{ballot.id}:{user_id}".encode(), hashlib.sha256).hexdigest()


def sector_of(ballot: Ballot, actor: Any) -> str:
    """The sector of the person's seat in the group, else their own."""
    seats = [
        grant.sector
        for grant in actor.grants
        if grant.group_id is not None and grant.group_id == ballot.group_id
    ]
    return str(seats[0] if seats and seats[0] is not None else actor.sector)


def town_of(ballot: Ballot, person: Any) -> int | None:
    """The town for which the vote counts: the verified one where residents vote, else what the person says."""
    if Source.RESIDENTS in ballot.electorate.sources:
        residence = residence_of(person)
        if residence is not None:
            return residence.territory_id
    return cast("int | None", person.home_territory_id)


def organisation_of(ballot: Ballot, actor: Any) -> int | None:
    """The organisation for which the vote counts, where a majority of organisations is asked for: one of the ballot's
    place that the actor may speak for today; the one of the earliest mandate where there are several.
    """
    if conditions_of(ballot).organisations is None:
        return None
    today = clock.now().date()
    return db.session.scalar(
        sa.select(Mandate.organisation_id)
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .join(Territory, Territory.id == Organisation.territory_id)
        .where(
            within(ballot.territory.path),
            Mandate.user_id == actor.id,
            Mandate.revoked_at.is_(None),
            Mandate.starts_on <= today,
            sa.or_(Mandate.ends_on.is_(None), Mandate.ends_on >= today),
        )
        .order_by(Mandate.id)
        .limit(1)
    )
