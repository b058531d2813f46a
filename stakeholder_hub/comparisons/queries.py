"""Reading the places of a consultation with their kept counts: a constant number of statements, however many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import Select

from stakeholder_hub.comparisons.models import BallotCount, ContributionCount
from stakeholder_hub.consultations.models import Consultation, ConsultationState, ParticipantCount
from stakeholder_hub.consultations.situation import Situation
from stakeholder_hub.editions.models import Core, Edition, EditionItem, EditionState
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.models import Moderation, Record, Visibility
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.territories.models import Territory

SHOWN_STATES = (EditionState.INVITED, EditionState.ACCEPTED, EditionState.DECLINED, EditionState.WITHDRAWN)
"""Who has only asked to take part is nobody's business yet."""

COUNTRY = sa.func.coalesce(Territory.country, "", type_=sa.String)


@dataclass(frozen=True)
class Town:
    """A place with what is kept of its edition. ``slug`` leads to its consultation, for those who may see it;
    ``is_public``: everybody can read it, and with it how much was contributed.
    """

    edition_id: int
    state: EditionState
    shares: bool
    core: int | None
    name: Multilingual
    place: str
    code: str
    country: str
    population: int | None
    latitude: float | None
    longitude: float | None
    slug: str | None
    is_public: bool | None
    situation: Situation | None
    closed_at: datetime | None
    proposals: int
    comments: int
    supports: int
    sectors: Mapping[str, int]

    @property
    def takes_part(self) -> bool:
        """Whether it carries out the consultation."""
        return self.state is EditionState.ACCEPTED

    @property
    def is_told(self) -> bool:
        """Whether its figures may be shown at all: it agreed, and its edition is no draft."""
        return self.takes_part and self.shares and self.situation is not Situation.DRAFT

    @property
    def is_final(self) -> bool:
        """Whether nobody can take part any more."""
        return self.situation in (Situation.CLOSED, Situation.ARCHIVED)


def _of_parent(parent_id: int) -> Any:
    return sa.and_(Edition.parent_id == parent_id, Edition.state.in_(SHOWN_STATES))


def towns_of(parent_id: int, actor: Actor, moment: datetime) -> list[Town]:
    """Every place that is invited or takes part, with its kept counts. Two statements."""
    kept, record, local = ContributionCount.__table__, Record.__table__, Consultation.__table__
    columns: dict[str, Any] = {
        "edition_id": Edition.id,
        "state": Edition.state,
        "shares": Edition.shares_results,
        "core": Core.number,
        "name": Territory.name,
        "place": Territory.slug,
        "code": Territory.code,
        "country": COUNTRY,
        "population": Territory.population,
        "latitude": Territory.latitude,
        "longitude": Territory.longitude,
        "slug": sa.case((visible_to(actor), record.c.slug)),
        "is_public": sa.and_(
            record.c.visibility == Visibility.PUBLIC, record.c.moderation == Moderation.VISIBLE
        ),
        "closed_at": local.c.closed_at,
        "proposals": sa.func.coalesce(kept.c.proposals, 0),
        "comments": sa.func.coalesce(kept.c.comments, 0),
        "supports": sa.func.coalesce(kept.c.supports, 0),
    }
    labelled = [column.label(name) for name, column in columns.items()]
    rows = db.session.execute(
        sa.select(*labelled, record.c.state, local.c.starts_at, local.c.ends_at, Edition.consultation_id)
        .join(Territory, Territory.id == Edition.territory_id)
        .outerjoin(Core, Core.id == Edition.core_id)
        .outerjoin(record, record.c.id == Edition.consultation_id)
        .outerjoin(local, local.c.id == Edition.consultation_id)
        .outerjoin(kept, kept.c.consultation_id == Edition.consultation_id)
        .where(_of_parent(parent_id))
        .order_by(Edition.id)
    ).all()
    sectors = _sectors_of(parent_id)
    return [
        Town(
            **dict(zip(columns, row, strict=False)),
            situation=_situation(row[-4], row[-3], row[-2], moment) if row[-4] else None,
            sectors=sectors.get(row[-1], {}),
        )
        for row in rows
    ]


def _situation(state: str, starts: datetime | None, ends: datetime | None, moment: datetime) -> Situation:
    """As ``consultations.situation.situation_of`` says it, of a row that is no consultation."""
    if state != ConsultationState.PUBLISHED:
        return Situation(state)
    if ends is not None and ends <= moment:
        return Situation.OVER
    return Situation.UPCOMING if starts is not None and moment < starts else Situation.OPEN


def _sectors_of(parent_id: int) -> dict[int, dict[str, int]]:
    rows = db.session.execute(
        sa.select(ParticipantCount.consultation_id, ParticipantCount.sector, ParticipantCount.people)
        .join(Edition, Edition.consultation_id == ParticipantCount.consultation_id)
        .where(_of_parent(parent_id))
    )
    found: dict[int, dict[str, int]] = {}
    for consultation_id, sector, people in rows:
        found.setdefault(consultation_id, {})[sector] = people
    return found


@dataclass(frozen=True)
class Count:
    """What a place's ballot on one item came to; ``closed_at`` is ``None``, and all else empty, before the close."""

    edition_id: int
    core_id: int
    voters: int
    figures: Mapping[str, int]
    chosen: Sequence[int]
    closed_at: datetime | None


def counts_of(parent_id: int, keys: Sequence[str]) -> dict[str, dict[int, Count]]:
    """For each item what the places' ballots came to, by edition. One statement."""
    rows = db.session.execute(
        sa.select(
            EditionItem.key,
            EditionItem.edition_id,
            EditionItem.core_id,
            BallotCount.voters,
            BallotCount.figures,
            BallotCount.chosen,
            BallotCount.closed_at,
        )
        .join(Edition, Edition.id == EditionItem.edition_id)
        .outerjoin(BallotCount, BallotCount.ballot_id == EditionItem.ballot_id)
        .where(_of_parent(parent_id), EditionItem.key.in_(keys))
    )
    found: dict[str, dict[int, Count]] = {key: {} for key in keys}
    for key, edition_id, core_id, voters, figures, chosen, closed_at in rows:
        found[key][edition_id] = Count(
            edition_id, core_id, voters or 0, figures or {}, chosen or [], closed_at
        )
    return found


def listed(parent_id: int) -> Select[Any]:
    """Ids of the places in the order of the table: by country, then by code."""
    return (
        sa.select(Edition.id)
        .join(Territory, Territory.id == Edition.territory_id)
        .where(_of_parent(parent_id))
    )
