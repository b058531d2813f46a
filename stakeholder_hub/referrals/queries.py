"""Reading referrals: one rung, the whole way, what waits, and the figures of a body."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.queries import named
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.records.models import Link, Record, Relation, Visibility
from stakeholder_hub.records.queries import load, visible_to
from stakeholder_hub.referrals.kinds import OPEN_STATES, JoinState, ReferralState, Step
from stakeholder_hub.referrals.models import (
    Bundling,
    JoinRequest,
    LocalNote,
    Referral,
    ReferralStop,
    Response,
    SkippedBody,
    Verdict,
)
from stakeholder_hub.search.words import words_of

PROMISING_KINDS = ("action_item", "decision")
"""Kinds of records that can be named as what follows from an accepted referral."""
MOST_NAMED = 100


def listed() -> Select[Referral]:
    """Referrals with what a list shows of them."""
    return sa.select(Referral).options(
        joinedload(Referral.territory),
        named(joinedload(Referral.to_body)),
        named(joinedload(Referral.from_body)),
        joinedload(Referral.from_group),
    )


def is_overdue() -> sa.ColumnElement[bool]:
    """Whether the answer should have been there before now and is not."""
    return sa.and_(Referral.state.in_(OPEN_STATES), Referral.due_at <= clock.now())


def load_referral(reference: str, actor: Actor) -> Referral:
    """One rung with who has it.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    return load(listed(), reference, actor)


