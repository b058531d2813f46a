"""The list of a consultation's proposals: what the address asks for, in which order."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.sql import Select
from werkzeug.exceptions import BadRequest

from stakeholder_hub.consultations.models import Category, Consultation
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.proposals.queries import Filters, of_consultation, shuffled
from stakeholder_hub.webkit.paging import Order

LONGEST_WORDS = 200
SORTS: dict[str, Reason] = {
    "newest": _l("Newest first"),
    "supported": _l("Most supported first"),
    "discussed": _l("Most discussed first"),
    "cheapest": _l("Lowest cost first"),
    "dearest": _l("Highest cost first"),
    "random": _l("In random order"),
}
VIEWS: tuple[str, ...] = ("list", "map")
_UNKNOWN = _l("This list cannot be shown so. Begin at the first page.")


@dataclass(frozen=True)
class Asked:
    """Filters, order and view of the list. ``seed`` makes the random order the same on every page."""

    filters: Filters
    sort: str = "newest"
    view: str = "list"
    seed: int | None = None

    @property
    def active(self) -> int:
        """How many filters are set."""
        return self.filters.count

    @property
    def needs_seed(self) -> bool:
        """Whether a random order is asked for and none is chosen yet."""
        return self.sort == "random" and self.seed is None


def asked(args: Mapping[str, str], consultation: Consultation) -> Asked:
    """Read from the query of an address.

    Raises:
        BadRequest: it names a category, a state, an order or a view that there is not.
    """
    sort, view = args.get("sort") or "newest", args.get("view") or "list"
    if sort not in SORTS or view not in VIEWS:
        raise BadRequest(_UNKNOWN)
    filters = Filters(
        category=_category(args.get("category") or "", consultation),
        state=_state(args.get("state") or ""),
        with_place=view == "map" or args.get("place") == "1",
        mine=args.get("mine") == "1",
        words=args.get("q", "").replace("\x00", "")[:LONGEST_WORDS].strip(),
    )
    return Asked(filters, sort, view, _seed(args.get("seed") or ""))


def wanted_proposals(wanted: Asked, consultation: Consultation, actor: Actor) -> Select[Proposal]:
    """The proposals asked for, in no order yet."""
    return of_consultation(consultation, actor).where(*wanted.filters.conditions(actor))


def order_of(wanted: Asked) -> tuple[Order, ...]:
    """The order asked for; what nothing is known of comes last."""
    last = Order(Proposal.id, descending=True)
    no_cost = sa.case((Proposal.cost.is_(None), 1), else_=0)
    cost = sa.func.coalesce(Proposal.cost, 0)
    return {
        "newest": (Order(Proposal.created_at, descending=True), last),
        "supported": (Order(Proposal.support_count, descending=True), last),
        "discussed": (Order(Proposal.comment_count, descending=True), last),
        "cheapest": (Order(no_cost), Order(cost), last),
        "dearest": (Order(no_cost), Order(cost, descending=True), last),
        "random": (Order(shuffled(wanted.seed or 0)), last),
    }[wanted.sort]


def sorted_by(wanted: Asked) -> list[sa.ColumnElement[object]]:
    """The same order for a whole list."""
    return [o.expression.desc() if o.descending else o.expression.asc() for o in order_of(wanted)]


def _category(slug: str, consultation: Consultation) -> Category | None:
    if not slug:
        return None
    found = next((category for category in consultation.categories if category.slug == slug), None)
    if found is None:
        raise BadRequest(_UNKNOWN)
    return found


def _state(value: str) -> ProposalState | None:
    if not value:
        return None
    if value not in list(ProposalState):
        raise BadRequest(_UNKNOWN)
    return ProposalState(value)


def _seed(value: str) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise BadRequest(_UNKNOWN)
    return int(value)
