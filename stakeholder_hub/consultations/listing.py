"""The list of consultations: what is asked for by the address, as one query."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.sql import Select
from werkzeug.datastructures import MultiDict

from stakeholder_hub.consultations.models import Consultation, Template
from stakeholder_hub.consultations.queries import listed
from stakeholder_hub.consultations.situation import Situation, is_in
from stakeholder_hub.consultations.slugs import KIND
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import UTCDateTime
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.search.words import asked_words
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.queries import by_slug, subtree_ids
from stakeholder_hub.webkit.paging import Order

FAR = datetime(9999, 12, 31, tzinfo=UTC)
LONGAGO = datetime(1, 1, 1, tzinfo=UTC)

SORTS: dict[str, Reason] = {
    "now": _l("What is open now"),
    "newest": _l("Newest first"),
    "people": _l("Most participants"),
}


@dataclass(frozen=True)
class Wanted:
    """What a reader asks the list for. What is unknown is taken as not asked."""

    place: str = ""
    state: Situation | None = None
    template: Template | None = None
    words: str = ""
    sort: str = "now"

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> "Wanted":
        """Read from the query of an address."""
        state, template, sort = args.get("state", ""), args.get("template", ""), args.get("sort", "")
        return cls(
            place=args.get("place", "")[:80],
            state=Situation(state) if state in list(Situation) else None,
            template=Template(template) if template in list(Template) else None,
            words=args.get("q", "").replace("\x00", "")[:200].strip(),
            sort=sort if sort in SORTS else "now",
        )

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(bool(value) for value in (self.place, self.state, self.template, self.words))

    def territory(self) -> Territory | None:
        """The place asked for.

        Raises:
            NotFound: there is no such place.
        """
        return by_slug(self.place) if self.place else None


def consultations_for(wanted: Wanted, territory: Territory | None, actor: Actor) -> Select[Consultation]:
    """The consultations that ``actor`` may see and asks for. What is archived shows only when asked for."""
    statement = listed().where(visible_to(actor))
    if territory is not None:
        statement = statement.where(Consultation.territory_id.in_(subtree_ids(territory)))
    if wanted.state is not None:
        statement = statement.where(is_in(wanted.state, clock.now()))
    elif not wanted.words:
        statement = statement.where(Consultation.state != Situation.ARCHIVED.value)
    if wanted.template is not None:
        statement = statement.where(Consultation.template == wanted.template)
    asked = asked_words(wanted.words)
    if wanted.words and not asked:
        return statement.where(sa.false())
    for word in asked:
        everything = SearchEntry.title_words + " " + SearchEntry.text
        found = sa.select(SearchEntry.record_id).where(
            SearchEntry.subject_kind == KIND, everything.contains(word, autoescape=True)
        )
        statement = statement.where(Consultation.id.in_(found))
    return statement


def order_of(wanted: Wanted) -> tuple[Order, ...]:
    """The order asked for. By default: open now (what ends first at the top), then what begins, then what is over."""
    last = Order(Consultation.id, descending=True)
    if wanted.sort == "newest":
        return (Order(Consultation.created_at, descending=True), last)
    if wanted.sort == "people":
        return (Order(Consultation.participant_count, descending=True), last)
    moment = clock.now()
    is_open, is_next = is_in(Situation.OPEN, moment), is_in(Situation.UPCOMING, moment)
    rank = sa.case((is_open, 0), (is_next, 1), (is_in(Situation.DRAFT, moment), 2), else_=3)
    far, long_ago = sa.literal(FAR, UTCDateTime()), sa.literal(LONGAGO, UTCDateTime())
    soonest = sa.case((is_open, sa.func.coalesce(Consultation.ends_at, far)), else_=far)
    begins = sa.case((is_next, sa.func.coalesce(Consultation.starts_at, far)), else_=far)
    latest = sa.func.coalesce(Consultation.ends_at, long_ago)
    return (Order(rank), Order(soonest), Order(begins), Order(latest, descending=True), last)
