"""Entering ballots on paper: a batch is read twice, by two people, and counted once both read the same."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from stakeholder_hub.decisions.events import PaperAgreed, PaperEntered
from stakeholder_hub.decisions.evidence.leaves import marks_line
from stakeholder_hub.decisions.marks import Marks, checked
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations.holding import hold
from stakeholder_hub.decisions.paper import BatchState, PaperBatch, PaperSheet
from stakeholder_hub.decisions.policy import may_enter_again, may_enter_paper
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise_line

MOST_SHEETS = 2_000
LONGEST_NAME = 80
FIRST, SECOND, SETTLED = 1, 2, 3


def read_sheet(ballot: Ballot, line: str) -> Marks:
    """The marks of one sheet: numbers on the ballot, in order of preference where it ranks, or ``number:points``.

    Raises:
        Invalid: they are no marks of this ballot.
    """
    words = line.replace(",", " ").replace(";", " ").split()
    pairs = [word.partition(":") for word in words]
    figures = [part for pair in pairs for part in (pair[0], pair[2]) if part]
    if any(not (part.isascii() and part.isdigit() and len(part) <= 6) for part in figures):
        raise Invalid(_l("Write numbers, such as 1 3, or 1:5 3:2 where points are given."), "lines")
    with_points = ballot.vote_type.has_points
    if any(bool(colon and points) is not with_points for _option, colon, points in pairs):
        raise Invalid(_l("Write numbers, such as 1 3, or 1:5 3:2 where points are given."), "lines")
    options = [int(option) for option, _colon, _points in pairs]
    return checked(ballot, Marks(options, [int(points) for *_rest, points in pairs] if with_points else None))


def _read(ballot: Ballot, lines: Sequence[str]) -> list[str]:
    if not 1 <= len(lines) <= MOST_SHEETS:
        raise Invalid(_l("Enter between 1 and %(most)s sheets at a time.", most=MOST_SHEETS), "lines")
    read: list[str] = []
    for number, line in enumerate(lines, start=1):
        try:
            read.append(marks_line(read_sheet(ballot, line)))
        except Invalid as wrong:
            raise Invalid(
                _l("Line %(line)s: %(reason)s", line=number, reason=wrong.reason), "lines"
            ) from wrong
    return read


@operation
def begin_batch(ballot: Ballot, *, name: str, lines: Sequence[str], actor: Actor) -> PaperBatch:
    """Enter a batch for the first time, a sheet on each line.

    Raises:
        NotAllowed: the ballot takes no paper, or the actor does not run it.
        Invalid: the name is missing or taken, or a sheet cannot be, with its line.
    """
    hold(ballot, alone=False)
    require(may_enter_paper(actor, ballot))
    label = normalise_line(name)[:LONGEST_NAME]
    if not label:
        raise Invalid(_l("Give the batch a name, such as that of its box."), "name")
    taken = sa.select(PaperBatch.id).where(PaperBatch.ballot_id == ballot.id, PaperBatch.name == label)
    if db.session.scalar(taken) is not None:
        raise Invalid(_l("There is a batch with this name already."), "name")
    read = _read(ballot, lines)
    batch = PaperBatch(ballot_id=ballot.id, name=label, first_by_id=actor.id)
    db.session.add(batch)
    db.session.flush()
    _store(batch, FIRST, dict(enumerate(read, start=1)))
    emit(PaperEntered(actor=actor, subject=ballot, sheets=len(read)))
    return batch


@operation
def repeat_batch(batch: PaperBatch, *, lines: Sequence[str], actor: Actor) -> PaperBatch:
    """Enter a batch for the second time; it is agreed if both read the same, sheet by sheet.

    Raises:
        NotAllowed: the actor entered it the first time, or it has been entered twice.
        Invalid: a sheet cannot be, or there are more or fewer than the first time.
    """
    ballot = _held(batch)
    require(may_enter_again(actor, batch))
    read = _read(ballot, lines)
    first = sheets_of(batch, FIRST)
    if len(read) != len(first):
        raise Invalid(
            _l("The first time there were %(first)s sheets, now %(now)s.", first=len(first), now=len(read)),
            "lines",
        )
    _store(batch, SECOND, dict(enumerate(read, start=1)))
    batch.second_by_id = actor.id
    batch.state = BatchState.DIFFERS if differences_in(batch) else BatchState.AGREED
    db.session.flush()
    emit(PaperEntered(actor=actor, subject=ballot, sheets=len(read)))
    if batch.state is BatchState.AGREED:
        emit(PaperAgreed(actor=actor, subject=ballot, sheets=len(read)))
    return batch


@operation
def settle_batch(batch: PaperBatch, *, lines: Mapping[int, str], actor: Actor) -> PaperBatch:
    """Say what stands on the sheets that were read differently; all of them have to be settled at once.

    Raises:
        NotAllowed: nothing differs here, or the actor does not run the ballot.
        Invalid: a sheet is missing, or cannot be, at its number.
    """
    ballot = _held(batch)
    require(may_enter_paper(actor, ballot))
    open_ones = differences_in(batch)
    if batch.state is not BatchState.DIFFERS:
        raise Invalid(_l("Nothing differs in this batch."))
    settled: dict[int, str] = {}
    for number in open_ones:
        try:
            settled[number] = marks_line(read_sheet(ballot, lines.get(number, "")))
        except Invalid as wrong:
            raise Invalid(
                _l("Line %(line)s: %(reason)s", line=number, reason=wrong.reason), "lines"
            ) from wrong
    _store(batch, SETTLED, settled)
    batch.state = BatchState.AGREED
    db.session.flush()
    emit(PaperAgreed(actor=actor, subject=ballot, sheets=len(sheets_of(batch, FIRST))))
    return batch


@operation
def discard_batch(batch: PaperBatch, *, actor: Actor) -> None:
    """Throw a batch away, to enter it anew.

    Raises:
        NotAllowed: the ballot is counted, or the actor does not run it.
    """
    ballot = _held(batch)
    require(may_enter_paper(actor, ballot))
    emit(PaperEntered(actor=actor, subject=ballot, sheets=0))
    db.session.execute(sa.delete(PaperSheet).where(PaperSheet.batch_id == batch.id))
    db.session.execute(sa.delete(PaperBatch).where(PaperBatch.id == batch.id))


def _held(batch: PaperBatch) -> Ballot:
    """The ballot of a batch, so that it is not counted meanwhile, and the batch itself for the actor alone."""
    hold(batch.ballot, alone=False)
    row = sa.select(PaperBatch.id).where(PaperBatch.id == batch.id).with_for_update()
    db.session.execute(row)
    db.session.refresh(batch)
    return batch.ballot


def _store(batch: PaperBatch, entry: int, lines: Mapping[int, str]) -> None:
    rows = [
        {"batch_id": batch.id, "entry": entry, "number": number, "line": line}
        for number, line in lines.items()
    ]
    db.session.execute(sa.insert(PaperSheet), rows)


def sheets_of(batch: PaperBatch, entry: int) -> dict[int, str]:
    """The sheets as they were read one time, by number."""
    rows = db.session.execute(
        sa.select(PaperSheet.number, PaperSheet.line).where(
            PaperSheet.batch_id == batch.id, PaperSheet.entry == entry
        )
    )
    return {row[0]: row[1] for row in rows}


def differences_in(batch: PaperBatch) -> dict[int, tuple[str, str]]:
    """The sheets that were read differently, with both readings."""
    first, second = sheets_of(batch, FIRST), sheets_of(batch, SECOND)
    return {
        number: (first[number], second[number])
        for number in sorted(first.keys() & second.keys())
        if first[number] != second[number]
    }


def paper_votes(ballot: Ballot) -> list[Marks]:
    """What stands on all sheets of agreed batches; a settled reading goes before the first."""
    rows = db.session.execute(
        sa.select(PaperSheet.batch_id, PaperSheet.number, PaperSheet.line)
        .join(PaperBatch, PaperBatch.id == PaperSheet.batch_id)
        .where(
            PaperBatch.ballot_id == ballot.id,
            PaperBatch.state == BatchState.AGREED,
            PaperSheet.entry != SECOND,
        )
        .order_by(PaperSheet.batch_id, PaperSheet.number, PaperSheet.entry)
    )
    final = {(batch_id, number): line for batch_id, number, line in rows}
    return [read_sheet(ballot, line) for line in final.values()]
