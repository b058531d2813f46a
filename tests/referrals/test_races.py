"""Several act on one matter at once: one after the other, each on what holds then, and nobody waits for ever."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.records.models import Link, Record, Relation
from stakeholder_hub.referrals.jobs import remind_if_due, warn_if_overdue
from stakeholder_hub.referrals.kinds import JoinState, Outcome, Satisfaction
from stakeholder_hub.referrals.models import JoinRequest, LocalNote, Referral, Response, Verdict
from stakeholder_hub.referrals.operations import (
    acknowledge_referral,
    add_local_note,
    answer_referral,
    ask_to_join,
    begin_deliberation,
    conclude_referral,
    decide_joining,
    judge_answer,
    reopen_referral,
    send_referral,
    translate_answer,
    withdraw_referral,
)
from stakeholder_hub.referrals.operations.handing_on import escalate_referral
from stakeholder_hub.referrals.queries import tip_of
from tests.factories.referrals import (
    Ladder,
    acknowledge,
    make_answer,
    make_draft,
    make_ladder,
    make_referral,
)
from tests.infrastructure.racing import BROKEN_OFF, DONE, at_once
from tests.referrals.test_the_way import asked, forward, second_town

Work = Callable[[], None]


def working(operation: Callable[..., Any], kind: type, key: Any, actor: int, **values: Any) -> Work:
    """The operation on what has this key, by somebody with this id; a value ``(kind, key)`` is loaded as well."""

    def work() -> None:
        loaded = {
            name: db.session.get_one(*value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }
        operation(db.session.get_one(kind, key), **loaded, actor=db.session.get_one(User, actor))

    return work


def on_referral(operation: Callable[..., Any], referral: int, actor: int, **values: Any) -> Work:
    return working(operation, Referral, referral, actor, **values)


def answering(ids: dict[str, int], outcome: Outcome = Outcome.DECLINED, to: str | None = None) -> Work:
    values: dict[str, Any] = {"forward_to": (Body, ids[to]), "skip_reason": "Because"} if to else {}
    return on_referral(
        answer_referral,
        ids["referral"],
        ids["official"],
        outcome=outcome,
        answer="Reasons",
        language="en",
        **values,
    )


def agreeing(request: JoinRequest, actor: Any) -> Work:
    key = (request.bundling_id, request.referral_id)
    return working(decide_joining, JoinRequest, key, actor.id, agreed=True)


def count(what: Any, *where: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(what).where(*where)) or 0


def times_told(person: int, kind: str) -> int:
    return count(Notification, Notification.user_id == person, Notification.kind == f"referrals.{kind}")


@pytest.fixture
def acknowledged(web: Flask) -> dict[str, int]:
    """A referral to the region, acknowledged."""
    with web.app_context():
        return ids_of(ladder := make_ladder(), make_referral(ladder, acknowledged=True))


def ids_of(ladder: Ladder, referral: Referral) -> dict[str, int]:
    return {
        "referral": referral.id,
        "official": ladder.region.official.id,
        "coordinator": ladder.coordinator.id,
        "author": ladder.author.id,
        "state": ladder.state.body.id,
        "programme": ladder.programme.body.id,
    }


# -- One rung ----------------------------------------------------------------------------------------------------------


def test_of_two_officials_who_answer_at_once_one_does(web: Flask, acknowledged: dict[str, int]) -> None:
    """The others are told that it has been answered. Fails on PostgreSQL when ``answer_referral`` does not hold the
    rung: they write a whole answer and are broken off by the version of the row.
    """
    works = [answering(acknowledged) for _ in range(4)]
    answers = at_once(web, *works, behind=(Record, acknowledged["referral"]))
    assert sorted(answers) == ["NotAllowed"] * 3 + [DONE]
    with web.app_context():
        assert count(Response) == 1
        assert times_told(acknowledged["author"], "answered_declined") == 1


def test_of_two_forwards_at_once_one_is_the_next_rung(web: Flask, acknowledged: dict[str, int]) -> None:
    """The others are told that it has been answered. Fails on PostgreSQL when ``answer_referral`` does not hold the
    rung: its version breaks them off, and without that ``previous_id``, which is unique.
    """
    works = [answering(acknowledged, Outcome.NOT_COMPETENT, to) for to in ("state", "programme") * 2]
    answers = at_once(web, *works, behind=(Record, acknowledged["referral"]))
    assert sorted(answers) == ["NotAllowed"] * 3 + [DONE]
    with web.app_context():
        assert count(Referral, Referral.previous_id.is_not(None)) == 1
        assert times_told(acknowledged["author"], "forwarded") == 1


def test_a_matter_escalates_once_however_many_look(web: Flask, acknowledged: dict[str, int]) -> None:
    """Fails on PostgreSQL when ``escalate_referral`` does not hold the rung: workers find it open still, and all but
    one break off.
    """
    referral = acknowledged["referral"]
    with clock.frozen(clock.now() + timedelta(days=200)):
        outcomes = at_once(
            web, *[lambda: escalate_referral(referral) for _ in range(4)], behind=(Record, referral)
        )
    assert outcomes == [DONE] * 4
    with web.app_context():
        assert count(Referral) == 2
        assert times_told(acknowledged["author"], "escalated") == 1


@pytest.mark.parametrize(("days", "kind"), [(55, "due_soon"), (61, "overdue")])
def test_officials_are_reminded_once_however_many_workers_look(
    web: Flask, acknowledged: dict[str, int], days: int, kind: str
) -> None:
    """Fails on PostgreSQL when ``remind_if_due`` and ``warn_if_overdue`` do not hold the rung, and when it is locked
    and read in one statement: the others would not see that they have been.
    """
    referral = acknowledged["referral"]
    remind = remind_if_due if kind == "due_soon" else warn_if_overdue
    with clock.frozen(clock.now() + timedelta(days=days)):
        answers = at_once(web, *[lambda: remind(referral) for _ in range(3)], behind=(Record, referral))
    assert answers == [DONE] * 3
    with web.app_context():
        assert times_told(acknowledged["official"], kind) == 1


@pytest.mark.parametrize("twice", ["send", "acknowledge", "deliberate", "withdraw"])
def test_what_is_done_twice_at_once_is_done_and_told_once(web: Flask, twice: str) -> None:
    """The second is told that it has been done. Fails on PostgreSQL when the operation does not hold the rung."""
    with web.app_context():
        ladder = make_ladder()
        if twice == "send":
            referral = make_draft(ladder)
        else:
            referral = make_referral(ladder, acknowledged=twice == "deliberate")
        ids = ids_of(ladder, referral)
    work, person, kind = {
        "send": (on_referral(send_referral, ids["referral"], ids["coordinator"]), "official", "asked"),
        "acknowledge": (
            on_referral(
                acknowledge_referral, ids["referral"], ids["official"], note="Unit 3.", language="en"
            ),
            "author",
            "acknowledged",
        ),
        "deliberate": (
            on_referral(begin_deliberation, ids["referral"], ids["official"]),
            "official",
            "asked",
        ),
        "withdraw": (
            on_referral(withdraw_referral, ids["referral"], ids["coordinator"]),
            "official",
            "withdrawn",
        ),
    }[twice]
    assert sorted(at_once(web, work, work, behind=(Record, ids["referral"]))) == ["NotAllowed", DONE]
    with web.app_context():
        assert times_told(ids[person], kind) == 1


def test_what_is_taken_back_while_the_body_begins_is_one_of_the_two(
    web: Flask, acknowledged: dict[str, int]
) -> None:
    """Fails on PostgreSQL when one of the two does not hold the rung: it is broken off after all was written."""
    ids = acknowledged
    answers = at_once(
        web,
        on_referral(withdraw_referral, ids["referral"], ids["coordinator"]),
        on_referral(begin_deliberation, ids["referral"], ids["official"]),
        behind=(Record, ids["referral"]),
    )
    assert sorted(answers) == ["NotAllowed", DONE]


# -- After the answer --------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(web: Flask, acknowledged: dict[str, int]) -> dict[str, int]:
    """The same with an answer that the author finds wanting."""
    with web.app_context():
        answering(acknowledged)()
        response = db.session.scalars(sa.select(Response)).one()
        return {**acknowledged, "response": response.id}


def test_an_answer_is_judged_once_however_often_it_is_sent(web: Flask, answered: dict[str, int]) -> None:
    """The second is told so. Fails on PostgreSQL when ``judge_answer`` does not hold the rung: the key of the verdicts
    breaks it off.
    """
    ids = answered
    judging = on_referral(
        judge_answer, ids["referral"], ids["author"], satisfaction=Satisfaction.NO, language="en"
    )
    answers = at_once(web, judging, judging, behind=(Record, ids["referral"]))
    assert sorted(answers) == ["NotAllowed", DONE]
    with web.app_context():
        assert count(Verdict) == 1
        assert times_told(ids["official"], "judged") == 1


def test_a_matter_is_reopened_once_however_often_it_is_sent(web: Flask, answered: dict[str, int]) -> None:
    """The second is told that it has been. Fails on PostgreSQL when ``reopen_referral`` does not hold the rungs, and
    when a rung is locked and read in one statement: then what the first wrote of the rung itself is not seen.
    """
    ids = answered
    with web.app_context():
        author = db.session.get_one(User, ids["author"])
        referral = db.session.get_one(Referral, ids["referral"])
        judge_answer(referral, satisfaction=Satisfaction.NO, language="en", actor=author)
    reopening = on_referral(reopen_referral, ids["referral"], ids["author"], reason="How many?")
    answers = at_once(web, reopening, reopening, behind=(Record, ids["referral"]))
    assert sorted(answers) == ["NotAllowed", DONE]
    with web.app_context():
        assert times_told(ids["official"], "reopened") == 1


def test_a_body_adds_one_note_however_often_it_is_sent(web: Flask, answered: dict[str, int]) -> None:
    """Nothing is held: the unique rule of the notes refuses the second, and nothing is left of it. Fails without it."""
    ids = answered

    def noting() -> None:
        response = db.session.get_one(Response, ids["response"])
        speaker = db.session.get_one(Referral, ids["referral"]).sender
        actor = db.session.get_one(User, ids["coordinator"])
        add_local_note(response, speaker=speaker, text="For us: no.", language="en", actor=actor)

    answers = at_once(web, noting, noting, noting)
    assert answers.count(DONE) == 1
    assert set(answers) <= {DONE, "NotAllowed", BROKEN_OFF}
    with web.app_context():
        assert count(LocalNote) == 1
        assert times_told(ids["author"], "noted") == 1


def test_translations_into_two_languages_at_once_are_both_kept(web: Flask, answered: dict[str, int]) -> None:
    """Fails on PostgreSQL when ``translate_answer`` does not hold the answer, and when it is locked and read in one
    statement: the second would write the texts that it read before the first.
    """
    ids = answered
    works = [
        working(
            translate_answer,
            Response,
            ids["response"],
            ids["coordinator"],
            language=language,
            text=f"In {language}",
        )
        for language in ("sl", "de", "hu")
    ]
    assert at_once(web, *works, behind=(Record, ids["response"])) == [DONE] * 3
    with web.app_context():
        response = db.session.get_one(Response, ids["response"])
        assert set(response.answer.texts) == set(response.answer_html) == {"en", "sl", "de", "hu"}


def test_a_matter_reopened_while_its_end_is_said_is_both_without_a_deadlock(web: Flask) -> None:
    """Whoever needs several rungs holds the latest first. Fails on PostgreSQL when ``reopen_referral`` holds the
    first one before the last.
    """
    with web.app_context():
        ladder = make_ladder()
        first = make_referral(ladder, acknowledged=True)
        tip = acknowledge(ladder, forward(ladder, first, ladder.state))
        make_answer(ladder, tip, Outcome.ACCEPTED)
        judge_answer(first, satisfaction=Satisfaction.PARTLY, language="en", actor=ladder.author)
        rungs, people = (first.id, tip.id), (ladder.author.id, ladder.state.official.id)
    answers = at_once(
        web,
        on_referral(reopen_referral, rungs[0], people[0], reason="By when?"),
        on_referral(conclude_referral, rungs[1], people[1], implemented=True, note="Let."),
        behind=(Record, rungs[0]),
    )
    assert answers in ([DONE, DONE], [DONE, "NotAllowed"])
    with web.app_context():
        assert tip_of(db.session.get_one(Referral, rungs[0])).rounds == 2


# -- Joining -----------------------------------------------------------------------------------------------------------


def test_places_that_agree_at_once_are_joined_in_one(web: Flask) -> None:
    """Fails on PostgreSQL when the bundling is not held: two joined matters would begin."""
    with web.app_context():
        ladder = make_ladder()
        one = make_referral(ladder)
        two, coordinator, _author = second_town(ladder)
        three, third, _other = second_town(ladder, "And here")
        requests = asked(ladder, one, two, three)
        works = [
            agreeing(requests[one.id], ladder.coordinator),
            agreeing(requests[two.id], coordinator),
            agreeing(requests[three.id], third),
        ]
    assert at_once(web, *works) == [DONE] * 3
    with web.app_context():
        assert count(Referral, Referral.step == "joined") == 1
        assert count(Link, Link.relation == Relation.JOINED_IN) == 3


def test_two_officials_who_ask_the_same_places_in_another_order_do_not_wait_for_each_other(
    web: Flask,
) -> None:
    """One asks, the other is told that they are being asked. Fails on PostgreSQL when ``hold_all`` takes the matters as
    they come (a deadlock), and when they are not held (the unique rule of the requests breaks the second off).
    """
    with web.app_context():
        ladder = make_ladder()
        one, (two, _coordinator, _author) = make_referral(ladder), second_town(ladder)
        ids, official = (one.id, two.id), ladder.region.official.id

    def asking(first: int, second: int) -> Work:
        def work() -> None:
            ask_to_join(
                db.session.get_one(Referral, first),
                others=[db.session.get_one(Referral, second)],
                request="Together",
                language="en",
                actor=db.session.get_one(User, official),
            )

        return work

    for behind in ids:
        answers = at_once(web, asking(*ids), asking(*reversed(ids)), behind=(Record, behind))
        assert sorted(answers) in (["Conflict", DONE], ["Conflict", "Conflict"])
    with web.app_context():
        assert count(JoinRequest) == 2


@pytest.mark.parametrize("first", ["place", "body"])
def test_a_matter_answered_while_its_place_agrees_to_join_is_one_of_the_two(web: Flask, first: str) -> None:
    """Fails on PostgreSQL when ``decide_joining`` does not hold the matter, and when a rung is locked and read in one
    statement: then the answer does not see that it has been joined.
    """
    with web.app_context():
        ladder = make_ladder()
        one = make_referral(ladder, acknowledged=True)
        two, _coordinator, _author = second_town(ladder)
        agree = agreeing(asked(ladder, one, two)[one.id], ladder.coordinator)
        begin_deliberation(one, actor=ladder.region.official)
        ids = ids_of(ladder, one)
    works = {"place": agree, "body": answering(ids)}
    order = sorted(works, key=lambda name: name != first)
    outcomes = at_once(web, *[works[name] for name in order], behind=(Record, ids["referral"]))
    answers = [outcomes[order.index(name)] for name in works]
    assert answers in ([DONE, "NotAllowed"], ["NotAllowed", DONE], ["Conflict", DONE])
    with web.app_context():
        one = db.session.get_one(Referral, ids["referral"])
        assert (one.bundle_id is None) is (answers[1] == DONE)
        assert count(Response) == (answers[1] == DONE)


def test_a_joined_matter_answered_while_a_place_agrees_waits_for_nobody_for_ever(web: Flask) -> None:
    """The place is joined and gets the answer, or stays alone and is asked no more. Fails on PostgreSQL when
    ``decide_joining`` does not hold the joined matter before it writes: each would wait for what the other has.
    """
    with web.app_context():
        ladder = make_ladder()
        one, (two, coordinator, _author) = make_referral(ladder), second_town(ladder)
        requests = asked(ladder, one, two)
        decide_joining(requests[one.id], agreed=True, actor=ladder.coordinator)
        bundle = db.session.get_one(Referral, one.bundle_id)
        ids = {**ids_of(ladder, bundle), "two": two.id}
        agree, key = agreeing(requests[two.id], coordinator), (requests[two.id].bundling_id, two.id)
    answers = at_once(web, agree, answering(ids), behind=(Record, ids["referral"]))
    assert answers in ([DONE, DONE], ["Conflict", DONE], ["NotAllowed", DONE])
    with web.app_context():
        two = db.session.get_one(Referral, ids["two"])
        state = db.session.get_one(JoinRequest, key).state
        if answers[0] == DONE:
            assert (two.state, state) == ("answered", JoinState.AGREED)
            assert two.answer_id is not None
        else:
            assert (two.bundle_id, two.answer_id, state) == (None, None, JoinState.CLOSED)
