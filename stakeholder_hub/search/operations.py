"""Keeping the index: one entry for each findable thing, written in the transaction that changes the thing."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import plain
from stakeholder_hub.records.models import Record
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.search.words import words_of

EXCERPT = 240

WEIGHTS: dict[str, int] = {
    "territory": 6,
    "consultation": 5,
    "group": 4,
    "organisation": 4,
    "proposal": 3,
    "ballot": 3,
    "decision": 3,
    "action": 3,
    "comment": 0,
}
"""What people more often look for stands higher among equals."""

_CHANGING: tuple[str, ...] = (
    *("record_id", "territory_id", "slug", "title", "excerpt", "excerpt_language"),
    *("title_words", "text", "weight", "updated_at"),
)


@operation
def index_record(record: Record, *, text: str = "", by_title: bool = True) -> None:
    """Make ``record`` findable by its title (in every language) and by ``text``; again after every change.

    ``by_title`` is off for what carries another thing's title, such as a comment.
    """
    db.session.flush()
    _store(
        subject_kind=record.kind,
        subject_id=record.id,
        record_id=record.id,
        territory_id=record.territory_id,
        slug=record.slug,
        title=record.title,
        excerpt=plain(text, EXCERPT),
        excerpt_language=record.source_language,
        title_words=words_of(f"{record.title.everything()}\n{record.reference}") if by_title else "",
        text=words_of(text),
    )


@operation
def index_thing(
    kind: str,
    id: int,
    *,
    title: Multilingual | str,
    text: str = "",
    territory_id: int | None = None,
    slug: str | None = None,
    language: str = "en",
) -> None:
    """Make something public that is no record findable: a territory, a group, an organisation.

    ``language`` is that of ``text`` and of a ``title`` given as plain text; ``slug`` leads to its page.
    """
    name = title if isinstance(title, Multilingual) else Multilingual.of(title, language)
    db.session.flush()
    _store(
        subject_kind=kind,
        subject_id=id,
        record_id=None,
        territory_id=territory_id,
        slug=slug,
        title=name,
        excerpt=plain(text, EXCERPT),
        excerpt_language=language,
        title_words=words_of(name.everything()),
        text=words_of(text),
    )


@operation
def forget(kind: str, id: int) -> None:
    """Nobody finds it any more."""
    db.session.execute(
        sa.delete(SearchEntry).where(SearchEntry.subject_kind == kind, SearchEntry.subject_id == id)
    )


def _store(**values: Any) -> None:
    """Insert or replace one entry; unchanged entries are not written."""
    values |= {"weight": WEIGHTS.get(values["subject_kind"], 1), "updated_at": clock.now()}
    statement: Any
    if db.session.get_bind().dialect.name == "sqlite":
        statement = sqlite_insert(SearchEntry)
    else:
        statement = postgresql_insert(SearchEntry)
    fresh = statement.excluded
    db.session.execute(
        statement.values(**values).on_conflict_do_update(
            index_elements=["subject_kind", "subject_id"], set_={name: fresh[name] for name in _CHANGING}
        )
    )
