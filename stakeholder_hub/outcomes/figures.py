"""What became of what people put forward in a place: figures for everyone, each with the list behind it.

Only what everybody may see is counted, whoever looks: the figures are the same for all. Days are whole days of
twenty-four hours from putting forward; medians are exact, read off how many proposals took how many days.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.sql import ColumnElement, Select
from werkzeug.exceptions import BadRequest

from stakeholder_hub.consultations.models import Category, Consultation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.outcomes.contributions import ACCEPTED
from stakeholder_hub.outcomes.counting import ANSWERED, DONE, STATE, WAITING, counted
from stakeholder_hub.outcomes.models import Changed, Tally
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.queries import subtree_ids

SMALL = 10
"""Below so many, shares are told as numbers: a percentage of seven says less than it seems to."""

NOT_ACCEPTED: tuple[ProposalState, ...] = (ProposalState.NOT_SELECTED, ProposalState.NOT_ADMITTED)
"""States of a proposal that was answered with no."""

FIRST_YEAR, LAST_YEAR = 1990, 2200
MOST_CATEGORIES = 40
_UNKNOWN = _l("There are no such figures. Begin with all of them.")


class Shown(StrEnum):
    """The list behind a figure."""

    ALL = "all"
    ANSWERED = "answered"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DONE = "done"
    NOT_ACCEPTED = "not_accepted"

    @property
    def label(self) -> Reason:
        """As a tab over the list."""
        return {
            Shown.ALL: _l("All proposals"),
            Shown.ANSWERED: _l("Answered"),
            Shown.WAITING: _l("Waiting for an answer"),
            Shown.ACCEPTED: _l("Taken up"),
            Shown.DONE: _l("Carried out"),
            Shown.NOT_ACCEPTED: _l("Not taken up"),
        }[self]

    @property
    def condition(self) -> ColumnElement[bool]:
        """What holds of the proposals on this list."""
        conditions: dict[Shown, ColumnElement[bool]] = {
            Shown.ALL: sa.true(),
            Shown.ANSWERED: Proposal.responded_at.is_not(None),
            Shown.WAITING: Proposal.responded_at.is_(None),
            Shown.ACCEPTED: Proposal.state.in_(ACCEPTED),
            Shown.DONE: Proposal.state == ProposalState.DONE,
            Shown.NOT_ACCEPTED: Proposal.state.in_(NOT_ACCEPTED),
        }
        return conditions[self]


@dataclass(frozen=True)
class Asked:
    """What the figures are narrowed to: the year in which a proposal was put forward, and its heading."""

    year: int | None = None
    category: str = ""
    shown: Shown = Shown.ALL

    @property
    def active(self) -> int:
        """How many filters are set."""
        return (self.year is not None) + bool(self.category)

    def address(self, shown: Shown) -> dict[str, Any]:
        """The query of the list behind a figure, with the same filters."""
        values: dict[str, Any] = {"year": self.year, "category": self.category or None}
        return {**values, "show": None if shown is Shown.ALL else str(shown)}


def asked(args: Mapping[str, str]) -> Asked:
    """Read from the query of an address.

    Raises:
        BadRequest: the year is none, or there is no such list.
    """
    year, shown = args.get("year", ""), args.get("show") or Shown.ALL
    if shown not in set(Shown) or (year and not (year.isascii() and year.isdigit() and len(year) == 4)):
        raise BadRequest(_UNKNOWN)
    if year and not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise BadRequest(_UNKNOWN)
    return Asked(int(year) if year else None, args.get("category", "")[:80], Shown(shown))


@dataclass(frozen=True)
class Share:
    """Some of all: told as a percentage where there are enough of them, else as numbers."""

    shown: Shown
    number: int
    of: int

    @property
    def is_small(self) -> bool:
        """Whether only the numbers may be told."""
        return self.of < SMALL

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.number / self.of if self.of else 0.0


@dataclass(frozen=True)
class Figures:
    """What became of the proposals of a place. Medians are in days, ``None`` where there is nothing to measure."""

    total: int
    withdrawn: int
    shares: tuple[Share, ...]
    days_to_answer: float | None
    days_to_done: float | None
    longest_waiting: int | None

    @property
    def waiting(self) -> Share:
        """Those that have no answer yet."""
        return next(share for share in self.shares if share.shown is Shown.WAITING)


TOLD: tuple[Shown, ...] = (Shown.ANSWERED, Shown.ACCEPTED, Shown.DONE, Shown.NOT_ACCEPTED, Shown.WAITING)


def figures_of(place: Territory, wanted: Asked) -> Figures:
    """The figures of a place and all below it: from what is kept, and from the proposals themselves where something
    has changed since. Two statements, however much there is.
    """
    measured = _measured(place, wanted)

    def number(*states: ProposalState) -> int:
        return sum(sum(measured[STATE + state].values()) for state in states)

    withdrawn = number(ProposalState.WITHDRAWN)
    total = number(*ProposalState) - withdrawn
    answered = sum(measured[ANSWERED].values())
    numbers = {
        Shown.ANSWERED: answered,
        Shown.WAITING: total - answered,
        Shown.ACCEPTED: number(*ACCEPTED),
        Shown.DONE: number(ProposalState.DONE),
        Shown.NOT_ACCEPTED: number(*NOT_ACCEPTED),
    }
    since = min(measured[WAITING], default=None)
    return Figures(
        total=total,
        withdrawn=withdrawn,
        shares=tuple(Share(shown, numbers[shown], total) for shown in TOLD),
        days_to_answer=median(sorted(measured[ANSWERED].items())),
        days_to_done=median(sorted(measured[DONE].items())),
        longest_waiting=clock.today(place.timezone).toordinal() - since if since is not None else None,
    )


def _measured(place: Territory, wanted: Asked) -> dict[str, Counter[int]]:
    """For each measure, how many proposals have which value."""
    there = sa.select(Consultation.id).where(*_public(place))
    changed = sa.select(Changed.consultation_id)
    found: dict[str, Counter[int]] = defaultdict(Counter)
    kept = (
        sa.select(Tally.measure, Tally.value, sa.func.sum(Tally.number))
        .where(Tally.consultation_id.in_(there), Tally.consultation_id.not_in(changed))
        .group_by(Tally.measure, Tally.value)
    )
    if wanted.year is not None:
        kept = kept.where(Tally.year == wanted.year)
    if wanted.category:
        kept = kept.where(Tally.heading == wanted.category)
    for measure, value, number in db.session.execute(kept):
        found[measure][value] += int(number)
    fresh = counted(sa.and_(Proposal.consultation_id.in_(changed), Proposal.consultation_id.in_(there)))
    for cell, number in fresh.items():
        if wanted.year in (None, cell.year) and wanted.category in ("", cell.heading):
            found[cell.measure][cell.value] += number
    return found


def _public(place: Territory) -> list[ColumnElement[bool]]:
    """The consultations of a place and below it that everybody may see."""
    return [Consultation.kind == "consultation", *_in(place, Consultation), visible_to(VISITOR)]


def _in(place: Territory, kind: type[Proposal] | type[Consultation]) -> list[ColumnElement[bool]]:
    """Of a place and all below it; of a root that is everything there is, for which nothing need be looked up."""
    if place.parent_id is None:
        alone = ~sa.exists().where(Territory.parent_id.is_(None), Territory.id != place.id)
        return [sa.or_(alone, kind.territory_id.in_(subtree_ids(place)))]
    return [kind.territory_id.in_(subtree_ids(place))]


def _within(place: Territory, wanted: Asked) -> list[ColumnElement[bool]]:
    """What everybody may see of what was put forward in a place and below it. A year is one in the place's zone."""
    conditions = [Proposal.kind == "proposal", *_in(place, Proposal), visible_to(VISITOR)]
    if wanted.year is not None:
        begins, ends = (datetime(year, 1, 1) for year in (wanted.year, wanted.year + 1))  # noqa: DTZ001
        conditions.append(Proposal.created_at >= clock.from_local(begins, place.timezone))
        conditions.append(Proposal.created_at < clock.from_local(ends, place.timezone))
    if wanted.category:
        named = sa.select(Category.id).where(Category.slug == wanted.category)
        conditions.append(Proposal.category_id.in_(named))
    return conditions


