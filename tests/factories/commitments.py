"""Decisions that bind, bodies around them, and commitments, made through the operations that people use."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.commitments.models import Commitment
from stakeholder_hub.commitments.operations import accept_commitment, ask_for_commitment
from stakeholder_hub.decisions.models import Ballot, Decision
from stakeholder_hub.decisions.operations import cast_vote, close_ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.territories.models import Level, Territory
from tests.factories.accounts import make_user
from tests.factories.bodies import make_body
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.territories import make_territory

_numbers = count(1)


def official_of(body: Body, **mandate: Any) -> Any:
    """Somebody with a mandate of the body, in force unless told otherwise."""
    person = make_user()
    make_mandate(body.organisation, user=person, **mandate)
    return person


def decided(ballot: Ballot) -> Decision:
    """The decision on a ballot, closed with one vote for its first option."""
    cast_vote(ballot, choices=[1], actor=make_user())
    close_ballot(ballot, actor=SYSTEM)
    decision = db.session.scalar(sa.select(Decision).where(Decision.ballot_id == ballot.id))
    assert decision is not None
    return decision


@dataclass
class Levels:
    """A state that decided, its ministry with an official, and towns below with a council and an official each."""

    state: Territory
    decision: Decision
    ministry: Body
    minister: Any
    towns: list[Territory]
    councils: list[Body]
    mayors: list[Any]

    def ask(self, number: int = 0, **values: Any) -> Commitment:
        """The ministry asks the council of a town."""
        fields: dict[str, Any] = {
            "title": f"Ten flats {next(_numbers)}",
            "text": "For young families.",
            "measure": "Keys handed over.",
            "due_on": clock.today() + timedelta(days=60),
            "language": "en",
            "actor": self.minister,
            **values,
        }
        return ask_for_commitment(self.decision, asker=self.ministry, body=self.councils[number], **fields)

    def pledge(self, number: int = 0, **values: Any) -> Commitment:
        """The council of a town promises what it was asked for."""
        asked = self.ask(number, **values)
        return accept_commitment(asked, version=asked.version, language="en", actor=self.mayors[number])


def make_levels(towns: int = 2, **territory: Any) -> Levels:
    """A decision of a state that binds, and bodies above and below."""
    state = make_territory(**{"level": Level.NATIONAL, **territory})
    below = [make_territory(parent=state) for _ in range(towns)]
    ministry = make_body(make_organisation(state, name=f"Ministry {next(_numbers)}"))
    councils = [make_body(make_organisation(town, name=f"Council {next(_numbers)}")) for town in below]
    consultation = make_consultation(make_group(state))
    decision = decided(make_ballot(consultation))
    return Levels(
        state,
        decision,
        ministry,
        official_of(ministry),
        below,
        councils,
        [official_of(council) for council in councils],
    )
