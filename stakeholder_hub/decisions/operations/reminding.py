"""Reminding those who have not voted, once, before a vote ends. Nobody learns how others did."""

from datetime import timedelta

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.decisions import sentences
from stakeholder_hub.decisions.electorates import own_name_on_roll, people_entitled
from stakeholder_hub.decisions.models import Ballot, BallotState, Elector, Voter
from stakeholder_hub.decisions.operations.holding import hold_if_free
from stakeholder_hub.deliberation.queries import followers
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.notifications.operations import notify

BEFORE_THE_END = timedelta(days=1)
SHORTEST = timedelta(days=2)
"""Shorter votes are not reminded of: those who are told of the opening have it in mind."""


def reminder_is_due(ballot: Ballot) -> bool:
    """Whether the vote is in its last day and nobody has been reminded yet."""
    now = clock.now()
    return (
        ballot.state == BallotState.OPEN
        and ballot.reminded_at is None
        and ballot.closes_at - BEFORE_THE_END <= now < ballot.closes_at
        and ballot.closes_at - ballot.opens_at >= SHORTEST
    )


@operation
def remind_if_due(ballot_id: int) -> int:
    """Tell those who may vote and have not, as far as they are known; returns how many. Runs twice without harm."""
    ballot = hold_if_free(ballot_id)
    if ballot is None or not reminder_is_due(ballot):
        return 0
    ballot.reminded_at = clock.now()
    voted = set(db.session.scalars(sa.select(Voter.user_id).where(Voter.ballot_id == ballot.id)))
    people = _known_voters(ballot) - voted
    notify(people, kind=sentences.REMINDER, record=ballot)
    return len(people)


def _known_voters(ballot: Ballot) -> set[int]:
    """Whoever is known to be on the roll; for everyone those who follow the consultation, for a list also those of them
    whom it names. Nobody who was handed a ballot on paper.
    """
    following = set(followers(ballot.consultation))
    if ballot.electorate.for_everyone:
        return following
    known = people_entitled(ballot)
    if not ballot.electorate.by_address:
        return known
    free = sa.select(Elector.key).where(Elector.ballot_id == ballot.id, Elector.way.is_(None))
    roll = set(db.session.scalars(free))
    people = db.session.scalars(sa.select(User).where(User.id.in_(following - known)))
    return known | {person.id for person in people if own_name_on_roll(ballot, person) in roll}
