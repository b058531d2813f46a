"""What waits for me: gathered from every feature, most urgent first, at a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import url_for

from stakeholder_hub.actions.queries import waiting_for
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.commitments.models import WAITING
from stakeholder_hub.commitments.queries import waiting_for_answer, waiting_for_finding
from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.consultations.queries import run_by, to_be_closed, to_be_published
from stakeholder_hub.decisions.aftermath import waiting_for_veto
from stakeholder_hub.decisions.electorate import Electorate
from stakeholder_hub.decisions.models import Ballot, Elector
from stakeholder_hub.decisions.queries import waiting_for_vote
from stakeholder_hub.editions.parts import place_url
from stakeholder_hub.editions.waiting import invitations_for, requests_for, versions_for
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.queries import put_forward_by, to_be_answered
from stakeholder_hub.ratifications.queries import waiting_for_act
from stakeholder_hub.records.models import Record
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.parties import Party, parties_of
from stakeholder_hub.referrals.queries import inbox_of, joining_requests_for, to_be_judged
from stakeholder_hub.territories.models import Territory


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for somebody. ``by`` is until when; the most urgent comes first. ``url`` leads to where it
    is done, if not to the record itself; ``place`` is whose it is, if not the record's.
    """

    icon: str
    what: Reason
    title: Multilingual
    record: Record
    by: datetime | None = None
    overdue: bool = False
    url: str | None = None
    place: Territory | None = None

    @property
    def urgency(self) -> tuple[int, float]:
        """Sorts overdue things first, then by their time; what has none comes last."""
        return (0 if self.overdue else 1, self.by.timestamp() if self.by is not None else float("inf"))


def waiting(actor: Any) -> list[Waiting]:
    """Everything that waits for ``actor``, most urgent first. A constant number of statements."""
    parties = parties_of(actor)
    bodies = [party for party in parties if isinstance(party, Body)]
    found = [
        *_items(actor),
        *_ballots(actor),
        *_consultations(actor),
        *_answers(actor),
        *_editions(actor),
        *_referrals(actor, parties, bodies),
        *_answers_to_judge(actor),
        *_of_bodies(actor, bodies),
    ]
    return sorted(found, key=lambda entry: entry.urgency)


def _items(actor: Any) -> list[Waiting]:
    entries = []
    for item in db.session.scalars(waiting_for(actor).limit(50)):
        zone = item.territory.timezone
        due = None
        if item.due_on is not None:
            due = datetime.combine(item.due_on + timedelta(days=1), time(), ZoneInfo(zone))
        late = item.is_overdue(clock.today(zone))
        what = _l("To be done, and overdue") if late else _l("To be done")
        entries.append(Waiting("action", what, item.title, item, due, overdue=late))
    return entries


def _ballots(actor: Any) -> list[Waiting]:
    """Open votes in which the actor has not voted: those for everyone in the home town, above it and in the actor's
    groups, and all others on whose roll they stand by their account.
    """
    groups = [g.group_id for g in actor.grants if g.group_id is not None]
    home = actor.home_territory
    places = home.lineage_ids if home is not None else []
    on_roll = sa.select(Elector.ballot_id).where(Elector.user_id == actor.id, Elector.way.is_(None))
    ballots = db.session.scalars(
        waiting_for_vote(actor)
        .where(
            sa.or_(
                sa.and_(
                    Ballot.electorate == Electorate.EVERYONE,
                    sa.or_(Ballot.territory_id.in_(places), Ballot.group_id.in_(groups)),
                ),
                Ballot.id.in_(on_roll),
            )
        )
        .limit(20)
    )
    return [Waiting("ballot", _l("You can vote"), b.title, b, b.closes_at) for b in ballots]


def _consultations(actor: Any) -> list[Waiting]:
    drafts = db.session.scalars(to_be_published(actor).limit(20)).unique()
    over = db.session.scalars(to_be_closed(actor).limit(20)).unique()
    return [
        *[Waiting("edit", _l("A draft waits to be published"), c.title, c, c.starts_at) for c in drafts],
        *[Waiting("consultation", _l("Ended: close it with a summary"), c.title, c, c.ends_at) for c in over],
    ]


