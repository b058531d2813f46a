"""Figures about people, told so that nobody can be picked out. Pure: counts in, what may be shown out.

**One row** (``held_back``). A count below ``SMALLEST_GROUP`` is held back. As the total is public, whoever subtracts
what is shown learns the sum of what is held back; so further counts are, the smallest first, until at least two are
and together they hold ``SMALLEST_GROUP`` or more. Zero is held back like every small count: that nobody of a sector
voted tells something about each of its members. It is shown only where the whole row is empty, which tells of nobody.

**A table with sums** (``protect``): places in countries, columns of counts, sums over countries and over all. In every
row the same counts are held back as where that place is shown alone, so that two pages never tell more together than
each does. What is held back enters a sum only in *batches*: two places or more that hold back the same columns, with
``SMALLEST_GROUP`` or more in each of them. Of a batch nothing is known but its row sums and column sums, and in such a
block every cell can be anything from 0 to the smaller of its two sums (Fréchet's bounds; the rest of the block holds
enough to make up for it): a range of ``SMALLEST_GROUP`` or more. What is in no batch yet is in no published figure.

**Tables over time.** Batches are filled in the order of the rows and never changed by rows that come later: two
exports differ by whole batches, never by one place. Rows whose counts still change (``final`` is false) enter none.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

SMALLEST_GROUP = 10
"""Counts of fewer people than this are not shown: they might tell who it was."""

MIXED_BATCH = 3
"""So many places of different countries wait before they make a batch: some may still find one of their own country."""

LONG_ENOUGH = 6
"""With so many places a batch is made even if some of its columns are too small to be summed."""


def held_back(counts: Mapping[str, int], smallest: int = SMALLEST_GROUP) -> frozenset[str]:
    """The counts of one row that are not told, given that their total is."""
    hidden = {name for name, count in counts.items() if count < smallest}
    if not hidden:
        return frozenset()
    rest = sorted((name for name in counts if name not in hidden), key=lambda name: (counts[name], name))
    while rest and (len(hidden) < 2 or sum(counts[name] for name in hidden) < smallest):
        hidden.add(rest.pop(0))
    return frozenset(hidden)


@dataclass(frozen=True)
class Row:
    """A place. ``part`` is the country it is summed up in; ``people`` how many stand behind ``counts`` where that is
    not their sum (one person may choose several options). ``final``: the counts will not change any more.
    """

    key: Hashable
    part: str
    counts: Mapping[str, int]
    people: int | None = None
    final: bool = True

    @property
    def total(self) -> int:
        """How many people stand behind the row."""
        return sum(self.counts.values()) if self.people is None else self.people


@dataclass(frozen=True)
class Shown:
    """What may be shown of a row; ``None`` is held back."""

    cells: Mapping[str, int | None]
    total: int | None

    @property
    def whole(self) -> bool:
        """Whether nothing is held back."""
        return self.total is not None and all(cell is not None for cell in self.cells.values())


@dataclass
class Sum:
    """A published sum. ``left_out`` names for each column the rows that hold it back and are not in the sum;
    ``batches`` what is in it of rows that are told only together.
    """

    cells: dict[str, int | None]
    total: int | None = None
    left_out: dict[str, set[Hashable]] = field(default_factory=dict)
    total_left_out: set[Hashable] = field(default_factory=set)
    batches: dict[frozenset[Hashable], dict[str, int]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every row is in every figure."""
        return not self.total_left_out and not any(self.left_out.values())

    def of_batches(self, column: str, keys: set[Hashable]) -> int:
        """What batches made of ``keys`` have brought into a column."""
        return sum(added.get(column, 0) for members, added in self.batches.items() if members <= keys)

    @property
    def places_left_out(self) -> int:
        """How many rows are missing in one figure or another."""
        return len(self.total_left_out.union(*self.left_out.values()))


@dataclass(frozen=True)
class Protected:
    """A table that can be published: its rows, the sums of its parts, and of all."""

    rows: Mapping[Hashable, Shown]
    parts: Mapping[str, Sum]
    overall: Sum


