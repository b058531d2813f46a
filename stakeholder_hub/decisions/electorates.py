"""Who may vote in a ballot: a roll of hashed names that is fixed, counted and given a checksum when the ballot opens.

A name on the roll is the SHA-256 of the ballot's salt and the person's account or, where there is a list among the
sources, their address: who has the list can recompute the checksum, and nobody stands on the roll twice. Nobody comes
onto the roll later; who loses what brought them there (a seat, a mandate, the verified residence) casts no vote from
then on.
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.accounts.emails import email_key
from stakeholder_hub.accounts.models import User
from stakeholder_hub.decisions.electorate import Source
from stakeholder_hub.decisions.models import Ballot, BallotState, Elector, SectorTurnout, Way
from stakeholder_hub.groups.models import Mandate, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.residents.queries import residents_of
from stakeholder_hub.territories.models import Role, RoleGrant, Territory
from stakeholder_hub.territories.queries import within

ROWS_AT_ONCE = 5_000


def seats_that_vote(ballot: Ballot) -> ColumnElement[bool]:
    """The seats in the group whose members vote: all but observers, taken before the opening."""
    return sa.and_(
        RoleGrant.group_id == ballot.group_id,
        RoleGrant.role != Role.OBSERVER,
        RoleGrant.created_at <= ballot.opens_at,
    )


def _hashed(ballot: Ballot, name: str) -> str:
    return hashlib.sha256(f"{ballot.roll_salt}\n{name}".encode()).hexdigest()


def address_on_roll(ballot: Ballot, address: str) -> str:
    """How an address stands on the roll."""
    return _hashed(ballot, f"mail:{email_key(address)}")


def own_name_on_roll(ballot: Ballot, person: Any) -> str:
    """How a person stands on the roll."""
    if ballot.electorate.by_address:
        return address_on_roll(ballot, person.email)
    return _hashed(ballot, f"user:{person.id}")


def entry_of(ballot: Ballot, person: Any) -> Elector | None:
    """The person's own line of the roll."""
    return entry_at(ballot, own_name_on_roll(ballot, person))


def entry_at(ballot: Ballot, key: str) -> Elector | None:
    """A line of the roll, read anew."""
    return db.session.get(Elector, (ballot.id, key), populate_existing=True)


def is_on_roll(ballot: Ballot, person: Any) -> bool:
    """Whether the person stands on the roll; for a ballot for everyone, always."""
    return ballot.electorate.for_everyone or entry_of(ballot, person) is not None


def roll_size(ballot: Ballot) -> int:
    """How many stand on the roll now."""
    counted = sa.select(sa.func.count()).select_from(Elector).where(Elector.ballot_id == ballot.id)
    return int(db.session.scalar(counted) or 0)


def write_roll(ballot: Ballot, keys: Iterable[str]) -> None:
    """Put the hashes of a list on the roll in place of what is there."""
    _write(ballot, dict.fromkeys(keys, (None, True)))


