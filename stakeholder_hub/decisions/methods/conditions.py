"""What must hold for a result to bind: quorums, thresholds, and majorities of more than one kind.

Each condition has its own base, which is 100 %: *valid* (yes and no), *cast* (abstentions too), *present* (who was
there, whether they voted or not), *eligible* (who could vote). A key of sectors, organisations or territories asks how
each of them decided within itself: it agrees if it has more yes than no. ``eu`` is the qualified majority of the
Council of the European Union (Treaty on European Union, article 16(4)): 55 % of the members with 65 % of the people.

What bodies do after the close (a veto, ratification) is checked apart, by :func:`check_after`: it is pending until it
is known.

Pure: figures in, checks out. Shares are fractions; nothing is rounded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from stakeholder_hub.decisions.methods.ballots import InvalidCount
from stakeholder_hub.decisions.methods.result import plain
from stakeholder_hub.ratifications.rules import Rule, Standing, Tally

EU_MEMBERS = Fraction(55, 100)
EU_PEOPLE = Fraction(65, 100)


class Base(StrEnum):
    """What is 100 %."""

    VALID = "valid"
    CAST = "cast"
    PRESENT = "present"
    ELIGIBLE = "eligible"


class TerritoryKey(StrEnum):
    """How places count: each once, by their people, or both as in the Council of the European Union."""

    EACH = "each"
    PEOPLE = "people"
    EU = "eu"


class Kind(StrEnum):
    """What was checked."""

    QUORUM_VOTES = "quorum_votes"
    QUORUM_SHARE = "quorum_share"
    QUORUM_SECTOR = "quorum_sector"
    QUORUM_TERRITORY = "quorum_territory"
    THRESHOLD = "threshold"
    WINNER_SHARE = "winner_share"
    SECTORS = "sectors"
    ORGANISATIONS = "organisations"
    TERRITORIES = "territories"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Cell:
    """How one part of the voters voted; ``people`` is the population of a place."""

    cast: int = 0
    yes: int = 0
    no: int = 0
    eligible: int | None = None
    people: int | None = None
    present: int | None = None

    @property
    def agrees(self) -> bool:
        """More yes than no."""
        return self.yes > self.no

    @property
    def decided(self) -> bool:
        """Whether it leans one way at all."""
        return self.yes != self.no


@dataclass(frozen=True, slots=True)
class Figures:
    """All votes, and the same votes by sector, organisation and place. ``winners``: votes of each winner."""

    all: Cell
    sectors: Mapping[str, Cell] = field(default_factory=dict)
    organisations: Mapping[str, Cell] = field(default_factory=dict)
    territories: Mapping[str, Cell] = field(default_factory=dict)
    winners: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold; ``None`` (or zero) asks for nothing.

    ``quorum_share``, ``threshold``, ``winner_share`` and ``organisations`` are shares between 0 and 1. A threshold
    of one half has
    to be passed, a greater one to be reached. ``overrule``: the share of the voters whose consent overrules
    objections; it is
    no condition to be checked, but part of counting consent.

    ``veto_bodies`` (slugs) can veto the result within ``veto_days`` after the close; a second vote in which at least
    ``veto_override`` of the valid votes are yes overrides that. ``ratify_bodies`` (slugs) have to ratify as
    ``ratify_rule`` says, until the end of the day ``ratify_until`` (ISO 8601).
    """

    quorum_votes: int = 0
    quorum_share: Fraction | None = None
    quorum_sector: int = 0
    quorum_territory: int = 0
    threshold: Fraction | None = None
    threshold_base: Base = Base.VALID
    winner_share: Fraction | None = None
    sectors: int = 0
    organisations: Fraction | None = None
    territories: TerritoryKey | None = None
    overrule: Fraction | None = None
    veto_bodies: tuple[str, ...] = ()
    veto_days: int = 0
    veto_override: Fraction | None = None
    ratify_bodies: tuple[str, ...] = ()
    ratify_rule: Rule | None = None
    ratify_needed: int = 0
    ratify_until: str = ""

    def to_json(self) -> dict[str, Any]:
        """Only what is asked for, as plain data."""
        told: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if value in (None, 0, "", ()) or (name == "threshold_base" and self.threshold is None):
                continue
            if isinstance(value, Fraction):
                value = str(value)
            told[name] = list(value) if isinstance(value, tuple) else value
        return told

    @property
    def ask_who_is_present(self) -> bool:
        """Whether those who are present are the base of a majority."""
        return self.threshold is not None and self.threshold_base is Base.PRESENT

    @property
    def come_after(self) -> bool:
        """Whether bodies have a say after the close."""
        return bool(self.veto_bodies or self.ratify_bodies)

    @classmethod
    def from_json(cls, told: Mapping[str, Any] | None) -> "Conditions":
        """Back from plain data."""
        read: dict[str, Any] = dict(told or {})
        for name in (
            "quorum_share",
            "threshold",
            "winner_share",
            "organisations",
            "overrule",
            "veto_override",
        ):
            if name in read:
                read[name] = Fraction(read[name])
        if "threshold_base" in read:
            read["threshold_base"] = Base(read["threshold_base"])
        if "territories" in read:
            read["territories"] = TerritoryKey(read["territories"])
        for name in ("veto_bodies", "ratify_bodies"):
            read[name] = tuple(read.get(name, ()))
        if "ratify_rule" in read:
            read["ratify_rule"] = Rule(read["ratify_rule"])
        return cls(**read)


