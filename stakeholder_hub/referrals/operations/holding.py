"""The bodies that have had a matter in their hands, and the clock of a rung."""

from collections.abc import Collection

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import insert_ignore
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.referrals.models import Referral, ReferralStop
from stakeholder_hub.referrals.queries import first_rung, members_of


def chains_of(referral: Referral) -> list[int]:
    """Ids of the first rungs whose matter this is: its own, and those of what was joined in it."""
    first = first_rung(referral)
    return [first.id, *[member.chain_id for member in members_of(first)]]


def stop_at(referral: Referral, body: Body) -> None:
    """Remember that the matter is now with ``body``.

    Raises:
        Conflict: it has been there before. Two who forward at once meet at the same row.
    """
    for root_id in chains_of(referral):
        values = {"root_id": root_id, "body_id": body.id}
        if not insert_ignore(ReferralStop.__table__, values, index_elements=["root_id", "body_id"]):
            raise Conflict(
                _l("This body has had the matter in its hands already. It cannot come back to it.")
            )


def note_stops(root_id: int, body_ids: Collection[int]) -> None:
    """Remember further bodies that have had the matter. Twice changes nothing."""
    for body_id in sorted(body_ids):
        values = {"root_id": root_id, "body_id": body_id}
        insert_ignore(ReferralStop.__table__, values, index_elements=["root_id", "body_id"])


def no_longer_due(referral: Referral) -> None:
    """Stop the clock: the date stays to be read."""
    referral.escalate_at = None


def is_active(body: Body) -> bool:
    """Whether the body works today."""
    owner = body.organisation or body.group
    put_away = owner is not None and owner.archived_at is not None
    return not put_away and body.is_active_on(clock.today(body.territory.timezone))
