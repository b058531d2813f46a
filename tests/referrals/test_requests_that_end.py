"""Requests to join end with the matter they are about; what members hand along is read by all on its way."""

from datetime import timedelta

import pytest

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.referrals.jobs import escalate
from stakeholder_hub.referrals.kinds import JoinState, Outcome
from stakeholder_hub.referrals.operations import withdraw_referral
from stakeholder_hub.referrals.queries import joining_requests_for, similar_to
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.actions import make_action_item
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group
from tests.factories.proposals import make_proposal
from tests.factories.referrals import Ladder, make_answer, make_referral
from tests.factories.territories import give_role
from tests.referrals.test_the_way import START, asked, second_town


def test_who_takes_the_matter_back_is_asked_no_more(ladder: Ladder) -> None:
    one, (two, _coordinator, _author) = make_referral(ladder), second_town(ladder)
    requests = asked(ladder, one, two)
    assert len(joining_requests_for([ladder.group])) == 1
    withdraw_referral(one, actor=ladder.coordinator)
    db.session.refresh(requests[one.id])
    assert requests[one.id].state is JoinState.CLOSED
    assert joining_requests_for([ladder.group]) == []


def test_what_went_up_a_level_is_asked_no_more(ladder: Ladder) -> None:
    with clock.frozen(START):
        one, (two, _coordinator, _author) = make_referral(ladder), second_town(ladder)
        asked(ladder, one, two)
    with clock.frozen(START + timedelta(days=92)):
        assert escalate() == 2
    assert joining_requests_for([ladder.group]) == []


def test_matters_that_different_people_read_are_not_joined(ladder: Ladder) -> None:
    """Else what everybody could read of one would be answered to the members of the other alone."""
    open_to_all, (two, _coordinator, _author) = make_referral(ladder), second_town(ladder)
    members = make_consultation(ladder.group, audience=Visibility.MEMBERS)
    inner = make_referral(
        ladder, source=make_proposal(members, title="Flats among us", actor=ladder.coordinator)
    )
    assert inner.visibility is Visibility.MEMBERS
    assert [one.id for one in similar_to(open_to_all, ladder.region.official)] == [two.id]
    with pytest.raises(Invalid, match="same people"):
        asked(ladder, open_to_all, inner)
    with pytest.raises(Invalid, match="same people"):
        asked(ladder, inner, open_to_all)


def test_what_an_answer_among_members_names_is_read_by_those_who_get_it(ladder: Ladder) -> None:
    members = make_consultation(ladder.group, audience=Visibility.MEMBERS)
    source = make_proposal(members, title="Flats among us", actor=ladder.coordinator)
    referral = make_referral(ladder, source=source, acknowledged=True)
    group = make_group(ladder.region.place)
    item = make_action_item(ladder.region.place, group=group)
    item.visibility = Visibility.MEMBERS
    give_role(ladder.region.official, Role.MEMBER, group=group)
    assert not may_see(ladder.coordinator, item)
    make_answer(ladder, referral, Outcome.ACCEPTED, named=item)
    assert may_see(ladder.coordinator, item)
    assert not may_see(make_user(), item)
