"""Giving one's vote to a fellow member: with a limit, without chains, and taken back by voting oneself."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.decisions.evidence.publishing import archive_of
from stakeholder_hub.decisions.evidence.verify import check
from stakeholder_hub.decisions.models import Ballot, Electorate, Proxy, ProxyFate, Voter
from stakeholder_hub.decisions.operations import cast_vote, close_ballot, give_proxy, take_back_proxy
from stakeholder_hub.groups.operations import remove_member
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.notifications.models import Notification
from tests.decisions.test_hostile_votes import in_parallel
from tests.decisions.test_operations import seat
from tests.decisions.test_pages import hidden_in
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot


def group_vote(number: int = 4, **values: Any) -> tuple[Ballot, list[User]]:
    consultation = make_consultation()
    before = clock.now() - timedelta(days=9)
    people = [seat(consultation.group, user=make_user(), created_at=before) for _ in range(number)]
    terms = {"electorate": Electorate.MEMBERS, "max_proxies": 1, **values}
    return make_ballot(consultation, **terms), people


def test_at_the_close_a_proxy_votes_as_its_holder_did(app):
    ballot, (ana, bor, cleo, _dan) = group_vote()
    give_proxy(ballot, holder_id=bor.id, actor=ana)
    assert db.session.scalar(sa.select(Notification.user_id)) == bor.id
    cast_vote(ballot, choices=[2], actor=bor)
    cast_vote(ballot, choices=[1], actor=cleo)
    close_ballot(ballot, actor=SYSTEM)
    assert ballot.vote_count == 3
    assert ballot.result["scores"] == {"1": 1, "2": 2, "3": 0}
    voted = set(db.session.scalars(sa.select(Voter.user_id).where(Voter.ballot_id == ballot.id)))
    assert voted == {ana.id, bor.id, cleo.id}
    assert check(archive_of(ballot), ballot.verifier_key).problems == []


def test_who_votes_after_all_counts_once_and_as_they_chose(app):
    ballot, (ana, bor, *_others) = group_vote()
    give_proxy(ballot, holder_id=bor.id, actor=ana)
    cast_vote(ballot, choices=[2], actor=bor)
    cast_vote(ballot, choices=[1], actor=ana)
    close_ballot(ballot, actor=SYSTEM)
    assert ballot.result["scores"] == {"1": 1, "2": 1, "3": 0}
    assert db.session.scalar(sa.select(Proxy.fate)) == ProxyFate.VOTED


def test_a_proxy_whose_holder_does_not_vote_is_no_vote(app):
    ballot, (ana, bor, cleo, _dan) = group_vote()
    give_proxy(ballot, holder_id=bor.id, actor=ana)
    cast_vote(ballot, choices=[1], actor=cleo)
    close_ballot(ballot, actor=SYSTEM)
    assert ballot.vote_count == 1


def test_who_is_no_longer_entitled_at_the_end_votes_through_nobody(app):
    ballot, (ana, bor, *_others) = group_vote()
    give_proxy(ballot, holder_id=bor.id, actor=ana)
    cast_vote(ballot, choices=[1], actor=bor)
    remove_member(ballot.group, user=ana, actor=ana)
    close_ballot(ballot, actor=SYSTEM)
    assert (ballot.vote_count, ballot.entitled) == (1, 4)
    assert db.session.scalar(sa.select(Proxy.fate)) is ProxyFate.BARRED


def test_taking_back_and_changing_the_holder(app):
    ballot, (ana, bor, cleo, _dan) = group_vote()
    give_proxy(ballot, holder_id=bor.id, actor=ana)
    give_proxy(ballot, holder_id=cleo.id, actor=ana)
    assert db.session.scalars(sa.select(Proxy.holder_id)).all() == [cleo.id]
    take_back_proxy(ballot, actor=ana)
    take_back_proxy(ballot, actor=ana)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Proxy)) == 0


def test_limits_chains_and_strangers_are_refused_with_the_reason(app):
    ballot, (ana, bor, cleo, dan) = group_vote()
    give_proxy(ballot, holder_id=bor.id, actor=ana)
    cases = [
        (cleo, bor.id, "as many votes as one may"),
        (bor, cleo.id, "You carry the vote"),
        (cleo, ana.id, "gave their own vote"),
        (cleo, cleo.id, "somebody who may vote"),
        (cleo, make_user().id, "somebody who may vote"),
    ]
    for actor, holder, told in cases:
        with pytest.raises(Invalid, match=told):
            give_proxy(ballot, holder_id=holder, actor=actor)
    with pytest.raises(NotAllowed, match="Only members"):
        give_proxy(ballot, holder_id=dan.id, actor=make_user())
    cast_vote(ballot, choices=[1], actor=dan)
    with pytest.raises(NotAllowed, match="voted already"):
        give_proxy(ballot, holder_id=cleo.id, actor=dan)
    close_ballot(ballot, actor=SYSTEM)
    with pytest.raises(NotAllowed, match="over"):
        give_proxy(ballot, holder_id=dan.id, actor=cleo)


def test_a_vote_without_proxies_says_so_and_a_wrong_limit_is_refused(app):
    ballot, (ana, bor, *_others) = group_vote(max_proxies=0)
    with pytest.raises(NotAllowed, match="in person"):
        give_proxy(ballot, holder_id=bor.id, actor=ana)
    for values in ({"max_proxies": 11}, {"max_proxies": -1}, {"electorate": Electorate.EVERYONE}):
        with pytest.raises(Invalid) as refusal:
            group_vote(**values)
        assert refusal.value.field == "max_proxies"


def test_many_at_once_never_exceed_the_limit(app):
    """Without the lock in ``give_proxy`` PostgreSQL let several through: each saw room for one more. Tried."""
    ballot, people = group_vote(8, max_proxies=2)
    holder, ballot_id = people[0].id, ballot.id

    def giving(user_id: int) -> Any:
        return lambda: give_proxy(
            db.session.get(Ballot, ballot_id), holder_id=holder, actor=db.session.get(User, user_id)
        )

    answers = in_parallel(app, [giving(person.id) for person in people[1:]], threads=7)
    db.session.expire_all()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Proxy)) == 2
    assert sum("as many votes" in str(answer) for answer in answers) == 5


def test_giving_a_vote_on_its_page_is_seen_by_both(web: Flask, visit: Any):
    with web.app_context():
        ballot, (ana, bor, *_others) = group_vote()
        url = f"/en/ballots/{ballot.reference}/"
        giver, holder, number, name = ana.fs_uniquifier, bor.fs_uniquifier, bor.id, ana.name
        holder_name = bor.name
    client = visit(giver)
    assert f"{url}proxy" in client.get(url).text
    refused = client.post(f"{url}proxy", data=hidden_in(client, f"{url}proxy", holder="999999"))
    assert refused.status_code == 422
    sent = client.post(f"{url}proxy", data=hidden_in(client, f"{url}proxy", holder=str(number)))
    assert sent.status_code == 303
    assert f"{holder_name} votes for you." in client.get(url).text
    assert f"You vote for {name} too" in visit(holder).get(url).text
    client.post(f"{url}proxy", data=hidden_in(client, f"{url}proxy", holder=""))
    assert "votes for you." not in client.get(url).text


def test_after_the_close_both_read_what_became_of_a_vote_that_was_given_away(web: Flask, visit: Any):
    with web.app_context():
        ballot, people = group_vote(5, max_proxies=3)
        ana, bor, cleo, dan, _eva = people
        for giver in (ana, cleo, dan):
            give_proxy(ballot, holder_id=bor.id, actor=giver)
        cast_vote(ballot, choices=[1], actor=dan)
        cast_vote(ballot, choices=[2], actor=bor)
        remove_member(ballot.group, user=cleo, actor=cleo)
        close_ballot(ballot, actor=SYSTEM)
        url = f"/en/ballots/{ballot.reference}/"
        keys = {name: one.fs_uniquifier for name, one in zip("abcde", people, strict=True)}
        givers, holder = [one.name for one in (ana, cleo, dan)], bor.name
    page = visit(keys["b"]).get(url).text
    said = ("cast with yours", "not used, as no longer entitled", "voted themselves")
    for name, fate in zip(givers, said, strict=True):
        assert f"<bdi>{name}</bdi>: {fate}" in page
    assert f"{holder} voted for you, and your vote was counted." in visit(keys["a"]).get(url).text
    assert "no longer entitled at the end" in visit(keys["c"]).get(url).text
    assert "but voted yourself" in visit(keys["d"]).get(url).text
    for nobody in (keys["e"], None):
        assert givers[0] not in visit(nobody).get(url).text
