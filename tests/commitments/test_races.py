"""Two officials at once: one acts, the other is told; and where both may, both are kept."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.commitments.models import Claim, Commitment, CommitmentChange, Evidence, Finding
from stakeholder_hub.commitments.operations import (
    accept_commitment,
    declare_broken,
    give_evidence,
    refuse_commitment,
    verify_evidence,
)
from stakeholder_hub.kernel.database import db
from tests.factories.commitments import make_levels, official_of
from tests.referrals.test_the_way import at_once


def one(kind: Any, number: int) -> Any:
    return db.session.get_one(kind, number)


def changes() -> list[str]:
    return list(db.session.scalars(sa.select(CommitmentChange.after).order_by(CommitmentChange.id)))


def test_of_two_officials_who_answer_at_once_one_does(web: Flask) -> None:
    """The row is held and its version asked for; the version of the row refuses the second besides: either is enough.
    Fails when both are gone (``hold`` does nothing and ``record.version`` is no ``version_id_col``).
    """
    with web.app_context():
        levels = make_levels()
        asked = levels.ask()
        number, version = asked.id, asked.version
        first, second = levels.mayors[0].id, official_of(levels.councils[0]).id

    def accept() -> None:
        accept_commitment(one(Commitment, number), version=version, language="en", actor=one(User, first))

    def refuse() -> None:
        refuse_commitment(
            one(Commitment, number), reasons="No.", version=version, language="en", actor=one(User, second)
        )

    assert sorted(at_once(web, accept, refuse, accept, refuse)).count("done") == 1
    with web.app_context():
        assert len(changes()) == 2


def test_evidence_that_two_officials_give_at_once_is_kept_of_both(web: Flask) -> None:
    """Fails on PostgreSQL when ``hold`` does not lock: both find it not started, and one loses what was written."""
    with web.app_context():
        levels = make_levels()
        number = levels.pledge().id
        officials = [levels.mayors[0].id, *[official_of(levels.councils[0]).id for _ in range(3)]]

    def giving(person: int) -> Any:
        def work() -> None:
            give_evidence(
                one(Commitment, number),
                claim=Claim.STARTED,
                text="Look.",
                language="en",
                actor=one(User, person),
            )

        return work

    assert at_once(web, *[giving(person) for person in officials]) == ["done"] * 4
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Evidence)) == 4
        assert changes() == ["asked", "pledged", "started"]


def test_evidence_confirmed_and_a_promise_declared_broken_at_once_stand_one_after_the_other(
    web: Flask,
) -> None:
    """Either order may be: of two that verify one is done, whatever the third does.

    Fails on PostgreSQL when ``hold`` does not lock: who comes second is refused by the version of the row, although
    what they did was possible.
    """
    with web.app_context():
        levels = make_levels()
        commitment = levels.pledge()
        evidence = give_evidence(
            commitment, claim=Claim.KEPT, text="Look.", language="en", actor=levels.mayors[0]
        )
        ids = commitment.id, evidence.id, levels.ministry.id, levels.minister.id
        other = official_of(levels.ministry).id
        version = commitment.version

    def verify(person: int) -> Any:
        def work() -> None:
            verify_evidence(
                one(Evidence, ids[1]),
                body=one(Body, ids[2]),
                finding=Finding.CONFIRMED,
                language="en",
                actor=one(User, person),
            )

        return work

    def breaking() -> None:
        declare_broken(
            one(Commitment, ids[0]),
            body=one(Body, ids[2]),
            reasons="Nothing came.",
            version=version,
            language="en",
            actor=one(User, ids[3]),
        )

    answers = at_once(web, verify(ids[3]), verify(other), breaking)
    assert answers[:2].count("done") == 1
    with web.app_context():
        history = changes()
        assert history.count("kept") == 1
        assert one(Commitment, ids[0]).state == history[-1]
