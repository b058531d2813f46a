"""What commitments show on other pages: of a decision, a place, a body."""

from typing import Any

from flask import url_for

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.parts import register_part as register_body_part
from stakeholder_hub.bodies.queries import bodies_acted_for
from stakeholder_hub.commitments.clauses import Clause
from stakeholder_hub.commitments.models import Commitment, TextVersion
from stakeholder_hub.commitments.policy import may_ask, may_revise_text, speaks_for_decision
from stakeholder_hub.commitments.queries import (
    Wanted,
    counts_of,
    current_text,
    of_body,
    of_decision,
    of_place,
)
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.ratifications.models import Ratification
from stakeholder_hub.ratifications.parts import ratification_part
from stakeholder_hub.ratifications.queries import acts_asked_of, ratification_of
from stakeholder_hub.ratifications.wording import OUTCOMES, TONES
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.parts import register_record_part
from stakeholder_hub.territories.models import Territory


def askers_for(decision: Decision, actor: Actor) -> list[Body]:
    """The bodies behind the decision for which the reader can ask others."""
    if not actor.is_authenticated or not decision.binds:
        return []
    return [
        body
        for body in bodies_acted_for(actor)
        if speaks_for_decision(body, decision) and may_ask(actor, decision, body)
    ]


def commitments_part(decision: Record, actor: Actor) -> dict[str, Any] | None:
    """What bodies below promised because of a decision; for its officials the way to ask them."""
    if not isinstance(decision, Decision):
        return None
    found = of_decision(decision, actor)
    askers = askers_for(decision, actor)
    if not found and not askers:
        return None
    url = url_for("commitments.ask", reference=decision.reference) if askers else None
    return {"commitments": found, "today": clock.today(decision.territory.timezone), "ask_url": url}


def text_part(decision: Record, actor: Actor) -> dict[str, Any] | None:
    """The text of a decision and who has ratified it; for its officials the way to write one."""
    if not isinstance(decision, Decision):
        return None
    text = current_text(decision)
    if text is None:
        askers = askers_for(decision, actor)
        if not askers:
            return None
        return {"text": None, "edit_url": url_for("commitments.edit_text", reference=decision.reference)}
    ratification = ratification_of(decision)
    return {
        "text": text,
        "decision": decision,
        "clauses": clauses_told(text, ratification),
        "ratification": ratification_part(decision, actor, ratification) if ratification else None,
        "edit_url": edit_url(decision, text, actor),
    }


def edit_url(decision: Decision, text: TextVersion, actor: Actor) -> str | None:
    """Where this reader can write a new version."""
    if not actor.is_authenticated or not may_revise_text(actor, text):
        return None
    return url_for("commitments.edit_text", reference=decision.reference)


def clauses_told(text: TextVersion, ratification: Ratification | None) -> list[tuple[Clause, list[Body]]]:
    """The clauses with the bodies that each is addressed to; an empty list is everybody."""
    bodies = {seat.body_id: seat.body for seat in (ratification.seats if ratification else ())}
    told = [Clause.from_json(one) for one in text.clauses]
    return [
        (clause, [bodies[number] for number in sorted(clause.bodies) if number in bodies]) for clause in told
    ]


def place_part(place: Territory, actor: Actor) -> dict[str, Any] | None:
    """Commitments of a place and below it, with how many are overdue."""
    found, late = of_place(place, actor)
    if not found:
        return None
    return {
        "commitments": found,
        "counts": [(_("Overdue"), late)] if late else [],
        "today": clock.today(place.timezone),
        "all_url": url_for("commitments.index", place=place.slug),
    }


def body_part(body: Body, actor: Actor) -> dict[str, Any] | None:
    """What a body promised, and what it was asked to ratify: for its page."""
    found, acts = of_body(body, actor), acts_asked_of(body, actor)
    if not found and not acts:
        return None
    return {
        "commitments": found,
        "counts": _counted(counts_of(Wanted(body=body.slug), actor)),
        "acts": [(seat, OUTCOMES[seat.outcome], TONES[seat.outcome]) for seat in acts],
        "today": clock.today(body.territory.timezone),
        "all_url": url_for("commitments.index", body=body.slug),
    }


def _counted(counts: dict[str, int]) -> list[tuple[Any, int]]:
    """How many stand where, in the order of the states; how many are overdue last."""
    told: list[tuple[Any, int]] = [
        (label, counts[state]) for state, label in Commitment.state_labels.items() if counts.get(state)
    ]
    return [*told, (_("Overdue"), counts["overdue"])] if counts.get("overdue") else told


def register() -> None:
    """Show text and commitments on the page of a decision, and what a body promised on the body's."""
    register_record_part("text", 10, text_part, "commitments/_text.html")
    register_record_part("commitments", 20, commitments_part, "commitments/_of_decision.html")
    register_body_part("commitments", 60, body_part, "commitments/_of_body.html")
