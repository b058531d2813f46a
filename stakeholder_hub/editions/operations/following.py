"""A later version of the core: an edition takes it over as far as nothing moves under people's feet, or stays."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.operations import take_over_texts
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import edit_ballot, prepare_ballot
from stakeholder_hub.decisions.standing import has_begun
from stakeholder_hub.editions.carrying import fixed_terms, voting_phase, with_local
from stakeholder_hub.editions.content import Content, CoreItem
from stakeholder_hub.editions.events import CoreAdopted, CoreRefused
from stakeholder_hub.editions.models import Core, CoreAnswer, CoreAnswerState, Edition, EditionItem
from stakeholder_hub.editions.operations.inviting import LONGEST_MESSAGE
from stakeholder_hub.editions.policy import may_manage_edition
from stakeholder_hub.editions.queries import latest_core
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise


@dataclass
class Adoption:
    """What became of each item, by key."""

    changed: list[str]
    added: list[str]
    left_older: list[str]
    let_go: list[str]


@operation
def adopt_core(edition: Edition, *, number: int, actor: Actor) -> Adoption:
    """Take over version ``number`` of the core: texts, and every item whose vote has not begun.

    An item whose vote has begun stays as it is and is marked as older. An item that is gone from the core stays as a
    vote of the place; a new one is prepared as long as the phase for it is not over.

    Raises:
        NotAllowed: the actor does not run the edition, or it is closed.
        Conflict: it is not the last version, or has been adopted.
    """
    require(may_manage_edition(actor, edition))
    answer = _open_answer(edition, number)
    before, core = edition.core, answer.core
    old, new = Content.from_json(before.content if before else core.content), Content.from_json(core.content)
    edition.core = core
    db.session.flush()
    consultation = _consultation_of(edition)
    if (old.question, old.background) != (new.question, new.background):
        take_over_texts(
            consultation,
            question=with_local(new.question, consultation.question),
            background=with_local(new.background, consultation.background_text),
            actor=actor,
        )
    done = _follow(edition, consultation, core, new, actor=actor)
    answer.state, answer.reason = CoreAnswerState.ADOPTED, ""
    answer.answered_at, answer.answered_by_id = clock.now(), actor.id
    emit(CoreAdopted(actor=actor, subject=edition, number=core.number, left_older=len(done.left_older)))
    return done


@operation
def refuse_core(edition: Edition, *, number: int, reason: str, actor: Actor) -> CoreAnswer:
    """Stay on the version there is, and say why. It can still be taken over, as long as it is the last.

    Raises:
        NotAllowed: the actor does not run the edition.
        Conflict: it is not the last version, or has been adopted.
        Invalid: no reason is given.
    """
    require(may_manage_edition(actor, edition))
    answer = _open_answer(edition, number)
    said = normalise(reason, longest=LONGEST_MESSAGE)
    if not said:
        raise Invalid(_l("Give a reason: those who asked want to understand."), "reason")
    answer.state, answer.reason = CoreAnswerState.REFUSED, said
    answer.answered_at, answer.answered_by_id = clock.now(), actor.id
    emit(CoreRefused(actor=actor, subject=edition, number=number))
    return answer


def _open_answer(edition: Edition, number: int) -> CoreAnswer:
    """The answer that this edition owes, or gave otherwise, to the last version; the edition is locked.

    Raises:
        Conflict: ``number`` is not the last version, or it has been adopted.
    """
    db.session.refresh(edition, with_for_update={"of": Edition.__table__})
    last = latest_core(edition.parent_id)
    if last is None or last.number != number:
        raise Conflict(_l("A later version has been published in the meantime. Please look at that one."))
    answer = db.session.get(CoreAnswer, (edition.id, last.id), populate_existing=True)
    if answer is None or answer.state is CoreAnswerState.ADOPTED:
        raise Conflict(_l("This version has been taken over already."))
    return answer


def _consultation_of(edition: Edition) -> Consultation:
    if edition.consultation is None:
        raise Conflict(_l("This place does not take part."))
    return edition.consultation


def _follow(
    edition: Edition, consultation: Consultation, core: Core, content: Content, *, actor: Actor
) -> Adoption:
    done = Adoption([], [], [], [])
    held = {item.key: item for item in edition.items}
    ballots = _locked(item.ballot_id for item in held.values())
    now = clock.now()
    for item in content.items:
        own = held.pop(item.key, None)
        if own is None:
            if _prepare(edition, consultation, core, item):
                done.added.append(item.key)
        elif Content.from_json(own.core.content).item(item.key) == item:
            own.core = core
        elif has_begun(ballots[own.ballot_id], now):
            done.left_older.append(item.key)
        else:
            _change(own, ballots[own.ballot_id], core, item, actor=actor)
            done.changed.append(item.key)
    for key, own in held.items():
        if has_begun(ballots[own.ballot_id], now):
            done.left_older.append(key)
        else:
            edition.items.remove(own)
            done.let_go.append(key)
    db.session.flush()
    return done


def what_would_change(edition: Edition, content: Content) -> dict[str, str]:
    """What adopting ``content`` would do to each item that is different, by key: ``changed``, ``added``, ``left_older``
    or ``let_go``. Reads only.
    """
    now, told = clock.now(), {}
    held = {item.key: item for item in edition.items}
    for item in content.items:
        own = held.pop(item.key, None)
        if own is None:
            told[item.key] = "added"
        elif Content.from_json(own.core.content).item(item.key) != item:
            told[item.key] = "left_older" if has_begun(own.ballot, now) else "changed"
    for key, own in held.items():
        told[key] = "left_older" if has_begun(own.ballot, now) else "let_go"
    return told


def _locked(ids: Iterable[int]) -> dict[int, Ballot]:
    """The ballots, locked, so that none opens meanwhile."""
    found = db.session.scalars(
        sa.select(Ballot)
        .where(Ballot.id.in_(list(ids)))
        .options(defer(Ballot.result))
        .order_by(Ballot.id)
        .with_for_update(of=Ballot.__table__)
        .execution_options(populate_existing=True)
    )
    return {ballot.id: ballot for ballot in found}


def _prepare(edition: Edition, consultation: Consultation, core: Core, item: CoreItem) -> bool:
    """Prepare the vote on a new item; tells whether there is still time for it. The house itself prepares it: an
    edition that takes no votes of its own still takes those of the core.
    """
    phase = voting_phase(consultation)
    if phase.ends_at <= clock.now():
        return False
    terms: dict[str, Any] = fixed_terms(item)
    ballot = prepare_ballot(
        consultation, actor=SYSTEM, phase=phase, opens_at=phase.starts_at, closes_at=phase.ends_at, **terms
    )
    edition.items.append(EditionItem(key=item.key, ballot=ballot, core=core))
    return True


def _change(own: EditionItem, ballot: Ballot, core: Core, item: CoreItem, *, actor: Actor) -> None:
    own.core = core
    db.session.flush()
    terms: dict[str, Any] = fixed_terms(item)
    edit_ballot(
        ballot,
        version=ballot.version,
        actor=actor,
        phase=ballot.phase,
        opens_at=ballot.opens_at,
        closes_at=ballot.closes_at,
        paper=ballot.paper,
        max_proxies=ballot.max_proxies,
        **terms,
    )
