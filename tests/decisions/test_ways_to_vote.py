"""Every way of voting, from the choice of the method to the page of the result."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import PendingContribution
from stakeholder_hub.decisions.counting import chosen_proposals, raised_by
from stakeholder_hub.decisions.evidence.publishing import archive_of
from stakeholder_hub.decisions.evidence.verify import check
from stakeholder_hub.decisions.kinds import OFFERS, BudgetRule, Method
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.models import Ballot, BallotState, Decision, Vote
from stakeholder_hub.decisions.operations import cast_vote, close_ballot, own_marks
from stakeholder_hub.decisions.recount import recount_ballot
from stakeholder_hub.decisions.taking import cast_pending_vote
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.territories.models import Role
from tests.decisions.test_operations import seat
from tests.decisions.test_pages import hidden_in
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot, make_ballot_proposal

TITLES = ["Park", "Well", "Bench"]
RANKINGS = [[1, 2, 3]] * 4 + [[2, 3, 1]] * 3 + [[3, 2, 1]] * 2

VOTES: dict[Method, list[tuple[list[int], list[int] | None]]] = {
    Method.YES_NO: [([1], None)] * 5 + [([2], None)] * 3 + [([3], None)],
    Method.CONSENT: [([1], None)] * 3 + [([2], None)] * 2,
    Method.GRADIENTS: [([1], None)] * 3 + [([3], None)] * 3 + [([8], None)] * 2,
    Method.MULTIPLE_CHOICE: [([1, 2], None)] * 4 + [([2], None)] * 3,
    Method.PLURALITY: [([1], None)] * 4 + [([2], None)] * 3 + [([3], None)] * 2,
    Method.APPROVAL: [([1, 2], None)] * 4 + [([2], None)] * 3,
    Method.SCORE: [([1, 2], [5, 1])] * 2 + [([2], [4])] * 3,
    Method.MAJORITY_JUDGMENT: [([1, 2], [5, 3])] * 4 + [([1, 2], [0, 4])] * 5,
    Method.IRV: [(ranking, None) for ranking in RANKINGS],
    Method.SCHULZE: [(ranking, None) for ranking in RANKINGS],
    Method.BORDA: [(ranking, None) for ranking in RANKINGS],
    Method.STV: [(ranking, None) for ranking in RANKINGS],
    Method.SPAV: [([1, 2], None)] * 6 + [([3], None)] * 4,
    Method.PHRAGMEN: [([1, 2], None)] * 6 + [([3], None)] * 4,
    Method.BUDGET: [([1], None)] * 5 + [([2, 3], None)] * 3 + [([2], None)],
    Method.DOTS: [([1, 2], [7, 3])] * 2 + [([2], [10])] * 2,
    Method.QUADRATIC: [([1, 2], [6, 8])] * 2 + [([1], [10])],
}

WINNERS = {
    Method.YES_NO: ["1"],
    Method.CONSENT: ["1"],
    Method.GRADIENTS: ["3"],
    Method.MULTIPLE_CHOICE: ["2"],
    Method.PLURALITY: ["1"],
    Method.APPROVAL: ["2"],
    Method.SCORE: ["2"],
    Method.MAJORITY_JUDGMENT: ["2"],
    Method.IRV: ["2"],
    Method.SCHULZE: ["2"],
    Method.BORDA: ["2"],
    Method.STV: ["1", "2"],
    Method.DOTS: ["2"],
    Method.QUADRATIC: ["1"],
    Method.BUDGET: ["1", "2"],
}


def ballot_for(method: Method, **values: Any) -> Ballot:
    terms: dict[str, Any] = {"method": method, "titles": TITLES}
    if method is Method.BUDGET:
        terms |= {"costs": [600, 400, 300], "budget": 1000}
    if method.asks_one_question:
        terms |= {"titles": ["Park"]}
    if method in (Method.STV, Method.SPAV, Method.PHRAGMEN):
        terms["winners_wanted"] = 2
    return make_ballot(**{**terms, **values})


def voted(ballot: Ballot, votes: list[tuple[list[int], list[int] | None]]) -> Ballot:
    for choices, points in votes:
        cast_vote(ballot, choices=choices, points=points, actor=make_user())
    return close_ballot(ballot, actor=SYSTEM)


def test_every_way_of_voting_is_offered_once_with_words_and_has_its_count():
    assert [offer.method for offer in OFFERS if offer.method is Method.IMPORTED] == []
    assert {offer.method for offer in OFFERS} == set(Method) - {Method.IMPORTED} == set(VOTES)


@pytest.mark.parametrize("method", list(VOTES), ids=str)
def test_votes_of_every_kind_are_counted_shown_and_counted_again(web: Flask, visit: Any, method: Method):
    with web.app_context():
        ballot = voted(ballot_for(method), VOTES[method])
        assert ballot.state == BallotState.CLOSED
        assert ballot.result["winners"] == WINNERS.get(method, ballot.result["winners"])
        assert len(ballot.result["winners"]) == (ballot.winners_wanted or len(ballot.result["winners"]))
        again = recount_ballot(ballot.reference)
        assert again["agrees"], again
        assert again["differences"] == []
        address = f"/en/ballots/{ballot.reference}/"
    page = visit(None).get(address)
    assert page.status_code == 200
    assert 'class="result-story"' in page.text
    told = re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2].partition("</main")[0])
    assert "None" not in told
    assert "Fraction" not in told
    for download in ("csv", "xlsx"):
        assert visit(None).get(f"{address}?format={download}").status_code == 200


@pytest.mark.parametrize("rule", list(BudgetRule), ids=str)
@pytest.mark.parametrize("kind", [BallotKind.APPROVAL, BallotKind.CUMULATIVE, BallotKind.ORDINAL], ids=str)
def test_a_budget_is_spent_by_every_rule_from_every_ballot_it_takes(app, rule, kind):
    values = {"rule": rule.value, "vote_type": kind, "points_each": 10 if kind.has_points else None}
    if not rule.takes(kind):
        with pytest.raises(Invalid, match="cannot be counted"):
            ballot_for(Method.BUDGET, **values)
        return
    ballot = ballot_for(Method.BUDGET, **values)
    points = [7, 3] if kind.has_points else None
    first, second = ([1, 2], points), ([3, 2], points)
    voted(ballot, [first] * 6 + [second] * 4)
    assert ballot.result["winners"]
    assert ballot.result["spent"] <= 1000
    assert recount_ballot(ballot.reference)["agrees"]


def test_of_each_category_at_most_one_wins_where_that_was_said(app):
    consultation = make_consultation(
        categories=[Multilingual.of("Green", "en"), Multilingual.of("Water", "en")]
    )
    green, water = consultation.categories
    titles = [*TITLES, "Fence", "Gate"]
    proposals = [make_ballot_proposal(consultation, title=title, cost=100) for title in titles]
    for proposal, category in zip(proposals, (green, green, water, None, None), strict=True):
        proposal.category = category
    ballot = ballot_for(Method.BUDGET, consultation=consultation, proposals=proposals, one_per_category=True)
    voted(ballot, [([1, 2, 4, 5], None)] * 3 + [([1, 3], None)] * 2)
    assert sorted(ballot.result["winners"]) == ["1", "3", "4", "5"]


def test_what_has_too_few_votes_cannot_win(app):
    ballot = voted(ballot_for(Method.APPROVAL, winners_wanted=3, least_support=4), VOTES[Method.APPROVAL])
    assert ballot.result["winners"] == ["2", "1"]


def test_an_adopted_question_selects_its_proposal_and_a_refused_one_does_not(app):
    adopted = voted(ballot_for(Method.GRADIENTS), VOTES[Method.GRADIENTS])
    refused = voted(ballot_for(Method.YES_NO), [([2], None)] * 3)
    for ballot, state in ((adopted, ProposalState.SELECTED), (refused, ProposalState.NOT_SELECTED)):
        proposal = db.session.get(Proposal, ballot.options[0].proposal_id)
        assert proposal.state == state
        decision = db.session.scalar(sa.select(Decision).where(Decision.ballot_id == ballot.id))
        assert decision.state == ("adopted" if state == ProposalState.SELECTED else "rejected")
    assert chosen_proposals(adopted) == [adopted.options[0].proposal_id]
    assert chosen_proposals(refused) == []


def test_the_fixed_answers_of_a_question_are_said_in_other_words_all_or_none(app):
    words = [Multilingual.of(text, "en") for text in ("Build it", "Leave it", "Either")]
    ballot = ballot_for(Method.YES_NO, wording=words)
    assert [option.title.original.text for option in ballot.options] == ["Build it", "Leave it", "Either"]
    for some in (words[:2], [*words, words[0]]):
        with pytest.raises(Invalid, match="needs its words") as refusal:
            ballot_for(Method.YES_NO, wording=some)
        assert refusal.value.field == "wording"


def test_answers_of_ones_own_stand_beside_proposals(app):
    ballot = make_ballot(titles=["Park"], method=Method.MULTIPLE_CHOICE, answers=["  Monday ", "", "Friday"])
    assert [option.title.original.text for option in ballot.options] == ["Park", "Monday", "Friday"]
    voted(ballot, [([3], None)] * 2 + [([1], None)])
    assert ballot.result["winners"] == ["3"]


@pytest.mark.parametrize(
    ("method", "values", "field"),
    [
        (Method.YES_NO, {"titles": TITLES}, "proposals"),
        (Method.YES_NO, {"answers": ["Maybe"]}, "answers"),
        (Method.BUDGET, {"answers": ["Cash"]}, "answers"),
        (Method.APPROVAL, {"answers": ["Twice", "Twice"]}, "answers"),
        (Method.APPROVAL, {"answers": ["x" * 400]}, "answers"),
        (Method.MULTIPLE_CHOICE, {"proposals": []}, "answers"),
        (Method.IRV, {"vote_type": BallotKind.APPROVAL}, "vote_type"),
        (Method.SCORE, {"points_each": 11}, "points_each"),
        (Method.DOTS, {"points_each": 0}, "points_each"),
        (Method.APPROVAL, {"least_support": 0}, "least_support"),
        (Method.BUDGET, {"rule": "phragmen", "one_per_category": True}, "rule"),
    ],
)
def test_terms_that_do_not_go_together_are_refused_at_their_field(app, method, values, field):
    with pytest.raises(Invalid) as refusal:
        ballot_for(method, **values)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("method", "choices", "points", "reason"),
    [
        (Method.PLURALITY, [1, 2], None, "at most 1"),
        (Method.PLURALITY, [], None, "at least 1"),
        (Method.SCORE, [1], None, "needs its points"),
        (Method.SCORE, [1, 2], [1], "needs its points"),
        (Method.SCORE, [1], [6], "at most 5"),
        (Method.SCORE, [1], [-1], "below zero"),
        (Method.IRV, [1, 1], None, "chosen once"),
        (Method.IRV, [4], None, "not on this ballot"),
        (Method.IRV, [1], [1], "needs its points"),
        (Method.DOTS, [1, 2], [6, 5], "11 of 10"),
        (Method.QUADRATIC, [1, 2], [8, 7], "113 of 100"),
        (Method.YES_NO, [4], None, "not on this ballot"),
    ],
)
def test_a_vote_out_of_range_is_refused_and_nothing_is_stored(app, method, choices, points, reason):
    ballot = ballot_for(method)
    with pytest.raises(Invalid, match=reason):
        cast_vote(ballot, choices=choices, points=points, actor=make_user())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Vote)) == 0


def test_a_vote_changed_after_the_close_is_noticed_also_where_the_same_one_wins(app):
    ballot = voted(ballot_for(Method.PLURALITY), VOTES[Method.PLURALITY])
    assert recount_ballot(ballot.reference)["agrees"]
    changed = next(vote for vote in db.session.scalars(sa.select(Vote)) if vote.choices == [2])
    changed.choices = [3]
    db.session.flush()
    again = recount_ballot(ballot.reference)
    assert (again["winners"], again["stored"], again["agrees"]) == ([1], [1], False)
    assert [one["reason"] for one in again["differences"]] == [
        "The stored votes no longer give the stored figures: they have been changed."
    ]


SENT = {
    Method.YES_NO: ({"choices": ["2"]}, [2], None),
    Method.IRV: ({"numbers-3": "1", "numbers-1": "2", "numbers-2": ""}, [3, 1], None),
    Method.SCORE: ({"numbers-1": "0", "numbers-3": "4"}, [1, 3], [0, 4]),
    Method.MAJORITY_JUDGMENT: ({"numbers-1": "5", "numbers-2": "2"}, [1, 2], [5, 2]),
    Method.DOTS: ({"numbers-1": "4", "numbers-2": "0", "numbers-3": "6"}, [1, 3], [4, 6]),
    Method.QUADRATIC: ({"numbers-2": "9"}, [2], [9]),
}


@pytest.mark.parametrize("method", list(SENT), ids=str)
def test_a_ballot_of_each_kind_is_filled_in_sent_and_shown_again(web: Flask, visit: Any, method: Method):
    with web.app_context():
        person, url = make_user(), f"/en/ballots/{ballot_for(method).reference}/"
        key = person.fs_uniquifier
    client = visit(key)
    fields, choices, points = SENT[method]
    sent = client.post(f"{url}vote", data=hidden_in(client, url, **fields))
    assert sent.status_code == 303, sent.text[:3000]
    with web.app_context():
        assert db.session.execute(sa.select(Vote.choices, Vote.points)).one() == (choices, points)
    page = client.get(url).text
    if points is None and len(choices) > 1:
        assert re.search(r'name="numbers-3"[^§]*?<option value="1" selected', page)
    elif method in (Method.DOTS, Method.QUADRATIC):
        position, given = choices[0], points[0]
        assert re.search(rf'name="numbers-{position}"[^>]*value="{given}"', page)
    else:
        assert re.search(
            rf'id="option-{choices[-1]}(-{points[-1]})?"[^>]*checked' if points else " checked", page
        )


@pytest.mark.parametrize(
    ("method", "fields", "told"),
    [
        (Method.IRV, {"numbers-1": "1", "numbers-2": "1"}, "same place"),
        (Method.DOTS, {"numbers-1": "seven"}, "whole numbers"),
        (Method.DOTS, {"numbers-1": "99999999999999999999"}, "whole numbers"),
        (Method.DOTS, {"numbers-1": "0" * 12 + "9" * 5000}, "whole numbers"),
        (Method.DOTS, {"numbers-1": "-3"}, "whole numbers"),
        (Method.DOTS, {"numbers-1": "x", "numbers-2": "y"}, "whole numbers"),
        (Method.QUADRATIC, {"numbers-1": "11"}, "121 of 100"),
        (Method.YES_NO, {"choices": ["1", "2"]}, "at most 1"),
    ],
)
def test_a_wrong_mark_is_told_and_what_was_typed_stays(web: Flask, visit: Any, method, fields, told):
    with web.app_context():
        person, url = make_user(), f"/en/ballots/{ballot_for(method).reference}/"
        key = person.fs_uniquifier
    client = visit(key)
    refused = client.post(f"{url}vote", data=hidden_in(client, url, **fields))
    assert refused.status_code == 422
    assert told in refused.text
    for name, value in fields.items():
        if name != "choices" and method is not Method.IRV:
            assert re.search(rf'name="{name}"[^>]*value="{re.escape(value)}"', refused.text)


def test_a_visitor_with_a_ranking_keeps_it_until_the_address_is_confirmed(web: Flask, visit: Any):
    with web.app_context():
        url = f"/en/ballots/{ballot_for(Method.STV).reference}/"
    client = visit(None)
    sent = client.post(
        f"{url}vote", data=hidden_in(client, f"{url}vote", **{"numbers-2": "1", "numbers-1": "2"})
    )
    assert sent.status_code == 303


@pytest.mark.parametrize("method", [Method.STV, Method.DOTS], ids=str)
def test_a_visitors_vote_is_cast_once_the_address_is_confirmed(web: Flask, visit: Any, method: Method):
    with web.app_context():
        url = f"/en/ballots/{ballot_for(method).reference}/"
    client = visit(None)
    sent = client.post(
        f"{url}vote", data=hidden_in(client, f"{url}vote", **{"numbers-2": "1", "numbers-1": "2"})
    )
    assert sent.status_code == 303
    with web.app_context():
        kept = db.session.scalar(sa.select(PendingContribution)).payload
        with web.test_request_context("/en/"):
            assert cast_pending_vote(kept, actor=make_user()) == url
        stored = db.session.scalar(sa.select(Vote))
        expected = ([2, 1], None) if method is Method.STV else ([1, 2], [2, 1])
        assert (stored.choices, stored.points) == expected


def test_the_way_of_voting_is_chosen_from_a_page_that_explains_each(web: Flask, visit: Any):
    with web.app_context():
        consultation = make_consultation()
        make_ballot_proposal(consultation, title="Park")
        key = seat(consultation.group, user=make_user(), role=Role.COORDINATOR).fs_uniquifier
        url = f"/en/consultations/{consultation.slug}/ballots/new"
    client = visit(key)
    page = client.get(url)
    assert page.status_code == 200
    for offer in OFFERS:
        assert f"{url}?method={offer.method.value}" in page.text
        form = client.get(f"{url}?method={offer.method.value}")
        assert form.status_code == 200
        assert f'value="{offer.method.value}"' in form.text


def test_a_ranked_ballot_is_prepared_and_then_changed_into_another_kind(web: Flask, visit: Any):
    with web.app_context():
        consultation = make_consultation()
        ids = [str(make_ballot_proposal(consultation, title=title).id) for title in TITLES]
        key = seat(consultation.group, user=make_user(), role=Role.COORDINATOR).fs_uniquifier
        url = f"/en/consultations/{consultation.slug}/ballots/new"
    client = visit(key)
    when = {
        "phase": "",
        "opens_at": "2099-05-01T10:00",
        "closes_at": "2099-05-08T10:00",
        "electorate": "everyone",
    }
    words = {"title": "Steering committee", "question": "Who?", "proposals": ids, "secret": "secret", **when}
    data = hidden_in(client, f"{url}?method=stv", winners_wanted="2", **words)
    sent = client.post(f"{url}?method=stv", data=data)
    assert sent.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", sent.text)[:3000]
    with web.app_context():
        ballot = db.session.scalar(sa.select(Ballot))
        assert (ballot.method, ballot.vote_type, ballot.winners_wanted) == (Method.STV, BallotKind.ORDINAL, 2)
        edit = f"/en/ballots/{ballot.reference}/edit"
    assert f"{edit}?method=dots" in client.get(f"{edit}?choose=yes").text
    assert 'value="2"' in client.get(edit).text
    data = hidden_in(client, f"{edit}?method=dots", points_each="12", winners_wanted="1", **words)
    changed = client.post(f"{edit}?method=dots", data=data)
    assert changed.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", changed.text)[:3000]
    with web.app_context():
        ballot = db.session.scalar(sa.select(Ballot))
        assert (ballot.method, ballot.points_each) == (Method.DOTS, 12)


def test_an_open_vote_shows_names_after_the_end_and_a_secret_one_keeps_none(app):
    for secret in (True, False):
        ballot = ballot_for(Method.YES_NO, secret=secret)
        person = make_user()
        cast_vote(ballot, choices=[1], actor=person)
        assert db.session.scalar(sa.select(Vote.user_id).where(Vote.ballot_id == ballot.id)) is None
        close_ballot(ballot, actor=SYSTEM)
        kept = db.session.scalar(sa.select(Vote.user_id).where(Vote.ballot_id == ballot.id))
        assert kept == (None if secret else person.id)
        assert own_marks(ballot, person) is None


def test_a_tie_is_broken_by_a_lot_that_was_promised_before_and_anyone_can_draw_again(app):
    ballot = ballot_for(Method.PLURALITY)
    promised = ballot.seed_commitment
    voted(ballot, [([1], None), ([2], None)])
    assert ballot.result["tie_break"] == "lot"
    assert ballot.result["ties"][0]["decisive"]
    assert ballot.seed_commitment == promised
    assert recount_ballot(ballot.reference)["agrees"]


@pytest.mark.parametrize("rule", [BudgetRule.EQUAL_SHARES, BudgetRule.EQUAL_SHARES_ADD1], ids=str)
def test_a_budget_in_a_currency_of_small_units_is_counted_in_few_steps(app, rule):
    """Ninety million forints among three voters: raised by one forint at a time this took hours, or failed."""
    ballot = make_ballot(
        costs=[4_000_000_000, 2_000_000_000, 3_000_000_000],
        method=Method.BUDGET,
        budget=9_000_000_000,
        rule=rule.value,
    )
    voted(ballot, [([1], None), ([3], None), ([2], None)])
    assert ballot.result["details"]["raised_by"] == 10_000_000
    assert ballot.result["details"]["raised_shares"] == 100
    assert ballot.result["spent"] == 9_000_000_000
    assert recount_ballot(ballot.reference)["agrees"]
    assert check(archive_of(ballot), ballot.verifier_key).problems == []


def test_shares_are_raised_by_whole_units_that_are_few_enough():
    assert raised_by(99_999_00, 100) == 100
    assert raised_by(100_000_00, 100) == 1_000
    assert raised_by(0, 0) == 100
