"""Branches and merges of a journey as a drawing: layers by cause, few crossings, the same for the same journey.

Pure: numbers in, places out. After Sugiyama, Tagawa and Toda (1981): what came of something stands below it; links that
pass a layer get a place in it; then each layer is ordered by the middle of its neighbours, down and up again, as long
as fewer lines cross. Layers that would be too wide hold one place for all that is left over.
"""

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

WIDTH, HEIGHT = 200, 58
GAP_X, GAP_Y = 20, 44
MARGIN = 8
MOST_IN_LAYER = 5
SWEEPS = 8
PASSING = 24
"""How wide the place is that a passing line takes."""

Key = Hashable


class Point(NamedTuple):
    """A place on the drawing, in its own units."""

    x: int
    y: int


@dataclass(frozen=True)
class Box:
    """One thing on the drawing, by its upper left corner. ``members`` are all that it stands for."""

    key: Key
    x: int
    y: int
    members: tuple[Key, ...]

    @property
    def is_many(self) -> bool:
        """Whether it stands for several."""
        return len(self.members) > 1


@dataclass(frozen=True)
class Line:
    """A link, from the foot of one box to the head of another, through the places where it passes layers."""

    source: Key
    target: Key
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The curve for an SVG path."""
        first, *rest = self.points
        drawn, last = [f"M{first.x} {first.y}"], first
        for point in rest:
            middle = (last.y + point.y) // 2
            drawn.append(f"C{last.x} {middle} {point.x} {middle} {point.x} {point.y}")
            last = point
        return "".join(drawn)


@dataclass(frozen=True)
class Drawing:
    """Everything in its place."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int
    crossings: int


def draw(
    nodes: Sequence[Key],
    edges: Iterable[tuple[Key, Key]],
    *,
    keep: Iterable[Key] = (),
    most: int = MOST_IN_LAYER,
) -> Drawing:
    """Lay out ``nodes`` (in an order that never changes) and ``edges`` (cause, consequence).

    ``keep`` are shown by themselves before others where a layer is too wide. Edges that close a ring are drawn, but
    do not count for the layers.
    """
    known = dict.fromkeys(nodes)
    links = [(a, b) for a, b in dict.fromkeys(edges) if a in known and b in known and a != b]
    layer_of = _layers(nodes, links)
    members = _fold(nodes, links, layer_of, set(keep), most)
    stands_for = {key: head for head, all_of_them in members.items() for key in all_of_them}
    folded = list(
        dict.fromkeys((stands_for[a], stands_for[b]) for a, b in links if stands_for[a] != stands_for[b])
    )
    return _place(_Grid(members, folded, layer_of))


def _layers(nodes: Sequence[Key], links: Sequence[tuple[Key, Key]]) -> dict[Key, int]:
    """The length of the longest way to each, along links that close no ring."""
    onward: dict[Key, list[Key]] = defaultdict(list)
    for a, b in links:
        onward[a].append(b)
    order: list[Key] = []
    state: dict[Key, int] = {}
    forward: list[tuple[Key, Key]] = []
    heads = {b for _a, b in links}
    for root in [*[n for n in nodes if n not in heads], *nodes]:
        if root in state:
            continue
        stack = [(root, iter(onward[root]))]
        state[root] = 1
        while stack:
            here, rest = stack[-1]
            for following in rest:
                if state.get(following) == 1:
                    continue
                forward.append((here, following))
                if following not in state:
                    state[following] = 1
                    stack.append((following, iter(onward[following])))
                    break
            else:
                state[here] = 2
                order.append(here)
                stack.pop()
    depth = dict.fromkeys(nodes, 0)
    after: dict[Key, list[Key]] = defaultdict(list)
    for a, b in forward:
        after[a].append(b)
    for here in reversed(order):
        for following in after[here]:
            depth[following] = max(depth[following], depth[here] + 1)
    return depth


