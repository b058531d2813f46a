"""Bodies that ratify at once are counted one after the other, and who is silent is counted once."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.ratifications.jobs import remind_of
from stakeholder_hub.ratifications.models import Ratification
from stakeholder_hub.ratifications.operations import lapse_if_due, ratify
from stakeholder_hub.ratifications.queries import load_seat, ratification_of
from stakeholder_hub.ratifications.rules import Outcome, Standing
from tests.decisions.test_after_close import closed, official_of
from tests.infrastructure.racing import DONE, at_once


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

    found = ratification_of(ballot)
    assert found is not None
    number = found.id
    db.session.remove()
    works = [ratifying(*pair) for pair in pairs]
    assert at_once(app, *works, behind=(Ratification, number)) == [DONE, DONE]
    now = db.session.get_one(Ballot, ballot_id)
    told = ratification_of(now)
    assert told is not None
    assert (told.standing, now.after_close) == (Standing.HELD, Standing.HELD)


def test_who_is_silent_lapses_once_however_many_workers_look(app: Flask) -> None:
    """And the end is told once. Fails on PostgreSQL when ``lapse_if_due`` does not lock the ratification."""
    ballot, _veto, bodies = closed(ratifiers=2)
    found = ratification_of(ballot)
    assert found is not None
    number, due_at, officials = found.id, found.due_at, [official_of(body).id for body in bodies]
    db.session.remove()
    with clock.frozen(due_at):
        works = [lambda: lapse_if_due(number) for _ in range(4)]
        assert at_once(app, *works) == [DONE] * 4
    told = sa.select(Notification.user_id).where(
        Notification.kind == "ratifications.failed", Notification.user_id.in_(officials)
    )
    assert sorted(db.session.scalars(told)) == sorted(officials)


def test_officials_are_reminded_to_ratify_once_however_many_workers_look(app: Flask) -> None:
    """Fails on PostgreSQL when ``remind_of`` does not hold the ratification."""
    ballot, _veto, bodies = closed(ratifiers=2)
    found = ratification_of(ballot)
    assert found is not None
    number, officials = found.id, [official_of(body).id for body in bodies]
    db.session.remove()
    works = [lambda: remind_of(number) for _ in range(4)]
    assert at_once(app, *works, behind=(Ratification, number)) == [DONE] * 4
    told = sa.select(Notification.user_id).where(
        Notification.kind == "ratifications.reminder", Notification.user_id.in_(officials)
    )
    assert sorted(db.session.scalars(told)) == sorted(officials)
