"""What other pages show of action items: a consultation's section, and the button beside a winner."""

from typing import Any
from urllib.parse import urlencode

from flask import url_for

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.actions.policy import may_create
from stakeholder_hub.actions.queries import Wanted, due_or_far, items_for, of_consultation
from stakeholder_hub.actions.starting import start_of_answer
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.parts import Action, register_part
from stakeholder_hub.decisions.counting import chosen_proposals
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.parts import register_winner_action
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.parts import Work, WorkOfKind, show_work
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.proposals.parts import register_next_step
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.models import Record
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.pages import Tool, register_follow_up
from stakeholder_hub.referrals.parts import register_answer_step

CARRIED_OUT = frozenset(
    {
        ProposalState.SUBMITTED,
        ProposalState.ADMITTED,
        ProposalState.SELECTED,
        ProposalState.UNDER_WAY,
        ProposalState.DONE,
    }
)
"""States in which something may be done about a proposal, voted on or not."""


def consultation_part(consultation: Consultation, actor: Actor) -> dict[str, Any] | None:
    """What is being done because of the consultation; nothing where nothing is."""
    items = of_consultation(consultation.id, actor)
    if not items:
        return None
    return {"items": items, "done": sum(item.state == "done" for item in items), "today": clock.today()}


def make_item_of(proposal: Proposal, actor: Actor) -> Action | None:
    """The button beside a proposal that can be carried out, for those who may hand it out."""
    if proposal.state not in CARRIED_OUT or not _may_hand_out(proposal, actor):
        return None
    address = f"{url_for('actions.new')}?{urlencode({'from': proposal.reference})}"
    return Action(_l("Add action item"), address, icon="action")


def hand_out_winners(ballot: Ballot, actor: Actor) -> Action | None:
    """The button beside the result of a vote."""
    if not chosen_proposals(ballot) or not _may_hand_out(ballot, actor):
        return None
    return Action(
        _l("Hand out what was chosen"),
        url_for("actions.from_ballot", reference=ballot.reference),
        icon="action",
    )


def _may_hand_out(record: Record, actor: Actor) -> bool:
    return actor.is_authenticated and bool(may_create(actor, record.territory, record.group))


def item_for_answer(referral: Referral, actor: Actor) -> Tool | None:
    """The button beside the form of an answer: what is accepted needs something that carries it out."""
    body = referral.to_body
    if not may_create(actor, body.territory, body.group, body):
        return None
    back = url_for("referrals.answer", reference=referral.reference)
    address = f"{url_for('actions.new')}?{urlencode({'from': referral.reference, 'next': back})}"
    return Tool(_l("Add an action item first"), address, "action")


def item_because_of_answer(response: Response, actor: Actor) -> Tool | None:
    """The button beside an answer: what those who had asked do now in their own place."""
    if start_of_answer(response, actor) is None:
        return None
    address = f"{url_for('actions.new')}?{urlencode({'from': response.reference})}"
    return Tool(_l("Add what we do now"), address, "action")


def work_of_group(group: Group, actor: Actor) -> WorkOfKind:
    """What the group does, what is due first at the top."""
    statement = items_for(Wanted(group_id=group.id), actor).order_by(due_or_far(), ActionItem.id)
    items = [
        Work(item.title, record_url(item), item.state, item.state_label)
        for item in db.session.scalars(statement.limit(5)).unique()
    ]
    return WorkOfKind(_("Action items"), items, url_for("actions.index", group=group.id))


def register() -> None:
    """Show the sections and buttons on the pages of consultations, groups, proposals and results."""
    register_part("actions", 40, consultation_part, "actions/_part.html")
    show_work("actions", work_of_group)
    register_next_step(make_item_of)
    register_winner_action(hand_out_winners)
    register_answer_step(item_for_answer)
    register_follow_up(item_because_of_answer)