def _fold(
    nodes: Sequence[Key],
    links: Sequence[tuple[Key, Key]],
    layer_of: Mapping[Key, int],
    keep: set[Key],
    most: int,
) -> dict[Key, tuple[Key, ...]]:
    """What stands by itself, and for each layer that is too wide one that stands for the rest."""
    degree: dict[Key, int] = defaultdict(int)
    for a, b in links:
        degree[a] += 1
        degree[b] += 1
    layers: dict[int, list[Key]] = defaultdict(list)
    for key in nodes:
        layers[layer_of[key]].append(key)
    members: dict[Key, tuple[Key, ...]] = {}
    for layer in layers.values():
        places = {key: place for place, key in enumerate(layer)}
        ranked = sorted(layer, key=lambda key: (key not in keep, -degree[key], places[key]))
        alone = layer if len(layer) <= most else ranked[: max(most - 1, sum(key in keep for key in layer))]
        rest = tuple(key for key in layer if key not in set(alone))
        members.update({key: (key,) for key in layer if key in set(alone)})
        if rest:
            members[rest[0]] = rest
    return members


class _Grid:
    """Boxes and passing places in layers."""

    def __init__(
        self,
        members: Mapping[Key, tuple[Key, ...]],
        links: Sequence[tuple[Key, Key]],
        layer_of: Mapping[Key, int],
    ) -> None:
        self.members, self.links = members, links
        self.layer_of: dict[Key, int] = {key: layer_of[key] for key in members}
        self.rows: list[list[Key]] = [[] for _ in range(max(self.layer_of.values(), default=-1) + 1)]
        for key in members:
            self.rows[self.layer_of[key]].append(key)
        self.chains: dict[tuple[Key, Key], list[Key]] = {}
        self.above: dict[Key, list[Key]] = defaultdict(list)
        self.below: dict[Key, list[Key]] = defaultdict(list)
        for link in links:
            self._thread(link)

    def _thread(self, link: tuple[Key, Key]) -> None:
        a, b = link
        top, bottom = sorted((self.layer_of[a], self.layer_of[b]))
        layers = range(top + 1, bottom)
        chain: list[Key] = [("passing", link, layer) for layer in layers]
        for place, layer in zip(chain, layers, strict=True):
            self.layer_of[place] = layer
            self.rows[layer].append(place)
        if self.layer_of[a] > self.layer_of[b]:
            chain.reverse()
        self.chains[link] = whole = [a, *chain, b]
        for one, other in itertools.pairwise(whole):
            upper, lower = (one, other) if self.layer_of[one] <= self.layer_of[other] else (other, one)
            self.below[upper].append(lower)
            self.above[lower].append(upper)

    def arrange(self) -> int:
        """Order every layer; returns how many lines cross."""
        best, fewest = [list(row) for row in self.rows], self.crossings()
        for sweep in range(SWEEPS):
            down = sweep % 2 == 0
            rows = range(1, len(self.rows)) if down else range(len(self.rows) - 2, -1, -1)
            for number in rows:
                beside = self.rows[number - 1] if down else self.rows[number + 1]
                self._by_the_middle(number, beside, self.above if down else self.below)
            if (now := self.crossings()) < fewest:
                best, fewest = [list(row) for row in self.rows], now
            if not fewest:
                break
        self.rows = best
        return fewest

    def _by_the_middle(self, number: int, beside: list[Key], neighbours: Mapping[Key, list[Key]]) -> None:
        place = {key: float(i) for i, key in enumerate(beside)}
        present = {key: float(i) for i, key in enumerate(self.rows[number])}

        def middle(key: Key) -> float:
            seen = [place[n] for n in neighbours.get(key, ()) if n in place]
            return sum(seen) / len(seen) if seen else present[key]

        self.rows[number].sort(key=lambda key: (middle(key), present[key]))

    def crossings(self) -> int:
        """How many pairs of lines between neighbouring layers cross."""
        total = 0
        for row, following in zip(self.rows, self.rows[1:], strict=False):
            place = {key: i for i, key in enumerate(following)}
            ends = [
                (i, place[other])
                for i, key in enumerate(row)
                for other in self.below.get(key, ())
                if other in place
            ]
            ends.sort()
            total += sum(1 for n, (a, b) in enumerate(ends) for c, d in ends[n + 1 :] if a < c and b > d)
        return total

    def width_of(self, key: Key) -> int:
        return WIDTH if key in self.members else PASSING

    def left_edges(self) -> dict[Key, int]:
        """Where each begins: as near to the middle of its neighbours as the order allows."""
        centred = self._centred()
        left = dict(centred)
        for turn in range(6):
            rows = self.rows if turn % 2 else self.rows[::-1]
            neighbours = self.above if turn % 2 else self.below
            for row in rows:
                self._pull(row, neighbours, left)
        if self._breadth(left) * 4 > self._breadth(centred) * 5:  # straight lines are not worth so much room
            left = centred
        shift = MARGIN - min(left.values(), default=MARGIN)
        return {key: x + shift for key, x in left.items()}

    def _centred(self) -> dict[Key, int]:
        """Every layer around the same middle."""
        left: dict[Key, int] = {}
        for row in self.rows:
            x = -(sum(self.width_of(key) + GAP_X for key in row) - GAP_X) // 2
            for key in row:
                left[key] = x
                x += self.width_of(key) + GAP_X
        return left

    def _breadth(self, left: Mapping[Key, int]) -> int:
        ends = [x + self.width_of(key) for key, x in left.items()]
        return max(ends, default=0) - min(left.values(), default=0)

    def _pull(self, row: list[Key], neighbours: Mapping[Key, list[Key]], left: dict[Key, int]) -> None:
        """Towards the middle of the neighbours: those that want the same place stand around it in their order."""
        blocks: list[tuple[int, int, list[Key]]] = []
        for key in row:
            wanted = self._wanted(key, neighbours, left)
            block = (wanted, self.width_of(key), [key])
            while blocks and blocks[-1][0] + blocks[-1][1] + GAP_X > block[0]:
                at, width, keys = blocks.pop()
                together = [*keys, *block[2]]
                offset = width + GAP_X
                middle = (at * len(keys) + (block[0] - offset) * len(block[2])) // len(together)
                block = (middle, offset + block[1], together)
            blocks.append(block)
        for at, _width, keys in blocks:
            for key in keys:
                left[key] = at
                at += self.width_of(key) + GAP_X

    def _wanted(self, key: Key, neighbours: Mapping[Key, list[Key]], left: Mapping[Key, int]) -> int:
        seen = [left[n] + self.width_of(n) // 2 for n in neighbours.get(key, ())]
        return sum(seen) // len(seen) - self.width_of(key) // 2 if seen else left[key]


def _place(grid: _Grid) -> Drawing:
    crossings = grid.arrange()
    left = grid.left_edges()
    top = {key: MARGIN + layer * (HEIGHT + GAP_Y) for key, layer in grid.layer_of.items()}

    def middle(key: Key) -> int:
        return left[key] + grid.width_of(key) // 2

    lines = []
    for (a, b), chain in grid.chains.items():
        upright = grid.layer_of[a] < grid.layer_of[b]
        foot, head = (HEIGHT, 0) if upright else (0, HEIGHT)
        points = [Point(middle(a), top[a] + foot)]
        for place in chain[1:-1]:
            ends = [Point(middle(place), top[place]), Point(middle(place), top[place] + HEIGHT)]
            points.extend(ends if upright else ends[::-1])
        lines.append(Line(a, b, (*points, Point(middle(b), top[b] + head))))
    boxes = tuple(
        Box(key, left[key], top[key], grid.members[key])
        for row in grid.rows
        for key in row
        if key in grid.members
    )
    return Drawing(
        boxes,
        tuple(lines),
        max((left[key] + grid.width_of(key) for key in left), default=0) + MARGIN,
        max((box.y for box in boxes), default=-HEIGHT) + HEIGHT + MARGIN,
        crossings,
    )
