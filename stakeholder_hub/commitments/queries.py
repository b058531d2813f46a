"""Reading commitments: every list goes through what the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import Select
from sqlalchemy.sql.base import ExecutableOption

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.queries import bodies_acted_for, named
from stakeholder_hub.commitments.models import (
    RUNNING,
    WAITING,
    Commitment,
    CommitmentChange,
    CommitmentState,
    Evidence,
    Finding,
    TextVersion,
)
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.firsts import ids_in
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import load, visible_to
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.territories.queries import subtree_ids, within

MOST_BODIES = 300


@dataclass(frozen=True)
class Wanted:
    """What the register is filtered by; empty values do not filter."""

    place: Territory | None = None
    level: Level | None = None
    body: str = ""
    state: str = ""
    words: str = ""

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(bool(value) for value in (self.place, self.level, self.body, self.state, self.words))


def listed() -> Select[Commitment]:
    """Commitments with what a list shows of them."""
    return sa.select(Commitment).options(
        joinedload(Commitment.territory),
        named(joinedload(Commitment.body)),
        named(joinedload(Commitment.asker)),
    )


def commitments_for(wanted: Wanted, actor: Actor) -> Select[Commitment]:
    """The commitments that ``actor`` may see and that match ``wanted``."""
    found = listed().where(visible_to(actor))
    if wanted.place is not None:
        # the kind is named for the index over territory and kind
        below = Commitment.territory_id.in_(subtree_ids(wanted.place))
        found = found.where(Commitment.kind == "commitment", below)
    if wanted.level is not None:
        there = sa.select(Territory.id).where(Territory.level == wanted.level)
        found = found.where(Commitment.territory_id.in_(there))
    if wanted.body:
        found = found.where(Commitment.body_id.in_(sa.select(Body.id).where(Body.slug == wanted.body)))
    if wanted.state == "overdue":
        found = found.where(is_overdue())
    elif wanted.state == "running":
        found = found.where(Commitment.state.in_(RUNNING))
    elif wanted.state:
        found = found.where(Commitment.state == wanted.state)
    if wanted.words:
        found = found.where(sa.cast(Record.title, sa.Text).icontains(wanted.words, autoescape=True))
    return found


def is_overdue() -> sa.ColumnElement[bool]:
    """Whether it should have been kept before today, and nobody has said what became of it."""
    return sa.and_(Commitment.due_on < clock.today(), Commitment.state.in_(RUNNING))


def load_commitment(reference: str, actor: Actor, *more: ExecutableOption) -> Commitment:
    """The commitment with its bodies and the decision it comes from; ``more`` is loaded with it.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    decision = joinedload(Commitment.decision).joinedload(Decision.territory)
    return load(listed().options(joinedload(Commitment.group), decision, *more), reference, actor)


def with_history() -> tuple[ExecutableOption, ...]:
    """Every step of a commitment with it, in the same statement: they are few."""
    steps = joinedload(Commitment.history)
    return steps.joinedload(CommitmentChange.body), steps.joinedload(CommitmentChange.official)


