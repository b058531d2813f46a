"""Who may vote in a ballot: a roll of hashed names that is fixed, counted and given a checksum when the ballot opens.

A name on the roll is the SHA-256 of the ballot's salt and the person's account (members, delegates) or address (a
list):
who has the list can recompute the checksum, and the roll alone names nobody.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from stakeholder_hub.accounts.emails import email_key
from stakeholder_hub.decisions.models import Ballot, Elector, Electorate
from stakeholder_hub.groups.models import Mandate, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
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
    if ballot.electorate is Electorate.LIST:
        return address_on_roll(ballot, person.email)
    return _hashed(ballot, f"user:{person.id}")


def is_on_roll(ballot: Ballot, person: Any) -> bool:
    """Whether the person stands on the roll; for a ballot for everyone, always."""
    if ballot.electorate is Electorate.EVERYONE:
        return True
    key = own_name_on_roll(ballot, person)
    found = sa.select(Elector.key).where(Elector.ballot_id == ballot.id, Elector.key == key)
    return db.session.scalar(found) is not None


def roll_size(ballot: Ballot) -> int:
    """How many stand on the roll now."""
    counted = sa.select(sa.func.count()).select_from(Elector).where(Elector.ballot_id == ballot.id)
    return int(db.session.scalar(counted) or 0)


def write_roll(ballot: Ballot, keys: Iterable[str]) -> None:
    """Put these hashes on the roll in place of those there."""
    db.session.execute(sa.delete(Elector).where(Elector.ballot_id == ballot.id))
    rows = [{"ballot_id": ballot.id, "key": key} for key in sorted(set(keys))]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        db.session.execute(sa.insert(Elector), rows[start : start + ROWS_AT_ONCE])


def fix_roll(ballot: Ballot) -> None:
    """Write down at the opening who may vote, how many they are, and the checksum over all of them."""
    if ballot.electorate is Electorate.EVERYONE:
        return
    if ballot.electorate is not Electorate.LIST:
        write_roll(ballot, (_hashed(ballot, f"user:{user_id}") for user_id in _people(ballot)))
    keys = db.session.scalars(
        sa.select(Elector.key).where(Elector.ballot_id == ballot.id).order_by(Elector.key)
    ).all()
    ballot.entitled = len(keys)
    ballot.roll_checksum = hashlib.sha256("".join(f"{key}\n" for key in sorted(keys)).encode()).hexdigest()


def people_entitled(ballot: Ballot) -> set[int]:
    """The accounts behind the roll of members or delegates."""
    return set(_people(ballot))


def _people(ballot: Ballot) -> list[int]:
    if ballot.electorate is Electorate.MEMBERS:
        return list(
            db.session.scalars(sa.select(sa.distinct(RoleGrant.user_id)).where(seats_that_vote(ballot)))
        )
    today = clock.today(ballot.consultation.timezone)
    mandates = (
        sa.select(sa.distinct(Mandate.user_id))
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .join(Territory, Territory.id == Organisation.territory_id)
        .where(
            within(ballot.territory.path),
            Mandate.revoked_at.is_(None),
            Mandate.starts_on <= today,
            sa.or_(Mandate.ends_on.is_(None), Mandate.ends_on >= today),
        )
    )
    return list(db.session.scalars(mandates))
