"""Where a new action item begins: from a proposal or decision, in a group, or in a place."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.actions.policy import may_create
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.decisions.queries import decision_choosing
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.records.queries import load_record
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.queries import settled_with
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.queries import by_slug
from stakeholder_hub.webkit.addresses import next_or, with_values


@dataclass(frozen=True)
class Start:
    """What a new item follows from and belongs to."""

    territory: Territory
    group: Group | None
    source: Record | None
    other: Record | None = None
    body: Body | None = None

    def defaults(self, language: str) -> dict[str, Any]:
        """What the form begins with."""
        if self.source is None:
            return {"language": language}
        if self.body is not None:
            return {"language": language, "organisation": self.body.organisation_id or 0}
        if isinstance(self.source, Response):
            return {"language": language}
        return {"language": self.source.source_language, "title": self.source.title.original.text}

    def arguments(self) -> dict[str, Any]:
        """The operation's arguments that no form fills in."""
        sources = [source for source in (self.source, self.other) if source is not None]
        return {"territory": self.territory, "group": self.group, "sources": sources, "body": self.body}


def start_from_request(actor: Any) -> Start:
    """Read ``from`` (a record's reference), ``group`` (a slug) or ``place`` (a slug).

    Raises:
        NotFound: what is named is not there, or nothing is named.
    """
    if reference := request.args.get("from"):
        record = load_record(reference, actor)
        if isinstance(record, Referral):
            # What another level asked for is carried out where it was asked for.
            body = record.to_body
            return Start(body.territory, body.group, record, body=body)
        if isinstance(record, Response):
            return start_of_answer(record, actor) or Start(record.territory, record.group, record)
        decision = decision_choosing(record, actor) if isinstance(record, Proposal) else None
        return Start(record.territory, record.group, record, decision)
    if slug := request.args.get("group"):
        group = db.session.scalar(sa.select(Group).where(Group.slug == slug))
        if group is None:
            raise NotFound()
        return Start(group.territory, group, None)
    if slug := request.args.get("place"):
        return Start(by_slug(slug), None, None)
    raise NotFound()


def onward(item: ActionItem) -> str:
    """Where it goes on once the item is there: to the form it was added for, where it is chosen, else to its page."""
    back = next_or("")
    return with_values(back, named=item.reference) if back else record_url(item)


def start_of_answer(response: Response, actor: Actor) -> Start | None:
    """What those on the way of an answer do because of it: in their own place, for what they had asked about.

    Who may hand out for several of them begins where the matter began. ``None`` for those who may for none.
    """
    for rung in settled_with(response):
        for party in (rung.sender, rung.to_body):
            body = party if isinstance(party, Body) else None
            group = party.group if isinstance(party, Body) else party
            if may_create(actor, party.territory, group, body):
                return Start(party.territory, group, response, _began_with(rung, actor), body)
    return None


def _began_with(rung: Referral, actor: Actor) -> Record | None:
    source = rung.source
    return source if isinstance(source, Proposal) and may_see(actor, source) else None
