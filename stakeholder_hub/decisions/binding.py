"""Whether a result binds: the conditions of a ballot held against how its parts voted, at the close."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.marks import Marks
from stakeholder_hub.decisions.methods.ballots import InvalidCount
from stakeholder_hub.decisions.methods.conditions import (
    Cell,
    Check,
    Conditions,
    Figures,
    check,
    one_by_one,
)
from stakeholder_hub.decisions.models import Ballot, Voter
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.ratifications.rules import Standing
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.territories.queries import within

STAKEHOLDERS = tuple(sector.value for sector in Sector if sector is not Sector.CITIZEN)
YES, NO = 1, 2


def conditions_of(ballot: Ballot) -> Conditions:
    """What must hold for the result of ``ballot`` to bind."""
    return Conditions.from_json(ballot.conditions)


def places_of(ballot: Ballot) -> dict[str, int | None]:
    """The towns in the ballot's place by id, with their population: each is one member of a majority of towns.

    They are those at the opening, as with the voters: a town that is founded or dissolved while people vote changes
    nothing.
    """
    there: ColumnElement[bool] = Territory.dissolved_on.is_(None)
    if ballot.opened_at is not None:
        day = clock.to_local(ballot.opened_at, ballot.consultation.timezone).date()
        still_there = sa.or_(there, Territory.dissolved_on > day)
        there = sa.and_(still_there, Territory.created_at <= ballot.opened_at)
    rows = db.session.execute(
        sa.select(Territory.id, Territory.population).where(
            within(ballot.territory.path), Territory.level == Level.LOCAL, there
        )
    )
    return {str(row[0]): row[1] for row in rows}


def checks_of(ballot: Ballot, marks_of: Mapping[int, Marks], votes: int) -> list[dict[str, Any]]:
    """Every condition of ``ballot`` with what was reached, as plain data. ``marks_of``: the marks of each voter by id.

    A condition that cannot be checked, because a figure it needs is not known, is told as not met.
    """
    figures = _figures(ballot, marks_of, votes)
    told: list[dict[str, Any]] = []
    for kind, alone in one_by_one(conditions_of(ballot)):
        try:
            told += [one.to_json() for one in check(alone, figures)]
        except InvalidCount as unknown:
            told.append({**Check(kind, False, 0, Fraction(1)).to_json(), "unknown": unknown.code})
    return told


def _figures(ballot: Ballot, marks_of: Mapping[int, Marks], votes: int) -> Figures:
    rows = db.session.execute(
        sa.select(Voter.user_id, Voter.sector, Voter.organisation_id, Voter.territory_id).where(
            Voter.ballot_id == ballot.id
        )
    ).all()
    asks = ballot.method is Method.YES_NO
    places = places_of(ballot)
    sectors: dict[str, list[Marks]] = {sector: [] for sector in STAKEHOLDERS}
    organisations: dict[str, list[Marks]] = {}
    towns: dict[str, list[Marks]] = {place: [] for place in places}
    for user_id, sector, organisation_id, territory_id in rows:
        marks = marks_of.get(user_id)
        if marks is None:
            continue
        if sector in sectors:
            sectors[sector].append(marks)
        if organisation_id is not None:
            organisations.setdefault(str(organisation_id), []).append(marks)
        if str(territory_id) in towns:
            towns[str(territory_id)].append(marks)
    scores = (ballot.result or {}).get("scores", {})
    whole = _cell(marks_of.values(), asks=asks)
    return Figures(
        # the votes of accounts that were erased meanwhile still count, though nobody knows for whom
        all=Cell(
            votes,
            scores.get(str(YES), 0) if asks else whole.yes,
            scores.get(str(NO), 0) if asks else whole.no,
            ballot.entitled,
            present=ballot.present,
        ),
        sectors={name: _cell(found, asks=asks) for name, found in sectors.items()},
        organisations={name: _cell(found, asks=asks) for name, found in organisations.items()},
        territories={name: _cell(found, asks=asks, people=places[name]) for name, found in towns.items()},
        winners=[scores[option] for option in (ballot.result or {}).get("winners", [])],
    )


def _cell(votes: Iterable[Marks], *, asks: bool, people: int | None = None) -> Cell:
    found = list(votes)
    if not asks:
        return Cell(cast=len(found), people=people)
    yes, no = (sum(marks.choices == [answer] for marks in found) for answer in (YES, NO))
    return Cell(len(found), yes, no, None, people)


def binds(ballot: Ballot) -> bool:
    """Whether every condition of a closed ballot was met, those after the close too."""
    return passed_at_close(ballot) and ballot.after_close in (None, Standing.HELD)


def passed_at_close(ballot: Ballot) -> bool:
    """Whether every condition about votes was met."""
    return all(one["met"] for one in ballot.checks or ())