def _answers(actor: Any) -> list[Waiting]:
    mine = run_by(actor).where(Consultation.state == ConsultationState.PUBLISHED)
    ids = mine.with_only_columns(Consultation.id).order_by(None)
    proposals = db.session.scalars(to_be_answered(actor, ids).limit(20))
    return [Waiting("reply", _l("Waits for an official answer"), p.title, p) for p in proposals]


def _editions(actor: Any) -> list[Waiting]:
    """Invitations of the actor's places, later versions for their editions, and places that ask."""
    entries = []
    for edition in invitations_for(actor):
        place, by = edition.territory, None
        if edition.reply_by is not None:
            by = datetime.combine(edition.reply_by + timedelta(days=1), time(), ZoneInfo(place.timezone))
        late = by is not None and by <= clock.now()
        what, parent = _l("Your place is invited: answer"), edition.parent
        entries.append(Waiting("mail", what, parent.title, parent, by, late, place_url(edition), place))
    for waiting_version in versions_for(actor):
        edition = waiting_version.edition
        url = place_url(edition, "editions.version", number=waiting_version.number)
        record, place = edition.consultation or edition.parent, edition.territory
        what = _l("A new version of what is common: adopt it or say why not")
        entries.append(Waiting("history", what, record.title, record, url=url, place=place))
    for edition in requests_for(actor):
        record, url = edition.parent, url_for("editions.core", slug=edition.parent.slug, state="asked")
        what = _l("A place asks to take part")
        entries.append(Waiting("question", what, record.title, record, url=url, place=edition.territory))
    return entries


def _referrals(actor: Any, parties: Sequence[Party], bodies: Sequence[Body]) -> list[Waiting]:
    """What the bodies one acts for owe an answer to, and matters that another level wants to join."""
    now = clock.now()
    inbox = inbox_of(bodies, actor).order_by(Referral.due_at, Referral.id).limit(20)
    owed: Sequence[Referral] = db.session.scalars(inbox).all() if bodies else []
    asked = joining_requests_for(parties) if parties else []
    return [
        *[
            Waiting(
                "referral",
                _l("An answer is overdue") if r.is_overdue(now) else _l("Another level waits for an answer"),
                r.title,
                r,
                r.due_at,
                overdue=r.is_overdue(now),
            )
            for r in owed
        ],
        *[
            Waiting("question", _l("May your matter be joined with others?"), a.referral.title, a.referral)
            for a in asked
        ],
    ]


def _answers_to_judge(actor: Any) -> list[Waiting]:
    return [Waiting("reply", _l("Does this answer your question?"), r.title, r) for r in to_be_judged(actor)]


def _of_bodies(actor: Any, bodies: Sequence[Body]) -> list[Waiting]:
    """What waits for a body that the actor acts for: to be answered, ratified, kept, verified, or vetoed."""
    if not bodies:
        return []
    acts = [
        Waiting(
            "decision",
            _l("Waits for your body to ratify it"),
            s.ratification.record.title,
            s.ratification.record,
            s.ratification.due_at,
        )
        for s in waiting_for_act(actor, bodies)
    ]
    vetoes = [
        Waiting("flag", _l("Your body can veto this result"), ballot.title, ballot, ballot.veto_until)
        for ballot, _body in waiting_for_veto(actor, bodies)
    ]
    shown = [
        Waiting("eye", _l("Evidence waits to be verified"), evidence.title, evidence)
        for evidence in waiting_for_finding(actor, bodies)
    ]
    return [*acts, *vetoes, *shown, *_commitments(actor, bodies)]


def _commitments(actor: Any, bodies: Sequence[Body]) -> list[Waiting]:
    entries = []
    for one in waiting_for_answer(actor, bodies):
        zone = one.territory.timezone
        due = datetime.combine(one.due_on + timedelta(days=1), time(), ZoneInfo(zone))
        late = one.is_overdue(clock.today(zone))
        if one.state in WAITING:
            what = _l("Waits for your answer")
        else:
            what = _l("Promised, and overdue") if late else _l("Promised by your body")
        entries.append(Waiting("check", what, one.title, one, due, overdue=late))
    return entries


def own_proposals(actor: Any, limit: int = 10) -> Sequence[Proposal]:
    """What the actor put forward, the latest first."""
    return db.session.scalars(put_forward_by(actor).limit(limit)).all()
