"""Kept counts: the same as counting anew, whatever people do, also at once; nothing before a vote is closed."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.comparisons.cli import rebuild_aggregates
from stakeholder_hub.comparisons.models import BallotCount, ContributionCount
from stakeholder_hub.comparisons.rebuilding import rebuild_counts
from stakeholder_hub.consultations.models import Consultation, ParticipantCount
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.decisions.operations import cast_vote, close_ballot
from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.deliberation.operations import (
    add_comment,
    support_record,
    withdraw_comment,
    withdraw_support,
)
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import HubError
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.moderation.operations import hide_record, show_again
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.operations import submit_proposal, withdraw_proposal
from stakeholder_hub.records.models import Record
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.proposals import make_proposal
from tests.factories.territories import give_role


def figures() -> dict[str, Any]:
    """Every kept figure there is."""
    db.session.expire_all()
    rows = db.session.execute(sa.select(ContributionCount.__table__).order_by(sa.column("consultation_id")))
    people = db.session.execute(
        sa.select(ParticipantCount.__table__)
        .where(ParticipantCount.people > 0)
        .order_by("consultation_id", "sector")
    )
    ballots = db.session.execute(sa.select(BallotCount.__table__).order_by(sa.column("ballot_id")))
    totals = db.session.execute(
        sa.select(Consultation.id, Consultation.participant_count).order_by(Consultation.id)
    )
    return {
        "contributions": [tuple(row) for row in rows],
        "people": [tuple(row) for row in people],
        "ballots": [tuple(row) for row in ballots],
        "participants": [tuple(row) for row in totals],
    }


class Life:
    """People who do what they may, in an order that a seed decides."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.people = [make_user(sector=self.random.choice(list(Sector))) for _ in range(6)]
        self.consultations = [make_consultation() for _ in range(2)]
        self.moderators = {
            c.id: give_role(make_user(), Role.MODERATOR, territory=c.territory) for c in self.consultations
        }
        self.steps: list[Callable[[], Any]] = [
            self.submit,
            self.comment,
            self.support,
            self.support,
            self.take_support_back,
            self.withdraw,
            self.hide,
            self.show,
            self.vote,
            self.close,
            self.erase,
        ]

    def live(self, number: int) -> int:
        """So many steps; returns how many were possible."""
        done = 0
        for _step in range(number):
            try:
                self.random.choice(self.steps)()
                done += 1
            except (HubError, IndexError):
                db.session.rollback()
        return done

    def anyone(self) -> User:
        return self.random.choice([p for p in self.people if p.erased_at is None])

    def record(self, *kinds: type[Record]) -> Record:
        found: list[Record] = []
        for kind in kinds:
            found += db.session.scalars(sa.select(kind).order_by(kind.id)).all()
        return self.random.choice(found)

    def submit(self) -> None:
        consultation = self.random.choice(self.consultations)
        submit_proposal(consultation, title="Trees", body="Plant.", language="en", actor=self.anyone())

    def comment(self) -> None:
        subject = self.random.choice([*self.consultations, self.record(Proposal)])
        add_comment(subject, body="Yes.", language="en", actor=self.anyone())

    def support(self) -> None:
        support_record(self.record(Proposal, Comment), actor=self.anyone())

    def take_support_back(self) -> None:
        withdraw_support(self.record(Proposal, Comment), actor=self.anyone())

    def withdraw(self) -> None:
        record = self.record(Proposal, Comment)
        if isinstance(record, Proposal):
            withdraw_proposal(record, actor=record.author)
        elif isinstance(record, Comment):
            withdraw_comment(record, actor=record.author)

    def hide(self) -> None:
        record = self.record(Proposal, Comment)
        hide_record(record, reason="Rude", actor=self.moderators[record.context_id or 0])

    def show(self) -> None:
        record = self.record(Proposal, Comment)
        show_again(record, actor=self.moderators[record.context_id or 0])

    def vote(self) -> None:
        ballots = db.session.scalars(sa.select(Ballot).where(Ballot.state == BallotState.OPEN)).all()
        ballot = (
            ballots[0]
            if ballots
            else make_ballot(self.random.choice(self.consultations), method=Method.YES_NO, costs=())
        )
        cast_vote(ballot, choices=[ballot.options[0].position], actor=self.anyone())

    def close(self) -> None:
        close_ballot(
            db.session.scalars(sa.select(Ballot).where(Ballot.state == BallotState.OPEN)).all()[0],
            actor=SYSTEM,
        )

    def erase(self) -> None:
        if self.random.random() < 0.2 and len([p for p in self.people if p.erased_at is None]) > 2:
            person = self.anyone()
            erase_person(person, actor=person)


@pytest.mark.parametrize("seed", range(6))
def test_kept_counts_are_those_that_counting_anew_finds(app: Flask, seed: int) -> None:
    life = Life(seed)
    life.live(12)
    for _ in range(4):
        assert life.live(14) > 3
        kept = figures()
        rebuild_counts()
        assert figures() == kept


def test_counting_anew_mends_what_was_wrong_and_changes_nothing_the_second_time(app: Flask) -> None:
    proposal = make_proposal()
    support_record(proposal, actor=make_user())
    right = figures()
    db.session.execute(sa.update(ContributionCount).values(proposals=7, supports=0))
    db.session.execute(sa.delete(ParticipantCount))
    db.session.commit()
    assert figures() != right
    for _ in range(2):
        result = CliRunner().invoke(rebuild_aggregates, catch_exceptions=False)
        assert result.output == "1 consultations counted.\n"
        assert figures() == right


