"""What a moderator has hidden takes along everything that lives in it."""

from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.moderation.operations import hide_record
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment
from tests.factories.proposals import make_proposal
from tests.factories.territories import give_role


def test_the_proposals_of_a_hidden_consultation_are_hidden_too(app: Flask) -> None:
    consultation, author = make_consultation(), make_user()
    proposal = make_proposal(consultation, actor=author)
    comment = make_comment(proposal)
    moderator = give_role(make_user(), Role.MODERATOR, group=consultation.group)
    member = give_role(make_user(), Role.MEMBER, group=consultation.group)
    other = make_proposal(make_consultation(consultation.group))
    hide_record(consultation, reason="Not what this is for.", actor=SYSTEM)
    seen_by = {
        name: [bool(may_see(actor, record)) for record in (consultation, proposal, comment, other)]
        for name, actor in {
            "visitor": VISITOR,
            "member": member,
            "author": author,
            "moderator": moderator,
        }.items()
    }
    assert seen_by == {
        "visitor": [False, False, False, True],
        "member": [False, False, False, True],
        "author": [False, True, False, True],
        "moderator": [True, True, True, True],
    }


def test_their_pages_show_nothing(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        proposal = make_proposal()
        hide_record(proposal.consultation, reason="Not what this is for.", actor=SYSTEM)
        addresses = [
            f"/en/proposals/{proposal.reference}/",
            f"/en/consultations/{proposal.consultation.slug}/",
            f"/en/consultations/{proposal.consultation.slug}/proposals/",
        ]
    # The consultation was public: of it a page says that it is gone. Nothing is said of what lived in it.
    assert [client.get(address).status_code for address in addresses] == [404, 410, 404]
