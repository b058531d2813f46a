"""Ballots, made through the operations that people use."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import close_ballot, open_ballot, prepare_ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link, add_record
from tests.factories.consultations import make_consultation

_numbers = count(1)


@operation
def make_ballot_proposal(consultation: Consultation, *, title: str = "", cost: int | None = None) -> Proposal:
    """A proposal that can be put to the vote."""
    name = title or f"Proposal {next(_numbers)}"
    proposal = Proposal(
        consultation=consultation,
        title=Multilingual.of(name, "en"),
        state=ProposalState.SUBMITTED,
        body_text="Text",
        body_html="<p>Text</p>",
        cost=cost,
        territory=consultation.territory,
        group_id=consultation.group_id,
        context_id=consultation.id,
        visibility=consultation.visibility,
    )
    add_record(proposal, actor=SYSTEM)
    add_link(consultation, Relation.PROMPTED, proposal, actor=SYSTEM)
    return proposal


def make_ballot(
    consultation: Consultation | None = None,
    *,
    costs: Sequence[int | None] = (None, None, None),
    titles: Sequence[str] = (),
    method: Method = Method.APPROVAL,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    opened: bool = True,
    closed: bool = False,
    actor: Any = SYSTEM,
    **values: Any,
) -> Ballot:
    """An open approval ballot on three proposals, one of which can win, unless told otherwise."""
    consultation = consultation or make_consultation()
    if "proposals" not in values:
        names = list(titles) or [""] * len(costs)
        costs = list(costs) + [None] * (len(names) - len(costs))
        values["proposals"] = [
            make_ballot_proposal(consultation, title=name, cost=cost)
            for name, cost in zip(names, costs, strict=False)
        ]
    if method is Method.APPROVAL:
        values.setdefault("winners_wanted", 1)
    begin = opens_at or clock.now() - timedelta(hours=1)
    ballot = prepare_ballot(
        consultation,
        title=Multilingual.of("Which proposal?", "en"),
        question=Multilingual.of("What should be done first?", "en"),
        method=method,
        opens_at=begin,
        closes_at=closes_at or clock.now() + timedelta(days=7),
        actor=actor,
        **values,
    )
    if opened or closed:
        open_ballot(ballot, actor=SYSTEM)
    if closed:
        close_ballot(ballot, actor=SYSTEM)
    return ballot
