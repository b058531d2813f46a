"""What pages of groups are put together from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from stakeholder_hub.groups.models import Group, GroupKind, Mandate, Organisation
from stakeholder_hub.groups.queries import groups_listed
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.policy import grants_of
from stakeholder_hub.territories.queries import by_slug


@dataclass(frozen=True)
class Wanted:
    """What a reader asks a list for. What is unknown is taken as not asked."""

    place: str = ""
    kind: GroupKind | None = None
    joinable: bool = False
    sector: Sector | None = None

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> "Wanted":
        """Read from the query of an address."""
        kind, sector = args.get("kind", ""), args.get("sector", "")
        return cls(
            place=args.get("place", "")[:80],
            kind=GroupKind(kind) if kind in list(GroupKind) else None,
            joinable=args.get("open") == "1",
            sector=Sector(sector) if sector in list(Sector) else None,
        )

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(bool(value) for value in (self.place, self.kind, self.joinable, self.sector))

    def territory(self) -> Territory | None:
        """The place asked for.

        Raises:
            NotFound: there is no such place.
        """
        return by_slug(self.place) if self.place else None


def groups_for(wanted: Wanted, territory: Territory | None, actor: Actor) -> sa.Select[Any]:
    """The groups asked for."""
    statement = groups_listed(territory)
    if wanted.kind is not None:
        statement = statement.where(Group.kind == wanted.kind)
    if wanted.joinable:
        statement = statement.where(Group.open_to_join.is_(True))
    return statement


def own_group_ids(actor: Actor) -> set[int]:
    """The groups in which the reader sits."""
    return {grant.group_id for grant in grants_of(actor) if grant.group_id is not None}


def standing(mandate: Mandate, today: date) -> tuple[str, Reason]:
    """How a mandate stands today: a state with its word."""
    if mandate.revoked_at is not None:
        return "cancelled", _l("Ended early")
    if mandate.starts_on > today:
        return "planned", _l("Begins later")
    if mandate.ends_on is not None and mandate.ends_on < today:
        return "expired", _l("Expired")
    return "done", _l("Valid")


@dataclass(frozen=True)
class Work:
    """Something a group has done or does, as its page shows it: a state with its word."""

    title: Any
    url: str
    look: str
    label: Reason


@dataclass(frozen=True)
class WorkOfKind:
    """The latest of a kind, and the address of all of it."""

    heading: Reason
    items: Sequence[Work]
    all_url: str | None = None


Worker = Callable[[Group, Actor], WorkOfKind]
_workers: dict[str, Worker] = {}


def show_work(name: str, worker: Worker) -> None:
    """Show on a group's page what it does: told by features that stand above groups."""
    _workers[name] = worker


def work_of(group: Group, actor: Actor) -> list[WorkOfKind]:
    """What the group does, as far as the reader may see it; kinds without anything are left out."""
    return [found for worker in _workers.values() if (found := worker(group, actor)).items]


@dataclass(frozen=True)
class Beside:
    """A link beside a group or an organisation; ``manages`` puts it among the tools of those who run it."""

    icon: str
    text: str
    url: str
    manages: bool = False


Neighbour = Callable[[Group | Organisation, Actor], list[Beside]]
_beside: dict[str, Neighbour] = {}


def show_beside(name: str, neighbour: Neighbour) -> None:
    """Link to something from the pages of groups and organisations: told by features that stand above groups."""
    _beside[name] = neighbour


def beside(owner: Group | Organisation, actor: Actor) -> list[Beside]:
    """The links there are for this reader."""
    return [link for neighbour in _beside.values() for link in neighbour(owner, actor)]
