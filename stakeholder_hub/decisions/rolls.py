"""Reading the roll, for those who hand out ballots on paper: by name where an account is known, else by address."""

from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import Select

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.decisions.electorates import address_on_roll, entry_at, own_name_on_roll
from stakeholder_hub.decisions.models import Ballot, Elector, Way
from stakeholder_hub.decisions.operations.crossing import number_crossed_off
from stakeholder_hub.decisions.paper import Crossing, PaperBatch, PaperSheet
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound

FEWEST_LETTERS, MOST_LINES = 2, 20


@dataclass(frozen=True)
class RollLine:
    """Somebody on the roll as an officer sees them. ``key`` names the line, ``way`` how the person votes."""

    key: str
    name: str
    way: Way | None


@dataclass(frozen=True)
class PaperBalance:
    """How many ballots on paper are entered, and how many people were crossed off as having been handed one."""

    sheets: int
    crossed_off: int

    @property
    def difference(self) -> int:
        """How many more of the one than of the other."""
        return abs(self.sheets - self.crossed_off)


def found_on_roll(ballot: Ballot, words: str) -> list[RollLine]:
    """The lines of the roll that somebody asks for: by a part of the name, or by a whole address."""
    wanted = words.strip()
    if "@" in wanted:
        return _at_address(ballot, wanted)
    if len(wanted) < FEWEST_LETTERS:
        return []
    rows = db.session.execute(
        sa.select(Elector.key, User.name, Elector.way)
        .join(User, User.id == Elector.user_id)
        .where(Elector.ballot_id == ballot.id, User.name.icontains(wanted, autoescape=True))
        .order_by(User.name, User.id)
        .limit(MOST_LINES)
    )
    return [RollLine(key, name, way) for key, name, way in rows]


def _at_address(ballot: Ballot, address: str) -> list[RollLine]:
    person = user_by_email(address)
    if ballot.electorate.by_address:
        key = address_on_roll(ballot, address)
    elif person is not None:
        key = own_name_on_roll(ballot, person)
    else:
        return []
    entry = entry_at(ballot, key)
    return [] if entry is None else [RollLine(key, person.name if person else address, entry.way)]


def crossings_of(ballot: Ballot) -> Select[Any]:
    """Everybody who was crossed off, also where it was taken back, with the name where the account is known."""
    found = (
        sa.select(Crossing, User.name)
        .join(Elector, sa.and_(Elector.ballot_id == Crossing.ballot_id, Elector.key == Crossing.elector_key))
        .outerjoin(User, User.id == Elector.user_id)
        .where(Crossing.ballot_id == ballot.id)
    )
    return cast("Select[Any]", found)


def load_crossing(ballot: Ballot, number: int) -> Crossing:
    """One of this ballot.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(Crossing)
        .where(Crossing.ballot_id == ballot.id, Crossing.id == number)
        .options(joinedload(Crossing.elector))
    )
    if found is None:
        raise NotFound()
    return found


def name_on(crossing: Crossing) -> str:
    """Who was crossed off; empty where only the hash of an address is known."""
    user_id = crossing.elector.user_id
    person = db.session.get(User, user_id) if user_id is not None else None
    return "" if person is None else person.name


def paper_balance(ballot: Ballot) -> PaperBalance | None:
    """Ballots on paper against people crossed off; ``None`` where there is no paper, or no roll."""
    if not ballot.paper or ballot.electorate.for_everyone:
        return None
    if ballot.closed_at is not None:
        crossed_off = ballot.crossed_off
        return None if crossed_off is None else PaperBalance(ballot.paper_count, crossed_off)
    counted = (
        sa.select(sa.func.count())
        .select_from(PaperSheet)
        .join(PaperBatch, PaperBatch.id == PaperSheet.batch_id)
        .where(PaperBatch.ballot_id == ballot.id, PaperSheet.entry == 1)
    )
    return PaperBalance(int(db.session.scalar(counted) or 0), number_crossed_off(ballot))