def load_response(reference: str, actor: Actor) -> Response:
    """One answer with its notes.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    whole = (*_with_response(), joinedload(Response.referral), joinedload(Response.territory))
    return load(sa.select(Response).options(*whole), reference, actor)


def answer_to(referral: Referral) -> Response:
    """The answer that settles a matter.

    Raises:
        NotFound: there is none yet.
    """
    found = db.session.get(Response, referral.answer_id) if referral.answer_id is not None else None
    if found is None:
        raise NotFound()
    return found


def _with_response() -> tuple[Any, ...]:
    return (
        joinedload(Response.body),
        joinedload(Response.official),
        joinedload(Response.notes).options(joinedload(LocalNote.body), joinedload(LocalNote.group)),
    )


@dataclass(frozen=True)
class Rung:
    """One body on the way with what it did: its answers (the second one after a reopening), its notes."""

    referral: Referral
    responses: Sequence[Response]


@dataclass(frozen=True)
class Way:
    """The whole way of a matter, from the first rung to where it is now."""

    here: Referral
    rungs: Sequence[Rung]
    bundle: Referral | None
    members: Sequence[Referral]

    @property
    def first(self) -> Referral:
        """The rung it began with: its clock is the one that was promised to those who asked."""
        return self.rungs[0].referral

    @property
    def tip(self) -> Referral:
        """Where the matter is now."""
        return self.rungs[-1].referral

    @property
    def settled_by(self) -> Response | None:
        """The answer that settles it, if there is one."""
        for rung in reversed(self.rungs):
            for response in reversed(rung.responses):
                if response.id == self.first.answer_id:
                    return response
        return None


def way_of(referral: Referral, actor: Actor) -> Way:
    """Every rung of the way that the actor may see, with answers and notes; joined matters beside it."""
    chain = db.session.scalars(
        listed()
        .where(
            sa.or_(Referral.id == referral.chain_id, Referral.root_id == referral.chain_id),
            sa.or_(visible_to(actor), Referral.id == referral.id),
        )
        .options(
            joinedload(Referral.acknowledged_by),
            joinedload(Referral.verdicts),
            joinedload(Referral.skipped).joinedload(SkippedBody.body),
        )
        .order_by(Referral.id)
    ).unique()
    rungs = list(chain)
    bundle_ids = {rung.bundle_id for rung in rungs if rung.bundle_id is not None}
    wanted = [rung.id for rung in rungs] + sorted(bundle_ids)
    answers = {rung.answer_id for rung in rungs if rung.answer_id is not None}
    responses = db.session.scalars(
        sa.select(Response)
        .where(sa.or_(Response.referral_id.in_(wanted), Response.id.in_(answers)), visible_to(actor))
        .options(*_with_response())
        .order_by(Response.id)
    ).unique()
    by_rung: dict[int, list[Response]] = {}
    own = {rung.id for rung in rungs}
    for response in responses:
        where = response.referral_id if response.referral_id in own else rungs[-1].id
        by_rung.setdefault(where, []).append(response)
    others: Sequence[Referral] = []
    if bundle_ids or rungs[0].step is Step.JOINED:
        others = db.session.scalars(
            listed()
            .where(sa.or_(Referral.id.in_(bundle_ids), Referral.bundle_id.in_(own)), visible_to(actor))
            .order_by(Referral.id)
            .limit(200)
        ).all()
    return Way(
        referral,
        [Rung(rung, by_rung.get(rung.id, [])) for rung in rungs],
        next((other for other in others if other.id in bundle_ids), None),
        [other for other in others if other.bundle_id in own],
    )


def tip_of(referral: Referral) -> Referral:
    """The last rung of its way: where the matter is now."""
    last = db.session.scalar(
        sa.select(Referral).where(Referral.root_id == referral.chain_id).order_by(Referral.id.desc()).limit(1)
    )
    return last or first_rung(referral)


def first_rung(referral: Referral) -> Referral:
    """The rung it began with."""
    if referral.root_id is None:
        return referral
    return db.session.get_one(Referral, referral.root_id)


def chain_of(referral: Referral) -> Sequence[Referral]:
    """Every rung of its way, the first one first."""
    return db.session.scalars(
        sa.select(Referral)
        .where(sa.or_(Referral.id == referral.chain_id, Referral.root_id == referral.chain_id))
        .order_by(Referral.id)
    ).all()


def members_of(bundle: Referral) -> Sequence[Referral]:
    """The matters that were joined in a bundle."""
    return db.session.scalars(
        sa.select(Referral).where(Referral.bundle_id == bundle.id).order_by(Referral.id)
    ).all()


def settled_with(response: Response) -> Sequence[Referral]:
    """Every rung that an answer went back to."""
    return db.session.scalars(listed().where(Referral.answer_id == response.id).order_by(Referral.id)).all()


def parties_on_the_way(response: Response) -> list[Body | Group]:
    """The bodies and groups that an answer walks back through, without the one that gave it."""
    found: dict[tuple[str, int], Body | Group] = {}
    for rung in settled_with(response):
        for party in (rung.sender, rung.to_body):
            if not (isinstance(party, Body) and party.id == response.body_id):
                found.setdefault((type(party).__name__, party.id), party)
    return list(found.values())


def stops_of(root_ids: Iterable[int]) -> set[int]:
    """Ids of the bodies that have had these matters in their hands."""
    return set(
        db.session.scalars(sa.select(ReferralStop.body_id).where(ReferralStop.root_id.in_(list(root_ids))))
    )


def evidence_of(referral: Referral, actor: Actor) -> Sequence[Record]:
    """The records that were given as evidence, as far as the actor may see them."""
    given = sa.select(Link.source_id).where(
        Link.target_id == referral.chain_id, Link.relation == Relation.RELATES_TO
    )
    return db.session.scalars(
        sa.select(Record).where(Record.id.in_(given), visible_to(actor)).order_by(Record.id)
    ).all()


def of_record(record: Record, actor: Actor) -> Sequence[Referral]:
    """Where a record was referred to, with where each of these matters is now."""
    return db.session.scalars(
        listed()
        .where(
            Referral.source_id == record.id,
            visible_to(actor),
        )
        .order_by(Referral.id.desc())
        .limit(20)
    ).all()


def inbox_of(bodies: Iterable[Body], actor: Actor) -> Select[Referral]:
    """What these bodies owe an answer to; what is answered in a joined matter stands there."""
    return listed().where(
        Referral.to_body_id.in_([body.id for body in bodies]),
        Referral.state.in_(OPEN_STATES),
        Referral.bundle_id.is_(None),
        visible_to(actor),
    )


def answered_by(body: Body, actor: Actor) -> Select[Referral]:
    """What this body has dealt with, the latest first."""
    return (
        listed()
        .where(
            Referral.to_body_id == body.id,
            Referral.state.in_((ReferralState.ANSWERED, ReferralState.IMPLEMENTED, ReferralState.LAPSED)),
            visible_to(actor),
        )
        .order_by(Referral.id.desc())
    )


def joining_requests_for(parties: Sequence[Body | Group]) -> Sequence[JoinRequest]:
    """Requests to join that wait for the consent of these bodies and groups."""
    bodies = [party.id for party in parties if isinstance(party, Body)]
    groups = [party.id for party in parties if isinstance(party, Group)]
    return db.session.scalars(
        sa.select(JoinRequest)
        .join(Referral, Referral.id == JoinRequest.referral_id)
        .where(
            JoinRequest.state == JoinState.ASKED,
            sa.or_(Referral.from_body_id.in_(bodies), Referral.from_group_id.in_(groups)),
        )
        .options(
            joinedload(JoinRequest.referral).joinedload(Referral.territory),
            joinedload(JoinRequest.bundling).joinedload(Bundling.body),
        )
        .order_by(JoinRequest.bundling_id, JoinRequest.referral_id)
        .limit(50)
    ).all()


def open_request(referral: Referral) -> JoinRequest | None:
    """The request to join that waits for an answer about this referral."""
    return db.session.scalar(
        sa.select(JoinRequest)
        .where(JoinRequest.referral_id == referral.id, JoinRequest.state == JoinState.ASKED)
        .options(
            joinedload(JoinRequest.bundling).options(
                joinedload(Bundling.body),
                selectinload(Bundling.requests)
                .joinedload(JoinRequest.referral)
                .joinedload(Referral.territory),
            )
        )
    )


def request_about(referral: Referral) -> JoinRequest:
    """The request to join that waits for an answer about this referral.

    Raises:
        NotFound: there is none.
    """
    if (found := open_request(referral)) is None:
        raise NotFound()
    return found


def similar_to(referral: Referral, actor: Actor, limit: int = 20) -> list[Referral]:
    """Open matters with the same body about the same topic, from other places; those that share most words first."""
    busy = sa.select(JoinRequest.referral_id).where(
        JoinRequest.state.in_((JoinState.ASKED, JoinState.AGREED))
    )
    found = db.session.scalars(
        inbox_of([referral.to_body], actor)
        .where(
            Referral.topic == referral.topic,
            Referral.visibility == referral.visibility,
            Referral.id != referral.id,
            Referral.rounds == 1,
            Referral.id.not_in(busy),
            Referral.step != "joined",
        )
        .order_by(Referral.id)
        .limit(200)
    ).all()
    words = _words(referral)
    return sorted(found, key=lambda other: (-len(words & _words(other)), other.id))[:limit]


def _words(referral: Referral) -> set[str]:
    text = f"{referral.title.everything()} {referral.body_text}"
    return {word for word in words_of(text).split() if len(word) > 3}


def nameable_by(referral: Referral, actor: Actor) -> Sequence[Record]:
    """Action items and decisions that an answer can name: what was made of the referral, then what the place has."""
    made_of_it = sa.select(Link.target_id).where(Link.source_id == referral.id)
    place = referral.to_body.territory_id
    return db.session.scalars(
        sa.select(Record)
        .where(
            Record.kind.in_(PROMISING_KINDS),
            Record.id.is_distinct_from(referral.source_id),
            visible_to(actor),
            sa.or_(Record.id.in_(made_of_it), Record.territory_id == place),
        )
        .order_by(Record.id.in_(made_of_it).desc(), Record.id.desc())
        .limit(MOST_NAMED)
    ).all()


def to_be_judged(actor: Any, limit: int = 20) -> Sequence[Referral]:
    """Answers to what the actor put forward that nobody has judged yet."""
    origin = sa.alias(Record.__table__, name="origin")
    mine = sa.select(origin.c.id).where(origin.c.author_id == actor.id)
    return db.session.scalars(
        listed()
        .where(
            Referral.source_id.in_(mine),
            Referral.root_id.is_(None),
            Referral.answer_id.is_not(None),
            sa.not_(
                Referral.verdicts.any(Verdict.round == sa.case((Referral.reopened_at.is_(None), 1), else_=2))
            ),
            visible_to(actor),
        )
        .order_by(Referral.id)
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class Figures:
    """How a body keeps what it has promised. ``in_time``: of what was due, the share that was answered in time.

    ``median_days`` is ``None`` where nothing was answered, ``in_time`` where nothing was due.
    """

    received: int
    open: int
    overdue: int
    answered: int
    median_days: float | None
    in_time: float | None


def figures_of(body: Body) -> Figures:
    """The figures of what everybody can read about a body. One statement, over one index."""
    rows = (
        sa.select(
            Referral.answer_days.label("days"),
            sa.case((sa.and_(Referral.state.in_(OPEN_STATES)), 1), else_=0).label("open"),
            sa.case((is_overdue(), 1), else_=0).label("overdue"),
            sa.case((Referral.escalated_at.is_not(None), 1), else_=0).label("silent"),
            sa.case(
                (sa.and_(Referral.answer_days.is_not(None), Referral.answered_at < Referral.due_at), 1),
                else_=0,
            ).label("timely"),
            sa.func.row_number()
            .over(order_by=(Referral.answer_days.is_(None), Referral.answer_days))
            .label("n"),
            sa.func.count(Referral.answer_days).over().label("many"),
        )
        .where(
            Referral.to_body_id == body.id,
            Referral.sent_at.is_not(None),
            Referral.state != ReferralState.WITHDRAWN,
            Record.visibility == Visibility.PUBLIC,
        )
        .subquery()
    )
    middle = sa.and_(rows.c.n * 2 >= rows.c.many, rows.c.n * 2 <= rows.c.many + 2, rows.c.days.is_not(None))
    row = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(rows.c.open), 0),
            sa.func.coalesce(sa.func.sum(rows.c.overdue), 0),
            sa.func.coalesce(sa.func.sum(rows.c.silent), 0),
            sa.func.coalesce(sa.func.sum(rows.c.timely), 0),
            sa.func.count(rows.c.days),
            sa.func.avg(sa.case((middle, rows.c.days))),
        )
    ).one()
    received, open_, overdue, silent, timely, answered, median = row
    due = answered + overdue + silent
    return Figures(
        received,
        open_,
        overdue,
        answered,
        float(median) if median is not None else None,
        timely / due if due else None,
    )
