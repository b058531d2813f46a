"""A journey as one readable timeline: who, when, at which level and place, why, and what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.acting import Acting, Who, WhoKind, acting
from stakeholder_hub.records.happenings import Happening, happenings_of
from stakeholder_hub.records.journey import Edge, Journey, Step, journey_of
from stakeholder_hub.records.models import Moderation, Record, Relation, Voice
from stakeholder_hub.territories.models import Territory

MOST_CAUSES = 3


class SpeakerKind(StrEnum):
    """What is behind a name."""

    PERSON = "person"
    ORGANISATION = "organisation"
    BODY = "body"


@dataclass(frozen=True)
class Speaker:
    """Who did something. A person who has left, or whose words are hidden, has no name any more."""

    kind: SpeakerKind
    name: Multilingual | str | None


class Direction(StrEnum):
    """Where a step leads among the levels."""

    UP = "up"
    DOWN = "down"
    ACROSS = "across"

    @property
    def label(self) -> Reason:
        """In the reader's language."""
        return {
            Direction.UP: _l("up to a wider level"),
            Direction.DOWN: _l("down to a closer level"),
            Direction.ACROSS: _l("across to another place"),
        }[self]

    @property
    def icon(self) -> str:
        """An arrow that says the same."""
        return {Direction.UP: "level_up", Direction.DOWN: "level_down", Direction.ACROSS: "arrow"}[self]


@dataclass(frozen=True)
class Moment:
    """One line of the timeline: a record that came about (``key`` is ``began``), or what happened to it.

    ``causes`` are the links that led here, the first few of them with ``more`` left out; ``direction`` tells where the
    step leads among the levels. ``place`` is where it happened: where the one who acted sits, which need not be the
    record's own place. ``position`` is as what somebody acted for a body, ``to`` whom it was handed to, ``until`` the
    last day for what is to come.
    """

    at: datetime
    key: str
    record: Record
    said: Reason
    by: Speaker
    place: Territory
    causes: tuple[tuple[Edge, Record], ...] = ()
    more: int = 0
    direction: Direction | None = None
    text: Multilingual | None = None
    alike: int = 0
    is_consequence: bool = False
    position: str = ""
    to: Speaker | None = None
    until: date | None = None

    @property
    def zone(self) -> str:
        """The time zone in which it is told: the record's own, else that of the place where it happened."""
        return zone_of(self.record) if self.place is self.record.territory else self.place.timezone

    @property
    def is_beginning(self) -> bool:
        """Whether a record came about."""
        return self.key == BEGAN


BEGAN = "began"


@dataclass(frozen=True)
class Timeline:
    """A journey and everything that is told along it, in the order it happened."""

    journey: Journey
    moments: Sequence[Moment]

    @property
    def records(self) -> list[Record]:
        """Everything on it, causes before what followed."""
        return [step.record for step in self.journey.steps()]

    @property
    def zones(self) -> set[str]:
        """The time zones it is told in."""
        return {moment.zone for moment in self.moments}


def timeline_of(record: Record, actor: Actor) -> Timeline:
    """The whole journey of ``record``, as far as ``actor`` may see it. A constant number of statements."""
    journey = journey_of(record, actor, whole=True)
    steps = list(journey.steps())
    records = {step.record.id: step.record for step in steps}
    causes: dict[int, list[Edge]] = defaultdict(list)
    for edge in journey.edges:
        causes[edge.target].append(edge)
    told = happenings_of(records.values(), actor)
    moments = [_beginning(step, causes[step.record.id], records) for step in steps]
    people = _People(records, told.values())
    moments += [
        _moment(records[key], happening, people) for key, found in told.items() for happening in found
    ]
    order = {record.id: place for place, record in enumerate(records.values())}
    # What came about in the same instant is told along the causes; a record before what happened to it.
    moments.sort(key=lambda m: (m.at, m.is_consequence, order[m.record.id], not m.is_beginning, m.key))
    return Timeline(journey, moments)


