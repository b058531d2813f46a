"""The text of a decision that bodies ratify, clause by clause; a new version resets only what it is material to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.commitments.clauses import Clause, Kind, compare, touched_by
from stakeholder_hub.commitments.events import TextWritten
from stakeholder_hub.commitments.models import TextVersion
from stakeholder_hub.commitments.operations.wording import LONGEST_REASONS
from stakeholder_hub.commitments.policy import is_at_or_below, may_ask, may_revise_text
from stakeholder_hub.commitments.queries import current_text
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import text_at
from stakeholder_hub.ratifications.models import Ratification
from stakeholder_hub.ratifications.operations import (
    begin_ratification,
    extend_ratification,
    reset_ratifications,
)
from stakeholder_hub.ratifications.queries import ratification_of
from stakeholder_hub.ratifications.rules import Rule
from stakeholder_hub.records.holding import hold

MOST_CLAUSES = 60
LONGEST_CLAUSE = 4_000


@dataclass(frozen=True)
class ClauseDraft:
    """A clause as it is to be. ``key`` names the one it changes; ``material``: whether its new wording is."""

    text: str
    bodies: Sequence[Body] = ()
    key: int | None = None
    material: bool = False


@operation
def put_to_ratification(
    decision: Decision,
    *,
    asker: Body,
    clauses: Sequence[ClauseDraft],
    bodies: Sequence[Body],
    rule: Rule,
    needed: int = 0,
    until: date | None,
    language: str,
    actor: Actor,
) -> TextVersion:
    """Give a decision a text in clauses and ask bodies to ratify it, until the end of the day ``until``.

    Raises:
        NotAllowed: the actor does not act for ``asker``, which stands behind the decision, or it does not bind.
        Conflict: the decision has a text already.
        Invalid: no clause, a body that is not at or below the asker, or a day that is over, at the field.
    """
    hold(decision)
    require(may_ask(actor, decision, asker))
    if current_text(decision) is not None:
        raise Conflict(_l("This decision has a text already: write a new version of it."))
    if not bodies or not all(is_at_or_below(body, asker) for body in bodies):
        raise Invalid(_l("Choose other bodies of this place or of places below it."), "bodies")
    text = _add_version(
        decision,
        number=1,
        asker=asker,
        clauses=_checked(clauses, 0, bodies),
        language=language,
        actor=actor,
    )
    begin_ratification(
        decision,
        bodies=bodies,
        rule=rule,
        needed=needed,
        due_at=_end_of(until, decision),
        actor=actor,
    )
    emit(TextWritten(actor=actor, subject=decision, text=text, kept=[]))
    return text


@operation
def revise_text(
    decision: Decision,
    *,
    clauses: Sequence[ClauseDraft],
    note: str,
    version: int,
    until: date | None = None,
    language: str,
    actor: Actor,
) -> TextVersion:
    """Write a new version. Bodies to which a change is material are asked again; what others ratified stays.

    ``note`` says what changed, and why what is not called material is not; ``version`` is the number that was read.

    Raises:
        NotAllowed: the actor does not act for the body that put the text to ratification.
        Conflict: somebody else wrote a version since; both texts are in the error.
        Invalid: nothing changed, or without a note, at the field.
    """
    hold(decision)
    before = current_text(decision)
    ratification = ratification_of(decision)
    if before is None or ratification is None:
        raise Conflict(_l("This decision has no text yet."))
    require(may_revise_text(actor, before))
    if before.number != version:
        raise Conflict(
            _l("Somebody else wrote a new version in the meantime. Compare, and write yours anew."),
            theirs={"text": "\n\n".join(c["text"] for c in before.clauses), "version": before.number},
            mine={"text": "\n\n".join(draft.text for draft in clauses)},
        )
    everybody = [seat.body for seat in ratification.seats]
    old = [Clause.from_json(told) for told in before.clauses]
    new = _checked(clauses, highest_key(decision), everybody, {clause.key for clause in old})
    marked = {draft.key for draft in clauses if draft.material and draft.key is not None}
    changes = compare(old, new, material=marked, everybody={body.id for body in everybody})
    missing = _l("Say what changed, and why the rest is not material.")
    said = text_at("note", note, longest=LONGEST_REASONS, missing=missing)
    if all(change.kind is Kind.SAME for change in changes) and [c.key for c in old] == [c.key for c in new]:
        raise Invalid(_l("Nothing has changed."), "clauses")
    text = _add_version(
        decision,
        number=before.number + 1,
        asker=before.asker,
        clauses=new,
        material=sorted(change.key for change in changes if change.touched),
        note=said,
        language=language,
        actor=actor,
    )
    if until is not None:
        extend_ratification(ratification, due_at=_end_of(until, decision), actor=actor)
    again = reset_ratifications(ratification, touched=touched_by(changes), revision=text.number, actor=actor)
    text.reset_bodies = sorted(body.id for body in again)
    emit(TextWritten(actor=actor, subject=decision, text=text, kept=_kept(ratification, again)))
    return text


def _kept(ratification: Ratification, again: Sequence[Body]) -> list[Body]:
    asked = {body.id for body in again}
    return [seat.body for seat in ratification.seats if seat.body_id not in asked and seat.act is not None]


def highest_key(decision: Decision) -> int:
    """The highest number that a clause of any version has: numbers are never given twice."""
    found = db.session.scalars(sa.select(TextVersion.clauses).where(TextVersion.decision_id == decision.id))
    return max((clause["key"] for clauses in found for clause in clauses), default=0)


def _checked(
    drafts: Sequence[ClauseDraft],
    highest: int,
    everybody: Sequence[Body],
    known: frozenset[int] | set[int] = frozenset(),
) -> list[Clause]:
    """The clauses, normalised; new ones get the next numbers."""
    all_ids, found = {body.id for body in everybody}, list[Clause]()
    for draft in drafts:
        text = text_at("clauses", draft.text, longest=LONGEST_CLAUSE)
        if not text:
            continue
        addressed = frozenset(body.id for body in draft.bodies)
        if not addressed <= all_ids:
            raise Invalid(_l("A clause is addressed to a body that does not ratify the text."), "clauses")
        if draft.key is not None and (draft.key not in known or draft.key in {c.key for c in found}):
            raise Invalid(_l("Choose from the list."), "clauses")
        highest += draft.key is None
        key = highest if draft.key is None else draft.key
        found.append(Clause(key, text, frozenset() if addressed == all_ids else addressed))
    if not 1 <= len(found) <= MOST_CLAUSES:
        raise Invalid(_l("Write between 1 and %(most)s clauses.", most=MOST_CLAUSES), "clauses")
    return found


def _add_version(
    decision: Decision,
    *,
    number: int,
    asker: Body,
    clauses: Sequence[Clause],
    material: Sequence[int] = (),
    note: str = "",
    language: str,
    actor: Actor,
) -> TextVersion:
    text = TextVersion(
        decision=decision,
        number=number,
        asker=asker,
        clauses=[clause.to_json() for clause in clauses],
        material=list(material),
        reset_bodies=[],
        note=note,
        language=language,
        author_id=actor.id,
        created_at=clock.now(),
    )
    db.session.add(text)
    db.session.flush()
    return text


def _end_of(day: date | None, decision: Decision) -> datetime:
    if day is None or not 1900 <= day.year < 2200:
        raise Invalid(_l("Say until which day the bodies have to answer."), "until")
    due = clock.from_local(datetime.combine(day + timedelta(days=1), time()), decision.territory.timezone)
    if due <= clock.now():
        raise Invalid(_l("Choose a day that is still to come."), "until")
    return due
