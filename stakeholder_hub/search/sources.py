"""Making the index anew: every feature names its things, the index is compared with them."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.search.ddl import create_full_text, drop_full_text, has_full_text
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.search.operations import index_thing
from stakeholder_hub.territories.models import Territory

Source = Callable[[], Iterator[int]]
SOURCES: dict[str, Source] = {}
"""For each kind a function that indexes everything of that kind and yields the id of each thing as it goes."""

CHUNK = 500


def source(kind: str) -> Callable[[Source], Source]:
    """Register the function that indexes everything of ``kind``."""

    def register(function: Source) -> Source:
        SOURCES[kind] = function
        return function

    return register


@operation
def rebuild_index(*, progress: Callable[[str, int], None] | None = None) -> int:
    """Index everything anew and forget what is no more; twice changes nothing. Returns how many things there are.

    ``progress`` is told the kind and how many of it are done.
    """
    total = 0
    for kind, function in SOURCES.items():
        there: set[int] = set()
        for number, identity in enumerate(function(), start=1):
            there.add(identity)
            if progress is not None:
                progress(kind, number)
        _forget_others(kind, there)
        total += len(there)
    connection = db.session.connection()
    if has_full_text(connection):
        drop_full_text(connection)
    create_full_text(connection)
    return total


def _forget_others(kind: str, there: set[int]) -> None:
    rows = db.session.execute(
        sa.select(SearchEntry.id, SearchEntry.subject_id).where(SearchEntry.subject_kind == kind)
    )
    gone = [entry for entry, subject in rows if subject not in there]
    for at in range(0, len(gone), CHUNK):
        db.session.execute(sa.delete(SearchEntry).where(SearchEntry.id.in_(gone[at : at + CHUNK])))


@source("territory")
def index_territories() -> Iterator[int]:
    """Every place, by all its names."""
    for territory in db.session.scalars(sa.select(Territory).order_by(Territory.id)):
        index_territory(territory)
        yield territory.id


def index_territory(territory: Territory) -> None:
    """Make a place findable by its names, its code and what is said about it."""
    description = territory.description.original if territory.description else None
    index_thing(
        "territory",
        territory.id,
        title=territory.name,
        text=description.text if description else "",
        territory_id=territory.id,
        slug=territory.slug,
        language=description.lang if description else territory.default_language,
    )
