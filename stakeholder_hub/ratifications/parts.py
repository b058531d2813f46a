"""What the page of something that is ratified shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.ratifications.models import Ratification, RatifyingBody
from stakeholder_hub.ratifications.policy import may_ratify
from stakeholder_hub.ratifications.queries import ratification_of
from stakeholder_hub.ratifications.rules import Outcome
from stakeholder_hub.ratifications.wording import OUTCOMES, STANDINGS, TONES, asked_in_words, tally_in_words
from stakeholder_hub.records.models import Record


@dataclass(frozen=True)
class Line:
    """One body in the table: what it did, and where this reader can answer for it."""

    seat: RatifyingBody
    look: tuple[str, str]
    label: Any
    url: str | None


def ratification_part(
    record: Record, actor: Actor, found: Ratification | None = None
) -> dict[str, Any] | None:
    """The ratification of ``record`` for ``ratifications/_section.html``; ``None`` where there is none."""
    ratification = found or ratification_of(record)
    if ratification is None:
        return None
    now = clock.now()
    return {
        "ratification": ratification,
        "lines": [_line(record, seat, actor, ratification, now) for seat in ratification.seats],
        "asked": asked_in_words(ratification.rule, ratification.needed, len(ratification.seats)),
        "told": tally_in_words(ratification.rule, ratification.tally),
        "standing": STANDINGS[ratification.standing],
        "is_open": ratification.is_open(now),
        "outcome_labels": OUTCOMES,
    }


def _line(
    record: Record, seat: RatifyingBody, actor: Actor, ratification: Ratification, now: datetime
) -> Line:
    asks = actor.is_authenticated and seat.outcome is Outcome.WAITING and ratification.is_open(now)
    url = None
    if asks and may_ratify(actor, seat):
        url = url_for("ratifications.answer", reference=record.reference, body=seat.body.slug)
    return Line(seat, TONES[seat.outcome], OUTCOMES[seat.outcome], url)
