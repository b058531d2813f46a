"""What became of what people put forward in a place: figures for everyone, each with the list behind it.

Only what everybody may see is counted, whoever looks: the figures are the same for all. Days are whole days of
twenty-four hours from putting forward; medians are exact, read off how many proposals took how many days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import defer, joinedload
from sqlalchemy.sql import ColumnElement, Select
from sqlalchemy.sql.functions import FunctionElement
from werkzeug.exceptions import BadRequest

from stakeholder_hub.consultations.models import Category, Consultation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.outcomes.contributions import ACCEPTED
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.queries import subtree_ids

SMALL = 10
"""Below so many, shares are told as numbers: a percentage of seven says less than it seems to."""

FIRST_YEAR, LAST_YEAR = 1990, 2200
MOST_CATEGORIES = 40
_UNKNOWN = _l("There are no such figures. Begin with all of them.")


class DaysBetween(FunctionElement[int]):
    """Whole days of twenty-four hours from the first moment to the second."""

    name = "days_between"
    type = sa.Integer()
    inherit_cache = True


@compiles(DaysBetween, "sqlite")
def _days_in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(moment, **options) for moment in element.clauses)
    return f"((strftime('%s', {later}) - strftime('%s', {earlier})) / 86400)"


@compiles(DaysBetween)
def _days_elsewhere(element: Any, compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(moment, **options) for moment in element.clauses)
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM ({later} - {earlier})) / 86400) AS INTEGER)"


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
            Shown.NOT_ACCEPTED: Proposal.state.in_((ProposalState.NOT_SELECTED, ProposalState.NOT_ADMITTED)),
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
    """The figures of a place and all below it. Three statements, however much there is."""
    standing = Proposal.state != ProposalState.WITHDRAWN
    waiting = sa.case((sa.and_(standing, Shown.WAITING.condition), Proposal.created_at))
    row = db.session.execute(
        sa.select(
            _number(standing),
            _number(sa.not_(standing)),
            sa.func.min(waiting),
            *[_number(sa.and_(standing, shown.condition)) for shown in TOLD],
        ).where(*_within(place, wanted))
    ).one()
    total, withdrawn, since, *numbers = row
    return Figures(
        total=total,
        withdrawn=withdrawn,
        shares=tuple(Share(shown, number, total) for shown, number in zip(TOLD, numbers, strict=True)),
        days_to_answer=median(_histogram(place, wanted, Proposal.responded_at)),
        days_to_done=median(_histogram(place, wanted, Proposal.done_at)),
        longest_waiting=(clock.now() - since).days if since is not None else None,
    )


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return sa.func.count(sa.case((condition, 1)))


def _within(place: Territory, wanted: Asked) -> list[ColumnElement[bool]]:
    """What everybody may see of what was put forward in a place and below it. A year is one in the place's zone."""
    conditions = [Proposal.territory_id.in_(subtree_ids(place)), visible_to(VISITOR)]
    if wanted.year is not None:
        begins, ends = (datetime(year, 1, 1) for year in (wanted.year, wanted.year + 1))  # noqa: DTZ001
        conditions.append(Proposal.created_at >= clock.from_local(begins, place.timezone))
        conditions.append(Proposal.created_at < clock.from_local(ends, place.timezone))
    if wanted.category:
        named = sa.select(Category.id).where(Category.slug == wanted.category)
        conditions.append(Proposal.category_id.in_(named))
    return conditions


def _histogram(place: Territory, wanted: Asked, until: Any) -> list[tuple[int, int]]:
    """``(days, how many took so long)``, the fewest days first."""
    days = DaysBetween(Proposal.created_at, until).label("days")
    rows = db.session.execute(
        sa.select(days, sa.func.count())
        .where(*_within(place, wanted), until.is_not(None), Proposal.state != ProposalState.WITHDRAWN)
        .group_by(days)
        .order_by(days)
    )
    return [(int(row[0]), int(row[1])) for row in rows]


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
            joinedload(Proposal.consultation),
            joinedload(Proposal.category),
            defer(Proposal.body_text),
            defer(Proposal.body_html),
        )
    )


def headings_in(place: Territory) -> Sequence[Category]:
    """The headings under which something can be put forward there, one for each name in addresses."""
    asked_there = sa.select(Consultation.id).where(
        Consultation.territory_id.in_(subtree_ids(place)), visible_to(VISITOR)
    )
    first = sa.select(sa.func.min(Category.id)).where(Category.consultation_id.in_(asked_there))
    return db.session.scalars(
        sa.select(Category)
        .where(Category.id.in_(first.group_by(Category.slug)))
        .order_by(Category.slug)
        .limit(MOST_CATEGORIES)
    ).all()


def years_in(place: Territory) -> list[int]:
    """The years in which something could be put forward there, the latest first."""
    first = db.session.scalar(
        sa.select(sa.func.min(Consultation.created_at)).where(
            Consultation.territory_id.in_(subtree_ids(place)), visible_to(VISITOR)
        )
    )
    now = clock.today(place.timezone).year
    if first is None:
        return [now]
    return list(range(now, max(FIRST_YEAR, clock.to_local(first, place.timezone).year) - 1, -1))
