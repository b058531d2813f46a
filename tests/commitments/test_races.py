"""Two officials at once: one acts, the other is told; and where both may, both are kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.commitments import jobs
from stakeholder_hub.commitments.models import (
    Claim,
    Commitment,
    CommitmentChange,
    CommitmentState,
    Evidence,
    Finding,
    TextVersion,
)
from stakeholder_hub.commitments.operations import (
    accept_commitment,
    declare_broken,
    give_evidence,
    put_to_ratification,
    refuse_commitment,
    revise_text,
    supersede_commitment,
    verify_evidence,
    withdraw_commitment,
)
from stakeholder_hub.commitments.operations.texts import ClauseDraft
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.ratifications.models import Ratification, RatificationAct
from stakeholder_hub.ratifications.operations import ratify
from stakeholder_hub.ratifications.queries import load_seat, ratification_of
from stakeholder_hub.ratifications.rules import Outcome, Rule
from stakeholder_hub.records.models import Link, Record, Relation
from tests.commitments.test_texts import putting
from tests.factories.commitments import Levels, make_levels, official_of
from tests.infrastructure.racing import DONE, at_once


def one(kind: Any, number: int) -> Any:
    return db.session.get_one(kind, number)


def changes() -> list[str]:
    return list(db.session.scalars(sa.select(CommitmentChange.after).order_by(CommitmentChange.id)))


def count(what: Any, *where: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(what).where(*where)) or 0


def stepping(operation: Callable[..., Any], number: int, person: int, **values: Any) -> Callable[[], None]:
    """The operation on the commitment with this id, by somebody with this id."""

    def work() -> None:
        operation(one(Commitment, number), **values, language="en", actor=one(User, person))

    return work


def test_of_two_officials_who_answer_at_once_one_does(web: Flask) -> None:
    """The others are told what stands there now. Fails on PostgreSQL when ``hold_version`` does not lock: the version
    of the row breaks them off, with nothing to read.
    """
    with web.app_context():
        levels = make_levels()
        asked = levels.ask()
        number, version, minister = asked.id, asked.version, levels.minister.id
        first, second = levels.mayors[0].id, official_of(levels.councils[0]).id
    accept = stepping(accept_commitment, number, first, version=version)
    refuse = stepping(refuse_commitment, number, second, version=version, reasons="No.")
    answers = at_once(web, accept, refuse, accept, refuse, behind=(Record, number))
    assert sorted(answers) == ["Conflict"] * 3 + [DONE]
    with web.app_context():
        assert len(changes()) == 2
        told = Notification.kind == "commitments.answered"
        assert count(Notification, told, Notification.user_id == minister) == 1


def test_evidence_that_two_officials_give_at_once_is_kept_of_both(web: Flask) -> None:
    """Fails on PostgreSQL when ``give_evidence`` does not hold the commitment: both find it not started, and one loses
    what was written.
    """
    with web.app_context():
        levels = make_levels()
        number = levels.pledge().id
        officials = [levels.mayors[0].id, *[official_of(levels.councils[0]).id for _ in range(3)]]
    works = [
        stepping(give_evidence, number, person, claim=Claim.STARTED, text="Look.") for person in officials
    ]
    assert at_once(web, *works, behind=(Record, number)) == [DONE] * 4
    with web.app_context():
        assert count(Evidence) == 4
        assert changes() == ["asked", "pledged", "started"]


def test_evidence_confirmed_and_a_promise_declared_broken_at_once_stand_one_after_the_other(
    web: Flask,
) -> None:
    """Either order may be: of two that verify one is done, whatever the third does.

    Fails on PostgreSQL when ``verify_evidence`` does not hold the commitment: who comes second is broken off by the
    version of the row, although what they did was possible or had a reason why not.
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

    answers = at_once(web, verify(ids[3]), verify(other), breaking, behind=(Record, ids[0]))
    assert sorted(answers[:2]) == ["NotAllowed", DONE]
    assert answers[2] in (DONE, "Conflict")
    with web.app_context():
        history = changes()
        assert history.count("kept") == 1
        assert one(Commitment, ids[0]).state == history[-1]


