"""Everything that changes a proposal: putting it forward, editing, withdrawing, answering, admitting."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified
from werkzeug.datastructures import FileStorage

from stakeholder_hub.consultations.models import Category, Consultation
from stakeholder_hub.consultations.operations import take_part
from stakeholder_hub.deliberation.operations import follow_record
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.groups.policy import may_speak_for
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotFound
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.proposals import content
from stakeholder_hub.proposals.content import Content, checked_content
from stakeholder_hub.proposals.events import (
    ProposalAnswered,
    ProposalAnsweredElsewhere,
    ProposalEdited,
    ProposalStateChanged,
    ProposalSubmitted,
    ProposalWithdrawn,
)
from stakeholder_hub.proposals.models import Proposal, ProposalState, ProposalVersion
from stakeholder_hub.proposals.policy import (
    SET_BY_HAND,
    may_admit,
    may_answer,
    may_edit,
    may_submit,
    may_withdraw,
)
from stakeholder_hub.records.attachments import (
    attach_file,
    attachments_of,
    describe_attachment,
    remove_attachment,
)
from stakeholder_hub.records.models import Record, Relation
from stakeholder_hub.records.operations import add_link, add_record
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.search.operations import index_record

_CHANGED = _l(
    "Somebody else changed this while you were writing. Both texts are below; nothing of yours is lost."
)
_NO_ANSWER = _l("Write the answer, with its reasons.")
_NO_REASONS = _l("Say why it is not admitted: write an answer with the reasons.")


@operation
def submit_proposal(
    consultation: Consultation,
    *,
    title: str | Multilingual,
    body: str,
    language: str,
    category: Category | None = None,
    cost: int | None = None,
    place: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    speaking_for: Organisation | None = None,
    uploads: Sequence[FileStorage] = (),
    alts: Sequence[str] = (),
    target: str | None = None,
    external_key: str | None = None,
    prompted_by: Record | None = None,
    actor: Any,
) -> Proposal:
    """Put a proposal to a consultation. Its author follows it from now on and counts as a participant.

    ``prompted_by`` is what was said in the consultation and led to it, such as a comment.

    ``cost`` is in hundredths of the consultation's currency; ``alts`` are the words for the pictures among
    ``uploads``, in their order. ``target`` and ``external_key`` are given to proposals that come from elsewhere.

    Raises:
        NotAllowed: the phase takes no proposals, nobody has signed in, or the mandate is not valid.
        NotFound: what led to it may not be seen, or was said elsewhere.
        Invalid: a value is not in order; ``field`` says which.
    """
    require(may_submit(actor, consultation))
    if speaking_for is not None:
        require(may_speak_for(actor, speaking_for))
    if prompted_by is not None:
        require(may_see(actor, prompted_by))
        if prompted_by.context_id != consultation.id:
            raise NotFound()
    said = checked_content(
        consultation,
        title=title,
        body=body,
        language=language,
        category=category,
        cost=cost,
        place=place,
        latitude=latitude,
        longitude=longitude,
    )
    proposal = Proposal(
        consultation=consultation,
        context_id=consultation.id,
        territory=consultation.territory,
        group_id=consultation.group_id,
        visibility=consultation.visibility,
        state=ProposalState.SUBMITTED,
        source_language=said.title.source,
        speaking_for_id=speaking_for.id if speaking_for is not None else None,
        target=target,
        external_key=external_key,
    )
    _say(proposal, said)
    add_record(proposal, actor=actor)
    add_link(consultation, Relation.PROMPTED, proposal, actor=actor)
    if prompted_by is not None:
        add_link(prompted_by, Relation.PROMPTED, proposal, actor=actor)
    _attach(proposal, uploads, alts, actor=actor)
    _count(consultation, 1)
    if actor.id is not None and external_key is None:
        take_part(consultation, actor=actor)
        follow_record(proposal, actor=actor)
    index_record(proposal, text=searchable(proposal))
    emit(ProposalSubmitted(actor=actor, subject=proposal))
    return proposal


@operation
def edit_proposal(
    proposal: Proposal,
    *,
    title: str,
    body: str,
    version: int,
    category: Category | None = None,
    cost: int | None = None,
    place: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    uploads: Sequence[FileStorage] = (),
    alts: Sequence[str] = (),
    described: dict[int, str] | None = None,
    removed: Sequence[int] = (),
    actor: Any,
) -> Proposal:
    """Change what a proposal says. What it said before is kept and can be compared; support stays where it is.

    ``described`` maps ids of its files to new words for those who do not see them, ``removed`` are ids of files
    to take away. Ids of other records' files are refused.

    Raises:
        NotAllowed: the actor may not change it now.
        Invalid: a value is not in order.
        Conflict: it was changed since ``version``; holds both texts.
    """
    _lock(proposal)
    require(may_edit(actor, proposal))
    _check_version(proposal, version, mine={"title": title, "body": body})
    said = checked_content(
        proposal.consultation,
        title=proposal.title.with_source(title),
        body=body,
        language=proposal.source_language,
        category=category,
        cost=cost,
        place=place,
        latitude=latitude,
        longitude=longitude,
    )
    changed = _differences(proposal, said)
    if {"title", "body", "cost"} & set(changed):
        _keep_version(proposal, actor=actor)
    _say(proposal, said)
    files = _change_files(proposal, described or {}, removed, actor=actor) or bool(uploads)
    _attach(proposal, uploads, alts, actor=actor)
    if not changed and not files:
        return proposal
    _mark_changed(proposal)
    index_record(proposal, text=searchable(proposal))
    emit(ProposalEdited(actor=actor, subject=proposal, fields=(*changed, *(["files"] if files else []))))
    return proposal


@operation
def withdraw_proposal(proposal: Proposal, *, actor: Any) -> Proposal:
    """Take a proposal back. It keeps its place, its comments and its support; nothing of it moves elsewhere.

    Raises:
        NotAllowed: the actor is not its author, or it has been dealt with.
    """
    _lock(proposal)
    require(may_withdraw(actor, proposal))
    proposal.move_to(ProposalState.WITHDRAWN)
    proposal.withdrawn_at = clock.now()
    db.session.flush()
    _count(proposal.consultation, -1)
    emit(ProposalWithdrawn(actor=actor, subject=proposal))
    return proposal


@operation
def answer_proposal(
    proposal: Proposal,
    *,
    answer: str,
    language: str,
    state: str | None = None,
    version: int | None = None,
    actor: Any,
) -> Proposal:
    """Give the official answer with its reasons, and say where the proposal stands now.

    Raises:
        NotAllowed: the actor does not run the consultation.
        Invalid: there is no answer, or no such state to choose.
        Conflict: it was changed since ``version``, or cannot go to this state from the present one.
    """
    _lock(proposal)
    require(may_answer(actor, proposal))
    if version is not None and proposal.version != version:
        theirs = {"answer": proposal.answer_text or "", "version": proposal.version}
        raise Conflict(_CHANGED, theirs=theirs, mine={"answer": answer})
    text, html = content.checked_text(answer, "answer", longest=content.LONGEST_ANSWER, missing=_NO_ANSWER)
    again = proposal.answered_at is not None
    proposal.answer_text, proposal.answer_html = text, html
    proposal.answer_language = content.checked_language(language)
    proposal.answered_at, proposal.answered_by_id = clock.now(), actor.id
    proposal.responded_at = proposal.responded_at or proposal.answered_at
    _mark_changed(proposal)
    emit(ProposalAnswered(actor=actor, subject=proposal, again=again))
    if state is not None and state != proposal.state:
        set_proposal_state(proposal, state=state, actor=actor)
    return proposal


@operation
def note_answer_elsewhere(proposal: Proposal, *, actor: Any) -> None:
    """Remember that its author got an answer from another level. Who had one before has had it since then."""
    _lock(proposal)
    if proposal.responded_at is None:
        proposal.responded_at = clock.now()
        db.session.flush()
        emit(ProposalAnsweredElsewhere(actor=actor, subject=proposal))


@operation
def set_proposal_state(proposal: Proposal, *, state: str, actor: Any) -> Proposal:
    """Admit a proposal, do not admit it, or say that it is under way or done.

    Raises:
        NotAllowed: the actor does not run the consultation, or people vote on it.
        Invalid: this state is not chosen by hand, or it is not admitted without reasons given.
        Conflict: the state cannot follow the present one.
    """
    require(may_admit(actor, proposal))
    if state not in SET_BY_HAND:
        raise Invalid(_l("Choose from the list."), "state")
    if state == ProposalState.NOT_ADMITTED and not proposal.answer_text:
        raise Invalid(_NO_REASONS, "answer")
    before = proposal.state
    proposal.move_to(ProposalState(state))
    db.session.flush()
    emit(ProposalStateChanged(actor=actor, subject=proposal, before=str(before), after=str(state)))
    return proposal


def searchable(proposal: Proposal) -> str:
    """The words under which a proposal is found, beside its title and reference."""
    return "\n".join(part for part in (proposal.body_text, proposal.place) if part)


def _say(proposal: Proposal, said: Content) -> None:
    proposal.title, proposal.body_text, proposal.body_html = said.title, said.body_text, said.body_html
    proposal.category_id = said.category.id if said.category is not None else None
    proposal.cost, proposal.place = said.cost, said.place
    proposal.latitude, proposal.longitude = said.latitude, said.longitude


def _differences(proposal: Proposal, said: Content) -> tuple[str, ...]:
    compared = {
        "title": (proposal.title, said.title),
        "body": (proposal.body_text, said.body_text),
        "category": (proposal.category_id, said.category.id if said.category is not None else None),
        "cost": (proposal.cost, said.cost),
        "place": (
            (proposal.place, proposal.latitude, proposal.longitude),
            (said.place, said.latitude, said.longitude),
        ),
    }
    return tuple(name for name, (before, after) in compared.items() if before != after)


def _keep_version(proposal: Proposal, *, actor: Actor) -> None:
    last = db.session.scalar(
        sa.select(sa.func.max(ProposalVersion.number)).where(ProposalVersion.proposal_id == proposal.id)
    )
    db.session.add(
        ProposalVersion(
            proposal_id=proposal.id,
            number=(last or 0) + 1,
            title=proposal.title.original.text,
            body_text=proposal.body_text,
            body_html=proposal.body_html,
            cost=proposal.cost,
            edited_by_id=actor.id,
        )
    )


def _change_files(
    proposal: Proposal, described: dict[int, str], removed: Sequence[int], *, actor: Actor
) -> bool:
    present = {file.id: file for file in attachments_of(proposal)}
    if not {*described, *removed} <= set(present):
        raise Invalid(
            _l("This file has been taken away in the meantime. Please load the page again."), "files"
        )
    for key in removed:
        remove_attachment(present[key], actor=actor)
    again = {k: alt for k, alt in described.items() if k not in removed and alt.strip() != present[k].alt}
    for key, alt in again.items():
        describe_attachment(present[key], alt=alt, actor=actor)
    db.session.flush()
    return bool(removed or again)


def _attach(proposal: Proposal, uploads: Sequence[FileStorage], alts: Sequence[str], *, actor: Actor) -> None:
    for at, upload in enumerate(uploads):
        attach_file(proposal, upload=upload, alt=alts[at] if at < len(alts) else "", actor=actor)


def _lock(proposal: Proposal) -> None:
    """Read it anew and hold it: nobody else changes it before this is done."""
    db.session.refresh(proposal, with_for_update={"of": Record})


def _check_version(proposal: Proposal, version: int, *, mine: dict[str, Any]) -> None:
    if proposal.version == version:
        return
    theirs = {
        "title": proposal.title.original.text,
        "body": proposal.body_text,
        "version": proposal.version,
    }
    raise Conflict(_CHANGED, theirs=theirs, mine=mine)


def _mark_changed(proposal: Proposal) -> None:
    """Raise the version whatever was changed, also where only the proposal's own table was."""
    proposal.touch()
    flag_modified(proposal, "updated_at")
    db.session.flush()


def _count(consultation: Consultation, by: int) -> None:
    table: Any = Consultation.__table__
    db.session.execute(
        sa.update(table)
        .where(table.c.id == consultation.id)
        .values(proposal_count=table.c.proposal_count + by)
    )
    db.session.expire(consultation, ["proposal_count"])
