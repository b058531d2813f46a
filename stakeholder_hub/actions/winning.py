"""From a counted vote to what is to be done: each winner with the action items that carry it out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.actions.queries import due_or_far, listed
from stakeholder_hub.decisions.counting import chosen_proposals
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.records.models import Link, Record, Relation
from stakeholder_hub.records.queries import visible_to


@dataclass(frozen=True)
class Winner:
    """A proposal that was chosen, and what carries it out."""

    proposal: Proposal
    items: Sequence[ActionItem]


def winners_of(ballot: Ballot, actor: Actor) -> list[Winner]:
    """The winners of a closed ballot in the order of the count. Three statements, however many there are."""
    places = {proposal_id: place for place, proposal_id in enumerate(chosen_proposals(ballot))}
    proposals = db.session.scalars(
        sa.select(Proposal).where(Proposal.id.in_(list(places)), visible_to(actor))
    ).all()
    items = _items_of([proposal.id for proposal in proposals], actor)
    return [
        Winner(proposal, items[proposal.id]) for proposal in sorted(proposals, key=lambda p: places[p.id])
    ]


def _items_of(proposal_ids: Sequence[int], actor: Actor) -> dict[int, list[ActionItem]]:
    rows = db.session.execute(
        sa.select(Link.source_id, Link.target_id).where(
            Link.source_id.in_(proposal_ids), Link.relation == Relation.CARRIED_OUT_BY
        )
    )
    sources: dict[int, list[int]] = defaultdict(list)
    for source, target in rows:
        sources[target].append(source)
    found: dict[int, list[ActionItem]] = defaultdict(list)
    statement = listed().where(Record.id.in_(list(sources)), visible_to(actor))
    for item in db.session.scalars(statement.order_by(due_or_far(), ActionItem.id)):
        for source in sources[item.id]:
            found[source].append(item)
    return found