# -- Promises that take each other's place -----------------------------------------------------------------------------


def superseding(levels: Levels, earlier: Commitment, later: Commitment) -> Callable[[], None]:
    ids, person, version = (earlier.id, later.id), levels.minister.id, earlier.version

    def work() -> None:
        supersede_commitment(
            one(Commitment, ids[0]),
            successor=one(Commitment, ids[1]),
            reasons="The later one says more.",
            version=version,
            language="en",
            actor=one(User, person),
        )

    return work


@pytest.mark.parametrize("promises", [2, 3])
def test_promises_that_are_to_take_each_others_place_at_once_make_no_ring(web: Flask, promises: int) -> None:
    """Whoever comes last is told that the other is no promise any more. Fails on PostgreSQL when
    ``supersede_commitment`` does not hold the later promise as well, or takes the two as they come (a deadlock): what
    would remain is that no link of the journey leads back to where it began.
    """
    with web.app_context():
        levels = make_levels()
        pledged = [levels.pledge() for _ in range(promises)]
        ids = [promise.id for promise in pledged]
        works = [superseding(levels, pledged[i], pledged[(i + 1) % promises]) for i in range(promises)]
    answers = at_once(web, *works, behind=(Record, ids[0]))
    assert set(answers) == {DONE, "Invalid"}
    with web.app_context():
        states = {number: one(Commitment, number).state for number in ids}
        assert CommitmentState.PLEDGED in states.values()
        superseded = [number for number in ids if states[number] == CommitmentState.SUPERSEDED]
        assert len(superseded) == answers.count(DONE)
        assert count(Link, Link.relation == Relation.REPEATED_AS) == len(superseded)
        assert changes().count("superseded") == len(superseded)


def test_a_promise_that_is_taken_back_meanwhile_takes_no_place(web: Flask) -> None:
    """Either order may be; never is one superseded by what had been taken back before. Fails on PostgreSQL when
    ``supersede_commitment`` does not hold the later promise as well.
    """
    with web.app_context():
        levels = make_levels()
        first, second = levels.pledge(), levels.pledge()
        ids = first.id, second.id
        supersede = superseding(levels, first, second)
        take_back = stepping(
            withdraw_commitment, second.id, levels.mayors[0].id, version=second.version, reasons="No land."
        )
    answers = at_once(web, take_back, supersede, behind=(Record, ids[1]))
    assert answers[0] == DONE
    assert answers[1] in (DONE, "Invalid")
    with web.app_context():
        end = [state for state in changes() if state in ("withdrawn", "superseded")]
        assert end == (["superseded", "withdrawn"] if answers[1] == DONE else ["withdrawn"])


# -- Texts and their ratification --------------------------------------------------------------------------------------


def test_of_two_first_texts_of_a_decision_one_is_put_to_the_bodies(web: Flask) -> None:
    """The other is told that there is one. Fails on PostgreSQL when ``put_to_ratification`` does not hold the decision:
    the number of the version, which is unique, breaks it off.
    """
    with web.app_context():
        levels = make_levels()
        ids = levels.decision.id, levels.ministry.id, [body.id for body in levels.councils]
        minister = levels.minister.id

    def put() -> None:
        put_to_ratification(
            one(Decision, ids[0]),
            asker=one(Body, ids[1]),
            clauses=[ClauseDraft("Ten flats")],
            bodies=[one(Body, number) for number in ids[2]],
            rule=Rule.EVERY,
            until=clock.today() + timedelta(days=30),
            language="en",
            actor=one(User, minister),
        )

    assert sorted(at_once(web, put, put, behind=(Record, ids[0]))) == ["Conflict", DONE]
    with web.app_context():
        assert (count(TextVersion), count(Ratification)) == (1, 1)


