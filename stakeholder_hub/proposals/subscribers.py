"""Who is told when something happens to a proposal: everybody who follows or supports it, but not who did it."""

from collections.abc import Iterator

import sqlalchemy as sa

from stakeholder_hub.deliberation.models import Support
from stakeholder_hub.deliberation.operations import tell_followers
from stakeholder_hub.deliberation.queries import followers
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.proposals.events import (
    ProposalAnswered,
    ProposalEdited,
    ProposalStateChanged,
    ProposalWithdrawn,
)
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.operations import searchable
from stakeholder_hub.search.operations import index_record
from stakeholder_hub.search.sources import source


@subscribe(ProposalEdited)
def tell_of_edit(event: ProposalEdited) -> None:
    """Those who support it are told as well: they supported what it said before."""
    if not {"title", "body", "cost"} & set(event.fields):
        return
    tell_followers(event.subject, kind=event.name, actor=event.actor)
    following = set(followers(event.subject))
    supporters = db.session.scalars(sa.select(Support.user_id).where(Support.record_id == event.subject.id))
    others = [i for i in supporters if i not in following and i != event.actor.id]
    notify(others, kind=event.name, record=event.subject)


@subscribe(ProposalWithdrawn)
def tell_of_withdrawal(event: ProposalWithdrawn) -> None:
    """It will not go on."""
    tell_followers(event.subject, kind=event.name, actor=event.actor)


@subscribe(ProposalAnswered)
def tell_of_answer(event: ProposalAnswered) -> None:
    """There is an answer."""
    tell_followers(event.subject, kind=event.name, actor=event.actor)


@subscribe(ProposalStateChanged)
def tell_of_state(event: ProposalStateChanged) -> None:
    """It went a step further."""
    tell_followers(event.subject, kind=event.name, actor=event.actor)


@source("proposal")
def index_proposals() -> Iterator[int]:
    """Every proposal, for making the index anew."""
    for proposal in db.session.scalars(sa.select(Proposal).order_by(Proposal.id)):
        index_record(proposal, text=searchable(proposal))
        yield proposal.id
