"""Everything that changes an action item."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from stakeholder_hub.actions.events import (
    ActionItemChanged,
    ActionItemCreated,
    ActionStatusChanged,
    ContributorAdded,
    ContributorRemoved,
    ProgressNoted,
)
from stakeholder_hub.actions.models import ActionItem, ActionStatus, Contributor, ProgressNote
from stakeholder_hub.actions.policy import may_create, may_edit, may_report
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import markdown, normalise, normalise_line, plain, web_address
from stakeholder_hub.proposals.events import ProposalOutcome
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.attachments import attach_file
from stakeholder_hub.records.models import Link, Record, Relation, Visibility
from stakeholder_hub.records.operations import add_link, add_record
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.referrals.operations import conclude_named
from stakeholder_hub.territories.models import Territory

LONGEST_TITLE = 200
CHANGEABLE_PROPOSALS = (
    ProposalState.SELECTED,
    ProposalState.NOT_SELECTED,
    ProposalState.ADMITTED,
    ProposalState.SUBMITTED,
)


@operation
def create_action_item(
    *,
    title: str,
    description: str = "",
    language: str,
    territory: Territory,
    group: Any = None,
    organisation: Organisation | None = None,
    person: Any = None,
    starts_on: date | None = None,
    due_on: date | None = None,
    sources: Sequence[Record] = (),
    visibility: Visibility = Visibility.PUBLIC,
    body: Body | None = None,
    actor: Actor,
) -> ActionItem:
    """Write down something to be done by a named body or person by a date.

    ``sources`` are the records it follows from: each gets a link in the journey, and a proposal among them is
    under way from now on. ``body``: in whose name an official hands it out; it must lie in ``territory``.

    Raises:
        NotAllowed: the actor runs neither the group nor the territory.
        Invalid: no title, dates the wrong way round, or a source from elsewhere.
    """
    if body is not None and body.territory_id != territory.id:
        raise Invalid(_l("This body belongs to another place."))
    require(may_create(actor, territory, group, body))
    item = ActionItem(
        state=ActionStatus.PLANNED,
        territory=territory,
        group_id=group.id if group is not None else None,
        context_id=_context_of(sources),
        visibility=_narrowest(visibility, sources),
    )
    _fill(
        item,
        title=title,
        description=description,
        language=language,
        organisation=organisation,
        person=person,
        starts_on=starts_on,
        due_on=due_on,
    )
    add_record(item, actor=actor)
    for source in sources:
        require(may_see(actor, source))
        _check_binds(source)
        add_link(source, Relation.CARRIED_OUT_BY, item, actor=actor)
        if isinstance(source, Proposal) and source.state in CHANGEABLE_PROPOSALS:
            _move(source, ProposalState.UNDER_WAY, actor=actor)
    emit(ActionItemCreated(actor=actor, subject=item))
    return item


def _check_binds(source: Record) -> None:
    """What was decided is carried out once it binds: not while a body can still stand against it, nor after one did."""
    if isinstance(source, Decision) and source.state in ("pending", "failed"):
        raise Invalid(_l("This decision does not bind, or not yet: nothing can be handed out because of it."))


def _context_of(sources: Sequence[Record]) -> int | None:
    return next((source.context_id or source.id for source in sources), None)


def _narrowest(wanted: Visibility, sources: Sequence[Record]) -> Visibility:
    """An action item is never seen by more people than what it follows from."""
    order = list(Visibility)
    return max([wanted, *[source.visibility for source in sources]], key=order.index)


def _fill(
    item: ActionItem,
    *,
    title: str,
    description: str,
    language: str,
    organisation: Organisation | None,
    person: Any,
    starts_on: date | None,
    due_on: date | None,
) -> None:
    heading = normalise_line(title)
    if not heading:
        raise Invalid(_l("Say in a few words what is to be done."), "title")
    if len(heading) > LONGEST_TITLE:
        raise Invalid(_l("Use at most %(most)s characters for the title.", most=LONGEST_TITLE), "title")
    for name, day in (("starts_on", starts_on), ("due_on", due_on)):
        if day is not None and not 1990 <= day.year <= 2200:
            raise Invalid(_l("Choose a date between the years 1990 and 2200."), name)
    if starts_on is not None and due_on is not None and due_on < starts_on:
        raise Invalid(_l("It cannot be due before it begins."), "due_on")
    item.title, item.source_language = Multilingual.of(heading, language), language
    item.body_text = normalise(description)
    item.body_html = markdown(item.body_text)
    item.organisation_id = organisation.id if organisation is not None else None
    item.person_id = person.id if person is not None else None
    item.starts_on, item.due_on = starts_on, due_on


@operation
def edit_action_item(
    item: ActionItem,
    *,
    title: str,
    description: str,
    language: str,
    organisation: Organisation | None,
    person: Any,
    starts_on: date | None,
    due_on: date | None,
    version: int,
    actor: Actor,
) -> ActionItem:
    """Change what is to be done, by whom, by when.

    Raises:
        Conflict: somebody else changed it since ``version``; both texts are in the error.
    """
    require(may_edit(actor, item))
    if item.version != version:
        raise Conflict(
            _l(
                "Somebody else changed this action item in the meantime. Compare, and save again what should hold."
            ),
            theirs={
                "title": item.title.original.text,
                "description": item.body_text,
                "version": item.version,
            },
            mine={"title": title, "description": description},
        )
    _fill(
        item,
        title=title,
        description=description,
        language=language,
        organisation=organisation,
        person=person,
        starts_on=starts_on,
        due_on=due_on,
    )
    item.touch()
    emit(ActionItemChanged(actor=actor, subject=item))
    return item


@operation
def change_status(item: ActionItem, *, status: ActionStatus, actor: Actor) -> ActionItem:
    """Say how far it has come.

    Raises:
        Conflict: the status cannot follow the present one.
    """
    require(may_report(actor, item))
    if item.state == status:
        return item
    before = item.state
    item.move_to(status)
    item.completed_at = clock.now() if status is ActionStatus.DONE else None
    if status is ActionStatus.DONE:
        item.progress = 100
    elif before == ActionStatus.DONE and item.progress == 100:
        item.progress = 90
    _carry_to_proposals(item, actor=actor)
    _carry_to_referrals(item, before, status)
    emit(ActionStatusChanged(actor=actor, subject=item, before=before, after=status))
    return item


def _carry_to_proposals(item: ActionItem, *, actor: Actor) -> None:
    """A proposal is done when everything that carries it out is done or dropped, and at least one thing is done."""
    db.session.flush()
    causes = sa.select(Link.source_id).where(
        Link.target_id == item.id, Link.relation == Relation.CARRIED_OUT_BY
    )
    for proposal in db.session.scalars(sa.select(Proposal).where(Proposal.id.in_(causes))):
        items = db.session.scalars(
            sa.select(ActionItem.state)
            .join(Link, Link.target_id == ActionItem.id)
            .where(Link.source_id == proposal.id, Link.relation == Relation.CARRIED_OUT_BY)
        ).all()
        over = all(state in (ActionStatus.DONE, ActionStatus.DROPPED) for state in items)
        done = over and ActionStatus.DONE in items
        if done and proposal.state == ProposalState.UNDER_WAY:
            _move(proposal, ProposalState.DONE, actor=actor)
        elif not done and proposal.state == ProposalState.DONE:
            _move(proposal, ProposalState.UNDER_WAY, actor=actor)


def _move(proposal: Proposal, state: ProposalState, *, actor: Actor) -> None:
    before = proposal.state
    proposal.move_to(state)
    emit(ProposalOutcome(actor=actor, subject=proposal, before=before, after=state))


def _carry_to_referrals(item: ActionItem, before: str, status: ActionStatus) -> None:
    """What was promised in an answer is implemented with the item that the answer named, or lapses with it."""
    over = (ActionStatus.DONE, ActionStatus.DROPPED)
    if status in over:
        conclude_named(item, implemented=status is ActionStatus.DONE)
    elif before in over:
        conclude_named(item, implemented=False, undone=True)


@operation
def add_note(
    item: ActionItem,
    *,
    body: str,
    language: str,
    status: ActionStatus | None = None,
    progress: int | None = None,
    evidence_url: str | None = None,
    uploads: Sequence[FileStorage] = (),
    actor: Actor,
) -> ProgressNote:
    """Write down what was done, with evidence; a note that completes the item is its result in the journey.

    Raises:
        Invalid: no text, progress outside 0 to 100, or evidence that is no web address.
    """
    require(may_report(actor, item))
    text = normalise(body)
    if not text:
        raise Invalid(_l("Say what was done."), "body")
    if progress is not None and not 0 <= progress <= 100:
        raise Invalid(_l("Progress is a number from 0 to 100."), "progress")
    note = ProgressNote(
        title=Multilingual.of(plain(text, 120), language),
        state="published",
        territory=item.territory,
        group_id=item.group_id,
        context_id=item.context_id or item.id,
        visibility=item.visibility,
        source_language=language,
        action_item=item,
        body_text=text,
        body_html=markdown(text),
        progress=progress,
        evidence_url=web_address(evidence_url, field="evidence_url"),
        status_before=item.state,
    )
    add_record(note, actor=actor)
    for upload in uploads:
        attach_file(note, upload=upload, actor=actor)
    if progress is not None:
        item.progress = progress
    if status is not None:
        change_status(item, status=status, actor=actor)
    note.status_after = item.state
    item.touch()
    if item.state == ActionStatus.DONE and note.status_before != ActionStatus.DONE:
        item.result_text = text
        add_link(item, Relation.RESULTED_IN, note, actor=actor)
    emit(ProgressNoted(actor=actor, subject=note))
    return note


@operation
def add_contributor(
    item: ActionItem, *, user: Any = None, organisation: Organisation | None = None, actor: Actor
) -> Contributor:
    """Say that a person or an organisation helps.

    Raises:
        Invalid: neither or both were named, or that one helps already.
    """
    require(may_edit(actor, item))
    if (user is None) == (organisation is None):
        raise Invalid(_l("Choose a person or an organisation."), "contributor")
    for known in item.contributors:
        if (user is not None and known.user_id == user.id) or (
            organisation is not None and known.organisation_id == organisation.id
        ):
            raise Invalid(_l("This one is helping already."), "contributor")
    contributor = Contributor(action_item=item, user=user, organisation=organisation)
    db.session.add(contributor)
    emit(ContributorAdded(actor=actor, subject=item))
    return contributor


@operation
def remove_contributor(item: ActionItem, *, contributor_id: int, actor: Actor) -> None:
    """Say that a contributor helps no more. One that belongs to another item is left alone."""
    require(may_edit(actor, item))
    for known in list(item.contributors):
        if known.id == contributor_id:
            item.contributors.remove(known)
            emit(ContributorRemoved(actor=actor, subject=item))
