"""A journey as data: what the command and the address for machines give out. Described in ``docs/api.md``."""

import json
from typing import Any

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.addresses import record_path
from stakeholder_hub.records.journey import Edge, Journey
from stakeholder_hub.records.models import Moderation, Record
from stakeholder_hub.records.timeline import Moment, Speaker, Timeline, speaker_of, zone_of
from stakeholder_hub.territories.models import Territory

VERSION = 1
PART_OF = "part_of"


def journey_data(timeline: Timeline) -> dict[str, Any]:
    """Plain values with stable keys: times as ISO 8601, words as ``{language: text}``."""
    journey = timeline.journey
    references = {record.id: record.reference for record in timeline.records}
    return {
        "version": VERSION,
        "here": journey.here.reference,
        "truncated": journey.truncated,
        "records": _records(journey),
        "links": [_link(edge, references) for edge in journey.edges],
        "moments": [_moment(moment) for moment in timeline.moments],
    }


def journey_json(timeline: Timeline) -> str:
    """The same as text: byte for byte the same for the same journey."""
    return json.dumps(journey_data(timeline), ensure_ascii=False, indent=1) + "\n"


def _records(journey: Journey) -> list[dict[str, Any]]:
    return [{**_record(step.record), "alike": step.alike} for step in journey.steps()]


def _record(record: Record) -> dict[str, Any]:
    hidden = record.moderation is Moderation.HIDDEN
    place = record.territory
    return {
        "reference": record.reference,
        "kind": record.kind,
        "title": {} if hidden else _words(record.title),
        "language": record.source_language,
        "state": record.state,
        "hidden": hidden,
        "level": str(place.level),
        "place": _place(place),
        "timezone": zone_of(record),
        "by": _speaker(speaker_of(record, record.voice)),
        "created_at": record.created_at.isoformat(),
        "withdrawn_at": record.withdrawn_at.isoformat() if record.withdrawn_at else None,
        "address": record_path(record),
    }


def _place(place: Territory) -> dict[str, Any]:
    return {"code": place.code, "name": _words(place.name)}


def _link(edge: Edge, references: dict[int, str]) -> dict[str, Any]:
    return {
        "source": references[edge.source],
        "relation": str(edge.relation) if edge.relation is not None else PART_OF,
        "target": references[edge.target],
        "at": edge.at.isoformat(),
    }


def _moment(moment: Moment) -> dict[str, Any]:
    event, _colon, state = moment.key.partition(":")
    return {
        "at": moment.at.isoformat(),
        "local": clock.to_local(moment.at, moment.zone).isoformat(),
        "event": event,
        "state": state or None,
        "record": moment.record.reference,
        "by": _speaker(moment.by),
        "position": moment.position or None,
        "level": str(moment.place.level),
        "place": _place(moment.place),
        "to": _speaker(moment.to) if moment.to is not None else None,
        "until": moment.until.isoformat() if moment.until is not None else None,
        "direction": str(moment.direction) if moment.direction is not None else None,
        "text": _words(moment.text),
    }


def _speaker(speaker: Speaker) -> dict[str, Any]:
    """``name`` for people and organisations, ``names`` for bodies that are called something in each language."""
    if isinstance(speaker.name, Multilingual):
        return {
            "kind": str(speaker.kind),
            "name": speaker.name.original.text,
            "names": _words(speaker.name),
        }
    return {"kind": str(speaker.kind), "name": speaker.name, "names": {}}


def _words(text: Multilingual | None) -> dict[str, str]:
    return {code: text.texts[code] for code in text.languages() if text.texts.get(code)} if text else {}
