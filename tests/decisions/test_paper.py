"""Ballots on paper: entered twice by two people, settled where they differ, and part of the count."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.decisions.evidence.publishing import archive_of
from stakeholder_hub.decisions.evidence.verify import check
from stakeholder_hub.decisions.jobs import open_and_close_due
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.decisions.operations import (
    begin_batch,
    cast_vote,
    close_ballot,
    discard_batch,
    repeat_batch,
    settle_batch,
)
from stakeholder_hub.decisions.operations.paperwork import differences_in, read_sheet
from stakeholder_hub.decisions.paper import BatchState, PaperBatch, PaperSheet
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.territories.models import Role
from tests.decisions.test_operations import seat
from tests.decisions.test_pages import hidden_in
from tests.factories.accounts import make_user
from tests.factories.decisions import make_ballot


def paper_ballot(**values: Any) -> tuple[Ballot, list[Any]]:
    ballot = make_ballot(**{"paper": True, **values})
    people = [seat(ballot.group, user=make_user(), role=Role.COORDINATOR) for _ in "ab"]
    return ballot, people


def entered(ballot: Ballot, people: list[Any], first: list[str], second: list[str]) -> PaperBatch:
    batch = begin_batch(ballot, name="Town hall", lines=first, actor=people[0])
    return repeat_batch(batch, lines=second, actor=people[1])


def test_sheets_that_two_people_read_the_same_are_counted_with_the_votes_cast_here(app):
    ballot, people = paper_ballot()
    for _ in range(3):
        cast_vote(ballot, choices=[1], actor=make_user())
    batch = entered(
        ballot, people, ["1 2", "2", "2,3", "2"] + ["3"] * 5, ["2 1", " 2 ", "3;2", "2"] + ["3"] * 5
    )
    assert batch.state is BatchState.AGREED
    close_ballot(ballot, actor=people[0])
    assert (ballot.vote_count, ballot.paper_count) == (12, 9)
    assert ballot.result["scores"] == {"1": 4, "2": 4, "3": 6}
    report = check(archive_of(ballot), ballot.verifier_key)
    assert (report.problems, report.votes, report.held_back) == ([], 12, False)


def test_differences_block_the_count_until_they_are_settled(app):
    ballot, people = paper_ballot()
    batch = entered(ballot, people, ["1", "2", "3"], ["1", "3", "3"])
    assert batch.state is BatchState.DIFFERS
    assert differences_in(batch) == {2: ("2", "3")}
    with pytest.raises(NotAllowed, match="entered only once"):
        close_ballot(ballot, actor=people[0])
    with pytest.raises(Invalid, match="Line 2"):
        settle_batch(batch, lines={2: "9"}, actor=people[0])
    settle_batch(batch, lines={2: "2"}, actor=people[0])
    with pytest.raises(Invalid, match="Nothing differs"):
        settle_batch(batch, lines={2: "3"}, actor=people[0])
    close_ballot(ballot, actor=people[0])
    assert ballot.result["scores"] == {"1": 1, "2": 1, "3": 1}


def test_a_batch_that_was_entered_once_blocks_the_count_and_can_be_thrown_away(app):
    ballot, people = paper_ballot()
    batch = begin_batch(ballot, name="Library", lines=["1"], actor=people[0])
    with pytest.raises(NotAllowed, match="entered only once"):
        close_ballot(ballot, actor=people[1])
    discard_batch(batch, actor=people[1])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PaperSheet)) == 0
    close_ballot(ballot, actor=people[1])
    assert ballot.vote_count == 0


def test_the_same_person_does_not_enter_a_batch_twice_nor_a_stranger_at_all(app):
    ballot, people = paper_ballot()
    batch = begin_batch(ballot, name="Box 1", lines=["1"], actor=people[0])
    with pytest.raises(NotAllowed, match="Somebody else"):
        repeat_batch(batch, lines=["1"], actor=people[0])
    with pytest.raises(NotAllowed, match="Only the coordinators"):
        repeat_batch(batch, lines=["1"], actor=make_user())
    repeat_batch(batch, lines=["1"], actor=people[1])
    with pytest.raises(NotAllowed, match="entered twice"):
        repeat_batch(batch, lines=["1"], actor=people[1])


@pytest.mark.parametrize(
    ("name", "lines", "field", "told"),
    [
        ("", ["1"], "name", "name"),
        ("Box", ["1", "x"], "lines", "Line 2"),
        ("Box", ["1", "1 1"], "lines", "Line 2"),
        ("Box", ["4"], "lines", "Line 1"),
        ("Box", ["1:3"], "lines", "Line 1"),
        ("Box", [], "lines", "between 1 and"),
        ("Box", ["\u0661"], "lines", "Line 1"),
    ],
)
def test_what_cannot_be_a_sheet_is_told_with_its_line_and_nothing_is_stored(app, name, lines, field, told):
    ballot, people = paper_ballot()
    with pytest.raises(Invalid, match=told) as refusal:
        begin_batch(ballot, name=name, lines=lines, actor=people[0])
    assert refusal.value.field == field
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PaperBatch)) == 0


def test_names_are_taken_once_and_both_entries_have_as_many_sheets(app):
    ballot, people = paper_ballot()
    batch = begin_batch(ballot, name="Box", lines=["1", "2"], actor=people[0])
    with pytest.raises(Invalid, match="already"):
        begin_batch(ballot, name=" Box ", lines=["1"], actor=people[0])
    with pytest.raises(Invalid, match="2 sheets, now 1"):
        repeat_batch(batch, lines=["1"], actor=people[1])


def test_rankings_and_points_are_read_as_they_stand(app):
    ranked = make_ballot(method=Method.STV, paper=True)
    assert read_sheet(ranked, "3 1").choices == [3, 1]
    dots = make_ballot(method=Method.DOTS, paper=True)
    marks = read_sheet(dots, "3:4 1:6")
    assert (marks.choices, marks.points) == ([1, 3], [6, 4])
    with pytest.raises(Invalid, match="11 of 10"):
        read_sheet(dots, "1:11")


def test_a_vote_with_paper_waits_after_its_end_until_those_who_run_it_count(app):
    ballot, people = paper_ballot()
    with clock.frozen(ballot.closes_at + timedelta(minutes=5)):
        assert open_and_close_due() == 0
        assert ballot.state == BallotState.OPEN
        with pytest.raises(NotAllowed, match="over"):
            cast_vote(ballot, choices=[1], actor=make_user())
        entered(ballot, people, ["2"], ["2"])
        close_ballot(ballot, actor=people[0])
    assert ballot.result["winners"] == ["2"]
    with pytest.raises(NotAllowed, match="until the count"):
        begin_batch(ballot, name="Late", lines=["1"], actor=people[0])


def test_paper_goes_with_secret_votes_only_and_where_it_was_announced(app):
    with pytest.raises(Invalid) as refusal:
        make_ballot(paper=True, secret=False)
    assert refusal.value.field == "paper"
    ballot = make_ballot()
    with pytest.raises(NotAllowed, match="takes no ballots on paper"):
        begin_batch(ballot, name="Box", lines=["1"], actor=SYSTEM)


def test_paper_is_entered_on_its_pages_by_two_people(web: Flask, visit: Any):
    with web.app_context():
        ballot, people = paper_ballot()
        url, ballot_id = f"/en/ballots/{ballot.reference}/", ballot.id
        first, second = (person.fs_uniquifier for person in people)
    one, two = visit(first), visit(second)
    paper = f"{url}paper"
    assert paper in one.get(url).text
    refused = one.post(paper, data=hidden_in(one, paper, name="Box", lines="1\n9"))
    assert refused.status_code == 422
    assert "Line 2" in refused.text
    assert one.post(paper, data=hidden_in(one, paper, name="Box", lines="1\n2 3\n")).status_code == 303
    assert "/again" not in one.get(paper).text
    again = next(part for part in two.get(paper).text.split('"') if part.endswith("/again"))
    assert "2 3" not in two.get(again).text.partition("<textarea")[2].partition("</textarea>")[0]
    assert two.post(again, data=hidden_in(two, again, lines="1\n3")).status_code == 303
    differ = next(part for part in two.get(paper).text.split('"') if part.endswith("/differences"))
    assert two.post(differ, data=hidden_in(two, differ, **{"lines-2": "x"})).status_code == 422
    assert two.post(differ, data=hidden_in(two, differ, **{"lines-2": "2 3"})).status_code == 303
    assert "Agreed" in one.get(paper).text
    discard = next(part for part in one.get(paper).text.split('"') if part.endswith("/discard"))
    assert one.get(discard).status_code == 200
    assert visit(None).get(paper).status_code in (302, 303, 401, 403)
    with web.app_context():
        close_ballot(db.session.get(Ballot, ballot_id), actor=SYSTEM)
    assert "On paper" in visit(None).get(url).text
    assert one.post(discard, data=hidden_in(one, url)).status_code in (403, 422, 400)


def test_a_batch_is_thrown_away_on_its_page_after_a_question(web: Flask, visit: Any):
    with web.app_context():
        ballot, people = paper_ballot()
        batch = begin_batch(ballot, name="Library", lines=["1"], actor=people[0])
        paper = f"/en/ballots/{ballot.reference}/paper"
        url, key = f"{paper}/{batch.id}/discard", people[1].fs_uniquifier
    client = visit(key)
    assert "Library" in client.get(url).text
    sent = client.post(url, data=hidden_in(client, url))
    assert (sent.status_code, sent.headers["Location"]) == (303, paper)
    assert "The batch is thrown away." in client.get(paper).text
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PaperBatch)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PaperSheet)) == 0
