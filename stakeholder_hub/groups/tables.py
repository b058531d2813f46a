"""Groups, members and organisations as tables to take away."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from stakeholder_hub.groups.models import Group, Organisation
from stakeholder_hub.groups.queries import Seat
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.webkit.formats import in_language

GROUP_COLUMNS: tuple[Reason, ...] = (
    _l("Name"),
    _l("Kind"),
    _l("Place"),
    _l("Members"),
    _l("Open to join"),
    _l("Purpose"),
)
MEMBER_COLUMNS: tuple[Reason, ...] = (_l("Name"), _l("Role"), _l("Stands for"), _l("Speaks for"), _l("Since"))
ORGANISATION_COLUMNS: tuple[Reason, ...] = (
    _l("Name"),
    _l("Sector"),
    _l("Place"),
    _l("Web address"),
    _l("Description"),
)


def group_rows(groups: Iterable[Group], members: Mapping[int, int]) -> Iterator[Sequence[Any]]:
    """A line for each group."""
    for group in groups:
        yield (
            in_language(group.name).text,
            str(group.kind.label),
            in_language(group.territory.name).text,
            members.get(group.id, 0),
            group.open_to_join,
            group.purpose_text,
        )


def member_rows(seats: Iterable[Seat]) -> Iterator[Sequence[Any]]:
    """A line for each person at the table."""
    for seat in seats:
        yield (
            seat.person.name,
            str(seat.grant.role.label),
            str(seat.grant.sector.label) if seat.grant.sector else "",
            [body.name for body in seat.speaks_for],
            seat.grant.created_at.date(),
        )


def organisation_rows(bodies: Iterable[Organisation]) -> Iterator[Sequence[Any]]:
    """A line for each organisation."""
    for body in bodies:
        yield (
            body.name,
            str(body.sector.label),
            in_language(body.territory.name).text,
            body.website or "",
            body.description_text,
        )
