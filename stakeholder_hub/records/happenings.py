"""What happened to records, beside the links between them: published, answered, opened, closed, done.

Features register what they can tell. Of one record, from its own columns (``tells``) or from a row of the audit
(``tells_event``): neither asks the database. From tables of their own (``records/kept.py``): with one statement for all
features together. Of many records at once (``tells_of_many``): with one statement. So a journey costs the same however
long it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.multilingual import Fragment, Multilingual
from stakeholder_hub.kernel.text import plain
from stakeholder_hub.records.acting import Who
from stakeholder_hub.records.models import Moderation, Record, Voice

MOST_WORDS = 400


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a record. ``key`` is its stable name for machines, ``said`` tells it in words.

    ``by`` says who did it: the record's author or the body that is answerable. ``text`` is what was said officially:
    an answer, reasons, a result. A consequence is told after everything else that happened in the same instant.
    ``who`` acted where that is somebody else than ``by`` tells, ``position`` as what; ``to`` is whom it was handed to,
    ``until`` the last day for what is to come.
    """

    at: datetime
    key: str
    said: Reason
    by: Voice = Voice.BODY
    text: Multilingual | None = None
    is_consequence: bool = False
    who: Who | None = None
    position: str = ""
    to: Who | None = None
    until: date | None = None


@dataclass(frozen=True)
class Noted:
    """A row of the audit about a record."""

    at: datetime
    details: Mapping[str, Any]


R = TypeVar("R", bound=Record)
Teller = Callable[[Any], Iterable[Happening]]
EventTeller = Callable[[Any, Noted], Happening | None]
TellerOfMany = Callable[[Sequence[Record], Actor], Iterable[tuple[int, Happening]]]

_tellers: dict[type[Record], Teller] = {}
_events: dict[str, tuple[type[Record], EventTeller]] = {}
_of_many: dict[str, TellerOfMany] = {}


def tells(
    kind: type[R],
) -> Callable[[Callable[[R], Iterable[Happening]]], Callable[[R], Iterable[Happening]]]:
    """Register what the columns of one record of ``kind`` tell."""

    def register(teller: Callable[[R], Iterable[Happening]]) -> Callable[[R], Iterable[Happening]]:
        _tellers[kind] = teller
        return teller

    return register


def tells_event(
    name: str, kind: type[R]
) -> Callable[[Callable[[R, Noted], Happening | None]], Callable[[R, Noted], Happening | None]]:
    """Register what a row of the audit under ``name`` tells of a record of ``kind``; ``None``: nothing."""

    def register(teller: Callable[[R, Noted], Happening | None]) -> Callable[[R, Noted], Happening | None]:
        _events[name] = (kind, teller)
        return teller

    return register


def tells_of_many(name: str) -> Callable[[TellerOfMany], TellerOfMany]:
    """Register what is told of many records with one statement."""

    def register(teller: TellerOfMany) -> TellerOfMany:
        _of_many[name] = teller
        return teller

    return register


def happenings_of(records: Iterable[Record], actor: Actor) -> dict[int, list[Happening]]:
    """Everything told of these records, by record, in the order it happened.

    The actor is known to see them, and they are loaded with their own columns. One statement for the audit, and one
    for each teller of many. Of what a moderator has hidden nothing is told.
    """
    shown = {record.id: record for record in records if record.moderation is not Moderation.HIDDEN}
    found: dict[int, list[Happening]] = defaultdict(list)
    for record in shown.values():
        for kind, teller in _tellers.items():
            if isinstance(record, kind):
                found[record.id].extend(teller(record))
    for record_id, happening in _from_audit(shown):
        found[record_id].append(happening)
    for many in _of_many.values():
        for record_id, happening in many(list(shown.values()), actor):
            found[record_id].append(happening)
    for told in found.values():
        told.sort(key=lambda happening: (happening.at, happening.key))
    return found


def _from_audit(records: Mapping[int, Record]) -> Iterable[tuple[int, Happening]]:
    """The number of a subject is one of its own table: who else has it is told apart by the event's name."""
    rows = db.session.execute(
        sa.select(AuditEntry.subject_id, AuditEntry.event, AuditEntry.at, AuditEntry.details)
        .where(AuditEntry.subject_id.in_(sorted(records)), AuditEntry.event.in_(sorted(_events)))
        .order_by(AuditEntry.id)
    )
    for subject_id, name, at, details in rows:
        kind, teller = _events[name]
        record = records[subject_id]
        if isinstance(record, kind) and (told := teller(record, Noted(at, details))) is not None:
            yield subject_id, told


def official(text: str | None, language: str | None) -> Multilingual | None:
    """What was said officially, in plain words and its own language, cut where it is long."""
    return Multilingual.of(plain(text, MOST_WORDS), language or "en") if text else None


def shortened(text: Multilingual | None) -> Multilingual | None:
    """The same for a text in several languages."""
    if not text:
        return None
    texts = {code: plain(words, MOST_WORDS) for code, words in text.texts.items() if words}
    return Multilingual(text.source, texts, text.made_by, {})


def state_change(record: Record, noted: Noted, *, is_consequence: bool = False) -> Happening | None:
    """The usual event of a change of state: ``details`` hold the state ``after`` it."""
    after = str(noted.details.get("after", ""))
    label = record.state_labels.get(after)
    return Happening(noted.at, f"state:{after}", label, is_consequence=is_consequence) if label else None


def in_words(text: Multilingual | None, language: str) -> Fragment | None:
    """What was said, for a reader of ``language``."""
    return text.in_(language) if text else None
