"""What the page of a result shows of what comes after the close."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.queries import bodies_acted_for
from stakeholder_hub.decisions.after_told import after_in_words
from stakeholder_hub.decisions.aftermath import named_with_vetoes, second_vote
from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.policy import may_ask_again, may_veto
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.ratifications.parts import ratification_part
from stakeholder_hub.ratifications.queries import ratification_of


@dataclass(frozen=True)
class CanVeto:
    """A body for which the reader can veto, and where."""

    body: Body
    url: str


def after_page(ballot: Ballot, actor: Actor) -> dict[str, Any]:
    """Vetoes, ratification and the second vote of a closed ballot; empty where its terms know none of them."""
    asked = conditions_of(ballot)
    if not asked.come_after:
        return {}
    named, vetoes = named_with_vetoes(ballot)
    second = second_vote(ballot) if vetoes else None
    ratification = ratification_of(ballot) if asked.ratify_bodies else None
    return {
        "after": after_in_words(ballot, vetoes, second, ratification, named),
        "vetoes": vetoes,
        "second": second,
        "can_veto": _can_veto(ballot, actor),
        "may_ask_again": bool(vetoes) and bool(may_ask_again(actor, ballot)),
        "ratification": ratification_part(ballot, actor, ratification) if ratification else None,
    }


def _can_veto(ballot: Ballot, actor: Actor) -> list[CanVeto]:
    slugs = conditions_of(ballot).veto_bodies
    if not actor.is_authenticated or not slugs:
        return []
    return [
        CanVeto(body, url_for("decisions.veto", reference=ballot.reference, body=body.slug))
        for body in bodies_acted_for(actor)
        if body.slug in slugs and may_veto(actor, ballot, body)
    ]