def load_evidence(reference: str, actor: Actor) -> Evidence:
    """The evidence with its commitment.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    whole = (joinedload(Evidence.commitment), joinedload(Evidence.territory))
    return load(sa.select(Evidence).options(*whole), reference, actor)


def evidence_of(commitment: Commitment, actor: Actor) -> Sequence[Evidence]:
    """What was shown, the latest first."""
    return db.session.scalars(
        sa.select(Evidence)
        .where(Evidence.commitment_id == commitment.id, visible_to(actor))
        .options(
            joinedload(Evidence.author), joinedload(Evidence.verifier_body), joinedload(Evidence.verifier)
        )
        .order_by(Evidence.id.desc())
    ).all()


def history_of(commitment: Commitment) -> Sequence[CommitmentChange]:
    """Every step, the first first."""
    return db.session.scalars(
        sa.select(CommitmentChange)
        .where(CommitmentChange.commitment_id == commitment.id)
        .order_by(CommitmentChange.id)
    ).all()


def of_decision(decision: Decision, actor: Actor) -> Sequence[Commitment]:
    """What a decision has become, in the order in which bodies were asked."""
    return db.session.scalars(
        listed()
        .where(Commitment.decision_id == decision.id, visible_to(actor))
        .order_by(Commitment.id)
        .limit(200)
    ).all()


def of_place(place: Territory, actor: Actor, limit: int = 5) -> tuple[list[Commitment], int]:
    """Commitments of a place and below it: what runs and is due first, then what waits, then what is over; and how many
    of all are overdue. One statement: the database counts before it cuts.
    """
    order = sa.case((Commitment.state.in_(RUNNING), 0), (Commitment.state.in_(WAITING), 1), else_=2)
    late = sa.func.sum(sa.case((is_overdue(), 1), else_=0)).over()
    first = (
        sa.select(Commitment.id, late.label("late"))
        .where(visible_to(actor), Commitment.id.in_(ids_in(subtree_ids(place), "commitment")))
        .order_by(order, Commitment.due_on, Commitment.id)
        .limit(limit)
        .subquery()
    )
    # Bodies and places are looked up for what is shown alone, not for all that is sorted.
    rows = db.session.execute(
        listed()
        .add_columns(first.c.late)
        .join(first, first.c.id == Commitment.id)
        .order_by(order, Commitment.due_on, Commitment.id)
    ).all()
    return [row[0] for row in rows], int(rows[0][1] or 0) if rows else 0


def of_body(body: Body, actor: Actor, limit: int = 10) -> Sequence[Commitment]:
    """What a body was asked to promise: what runs and is due first at the top."""
    order = sa.case((Commitment.state.in_(RUNNING), 0), (Commitment.state.in_(WAITING), 1), else_=2)
    return db.session.scalars(
        commitments_for(Wanted(body=body.slug), actor)
        .order_by(order, Commitment.due_on, Commitment.id)
        .limit(limit)
    ).all()


def counts_of(wanted: Wanted, actor: Actor) -> dict[str, int]:
    """How many there are in each state, and how many are overdue, for a place or a body. One statement."""
    found = commitments_for(wanted, actor).with_only_columns(
        Commitment.state,
        sa.func.count(),
        sa.func.sum(sa.case((is_overdue(), 1), else_=0)),
        maintain_column_froms=True,
    )
    rows = db.session.execute(found.options().group_by(Commitment.state)).all()
    counts = {str(row[0]): int(row[1]) for row in rows}
    return {**counts, "overdue": sum(int(row[2] or 0) for row in rows)}


def successors_of(commitment: Commitment, actor: Actor) -> Sequence[Commitment]:
    """Later promises of the same body that can take its place."""
    states = (*RUNNING, CommitmentState.KEPT, CommitmentState.PARTLY)
    return db.session.scalars(
        listed()
        .where(
            Commitment.body_id == commitment.body_id,
            Commitment.id != commitment.id,
            Commitment.state.in_(states),
            visible_to(actor),
        )
        .order_by(Commitment.id.desc())
        .limit(100)
    ).all()


def bodies_below(asker: Body) -> Sequence[Body]:
    """Other bodies of the asker's place and below it that can be asked today."""
    today = clock.today(asker.territory.timezone)
    return db.session.scalars(
        sa.select(Body)
        .join(Body.territory)
        .where(
            Body.id != asker.id,
            Body.archived_at.is_(None),
            sa.or_(Body.sunset_on.is_(None), Body.sunset_on >= today),
            within(asker.territory.path),
        )
        .order_by(Territory.path, Body.slug)
        .limit(MOST_BODIES)
    ).all()


def bodies_that_promised(actor: Actor) -> Sequence[Body]:
    """Bodies with commitments: for the filter."""
    asked = sa.select(Commitment.body_id).where(visible_to(actor))
    return db.session.scalars(
        sa.select(Body).where(Body.id.in_(asked)).order_by(Body.slug).limit(MOST_BODIES)
    ).all()


def places_with_commitments(actor: Actor) -> Sequence[Territory]:
    """Places with commitments: for the filter."""
    there = sa.select(Commitment.territory_id).where(visible_to(actor))
    return db.session.scalars(
        sa.select(Territory).where(Territory.id.in_(there)).order_by(Territory.code).limit(MOST_BODIES)
    ).all()


def current_text(decision: Decision) -> TextVersion | None:
    """The version of its text that bodies ratify now."""
    return db.session.scalar(
        sa.select(TextVersion)
        .where(TextVersion.decision_id == decision.id)
        .options(joinedload(TextVersion.asker), joinedload(TextVersion.author))
        .order_by(TextVersion.number.desc())
        .limit(1)
    )


def versions_of(decision: Decision) -> Sequence[TextVersion]:
    """Every version of the text of a decision, the latest first."""
    return db.session.scalars(
        sa.select(TextVersion)
        .where(TextVersion.decision_id == decision.id)
        .options(joinedload(TextVersion.asker), joinedload(TextVersion.author))
        .order_by(TextVersion.number.desc())
    ).all()


def waiting_for_answer(actor: Actor, bodies: Sequence[Body] | None = None) -> Sequence[Commitment]:
    """What waits for a body the actor acts for: to be answered, agreed to, or kept. For the desk."""
    ids = [body.id for body in (bodies_acted_for(actor) if bodies is None else bodies)]
    if not ids:
        return []
    mine = sa.or_(
        sa.and_(Commitment.body_id.in_(ids), Commitment.state.in_((CommitmentState.ASKED, *RUNNING))),
        sa.and_(Commitment.asker_id.in_(ids), Commitment.state == CommitmentState.AMENDED),
    )
    return db.session.scalars(
        listed().where(mine, visible_to(actor)).order_by(Commitment.due_on, Commitment.id).limit(50)
    ).all()


def waiting_for_finding(actor: Actor, bodies: Sequence[Body] | None = None) -> Sequence[Evidence]:
    """Evidence about commitments that a body the actor acts for has asked for, to be verified. For the desk."""
    ids = [body.id for body in (bodies_acted_for(actor) if bodies is None else bodies)]
    if not ids:
        return []
    table = Commitment.__table__
    asked_by_them = sa.select(table.c.id).where(table.c.asker_id.in_(ids), table.c.body_id.not_in(ids))
    return db.session.scalars(
        sa.select(Evidence)
        .where(
            Evidence.finding == Finding.WAITING,
            Evidence.commitment_id.in_(asked_by_them),
            visible_to(actor),
        )
        .options(joinedload(Evidence.territory))
        .order_by(Evidence.id)
        .limit(50)
    ).all()