@dataclass(frozen=True, slots=True)
class Check:
    """One condition held against the figures: ``reached`` of ``base``, where ``needed`` (a share, or a number if
    ``base`` is
    ``None``) was asked for.
    """

    kind: Kind
    met: bool
    reached: int
    needed: Fraction
    base: int | None = None
    strictly: bool = False

    @property
    def missing(self) -> int:
        """How many more it would have taken; 0 where it is met."""
        if self.met:
            return 0
        wanted = self.needed if self.base is None else self.needed * self.base
        least = (
            wanted.numerator // wanted.denominator + 1
            if self.strictly
            else -(-wanted.numerator // wanted.denominator)
        )
        return max(least - self.reached, 1)

    def to_json(self) -> dict[str, Any]:
        """The check as plain data."""
        return {
            "kind": self.kind.value,
            "met": self.met,
            "reached": self.reached,
            "needed": plain(self.needed),
            "base": self.base,
            "strictly": self.strictly,
            "missing": self.missing,
        }


_CHECKED = {
    "quorum_votes": Kind.QUORUM_VOTES,
    "quorum_share": Kind.QUORUM_SHARE,
    "quorum_sector": Kind.QUORUM_SECTOR,
    "quorum_territory": Kind.QUORUM_TERRITORY,
    "threshold": Kind.THRESHOLD,
    "winner_share": Kind.WINNER_SHARE,
    "sectors": Kind.SECTORS,
    "organisations": Kind.ORGANISATIONS,
    "territories": Kind.TERRITORIES,
}
"""The terms that are conditions of their own, in the order in which they are checked."""


def check(conditions: Conditions, figures: Figures) -> tuple[Check, ...]:
    """Every condition that was set, in a fixed order.

    Raises :class:`InvalidCount` where a condition needs a figure that is not known: who was entitled, how many
    were present, or how many live in a place.
    """
    found: list[Check] = []
    whole = figures.all
    if conditions.quorum_votes:
        found.append(_number(Kind.QUORUM_VOTES, whole.cast, conditions.quorum_votes))
    if conditions.quorum_share is not None:
        found.append(_share(Kind.QUORUM_SHARE, whole.cast, conditions.quorum_share, _eligible(whole)))
    if conditions.quorum_sector:
        found.append(_least(Kind.QUORUM_SECTOR, figures.sectors, conditions.quorum_sector))
    if conditions.quorum_territory:
        found.append(_least(Kind.QUORUM_TERRITORY, figures.territories, conditions.quorum_territory))
    if conditions.threshold is not None:
        found.append(
            _majority(
                Kind.THRESHOLD, whole.yes, conditions.threshold, _base(conditions.threshold_base, whole)
            )
        )
    if conditions.winner_share is not None:
        weakest = min(figures.winners, default=0)
        found.append(_majority(Kind.WINNER_SHARE, weakest, conditions.winner_share, whole.cast))
    if conditions.sectors:
        agreeing = sum(cell.agrees for cell in figures.sectors.values())
        found.append(_number(Kind.SECTORS, agreeing, conditions.sectors))
    if conditions.organisations is not None:
        decided = [cell for cell in figures.organisations.values() if cell.decided]
        found.append(
            _majority(
                Kind.ORGANISATIONS,
                sum(cell.agrees for cell in decided),
                conditions.organisations,
                len(decided),
            )
        )
    if conditions.territories is not None:
        found.extend(_places(conditions.territories, figures.territories))
    return tuple(found)


def one_by_one(conditions: Conditions) -> list[tuple[Kind, Conditions]]:
    """The conditions that :func:`check` holds against the figures, in the same order, each alone and with what it is
    about: what cannot be checked of one says nothing of the others.
    """
    alone: list[tuple[Kind, Conditions]] = []
    for name, kind in _CHECKED.items():
        if getattr(conditions, name) not in (None, 0):
            asked = Conditions(threshold_base=conditions.threshold_base, **{name: getattr(conditions, name)})
            alone.append((kind, asked))
    return alone


def _places(key: TerritoryKey, cells: Mapping[str, Cell]) -> list[Check]:
    decided = (
        [cell for cell in cells.values() if cell.decided]
        if key is TerritoryKey.EACH
        else list(cells.values())
    )
    agreeing = [cell for cell in decided if cell.agrees]
    if key is TerritoryKey.EACH:
        return [_majority(Kind.TERRITORIES, len(agreeing), Fraction(1, 2), len(decided))]
    if any(cell.people is None for cell in decided):
        raise InvalidCount("population_unknown")
    people = sum(cell.people or 0 for cell in agreeing), sum(cell.people or 0 for cell in decided)
    if key is TerritoryKey.PEOPLE:
        return [_majority(Kind.PEOPLE, people[0], Fraction(1, 2), people[1])]
    return [
        _share(Kind.TERRITORIES, len(agreeing), EU_MEMBERS, len(decided)),
        _share(Kind.PEOPLE, people[0], EU_PEOPLE, people[1]),
    ]


def _base(base: Base, cell: Cell) -> int:
    if base is Base.VALID:
        return cell.yes + cell.no
    if base is Base.CAST:
        return cell.cast
    if base is Base.ELIGIBLE:
        return _eligible(cell)
    if cell.present is None:
        raise InvalidCount("present_unknown")
    return cell.present


def _eligible(cell: Cell) -> int:
    if cell.eligible is None:
        raise InvalidCount("entitled_unknown")
    return cell.eligible


def _number(kind: Kind, reached: int, needed: int) -> Check:
    return Check(kind, reached >= needed, reached, Fraction(needed))


def _least(kind: Kind, cells: Mapping[str, Cell], needed: int) -> Check:
    """Every cell needs so many votes; what is told is how many cells have them."""
    enough = sum(cell.cast >= needed for cell in cells.values())
    return Check(kind, bool(cells) and enough == len(cells), enough, Fraction(1), len(cells))


def _share(kind: Kind, reached: int, needed: Fraction, base: int) -> Check:
    return Check(kind, bool(base) and reached >= needed * base, reached, needed, base)


def _majority(kind: Kind, reached: int, needed: Fraction, base: int) -> Check:
    """One half has to be passed; everything above it is enough when reached."""
    strictly = needed <= Fraction(1, 2)
    met = reached > needed * base if strictly else bool(base) and reached >= needed * base
    return Check(kind, met, reached, needed, base, strictly)


class AfterKind(StrEnum):
    """What is checked after the close."""

    VETO = "veto"
    RATIFICATION = "ratification"


@dataclass(frozen=True, slots=True)
class AfterFigures:
    """What bodies did after the close: how many vetoed, whether a second vote overrode that, whether the time for a
    veto is over, and how far ratification is.
    """

    vetoes: int = 0
    overridden: bool = False
    veto_time_is_over: bool = False
    ratification: Tally | None = None


@dataclass(frozen=True, slots=True)
class AfterCheck:
    """One condition held against what bodies did. ``missing``: ratifications that it still takes, or took; vetoes that
    stand in the way.
    """

    kind: AfterKind
    standing: Standing
    missing: int


def check_after(conditions: Conditions, figures: AfterFigures) -> tuple[AfterCheck, ...]:
    """The conditions that come after the close, in a fixed order."""
    found: list[AfterCheck] = []
    if conditions.veto_bodies:
        blocked = bool(figures.vetoes) and not figures.overridden
        held = Standing.HELD if figures.veto_time_is_over or figures.overridden else Standing.PENDING
        found.append(
            AfterCheck(AfterKind.VETO, Standing.FAILED if blocked else held, figures.vetoes if blocked else 0)
        )
    if conditions.ratify_bodies:
        told = figures.ratification
        standing = Standing.PENDING if told is None else told.standing
        found.append(AfterCheck(AfterKind.RATIFICATION, standing, 0 if told is None else told.missing))
    return tuple(found)


def standing_after(checks: Sequence[AfterCheck]) -> Standing:
    """How they stand together: one that failed is enough, and all have to hold."""
    standings = {one.standing for one in checks}
    if Standing.FAILED in standings:
        return Standing.FAILED
    return Standing.PENDING if Standing.PENDING in standings else Standing.HELD
