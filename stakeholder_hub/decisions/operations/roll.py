"""The list of those who may vote, where a ballot is for a list."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from stakeholder_hub.accounts.emails import email_key, valid_email
from stakeholder_hub.decisions.electorates import address_on_roll, write_roll
from stakeholder_hub.decisions.events import RollWritten
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations.holding import hold
from stakeholder_hub.decisions.policy import may_write_list
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation

log = structlog.get_logger(__name__)

MOST_ON_ROLL = 200_000


@dataclass(frozen=True)
class RollRead:
    """What a list held: how many different people, and how many lines named somebody again."""

    people: int
    again: int


@operation
def write_list(ballot: Ballot, *, addresses: Sequence[str], actor: Actor) -> RollRead:
    """Put these addresses on the roll, hashed, in place of those there. Cases and aliases of one address are one
    person.

    Raises:
        NotAllowed: the ballot has opened, is not for a list, or the actor does not run it.
        Invalid: a line is no address, or there are none or too many.
    """
    hold(ballot, alone=True)
    if not (verdict := may_write_list(actor, ballot)):
        log.warning(
            "ballot_change_refused", ballot=ballot.reference, state=ballot.state, what="list of voters"
        )
    require(verdict)
    written = [line.strip() for line in addresses if line.strip()]
    if not 1 <= len(written) <= MOST_ON_ROLL:
        raise Invalid(_l("Give between 1 and %(most)s addresses.", most=MOST_ON_ROLL), "addresses")
    for number, address in enumerate(written, start=1):
        try:
            valid_email(address)
        except Invalid as wrong:
            reason = _l("Line %(line)s is no address: %(text)s", line=number, text=address[:80])
            raise Invalid(reason, "addresses") from wrong
    people = {email_key(address) for address in written}
    write_roll(ballot, (address_on_roll(ballot, address) for address in written))
    emit(RollWritten(actor=actor, subject=ballot, people=len(people)))
    return RollRead(len(people), len(written) - len(people))