@pytest.fixture
def text(web: Flask) -> dict[str, Any]:
    """A text that two bodies have to ratify."""
    with web.app_context():
        levels = make_levels()
        putting(levels, ClauseDraft("Ten flats"))
        ratification = ratification_of(levels.decision)
        assert ratification is not None
        return {
            "decision": levels.decision.id,
            "ratification": ratification.id,
            "minister": levels.minister.id,
            "bodies": [body.slug for body in levels.councils],
            "mayors": [mayor.id for mayor in levels.mayors],
            "second": official_of(levels.councils[0]).id,
        }


def revising(text: dict[str, Any], words: str) -> Callable[[], None]:
    def work() -> None:
        revise_text(
            one(Decision, text["decision"]),
            clauses=[ClauseDraft(words, key=1, material=True)],
            note="More.",
            version=1,
            language="en",
            actor=one(User, text["minister"]),
        )

    return work


def ratifying(text: dict[str, Any], person: int) -> Callable[[], None]:
    def work() -> None:
        ratify(
            load_seat(one(Decision, text["decision"]), text["bodies"][0]),
            outcome=Outcome.ADOPTED,
            act="Act 7",
            acted_on=clock.today(),
            position="Mayor",
            language="en",
            actor=one(User, person),
        )

    return work


def test_of_two_new_versions_written_at_once_one_is_the_next(web: Flask, text: dict[str, Any]) -> None:
    """The other is shown both. Fails on PostgreSQL when ``revise_text`` does not hold the decision: the number of the
    version, which is unique, breaks it off, with nothing to read.
    """
    works = [revising(text, words) for words in ("Twelve flats", "Eight flats")]
    assert sorted(at_once(web, *works, behind=(Record, text["decision"]))) == ["Conflict", DONE]
    with web.app_context():
        assert count(TextVersion) == 2


def test_of_two_officials_who_ratify_for_a_body_at_once_one_does(web: Flask, text: dict[str, Any]) -> None:
    """The other is told that the body has answered. Fails on PostgreSQL when ``hold`` of ratifications does not lock:
    that one act holds, which is unique, breaks it off.
    """
    works = [ratifying(text, person) for person in (text["mayors"][0], text["second"])]
    answers = at_once(web, *works, behind=(Ratification, text["ratification"]))
    assert sorted(answers) == ["NotAllowed", DONE]
    with web.app_context():
        assert count(RatificationAct) == 1


def test_a_body_that_ratifies_while_the_text_changes_has_ratified_one_of_the_two(
    web: Flask, text: dict[str, Any]
) -> None:
    """It ratified the old one and is asked again, or the new one. Fails on PostgreSQL when ``hold`` of ratifications
    does not lock: what was ratified before the change would count as the new text.
    """
    answers = at_once(
        web,
        ratifying(text, text["mayors"][0]),
        revising(text, "Twelve flats"),
        behind=(Ratification, text["ratification"]),
    )
    assert answers == [DONE, DONE]
    with web.app_context():
        act = db.session.scalars(sa.select(RatificationAct)).one()
        stands = (act.revision, act.reset_by, act.seat.outcome)
        assert stands in ((1, 2, Outcome.WAITING), (2, None, Outcome.ADOPTED))


# -- Clocks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "kind"), [(50, "due_soon"), (61, "overdue")])
def test_officials_are_reminded_once_however_many_workers_look(web: Flask, days: int, kind: str) -> None:
    """Fails on PostgreSQL when ``remind_of`` does not hold the commitment."""
    with web.app_context():
        levels = make_levels()
        number, mayor = levels.pledge().id, levels.mayors[0].id
    with clock.frozen(clock.now() + timedelta(days=days)):
        answers = at_once(
            web, *[lambda: jobs.remind_of(number) for _ in range(3)], behind=(Commitment, number)
        )
    assert answers == [DONE] * 3
    with web.app_context():
        told = Notification.kind == f"commitments.{kind}"
        assert count(Notification, told, Notification.user_id == mayor) == 1
