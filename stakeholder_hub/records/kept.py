"""What features keep about records in tables of their own, told of a whole journey with one statement for them all."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import UTCDateTime, db
from stakeholder_hub.records.acting import Who, WhoKind
from stakeholder_hub.records.happenings import Happening, tells_of_many
from stakeholder_hub.records.models import Record

MOST_KEPT = 2000


class Kept(NamedTuple):
    """One row of such a table: of which record, when, who acted, in which state, with which words.

    ``state`` and ``detail`` are the feature's own; ``due`` is the moment until which something is to happen.
    """

    record_id: int
    at: datetime
    name: str
    who: Who | None
    state: str
    detail: str
    text: str | None
    language: str | None
    due: datetime | None


KeptSource = Callable[[Sequence[Record], Actor], Select[Any] | None]
KeptTeller = Callable[[Any, Kept], Happening | None]

_sources: dict[str, tuple[KeptSource, KeptTeller]] = {}


def tells_kept(name: str, source: KeptSource) -> Callable[[KeptTeller], KeptTeller]:
    """Register what rows tell that ``source`` selects with :func:`kept`, or ``None`` where there can be none.

    ``source`` selects only what the actor may see; the records it is given are seen already.
    """

    def register(teller: KeptTeller) -> KeptTeller:
        _sources[name] = (source, teller)
        return teller

    return register


def kept(
    record: Any,
    at: Any,
    *,
    who: Any = None,
    kind: WhoKind = WhoKind.BODY,
    state: Any = None,
    detail: Any = None,
    text: Any = None,
    language: Any = None,
    due: Any = None,
) -> Select[Any]:
    """The columns of one source, each of the type that the others have as well. ``who`` is the number of a ``kind``."""

    def typed(column: Any, type_: Any) -> ColumnElement[Any]:
        return sa.cast(sa.null() if column is None else column, type_)

    return sa.select(
        record.label("record_id"),
        sa.type_coerce(at, UTCDateTime()).label("at"),
        typed(who, sa.Integer).label("who_id"),
        sa.literal(kind.value, sa.String).label("who_kind"),
        typed(state, sa.String).label("state"),
        typed(detail, sa.String).label("detail"),
        typed(text, sa.Text).label("text"),
        typed(language, sa.String).label("language"),
        (typed(None, UTCDateTime()) if due is None else sa.type_coerce(due, UTCDateTime())).label("due"),
    )


def ids_of(records: Sequence[Record], kind: type[Record]) -> list[int]:
    """The ids of those that are of a kind."""
    return [record.id for record in records if isinstance(record, kind)]


@tells_of_many("records.kept")
def told_of_kept(records: Sequence[Record], actor: Actor) -> Iterator[tuple[int, Happening]]:
    """What every source tells of these records. One statement, or none where no source has anything to say."""
    shown = {record.id: record for record in records}
    asked = [
        found.add_columns(sa.literal(name, sa.String).label("name"))
        for name, (source, _teller) in _sources.items()
        if (found := source(records, actor)) is not None
    ]
    if not asked:
        return
    everything = sa.union_all(*asked).subquery()
    rows = db.session.execute(
        sa.select(everything).order_by(everything.c.at, everything.c.name).limit(MOST_KEPT)
    )
    for row in rows:
        record = shown.get(row.record_id)
        if record is None:
            continue
        who = Who(WhoKind(row.who_kind), row.who_id) if row.who_id is not None else None
        one = Kept(
            row.record_id,
            row.at,
            row.name,
            who,
            row.state or "",
            row.detail or "",
            row.text,
            row.language,
            row.due,
        )
        if (told := _sources[row.name][1](record, one)) is not None:
            yield record.id, told
