"""A journey as the page draws it: plain steps, nested where it branches, and the same as boxes and lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.multilingual import Fragment
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.graph import Box, Drawing, Key, draw
from stakeholder_hub.records.journey import Journey, Step
from stakeholder_hub.records.models import Moderation, Record
from stakeholder_hub.records.timeline import direction_of, words_of
from stakeholder_hub.webkit.actor import language

TONES: dict[str, str] = {
    "selected": "ok",
    "adopted": "ok",
    "done": "ok",
    "accepted": "ok",
    "accepted_in_part": "ok",
    "answered": "ok",
    "implemented": "ok",
    "kept": "ok",
    "partly": "warning",
    "with_reservations": "warning",
    "reopened": "warning",
    "lapsed": "warning",
    "open": "now",
    "in_progress": "accent",
    "under_way": "accent",
    "on_ballot": "accent",
    "sent": "accent",
    "acknowledged": "accent",
    "in_deliberation": "accent",
    "pledged": "accent",
    "started": "accent",
    "blocked": "danger",
    "rejected": "danger",
    "declined": "danger",
    "refused": "danger",
    "not_admitted": "danger",
    "broken": "danger",
    "overdue": "danger",
}
"""How the state of any kind looks; what stands here not is neutral."""

LONGEST_ON_BOX = 44
LONGEST_LINE = 23


MOST_NEAR = 24
"""So many steps are told beside other things on a page; a longer trail is cut below, and says how much follows."""


def journey_steps(journey: Journey, *, near: bool = False) -> list[dict[str, Any]]:
    """The trail for ``webkit/timeline.html``. ``near``: of a long one only what led here, and what followed first."""
    cut = _cut(journey) if near else set()
    return [_step(root, cut) for root in journey.roots]


def _cut(journey: Journey) -> set[int]:
    """The records after which the trail is not told: as far below the record of the page as there is room for."""
    here = next((step for step in journey.steps() if step.is_here), None)
    if here is None or len(list(journey.steps())) <= MOST_NEAR:
        return set()
    told, layer = len(list(journey.steps())) - _length(here) + 1 + len(here.next), here.next
    while layer and told + sum(len(step.next) for step in layer) <= MOST_NEAR:
        told += sum(len(step.next) for step in layer)
        layer = [following for step in layer for following in step.next]
    return {step.record.id for step in layer}


def _length(step: Step) -> int:
    return 1 + sum(_length(following) for following in step.next)


def _step(step: Step, cut: set[int]) -> dict[str, Any]:
    record = step.record
    is_cut = record.id in cut
    return {
        "kind": record.icon,
        "kind_label": f"{record.kind_label} {record.reference}",
        "title": title_of(record),
        "url": None if step.is_here else record_url(record),
        "date": step.at,
        "relation": words_of(step.relation, record, step.cause) if step.cause is not None else None,
        "direction": direction_of(step.cause, record),
        "place": record.territory.name.in_(language()).text,
        "level": record.territory.level.label,
        "state": state_of(record),
        "current": step.is_here,
        "alike": step.alike,
        "children": [] if is_cut else [_step(following, cut) for following in step.next],
        "further": step.count() - 1 if is_cut else 0,
    }


def title_of(record: Record) -> Fragment:
    """What it is called, for this reader; a moderator may have hidden that."""
    if record.moderation is Moderation.HIDDEN:
        return Fragment(_("Hidden by a moderator"), language())
    return record.title.in_(language())


def state_of(record: Record) -> tuple[str, Any]:
    """The tone and the words of a record's state."""
    return TONES.get(record.state, "neutral"), record.state_label


@dataclass(frozen=True)
class Picture:
    """A box with its words: of one record, or of several that stand for themselves nowhere on the drawing."""

    box: Box
    record: Record
    url: str | None
    head: str
    lines: tuple[str, ...]
    lang: str
    name: str
    tone: str
    current: bool
    left_out: int


@dataclass(frozen=True)
class Graph:
    """The drawing of a journey, ready for ``records/graph.html``."""

    drawing: Drawing
    pictures: tuple[Picture, ...]


def graph_of(journey: Journey) -> Graph:
    """Branches and merges as boxes and lines; what stands alike is one box with a number."""
    steps = {step.record.id: step for step in journey.steps()}
    others: dict[Key, int] = {("alike", i): i for i, step in steps.items() if step.alike}
    stands = {i: key for key, i in others.items()}
    nodes: list[Key] = []
    for i in steps:
        nodes += [i, stands[i]] if i in stands else [i]
    edges: list[tuple[Key, Key]] = []
    for edge in journey.edges:
        edges.append((edge.source, edge.target))
        for source, target in (
            (edge.source, stands.get(edge.target)),
            (stands.get(edge.source), edge.target),
        ):
            if source is not None and target is not None:
                edges.append((source, target))
    drawing = draw(nodes, edges, keep=_line_of(journey))
    pictures = tuple(_picture(box, steps, others) for box in drawing.boxes)
    return Graph(drawing, pictures)


def _line_of(journey: Journey) -> Iterator[Key]:
    """What lies on the way to the record of the page."""
    waiting, seen = [journey.here.id], {journey.here.id}
    while waiting:
        here = waiting.pop()
        yield here
        for edge in journey.edges:
            if edge.target == here and edge.source not in seen:
                seen.add(edge.source)
                waiting.append(edge.source)


def _picture(box: Box, steps: dict[int, Step], others: dict[Key, int]) -> Picture:
    first = box.members[0]
    step = steps[others.get(first, first)]  # type: ignore[arg-type]
    record, many = step.record, box.is_many or first in others
    left_out = sum(steps[others[key]].alike if key in others else 1 for key in box.members)
    title = title_of(record)
    head = f"{record.kind_label} {record.reference}"
    return Picture(
        box=box,
        record=record,
        url=None if many or step.is_here else record_url(record),
        head=head,
        lines=two_lines(title.text),
        lang=title.lang,
        name=f"{head}: {title.text}. {record.state_label}. {record.territory.name.in_(language())}",
        tone=TONES.get(record.state, "neutral"),
        current=step.is_here,
        left_out=left_out if many else 0,
    )


def two_lines(text: str) -> tuple[str, ...]:
    """The beginning of a title in at most two lines of a box."""
    short = plain_line(text, LONGEST_ON_BOX)
    if len(short) <= LONGEST_LINE:
        return (short,)
    cut = short.rfind(" ", 0, LONGEST_LINE + 1)
    cut = cut if cut > LONGEST_LINE // 3 else LONGEST_LINE
    return short[:cut].rstrip(), plain_line(short[cut:].lstrip(), LONGEST_LINE)


def plain_line(text: str, longest: int) -> str:
    """A line cut where it is too long. Titles are no Markdown: every character stays."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
