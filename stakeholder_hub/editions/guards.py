"""What stands in an edition because it is common: the texts, the items with their rule, the phase for the vote.

Whatever way a change comes in, it is looked at once it is made, inside its transaction; an objection undoes it.
"""

import sqlalchemy as sa

from stakeholder_hub.consultations.events import ConsultationEdited, PhasesChanged, WordsChanged
from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.decisions.events import BallotChanged, BallotPrepared
from stakeholder_hub.decisions.locks import Locked, add_terms_lock
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.editions.carrying import fixed_terms, holds_vote, keeps
from stakeholder_hub.editions.content import Content, LocalPart
from stakeholder_hub.editions.models import Edition, EditionItem, EditionState
from stakeholder_hub.editions.queries import edition_carried_out_by
from stakeholder_hub.kernel.authorization import is_system
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.kernel.i18n import _l

COMMON = _l("This is common to all places and stands as it is. Suggest a change to those who run the parent.")


@add_terms_lock
def items_keep_their_terms(ballot: Ballot) -> Locked | None:
    """What the core says of a ballot that carries out one of its items."""
    own = db.session.scalar(
        sa.select(EditionItem)
        .join(Edition, Edition.id == EditionItem.edition_id)
        .where(EditionItem.ballot_id == ballot.id, Edition.state == EditionState.ACCEPTED)
    )
    item = Content.from_json(own.core.content).item(own.key) if own is not None else None
    return Locked(fixed_terms(item), COMMON) if item is not None else None


def _common_to(consultation: Consultation) -> tuple[Edition, Content] | None:
    edition = edition_carried_out_by(consultation.id)
    if edition is None or edition.core is None:
        return None
    return edition, Content.from_json(edition.core.content)


@subscribe(WordsChanged)
def common_texts_stand(event: WordsChanged) -> None:
    """Refuse to change question or background in a language in which they are common.

    Raises:
        Invalid: with the reason at the text.
    """
    found = _common_to(event.subject)
    if found is None:
        return
    content = found[1]
    if not keeps(event.subject.question, content.question):
        raise Invalid(COMMON, "question")
    if not keeps(event.subject.background_text, content.background):
        raise Invalid(COMMON, "background")


@subscribe(ConsultationEdited)
def common_headings_stand(event: ConsultationEdited) -> None:
    """Refuse to take common headings away, or to add some where the core has no room for them.

    Raises:
        Invalid: with the reason at the headings.
    """
    found = _common_to(event.subject) if "categories" in event.fields else None
    if found is None:
        return
    common = {name.original.text.casefold() for name in found[1].categories}
    present = {category.name.original.text.casefold() for category in event.subject.categories}
    if not common <= present:
        raise Invalid(COMMON, "categories")
    if present != common and not found[1].allows(LocalPart.CATEGORIES):
        raise Invalid(_l("The headings are the same in every place."), "categories")


@subscribe(PhasesChanged)
def common_phases_stand(event: PhasesChanged) -> None:
    """Dates are the place's own; what can be done is common where the core says so, and the vote keeps its phase.

    Raises:
        Invalid: with the reason at the phases.
    """
    found = _common_to(event.subject)
    if found is None:
        return
    edition, content = found
    phases = event.subject.phases
    planned = [sorted(phase.activities) for phase in content.phases]
    if not content.allows(LocalPart.PHASES) and sorted(sorted(p.activities) for p in phases) != sorted(
        planned
    ):
        raise Invalid(_l("The phases are the same in every place; only their dates are yours."), "phases")
    has_proposals = any(Activity.PROPOSALS in phase.activities for phase in phases)
    common_proposals = any(Activity.PROPOSALS in activities for activities in planned)
    if has_proposals and not common_proposals and not content.allows(LocalPart.PROPOSALS):
        raise Invalid(_l("The core of this consultation takes no proposals in the places."), "phases")
    if content.items and not holds_vote(phases):
        raise Invalid(_l("The questions need a phase in which people vote."), "phases")
    for ballot in _prepared_items(edition):
        _check_phase(ballot, event.subject, "phases")


@subscribe(BallotChanged)
def items_stay_in_a_voting_phase(event: BallotChanged) -> None:
    """Refuse dates at which nobody expects a vote on an item.

    Raises:
        Invalid: with the reason at the opening.
    """
    ballot: Ballot = event.subject
    if items_keep_their_terms(ballot) is not None:
        _check_phase(ballot, ballot.consultation, "opens_at")


@subscribe(BallotPrepared)
def votes_of_the_place_need_room(event: BallotPrepared) -> None:
    """Refuse further votes where the core has no room for them.

    Raises:
        NotAllowed: with the reason.
    """
    if is_system(event.actor):
        return
    found = _common_to(event.subject.consultation)
    if found is not None and not found[1].allows(LocalPart.BALLOTS):
        raise NotAllowed(_l("The votes are the same in every place: none can be added."))


def _prepared_items(edition: Edition) -> list[Ballot]:
    return [
        *db.session.scalars(
            sa.select(Ballot)
            .join(EditionItem, EditionItem.ballot_id == Ballot.id)
            .where(EditionItem.edition_id == edition.id, Ballot.state == BallotState.PREPARED)
        )
    ]


def _check_phase(ballot: Ballot, consultation: Consultation, field: str) -> None:
    fits = any(
        Activity.BALLOT in phase.activities
        and phase.starts_at <= ballot.opens_at
        and ballot.closes_at <= phase.ends_at
        for phase in consultation.phases
    )
    if not fits:
        raise Invalid(
            _l(
                "“%(title)s” is common to all places: keep a phase in which people can vote on it.",
                title=ballot.title.original.text,
            ),
            field,
        )
