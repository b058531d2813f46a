"""Reporting, hiding with a reason, looking again: nothing is silent, everybody concerned is told."""

from typing import Any

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import line_at
from stakeholder_hub.moderation.events import (
    HidingUpheld,
    RecordHidden,
    RecordKept,
    RecordReported,
    RecordShownAgain,
    ReviewAsked,
)
from stakeholder_hub.moderation.models import Report, ReportOutcome
from stakeholder_hub.moderation.policy import (
    may_ask_review,
    may_decide_review,
    may_moderate,
    may_report,
    may_show_again,
)
from stakeholder_hub.moderation.queries import (
    hidden_by,
    moderators_of,
    nearest_moderators_of,
    open_reports,
    report_of,
    review_of,
)
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.records.holding import hold
from stakeholder_hub.records.models import Moderation, Record

LONGEST_REASON = 500

_DECIDED = _l("Another moderator has decided this in the meantime.")


@operation
def report_record(record: Record, *, reason: str, actor: Any) -> Report:
    """Tell moderators that ``record`` breaks the rules, once.

    Raises:
        Conflict: this person has reported it before.
        Invalid: no reason is given, or too long a one.
    """
    require(may_report(actor, record))
    text = _reason(reason, _l("Say what is wrong with it."))
    is_first = not open_reports([record.id])
    if not _insert(record, actor.id, text):
        raise Conflict(_l("You have reported this already. A moderator looks at it."))
    emit(RecordReported(actor=actor, subject=record))
    if is_first:
        others = [i for i in nearest_moderators_of(record) if i not in (actor.id, record.author_id)]
        notify(others, kind="moderation.reported", record=record)
    report = report_of(record, actor.id)
    assert report is not None  # noqa: S101 - it has just been inserted
    return report


@operation
def keep_record(record: Record, *, actor: Any) -> None:
    """Leave ``record`` as it is: what was reported is decided, those who reported it are told.

    Raises:
        Conflict: nothing is open, for another moderator has decided.
    """
    hold(record)
    require(may_moderate(actor, record))
    if record.moderation is Moderation.HIDDEN:
        raise Conflict(_DECIDED)
    reporters = _decide(record, ReportOutcome.KEPT, actor)
    if not reporters:
        raise Conflict(_DECIDED)
    emit(RecordKept(actor=actor, subject=record))
    notify([i for i in reporters if i != record.author_id], kind="moderation.kept", record=record)


@operation
def hide_record(record: Record, *, reason: str, actor: Any) -> Record:
    """Hide ``record``: its place stays and says why; its author is told and may ask for a review.

    Raises:
        Conflict: it is hidden already.
        Invalid: no reason is given, or too long a one.
    """
    hold(record)
    require(may_moderate(actor, record))
    text = _reason(reason, _l("Say why you hide this. Everybody can read the reason."))
    if record.moderation is Moderation.HIDDEN:
        raise Conflict(_l("This has been hidden already."))
    reporters = _decide(record, ReportOutcome.HIDDEN, actor)
    _remember_decision(record, text, actor)
    record.moderation, record.moderation_reason = Moderation.HIDDEN, text
    record.touch()
    db.session.flush()
    emit(RecordHidden(actor=actor, subject=record))
    notify([record.author_id], kind="moderation.hidden", record=record, data={"reason": text})
    notify([i for i in reporters if i != record.author_id], kind="moderation.was_hidden", record=record)
    return record


@operation
def show_again(record: Record, *, actor: Any) -> Record:
    """Take a hiding back; an open request for review is granted by it.

    Raises:
        NotAllowed: a review is open and another moderator has to decide on it.
    """
    hold(record)
    require(may_show_again(actor, record))
    _decide(record, ReportOutcome.KEPT, actor)
    record.moderation, record.moderation_reason = Moderation.VISIBLE, None
    record.touch()
    db.session.flush()
    emit(RecordShownAgain(actor=actor, subject=record))
    notify([record.author_id], kind="moderation.shown_again", record=record)
    return record


@operation
def ask_for_review(record: Record, *, reason: str, actor: Any) -> None:
    """Ask, as the author, that another moderator looks at the hiding again. Possible once.

    Raises:
        Invalid: no reason is given, or too long a one.
    """
    require(may_ask_review(actor, record))
    text = _reason(reason, _l("Say why you think that this should be shown."))
    if not _insert(record, actor.id, text):
        raise Conflict(_l("A review has been asked for already. That is possible once."))
    emit(ReviewAsked(actor=actor, subject=record))
    first = hidden_by(record)
    others = [i for i in nearest_moderators_of(record) if i not in (first, actor.id)]
    others = others or [i for i in moderators_of(record) if i not in (first, actor.id)]
    notify(others or [first], kind="moderation.review_asked", record=record)


@operation
def uphold_hiding(record: Record, *, actor: Any) -> None:
    """Answer a request for review by leaving the record hidden; its author is told.

    Raises:
        NotAllowed: no review waits, or another moderator has to decide on it.
    """
    hold(record)
    require(may_decide_review(actor, record))
    review = review_of(record)
    if review is None:
        raise Conflict(_DECIDED)
    review.outcome, review.decided_at, review.decided_by_id = ReportOutcome.HIDDEN, clock.now(), actor.id
    emit(HidingUpheld(actor=actor, subject=record))
    notify([record.author_id], kind="moderation.upheld", record=record)


def _reason(reason: str, missing: Any) -> str:
    return line_at("reason", reason, longest=LONGEST_REASON, missing=missing)


def _insert(record: Record, reporter_id: int | None, reason: str) -> bool:
    values: dict[str, Any] = {"record_id": record.id, "reporter_id": reporter_id, "reason": reason}
    values |= {"outcome": ReportOutcome.OPEN, "created_at": clock.now()}
    return insert_ignore(Report.__table__, values, index_elements=["record_id", "reporter_id"])


def _decide(record: Record, outcome: ReportOutcome, actor: Any) -> list[int]:
    """Close every open report; returns who made them."""
    open_ones = open_reports([record.id]).get(record.id, [])
    for report in open_ones:
        report.outcome, report.decided_at, report.decided_by_id = outcome, clock.now(), actor.id
    db.session.flush()
    return [report.reporter_id for report in open_ones if report.reporter_id is not None]


def _remember_decision(record: Record, reason: str, actor: Any) -> None:
    """A hiding leaves a row with who decided it, reported or not: a review goes to somebody else."""
    mine = report_of(record, actor.id)
    if mine is None:
        mine = Report(record_id=record.id, reporter_id=actor.id, reason=reason)
        db.session.add(mine)
    mine.outcome, mine.decided_at, mine.decided_by_id = ReportOutcome.HIDDEN, clock.now(), actor.id
    db.session.flush()
