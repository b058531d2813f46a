"""Matters on their way between levels, made through the operations that people use."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any

from stakeholder_hub.bodies.models import Body, Competence, Strength, Topic
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.records.models import Record
from stakeholder_hub.referrals.kinds import Gap, Outcome
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.operations import (
    acknowledge_referral,
    answer_referral,
    draft_referral,
    send_referral,
)
from stakeholder_hub.territories.models import Level, Role, Territory
from tests.factories.accounts import make_user
from tests.factories.actions import make_action_item
from tests.factories.bodies import make_body
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.proposals import make_proposal
from tests.factories.territories import give_role, make_territory

_numbers = count(1)


@dataclass(frozen=True)
class Seat:
    """An authority with one official of its own."""

    place: Territory
    body: Body
    official: Any


@dataclass(frozen=True)
class Ladder:
    """A town, its region, its state and the programme above, each with an authority; the town also has a group."""

    town: Seat
    neighbour: Seat
    region: Seat
    state: Seat
    programme: Seat
    group: Group
    coordinator: Any
    author: Any
    proposal: Record


@operation
def make_seat(place: Territory, *, topic: Topic = Topic.HOUSING, **values: Any) -> Seat:
    """An authority of ``place`` that decides about ``topic``, and its official."""
    owner = make_organisation(place, name=f"Authority {next(_numbers)}", sector=Sector.ADMINISTRATION)
    body = make_body(owner, **values)
    db.session.add(Competence(body=body, topic=topic, strength=Strength.DECIDES, basis="Act 1"))
    official = make_user()
    make_mandate(owner, user=official, position="Head of unit", starts_on=date(2020, 1, 1))
    db.session.flush()
    return Seat(place, body, official)


@operation
def make_ladder(**values: Any) -> Ladder:
    """Four rungs; ``values`` are the service standard of every body (14, 60 and 30 days unless told otherwise)."""
    programme = make_territory(level=Level.TRANSNATIONAL, name="Programme", timezone="UTC")
    state = make_territory(parent=programme, level=Level.NATIONAL, name="State")
    region = make_territory(parent=state, level=Level.REGIONAL, name="Region")
    town, neighbour = (
        make_territory(parent=region, name="Town"),
        make_territory(parent=region, name="Neighbour"),
    )
    seats = [make_seat(place, **values) for place in (town, neighbour, region, state, programme)]
    group = make_group(town)
    coordinator = give_role(make_user(), Role.COORDINATOR, group=group)
    author = make_user()
    proposal = make_proposal(make_consultation(group), title="Flats for young people", actor=author)
    return Ladder(*seats, group, coordinator, author, proposal)


def revived(ladder: Ladder) -> Ladder:
    """The same ladder for another session."""
    merge = db.session.merge
    seats = {
        name: Seat(merge(seat.place), merge(seat.body), merge(seat.official))
        for name in ("town", "neighbour", "region", "state", "programme")
        for seat in (getattr(ladder, name),)
    }
    return replace(
        ladder,
        **seats,
        group=merge(ladder.group),
        coordinator=merge(ladder.coordinator),
        author=merge(ladder.author),
        proposal=merge(ladder.proposal),
    )


def make_draft(ladder: Ladder, to: Seat | None = None, **values: Any) -> Referral:
    """The town's group means to refer the proposal to the region, unless told otherwise."""
    fields: dict[str, Any] = {
        "sender": ladder.group,
        "topic": Topic.HOUSING,
        "request": "Let the empty state flats to young people.",
        "gap": Gap.POLICY,
        "reason": "The flats belong to the **state**.",
        "language": "en",
        "actor": ladder.coordinator,
        **values,
    }
    source = fields.pop("source", ladder.proposal)
    return draft_referral(source, to_body=(to or ladder.region).body, **fields)


def make_referral(
    ladder: Ladder, to: Seat | None = None, *, acknowledged: bool = False, **values: Any
) -> Referral:
    """The same, sent; ``acknowledged`` by the official of the body as well."""
    referral = make_draft(ladder, to, **values)
    send_referral(referral, actor=values.get("actor", ladder.coordinator))
    return acknowledge(ladder, referral) if acknowledged else referral


def acknowledge(ladder: Ladder, referral: Referral) -> Referral:
    """The official of the body that has it takes it on."""
    return acknowledge_referral(
        referral, note="Unit 3 deals with it.", language="en", actor=official_of(ladder, referral)
    )


def official_of(ladder: Ladder, referral: Referral) -> Any:
    """Who acts for the body that has the matter."""
    seats = (ladder.town, ladder.neighbour, ladder.region, ladder.state, ladder.programme)
    return next(seat.official for seat in seats if seat.body.id == referral.to_body_id)


def make_answer(
    ladder: Ladder, referral: Referral, outcome: Outcome = Outcome.DECLINED, **values: Any
) -> Response:
    """The body answers what it has acknowledged; what it accepts it names an action item of its own for."""
    if outcome.promises and "named" not in values:
        values["named"] = make_action_item(referral.to_body.territory)
    fields: dict[str, Any] = {
        "answer": "We looked at it **closely**.",
        "language": "en",
        "actor": official_of(ladder, referral),
        **values,
    }
    return answer_referral(referral, outcome=outcome, **fields)