def test_a_withdrawn_proposal_takes_its_support_with_it(app: Flask) -> None:
    proposal = make_proposal()
    support_record(proposal, actor=make_user())
    row = db.session.scalars(sa.select(ContributionCount)).one()
    assert (row.proposals, row.supports) == (1, 1)
    withdraw_proposal(proposal, actor=proposal.author)
    db.session.refresh(row)
    assert (row.proposals, row.supports) == (0, 0)


def test_what_is_hidden_does_not_count_until_it_is_shown_again(app: Flask) -> None:
    proposal = make_proposal()
    moderator = give_role(make_user(), Role.MODERATOR, territory=proposal.territory)
    support_record(proposal, actor=make_user())
    row = db.session.scalars(sa.select(ContributionCount)).one()
    hide_record(proposal, reason="Rude", actor=moderator)
    db.session.refresh(row)
    assert (row.proposals, row.supports) == (0, 0)
    show_again(proposal, actor=moderator)
    db.session.refresh(row)
    assert (row.proposals, row.supports) == (1, 1)


@pytest.mark.hostile("H54")
def test_a_vote_leaves_no_figure_before_the_close(app: Flask) -> None:
    """Breaks where votes are counted when they are cast."""
    ballot = make_ballot(method=Method.YES_NO, costs=())
    person = make_user()
    make_proposal(ballot.consultation, actor=person)
    before = figures()
    cast_vote(ballot, choices=[ballot.options[0].position], actor=person)
    assert figures() == before
    close_ballot(ballot, actor=SYSTEM)
    row = db.session.scalars(sa.select(BallotCount)).one()
    assert (row.voters, row.chosen) == (1, [ballot.options[0].position])
    assert sum(row.figures.values()) == 1
    assert db.session.scalars(sa.select(ContributionCount.votes)).one() == 1


def test_an_erased_account_is_counted_no_more(app: Flask) -> None:
    person = make_user(sector=Sector.BUSINESS)
    proposal = make_proposal()
    support_record(proposal, actor=person)
    assert db.session.get_one(ParticipantCount, (proposal.consultation_id, "business")).people == 1
    erase_person(person, actor=person)
    db.session.expire_all()
    assert db.session.get_one(ParticipantCount, (proposal.consultation_id, "business")).people == 0
    assert proposal.consultation.participant_count == 1
    assert db.session.scalars(sa.select(ContributionCount.supports)).one() == 0


def test_of_parallel_contributions_none_is_lost(app: Flask) -> None:
    """Fails on PostgreSQL where a counter is read, raised and written instead of raised by one UPDATE. Everybody takes
    part already and supports another proposal, so that no other row keeps them one after the other.
    """
    consultation = make_consultation()
    people = [make_user(sector=list(Sector)[n % 5]).id for n in range(8)]
    proposals = [
        make_proposal(consultation, actor=db.session.get_one(User, p)).id for p in people for _ in "12"
    ]
    consultation_id = consultation.id
    db.session.commit()
    together = Barrier(8)

    def contribute(at: int) -> None:
        with app.app_context():
            together.wait()
            for n in range(at * 2, at * 2 + 2):
                person = db.session.get_one(User, people[at - 1])
                support_record(db.session.get_one(Proposal, proposals[n]), actor=person)
                add_comment(
                    db.session.get_one(Proposal, proposals[n]), body="Yes.", language="en", actor=person
                )

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(contribute, n) for n in range(8)]:
            done.result()
    row = db.session.get_one(ContributionCount, consultation_id)
    assert (row.proposals, row.comments, row.supports) == (16, 16, 16)
    assert db.session.scalar(sa.select(sa.func.sum(ParticipantCount.people))) == 8
    kept = figures()
    rebuild_counts()
    assert figures() == kept


def test_of_people_who_take_part_at_once_none_is_lost(app: Flask) -> None:
    proposal_id = make_proposal().id
    people = [make_user(sector=Sector.BUSINESS).id for n in range(16)]
    db.session.commit()
    together = Barrier(8)

    def contribute(user_ids: list[int]) -> None:
        with app.app_context():
            together.wait()
            for user_id in user_ids:
                support_record(
                    db.session.get_one(Proposal, proposal_id), actor=db.session.get_one(User, user_id)
                )

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(contribute, people[n::8]) for n in range(8)]:
            done.result()
    counted = db.session.scalars(
        sa.select(ParticipantCount.people).where(ParticipantCount.sector == "business")
    )
    assert counted.one() == 16


def test_counting_anew_while_people_contribute_loses_nothing(app: Flask) -> None:
    """Fails on PostgreSQL where the counts are not held while they are counted."""
    proposal_id = make_proposal().id
    people = [make_user().id for _ in range(24)]
    db.session.commit()
    together = Barrier(4)

    def contribute(user_ids: list[int]) -> None:
        with app.app_context():
            together.wait()
            for user_id in user_ids:
                support_record(
                    db.session.get_one(Proposal, proposal_id), actor=db.session.get_one(User, user_id)
                )

    def count_again() -> None:
        with app.app_context():
            together.wait()
            for _ in range(6):
                rebuild_counts()

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(contribute, people[n::3]) for n in range(3)]
        waiting.append(pool.submit(count_again))
        for done in waiting:
            done.result()
    assert db.session.scalars(sa.select(ContributionCount.supports)).one() == 24


def test_a_ballot_closed_with_its_phase_is_counted(app: Flask, sweep: Any) -> None:
    ballot = make_ballot(method=Method.YES_NO, costs=(), closes_at=clock.now() + timedelta(hours=1))
    cast_vote(ballot, choices=[ballot.options[1].position], actor=make_user())
    with clock.frozen(clock.now() + timedelta(hours=2)):
        db.session.commit()
        sweep()
    row = db.session.scalars(sa.select(BallotCount)).one()
    assert (row.voters, row.chosen) == (1, [])
