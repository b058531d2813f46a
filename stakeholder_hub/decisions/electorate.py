"""Who a vote is for: everyone, or those who belong to at least one, or to all, of some sources. Pure values."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l

EVERYBODY, ANY, ALL = "everyone", "|", "&"
LONGEST = 32


class Source(StrEnum):
    """Where voters come from. The order is that in which they are written down."""

    MEMBERS = "members"
    RESIDENTS = "residents"
    DELEGATES = "delegates"
    LIST = "list"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Source.MEMBERS: _l("Members of the group"),
            Source.RESIDENTS: _l("Verified residents"),
            Source.DELEGATES: _l("Delegates of the organisations here"),
            Source.LIST: _l("People on a list"),
        }[self]


@dataclass(frozen=True)
class Electorate:
    """Everyone with a confirmed account where ``sources`` is empty; else whoever belongs to one of them, or, with
    ``every``, to all of them. Written ``everyone``, ``members``, ``members|residents``, ``members&residents``.
    """

    sources: frozenset[Source] = frozenset()
    every: bool = False

    EVERYONE: ClassVar["Electorate"]
    MEMBERS: ClassVar["Electorate"]
    RESIDENTS: ClassVar["Electorate"]
    DELEGATES: ClassVar["Electorate"]
    LIST: ClassVar["Electorate"]

    def __post_init__(self) -> None:
        if len(self.sources) < 2:  # one rule then says what the other does
            object.__setattr__(self, "every", False)

    @classmethod
    def of(cls, *sources: Source, every: bool = False) -> "Electorate":
        """``Electorate.of(Source.MEMBERS, Source.RESIDENTS, every=True)``."""
        return cls(frozenset(sources), every)

    @classmethod
    def read(cls, text: str) -> "Electorate":
        """From its written form.

        Raises:
            ValueError: there is no such electorate.
        """
        if text == EVERYBODY:
            return cls()
        every = ALL in text
        return cls(frozenset(Source(part) for part in text.split(ALL if every else ANY)), every)

    @property
    def value(self) -> str:
        """Its written form: one for each electorate."""
        return (ALL if self.every else ANY).join(self.ordered) or EVERYBODY

    @property
    def label(self) -> Reason:
        """Who votes, in the reader's language; several sources stand beside each other."""
        if self.for_everyone:
            return _l("Everyone with a confirmed account")
        if len(self.sources) == 1:  # said when it is read: lists of choices are made before there is a reader
            return self.ordered[0].label
        return (" + " if self.every else ", ").join(str(source.label) for source in self.ordered)

    @property
    def ordered(self) -> list[Source]:
        """The sources in their order."""
        return [source for source in Source if source in self.sources]

    @property
    def for_everyone(self) -> bool:
        """Whether there is no roll."""
        return not self.sources

    @property
    def by_address(self) -> bool:
        """Whether people stand on the roll by their address, because a list knows nothing else of them."""
        return Source.LIST in self.sources

    @property
    def only_members(self) -> bool:
        """Whether all who vote sit in the group, and are known by their accounts."""
        return Source.MEMBERS in self.sources and (self.every or len(self.sources) == 1)


Electorate.EVERYONE = Electorate()
Electorate.MEMBERS = Electorate.of(Source.MEMBERS)
Electorate.RESIDENTS = Electorate.of(Source.RESIDENTS)
Electorate.DELEGATES = Electorate.of(Source.DELEGATES)
Electorate.LIST = Electorate.of(Source.LIST)


def all_electorates() -> list[Electorate]:
    """Every electorate there is, for the rule of the database."""
    sets: Iterable[tuple[Source, ...]] = (
        chosen for number in range(len(Source) + 1) for chosen in combinations(Source, number)
    )
    return list(dict.fromkeys(Electorate.of(*chosen, every=e) for chosen in sets for e in (False, True)))


class ElectorateText(TypeDecorator[Electorate]):
    """An electorate in its written form, which compares as the electorate does."""

    impl = sa.String(LONGEST)
    cache_ok = True

    def process_bind_param(self, value: Electorate | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Electorate | None:
        return None if value is None else Electorate.read(value)