def protect(rows: Iterable[Row], columns: Sequence[str], smallest: int = SMALLEST_GROUP) -> Protected:
    """What may be shown of ``rows``, which stand in the order in which they became final."""
    listed = list(rows)
    hidden = {row.key: _hidden(row, columns, smallest) for row in listed}
    shown = {row.key: _shown(row, columns, hidden[row.key], smallest) for row in listed}
    sums = _Sums(columns, listed)
    waiting: dict[tuple[bool, frozenset[str]], list[Row]] = {}
    for row in listed:
        sums.add_shown(row, shown[row.key])
        if row.final and not shown[row.key].whole:
            kind = (shown[row.key].total is None, hidden[row.key])
            _batch(waiting.setdefault(kind, []), row, kind, sums, smallest)
    return Protected(shown, *sums.finish())


def _hidden(row: Row, columns: Sequence[str], smallest: int) -> frozenset[str]:
    if row.total == 0:
        return frozenset()
    if row.total < smallest:
        return frozenset(columns)
    return held_back({column: row.counts.get(column, 0) for column in columns}, smallest)


def _shown(row: Row, columns: Sequence[str], hidden: frozenset[str], smallest: int) -> Shown:
    cells = {column: None if column in hidden else row.counts.get(column, 0) for column in columns}
    return Shown(cells, None if 0 < row.total < smallest else row.total)


def _batch(
    waiting: list[Row], row: Row, kind: tuple[bool, frozenset[str]], sums: "_Sums", smallest: int
) -> None:
    """Let ``row`` wait with its like, and sum those up that are enough together: of one country, else of several."""
    small, hidden = kind
    waiting.append(row)
    neighbours = [other for other in waiting if other.part == row.part]
    for batch, fewest in ((neighbours, 2), (list(waiting), MIXED_BATCH)):
        told = _columns_told(batch, hidden, small=small, smallest=smallest)
        full = len(told) == len(hidden)
        enough = len(batch) >= (fewest if full else LONG_ENOUGH)
        if enough and (told or small) and _is_many(batch, small=small, smallest=smallest):
            sums.add_batch(batch, told, with_total=small)
            for member in batch:
                waiting.remove(member)
            return


def _is_many(batch: Sequence[Row], *, small: bool, smallest: int) -> bool:
    return not small or sum(row.total for row in batch) >= smallest


def _columns_told(
    batch: Sequence[Row], hidden: frozenset[str], *, small: bool, smallest: int
) -> frozenset[str]:
    counts = {column: sum(row.counts.get(column, 0) for row in batch) for column in hidden}
    return hidden - held_back(counts, smallest)


class _Sums:
    """Sums over parts and over all, with what is missing in each."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        self.columns = columns
        self.overall = self._empty()
        self.parts = {row.part: self._empty() for row in rows}

    def _empty(self) -> Sum:
        cells: dict[str, int | None] = dict.fromkeys(self.columns)
        return Sum(cells, None, {column: set() for column in self.columns})

    def add_shown(self, row: Row, shown: Shown) -> None:
        """Sum up what is shown of a row, and note what is not."""
        for target in (self.overall, self.parts[row.part]):
            for column, cell in shown.cells.items():
                if cell is None:
                    target.left_out[column].add(row.key)
                else:
                    target.cells[column] = (target.cells[column] or 0) + cell
            if shown.total is None:
                target.total_left_out.add(row.key)
            else:
                target.total = (target.total or 0) + shown.total

    def add_batch(self, batch: Sequence[Row], columns: frozenset[str], *, with_total: bool) -> None:
        """Sum up what a batch holds back: over all, and in its country where it lies in one."""
        targets = [self.overall]
        if len({row.part for row in batch}) == 1:
            targets.append(self.parts[batch[0].part])
        keys = frozenset(row.key for row in batch)
        added = {column: sum(row.counts.get(column, 0) for row in batch) for column in columns}
        for target in targets:
            target.batches[keys] = added
            for column, count in added.items():
                target.cells[column] = (target.cells[column] or 0) + count
                target.left_out[column] -= keys
            if with_total:
                target.total = (target.total or 0) + sum(row.total for row in batch)
                target.total_left_out -= keys

    def finish(self) -> tuple[Mapping[str, Sum], Sum]:
        """The sums. Where some are missing and the others have nobody, nothing is told."""
        for target in (self.overall, *self.parts.values()):
            for column, cell in target.cells.items():
                if cell == 0 and target.left_out[column]:
                    target.cells[column] = None
            if target.total == 0 and target.total_left_out:
                target.total = None
        return self.parts, self.overall
