"""What members decided among themselves is handed to the bodies that are asked, and to nobody else."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.commitments.models import Claim
from stakeholder_hub.commitments.operations import accept_commitment, give_evidence, put_to_ratification
from stakeholder_hub.commitments.operations.texts import ClauseDraft
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.conditions import Conditions
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.decisions.operations import cast_vote, close_ballot
from stakeholder_hub.groups.operations import revoke_mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.ratifications.rules import Rule
from stakeholder_hub.records.models import Record, Visibility
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user, sign_in
from tests.factories.bodies import make_body
from tests.factories.commitments import Levels, make_levels, official_of
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_group, make_organisation
from tests.factories.territories import give_role


def levels_among_members() -> tuple[Levels, Any]:
    """The decision was made by members of a group of the state; the second value is one of them."""
    levels = make_levels()
    consultation = make_consultation(make_group(levels.state), audience=Visibility.MEMBERS)
    member = give_role(make_user(), Role.MEMBER, group=consultation.group)
    give_role(levels.minister, Role.MEMBER, group=consultation.group)
    ballot = make_ballot(consultation)
    cast_vote(ballot, choices=[1], actor=member)
    close_ballot(ballot, actor=SYSTEM)
    levels.decision = db.session.scalars(sa.select(Decision).where(Decision.ballot_id == ballot.id)).one()
    assert levels.decision.visibility is Visibility.MEMBERS
    return levels, member


def readers(record: Record, *people: Any) -> list[bool]:
    return [bool(may_see(person, record)) for person in people]


def test_a_body_reads_and_answers_what_members_decided(app: Flask) -> None:
    levels, member = levels_among_members()
    mayor, other = levels.mayors
    commitment = levels.ask()
    for record in (commitment, levels.decision):
        assert readers(record, levels.minister, member, mayor, other, make_user()) == [True] * 3 + [False] * 2
    accept_commitment(commitment, version=commitment.version, language="en", actor=mayor)
    evidence = give_evidence(commitment, claim=Claim.KEPT, text="Look.", language="en", actor=mayor)
    assert readers(evidence, levels.minister, member, mayor, other, make_user()) == [True] * 3 + [False] * 2


def test_the_official_reaches_the_page_of_what_members_decided_as_long_as_the_mandate_lasts(
    web: Flask,
) -> None:
    with web.app_context():
        levels, _member = levels_among_members()
        address = f"/en/commitments/{levels.ask().reference}/"
        mayor, mandate = levels.mayors[0], levels.councils[0].organisation
        client = sign_in(web.test_client(), mayor)
    assert client.get(f"{address}accept").status_code == 200
    with web.app_context():
        revoke_mandate(db.session.merge(mandate).mandates[0], actor=SYSTEM)
    assert client.get(f"{address}accept").status_code == 404


def test_a_body_ratifies_what_members_decided(app: Flask) -> None:
    levels, _member = levels_among_members()
    assert readers(levels.decision, *levels.mayors) == [False, False]
    put_to_ratification(
        levels.decision,
        asker=levels.ministry,
        clauses=[ClauseDraft("Every town has an office.")],
        bodies=levels.councils[:1],
        rule=Rule.EVERY,
        until=clock.today() + timedelta(days=30),
        language="en",
        actor=levels.minister,
    )
    assert readers(levels.decision, *levels.mayors) == [True, False]


@pytest.mark.parametrize("kind", ["veto", "ratify"])
def test_a_body_with_a_say_after_the_vote_reads_the_result_of_members(app: Flask, kind: str) -> None:
    consultation = make_consultation(make_group(), audience=Visibility.MEMBERS)
    body = make_body(make_organisation(consultation.territory))
    official, member = official_of(body), give_role(make_user(), Role.MEMBER, group=consultation.group)
    later = (clock.now() + timedelta(days=40)).date().isoformat()
    conditions = {
        "veto": Conditions(veto_bodies=(body.slug,), veto_days=10),
        "ratify": Conditions(ratify_bodies=(body.slug,), ratify_rule=Rule.EVERY, ratify_until=later),
    }[kind]
    ballot = make_ballot(consultation, method=Method.YES_NO, titles=["Park"], conditions=conditions)
    cast_vote(ballot, choices=[1], actor=member)
    assert readers(ballot, official) == [False]
    close_ballot(ballot, actor=SYSTEM)
    assert readers(ballot, official, make_user()) == [True, False]