def median(histogram: Sequence[tuple[int, int]]) -> float | None:
    """The middle of all values, or the mean of the two in the middle. ``histogram``: (value, how often), ascending."""
    total = sum(number for _value, number in histogram)
    if not total:
        return None
    lower, upper = (total - 1) // 2, total // 2

    def at(place: int) -> int:
        for value, number in histogram:
            if place < number:
                return value
            place -= number
        raise AssertionError("a place among all of them")

    return (at(lower) + at(upper)) / 2


def behind(place: Territory, wanted: Asked) -> Select[Proposal]:
    """The proposals behind a figure."""
    return (
        sa.select(Proposal)
        .where(*_within(place, wanted), wanted.shown.condition, Proposal.state != ProposalState.WITHDRAWN)
        .options(
            joinedload(Proposal.territory),
            selectinload(Proposal.consultation),
            defer(Proposal.body_text),
            defer(Proposal.body_html),
        )
    )


def headings_in(place: Territory) -> Sequence[Category]:
    """The headings under which something can be put forward there, one for each name in addresses."""
    asked_there = sa.select(Consultation.id).where(*_public(place))
    first = sa.select(sa.func.min(Category.id)).where(Category.consultation_id.in_(asked_there))
    return db.session.scalars(
        sa.select(Category)
        .where(Category.id.in_(first.group_by(Category.slug)))
        .order_by(Category.slug)
        .limit(MOST_CATEGORIES)
    ).all()


def years_in(place: Territory) -> list[int]:
    """The years in which something could be put forward there, the latest first."""
    first = db.session.scalar(sa.select(sa.func.min(Consultation.created_at)).where(*_public(place)))
    now = clock.today(place.timezone).year
    if first is None:
        return [now]
    return list(range(now, max(FIRST_YEAR, clock.to_local(first, place.timezone).year) - 1, -1))
