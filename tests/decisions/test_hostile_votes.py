"""Hostile cases of votes, on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.decisions.counting import count
from stakeholder_hub.decisions.jobs import close_if_due, open_and_close_due
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot, BallotState, Decision, Electorate, Vote, Voter
from stakeholder_hub.decisions.operations import cast_vote, close_ballot, closing, edit_ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import HubError, NotAllowed
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Link
from stakeholder_hub.territories.models import RoleGrant
from tests.decisions.test_operations import seat
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_group


def in_parallel(app: Any, tasks: list[Callable[[], Any]], threads: int = 20) -> list[Any]:
    """Run every task in a thread with a context of its own, begun together; answers or refusals in order."""
    db.session.remove()  # a transaction left open here would hold SQLite's lock
    begin = threading.Barrier(threads)

    def run(number: int, task: Callable[[], Any]) -> Any:
        if number < threads:
            begin.wait(30)
        with app.app_context():
            try:
                return task()
            except HubError as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(len(tasks)), tasks))


def voting(ballot_id: int, user_id: int, choices: list[int]) -> Callable[[], None]:
    def task() -> None:
        cast_vote(db.session.get(Ballot, ballot_id), choices=choices, actor=db.session.get(User, user_id))

    return task


def count_of(kind: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind))


@pytest.mark.hostile("H48")
@pytest.mark.parametrize("opened", [True, False], ids=["open already", "opened by the first"])
def test_h48_200_parallel_submissions_of_one_ballot_are_one_vote(app, opened):
    """Two rules of the database make it one: the primary key of the voters' roll, on which the second submission
    waits, and the unique (ballot, voter key), on which a vote replaces the one before. With both taken away
    (``_store_vote`` looking first and inserting then) PostgreSQL stored this person's vote several times: tried.
    SQLite takes one writer at a time.
    """
    ballot_id, user_id = make_ballot(opened=opened).id, make_user().id
    answers = in_parallel(app, [voting(ballot_id, user_id, [1 + n % 3]) for n in range(200)])

    assert answers == [None] * 200
    assert (count_of(Vote), count_of(Voter)) == (1, 1)
    ballot = db.session.get(Ballot, ballot_id)
    assert (ballot.state, ballot.consultation.participant_count) == (BallotState.OPEN, 1)
    opened = sa.select(sa.func.count()).where(AuditEntry.event == "decisions.ballot_opened")
    assert db.session.scalar(opened) == 1
    close_ballot(ballot, actor=SYSTEM)
    assert ballot.vote_count == 1


def test_the_first_votes_of_many_people_at_once_open_the_ballot_once_and_none_is_lost(app, voters):
    """The first vote holds the ballot alone. When every vote held it shared and then wanted it alone to open it,
    PostgreSQL ended this in a deadlock: tried.
    """
    ballot_id, people = make_ballot(opened=False).id, [person.id for person in voters(30)]
    answers = in_parallel(app, [voting(ballot_id, person, [1]) for person in people])
    assert answers == [None] * 30
    assert (count_of(Vote), count_of(Voter)) == (30, 30)


@pytest.mark.hostile("H49")
def test_h49_parallel_choices_never_add_up_to_more_than_the_budget(app):
    """A vote replaces the one before as a whole; single lines are never added to what another request stored."""
    ballot = make_ballot(costs=[600, 600, 600], method=Method.BUDGET, budget=1000)
    ballot_id, user_id = ballot.id, make_user().id
    tasks = [voting(ballot_id, user_id, [1 + n % 3]) for n in range(30)]
    tasks += [voting(ballot_id, user_id, [1, 2]) for _ in range(10)]
    answers = in_parallel(app, tasks)
    assert answers[:30] == [None] * 30
    assert all("more than the budget" in str(answer) for answer in answers[30:])
    assert len(db.session.scalar(sa.select(Vote.choices))) == 1


def test_votes_at_the_close_are_counted_or_refused_and_never_lost(app, voters, monkeypatch):
    """Closing holds the ballot alone, and votes share it. Without the lock in ``cast_vote`` PostgreSQL took votes while
    they were being counted: acknowledged, and neither counted nor untied from their voters. Tried.
    """
    counting, taken_meanwhile = threading.Event(), threading.Event()

    def slowly(ballot: Ballot, votes: Any, **lot: Any) -> Any:
        counting.set()
        taken_meanwhile.wait(1)  # never set where votes wait for the close
        return count(ballot, votes, **lot)

    def late(vote: Callable[[], Any]) -> None:
        counting.wait(10)
        vote()
        taken_meanwhile.set()

    monkeypatch.setattr(closing, "count", slowly)
    ballot_id, people = make_ballot().id, [person.id for person in voters(30)]
    votes = [voting(ballot_id, person, [1]) for person in people]
    tasks = [*votes[:10], lambda: close_ballot(db.session.get(Ballot, ballot_id), actor=SYSTEM)]
    tasks += [partial(late, vote) for vote in votes[10:]]
    answers = in_parallel(app, tasks)
    taken = sum(not isinstance(answer, HubError) for answer in answers) - 1
    ballot = db.session.get(Ballot, ballot_id)
    assert ballot.vote_count == count_of(Vote) == count_of(Voter) == taken
    assert ballot.result["voters"] == taken


def test_two_workers_close_a_ballot_once(app, voters):
    """Each looks at the state again under the lock. Without, workers counted at once and collided on the decision."""
    ballot = make_ballot()
    for person in voters(5):
        cast_vote(ballot, choices=[1], actor=person)
    ballot_id, over = ballot.id, ballot.closes_at
    with clock.frozen(over):
        answers = in_parallel(
            app, [lambda: close_if_due(ballot_id)] * 8 + [open_and_close_due] * 4, threads=6
        )
    assert sum(answers) == 1
    assert count_of(Decision) == 1
    closed = sa.select(sa.func.count()).where(AuditEntry.event == "decisions.ballot_closed")
    assert db.session.scalar(closed) == 1
    assert count_of(Vote) == 5


ZONES = (
    "Europe/Ljubljana",
    "Europe/London",
    "Europe/Bucharest",
    "Europe/Kyiv",
    "Atlantic/Azores",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "UTC",
)
INSTANT = timedelta(milliseconds=1)


@pytest.mark.hostile("H51")
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        (datetime(2027, 3, 20, 18), datetime(2027, 4, 5, 18)),  # over the change to summer time in the north
        (datetime(2027, 10, 25, 8), datetime(2027, 11, 10, 18)),  # and back
    ],
    ids=["spring", "autumn"],
)
def test_h51_a_vote_is_taken_from_the_opening_to_the_millisecond_before_the_close(app, zone, opens, closes):
    """With ``<=`` for ``<`` at the close, or ``>`` for ``>=`` at the opening, in ``may_vote`` this fails: tried."""
    begin, end = clock.from_local(opens, zone), clock.from_local(closes, zone)
    with clock.frozen(datetime(2027, 1, 1, tzinfo=UTC)):
        consultation = make_consultation()
        ballot = make_ballot(consultation, opens_at=begin, closes_at=end, opened=False)
        person = make_user()

    def at(moment: datetime) -> str:
        with clock.frozen(moment):
            try:
                cast_vote(ballot, choices=[1], actor=person)
            except NotAllowed as refusal:
                return str(refusal)
        return "taken"

    assert at(begin - INSTANT) == "The vote has not begun yet."
    assert [at(begin), at(begin + INSTANT), at(end - INSTANT)] == ["taken"] * 3
    assert [at(end), at(end + INSTANT)] == ["The vote is over."] * 2
    assert clock.to_local(ballot.closes_at, zone).replace(tzinfo=None) == closes


@pytest.mark.hostile("H52")
def test_h52_a_right_that_is_gone_or_a_ballot_that_is_over_takes_no_replay(app):
    """Rights are read anew in the vote's own transaction. With grants kept from before it, the first vote is taken."""
    group = make_group()
    member = seat(group, user=make_user())
    consultation = make_consultation(group)
    first = make_ballot(consultation, electorate=Electorate.MEMBERS, opens_at=clock.now())
    cast_vote(first, choices=[1], actor=member)

    @operation
    def expel() -> None:
        db.session.execute(sa.delete(RoleGrant).where(RoleGrant.user_id == member.id))

    assert member.grants
    expel()
    with pytest.raises(NotAllowed, match="Only members"):
        cast_vote(first, choices=[2], actor=member)
    assert db.session.scalar(sa.select(Vote.choices)) == [1]
    second = make_ballot(consultation, closed=True)
    with pytest.raises(NotAllowed, match="over"):
        cast_vote(second, choices=[1], actor=make_user())
    assert count_of(Vote) == 1


@pytest.mark.hostile("H55")
def test_h55_logs_and_audit_hold_no_choice_and_no_person(app, capsys, log_lines, voters):
    """Everything that is printed or written down on the way of a vote, refusals included."""
    ballot = make_ballot(costs=[None] * 60)
    person = voters(1)[0]
    cast_vote(ballot, choices=[47], actor=person)
    with pytest.raises(HubError):
        cast_vote(ballot, choices=[4711], actor=person)
    close_ballot(ballot, actor=SYSTEM)
    with pytest.raises(NotAllowed):
        edit_ballot(ballot, version=ballot.version, actor=person, title=ballot.title)
    assert [line["event"] for line in log_lines] == ["ballot_change_refused"]
    said = capsys.readouterr()
    told = (
        said.out
        + said.err
        + str(log_lines)
        + "".join(str(entry.details) for entry in db.session.scalars(sa.select(AuditEntry)))
    )
    for secret in ("47", person.email, person.name):
        assert secret not in told
    assert db.session.scalar(sa.select(sa.func.count()).where(Link.created_by_id == person.id)) == 0
