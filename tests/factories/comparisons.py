"""Places that have voted: many votes at once, counted by the operation that counts them."""

import secrets
from collections.abc import Sequence
from itertools import count
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.comparisons.rebuilding import rebuild_counts
from stakeholder_hub.consultations.models import Consultation, Participation
from stakeholder_hub.decisions.models import Ballot, BallotState, Vote
from stakeholder_hub.decisions.operations import close_ballot, open_ballot
from stakeholder_hub.editions.models import Core, Edition
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.territories.models import Territory
from tests.factories.editions import make_core, make_edition
from tests.factories.territories import make_territory

_numbers = count(1)


PLACE = ("name", "country", "population", "latitude", "longitude")


def make_place(
    core: Core, *, votes: Sequence[int] = (), key: str = "stay", closed: bool = True, **values: Any
) -> Edition:
    """An edition in a town of its own; ``votes`` for the answers of one item, in their order."""
    place = {name: values.pop(name) for name in PLACE if name in values}
    town: Territory = make_territory(parent=core.consultation.territory, **place)
    edition = make_edition(core, territory=town, **values)
    if votes:
        answer(edition, *votes, key=key, closed=closed)
    return edition


@operation
def answer(edition: Edition, *votes: int, key: str = "stay", closed: bool = True) -> Ballot:
    """So many votes for each answer of an item, in one go; then the vote is closed."""
    ballot = next(item.ballot for item in edition.items if item.key == key)
    if ballot.state == BallotState.PREPARED:
        open_ballot(ballot, actor=SYSTEM)
    rows = [
        {
            "ballot_id": ballot.id,
            "voter_key": secrets.token_hex(16),
            "choices": [option.position],
            "points": None,
        }
        for option, number in zip(ballot.options, votes, strict=False)
        for _each in range(number)
    ]
    if rows:
        db.session.execute(sa.insert(Vote), rows)
    if closed:
        close_ballot(ballot, actor=SYSTEM)
    return ballot


@operation
def attend(consultation: Consultation | None, **sectors: int) -> None:
    """So many people of each sector take part, in one go."""
    assert consultation is not None
    db.session.flush()
    for sector, number in sectors.items():
        names = [f"many{next(_numbers)}@example.org" for _each in range(number)]
        if not names:
            continue
        people = [
            {
                "email": name,
                "email_key": name,
                "name": "Somebody",
                "fs_uniquifier": secrets.token_hex(16),
                "active": True,
            }
            for name in names
        ]
        db.session.execute(sa.insert(User), people)
        ids = db.session.scalars(sa.select(User.id).where(User.email.in_(names)))
        rows = [
            {"consultation_id": consultation.id, "user_id": i, "sector": sector, "first_at": clock.now()}
            for i in ids
        ]
        db.session.execute(sa.insert(Participation), rows)
    rebuild_counts(only=consultation.id)


__all__ = ["answer", "attend", "make_core", "make_place"]