def _write(ballot: Ballot, people: dict[str, tuple[int | None, bool]]) -> None:
    db.session.execute(sa.delete(Elector).where(Elector.ballot_id == ballot.id))
    rows = [
        {"ballot_id": ballot.id, "key": key, "user_id": people[key][0], "listed": people[key][1]}
        for key in sorted(people)
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        db.session.execute(sa.insert(Elector), rows[start : start + ROWS_AT_ONCE])


def fix_roll(ballot: Ballot) -> None:
    """Write down at the opening who may vote, how many they are, how many of each sector where that is known, and the
    checksum over all of them.
    """
    if ballot.electorate.for_everyone:
        return
    people = _roll(ballot)
    _write(ballot, people)
    ballot.entitled = len(people)
    ballot.roll_checksum = hashlib.sha256("".join(f"{key}\n" for key in sorted(people)).encode()).hexdigest()
    if all(user_id is not None for user_id, _listed in people.values()):
        for sector, number in _by_sector(ballot).items():
            db.session.add(SectorTurnout(ballot_id=ballot.id, sector=sector, voted=0, eligible=number))


def _roll(ballot: Ballot) -> dict[str, tuple[int | None, bool]]:
    """Everybody who belongs to the electorate now: the name on the roll with the account, as far as it is known, and
    whether the list names it.
    """
    by_address = ballot.electorate.by_address
    listed = set(_listed(ballot)) if by_address else set()
    known: dict[str, int] = {}
    found = held_by(ballot)
    if found is not None:
        for row in db.session.execute(sa.select(User.id, User.email).where(User.id.in_(found))):
            name = f"mail:{email_key(row[1])}" if by_address else f"user:{row[0]}"
            known[_hashed(ballot, name)] = row[0]
    keys = known.keys() | listed
    if ballot.electorate.every and by_address:
        keys = known.keys() & listed
    return {key: (known.get(key), key in listed) for key in keys}


def _listed(ballot: Ballot) -> Iterable[str]:
    return db.session.scalars(
        sa.select(Elector.key).where(Elector.ballot_id == ballot.id, Elector.listed.is_(True))
    )


def held_by(ballot: Ballot) -> Select[int] | None:
    """The ids of those whose accounts belong to the electorate; ``None`` where only a list says who does."""
    found = [_holders(ballot, source) for source in ballot.electorate.ordered if source is not Source.LIST]
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    ids = [sa.select(one.subquery().c[0]) for one in found]
    together = sa.intersect(*ids) if ballot.electorate.every else sa.union(*ids)
    return sa.select(together.subquery().c[0])


def holds(ballot: Ballot, source: Source, person: Any) -> bool:
    """Whether the person belongs to a source by their account."""
    held = _holders(ballot, source).subquery()
    return db.session.scalar(sa.select(sa.literal(1)).where(sa.exists().where(held.c[0] == person.id))) == 1


def _holders(ballot: Ballot, source: Source) -> Select[int]:
    """Who holds a seat, a mandate, a verified residence: in force when the ballot opened, and not taken away since."""
    if source is Source.MEMBERS:
        return sa.select(RoleGrant.user_id).where(seats_that_vote(ballot)).distinct()
    day = _day_of_opening(ballot)
    if source is Source.RESIDENTS:
        # on the roll already, one may have the verification prolonged
        since = ballot.opens_at if ballot.state == BallotState.PREPARED else None
        return residents_of(ballot.territory, day, since=since)
    return (
        sa.select(Mandate.user_id)
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .join(Territory, Territory.id == Organisation.territory_id)
        .where(
            within(ballot.territory.path),
            Mandate.revoked_at.is_(None),
            Mandate.starts_on <= day,
            sa.or_(Mandate.ends_on.is_(None), Mandate.ends_on >= day),
        )
        .distinct()
    )


def _day_of_opening(ballot: Ballot) -> date:
    return clock.to_local(ballot.opened_at or clock.now(), ballot.consultation.timezone).date()


def people_entitled(ballot: Ballot) -> set[int]:
    """The accounts that may vote online and are known: those that will, before the opening; then those on the roll that
    have not lost what brought them there and were not handed a ballot on paper. None where the vote is for everyone.
    """
    if ballot.state == BallotState.PREPARED:
        return {user_id for user_id, _listed in _roll(ballot).values() if user_id is not None}
    found = held_by(ballot)
    held = set(db.session.scalars(found)) if found is not None else set()
    rows = db.session.execute(
        sa.select(Elector.user_id, Elector.listed).where(
            Elector.ballot_id == ballot.id,
            Elector.user_id.is_not(None),
            sa.or_(Elector.way.is_(None), Elector.way != Way.PAPER),
        )
    )
    listed_is_enough = not ballot.electorate.every
    return {
        user_id
        for user_id, listed in rows
        if user_id is not None and (user_id in held or (listed and listed_is_enough))
    }


def _by_sector(ballot: Ballot) -> dict[str, int]:
    """Those on the roll by sector: that of their seat in the group, else their own."""
    sector = sa.func.coalesce(RoleGrant.sector, User.sector)
    rows = db.session.execute(
        sa.select(sector, sa.func.count())
        .select_from(Elector)
        .join(User, User.id == Elector.user_id)
        .outerjoin(RoleGrant, sa.and_(RoleGrant.user_id == User.id, RoleGrant.group_id == ballot.group_id))
        .where(Elector.ballot_id == ballot.id)
        .group_by(sector)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def number_by_now(ballot: Ballot) -> int | None:
    """How many would stand on the roll if the ballot opened now; ``None`` for everyone."""
    return None if ballot.electorate.for_everyone else len(_roll(ballot))