def _beginning(step: Step, edges: list[Edge], records: dict[int, Record]) -> Moment:
    record = step.record
    found = [(edge, records[edge.source]) for edge in sorted(edges, key=lambda edge: (edge.at, edge.source))]
    if step.cause is not None:  # the one it stands under is named first
        found.sort(key=lambda pair: pair[1] is not step.cause)
    return Moment(
        at=min([step.at, *[edge.at for edge, _cause in found]]) if found else record.created_at,
        key=BEGAN,
        record=record,
        said=words_of(step.relation, record, step.cause) if step.cause is not None else _l("began"),
        by=speaker_of(record, record.voice),
        place=record.territory,
        causes=tuple(found[:MOST_CAUSES]),
        more=max(0, len(found) - MOST_CAUSES),
        direction=direction_of(step.cause, record),
        alike=step.alike,
    )


class _People:
    """Everybody who is named in what is told, read at once."""

    def __init__(self, records: Mapping[int, Record], told: Iterable[Iterable[Happening]]) -> None:
        self.records = records
        self.found: dict[Who, Acting] = acting(
            who for happenings in told for happening in happenings for who in (happening.who, happening.to)
        )

    def named(self, who: Who | None) -> tuple[Speaker, Territory] | None:
        """Who it is and where they sit; nobody where that is not known, or not for this reader."""
        if who is None:
            return None
        if who.kind is WhoKind.AUTHOR:
            record = self.records.get(who.id)
            return (speaker_of(record, Voice.AUTHOR), record.territory) if record is not None else None
        one = self.found.get(who)
        return (Speaker(SpeakerKind.BODY, one.name), one.territory) if one is not None else None


def _moment(record: Record, happening: Happening, people: _People) -> Moment:
    by, place = people.named(happening.who) or (speaker_of(record, happening.by), record.territory)
    to = people.named(happening.to)
    return Moment(
        at=happening.at,
        key=happening.key,
        record=record,
        said=happening.said,
        by=by,
        place=place,
        direction=direction_between(place, to[1]) if to is not None else None,
        text=happening.text,
        is_consequence=happening.is_consequence,
        position=happening.position,
        to=to[0] if to is not None else None,
        until=happening.until,
    )


def words_of(relation: Relation | None, record: Record, cause: Record | None) -> Reason:
    """How one record led to another, in words, as said at the one that followed."""
    if relation is None:
        return record.origin.label
    if relation is Relation.PROMPTED and cause is not None and cause.origin.part_of:
        return _l("prompted by what was said")
    return relation.label


def direction_of(cause: Record | None, record: Record) -> Direction | None:
    """Where the step from ``cause`` leads among the levels; ``None`` where it stays in its place."""
    return direction_between(cause.territory, record.territory) if cause is not None else None


def direction_between(begin: Territory, end: Territory) -> Direction | None:
    """Where a step from one place to another leads among the levels; ``None`` where it is the same."""
    if begin.id == end.id:
        return None
    before, after = begin.level.rank, end.level.rank
    if before == after:
        return Direction.ACROSS
    return Direction.UP if after < before else Direction.DOWN


def speaker_of(record: Record, voice: Voice) -> Speaker:
    """Whose step it was: an organisation spoken for, a person, or the body that is answerable. What came from elsewhere
    without an author was brought in by the body.
    """
    if voice is Voice.BODY or (record.author_id is None and record.speaking_for_id is None):
        return Speaker(SpeakerKind.BODY, record.body_name)
    hidden = record.moderation is Moderation.HIDDEN
    if record.speaking_for is not None and not hidden:
        return Speaker(SpeakerKind.ORGANISATION, str(record.speaking_for.name))
    author = record.author
    if hidden or author is None or author.erased_at is not None:
        return Speaker(SpeakerKind.PERSON, None)
    return Speaker(SpeakerKind.PERSON, author.name)


def zone_of(record: Record) -> str:
    """The time zone in which a record is told."""
    return str(getattr(record, "timezone", None) or record.territory.timezone)
