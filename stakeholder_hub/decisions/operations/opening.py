"""Beginning to take votes."""

import secrets

from stakeholder_hub.decisions.electorates import fix_roll
from stakeholder_hub.decisions.events import BallotOpened
from stakeholder_hub.decisions.evidence.leaves import commitment_to
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.decisions.operations.holding import hold
from stakeholder_hub.decisions.policy import may_open_ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.operation import operation


@operation
def open_ballot(ballot: Ballot, *, actor: Actor) -> Ballot:
    """Begin to take votes. Before its time a coordinator may do it, and its opening is then now.

    Raises:
        NotAllowed: it is not prepared, its time is over, or the consultation is not public.
    """
    hold(ballot, alone=True)
    require(may_open_ballot(actor, ballot))
    now = clock.now()
    ballot.opens_at = min(ballot.opens_at, now)
    ballot.opened_at, ballot.key, ballot.seed = now, secrets.token_hex(32), secrets.token_hex(32)
    ballot.seed_commitment = commitment_to(ballot.seed)
    fix_roll(ballot)
    ballot.move_to(BallotState.OPEN)
    emit(BallotOpened(actor=actor, subject=ballot))
    return ballot
