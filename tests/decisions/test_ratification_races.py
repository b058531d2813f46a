"""Bodies that ratify at once are counted one after the other."""

from typing import Any

from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.ratifications.operations import ratify
from stakeholder_hub.ratifications.queries import load_seat, ratification_of
from stakeholder_hub.ratifications.rules import Outcome, Standing
from tests.decisions.test_after_close import closed, official_of
from tests.referrals.test_the_way import at_once


def test_the_last_two_bodies_that_ratify_at_once_settle_it(app: Flask) -> None:
    """Fails on PostgreSQL when ``hold`` does not lock: each counts without the other, and it waits for ever."""
    ballot, _veto, bodies = closed(ratifiers=2)
    ballot_id = ballot.id
    pairs = [(body.slug, official_of(body).id) for body in bodies]

    def ratifying(slug: str, person: int) -> Any:
        def work() -> None:
            seat = load_seat(db.session.get_one(Ballot, ballot_id), slug)
            ratify(
                seat,
                outcome=Outcome.ADOPTED,
                act="Resolution 1",
                acted_on=clock.today(),
                position="Mayor",
                language="en",
                actor=db.session.get_one(User, person),
            )

        return work

    db.session.remove()
    assert at_once(app, *[ratifying(*pair) for pair in pairs]) == ["done", "done"]
    now = db.session.get_one(Ballot, ballot_id)
    told = ratification_of(now)
    assert told is not None
    assert (told.standing, now.after_close) == (Standing.HELD, Standing.HELD)
