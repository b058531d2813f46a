"""Inviting places, and places that ask."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.editions.events import (
    InvitationTakenBack,
    RequestRefused,
    TerritoryAsked,
    TerritoryInvited,
)
from stakeholder_hub.editions.models import Edition, EditionState
from stakeholder_hub.editions.policy import may_admit, may_ask, may_invite
from stakeholder_hub.editions.queries import edition_in
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import DEFAULT, _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.policy import still_exists

MOST_PLACES = 500
"""Places invited at once."""
LONGEST_MESSAGE = 5000


@operation
def invite_territories(
    consultation: Consultation,
    *,
    territories: Sequence[Territory],
    message: str = "",
    language: str = DEFAULT,
    reply_by: date | None = None,
    actor: Actor,
) -> list[Edition]:
    """Invite places below the parent's own to carry it out, and take in those that asked. Who was invited already, or
    takes part, is left out; who declined is invited again. Returns those newly invited.

    Raises:
        NotAllowed: the actor does not run the parent, or it cannot be read by everyone yet.
        Invalid: no place or too many, one lies elsewhere, or the day has passed.
    """
    require(may_invite(actor, consultation))
    places = {place.id: place for place in territories}
    if not places:
        raise Invalid(_l("Choose at least one place."), "territories")
    if len(places) > MOST_PLACES:
        raise Invalid(_l("Invite at most %(most)s places at once.", most=MOST_PLACES), "territories")
    words = normalise(message, longest=LONGEST_MESSAGE)
    if reply_by is not None and reply_by < clock.today(consultation.territory.timezone):
        raise Invalid(_l("Choose a day that is still to come."), "reply_by")
    known = {
        edition.territory_id: edition
        for edition in db.session.scalars(
            sa.select(Edition)
            .where(Edition.parent_id == consultation.id, Edition.territory_id.in_(list(places)))
            .with_for_update(of=Edition.__table__)
        )
    }
    invited = []
    for place in places.values():
        edition = known.get(place.id)
        require(still_exists(place))
        if edition is None:
            _check_below(consultation, place)
            edition = Edition(parent=consultation, territory=place, state=EditionState.INVITED, languages=[])
            db.session.add(edition)
        elif edition.state in (EditionState.DECLINED, EditionState.ASKED):
            edition.move_to(EditionState.INVITED)
        else:
            continue
        edition.message, edition.message_language, edition.reply_by = words, language, reply_by
        edition.invited_at, edition.reason = clock.now(), ""
        edition.answered_at = edition.answered_by_id = None
        invited.append(edition)
    db.session.flush()
    for edition in invited:
        emit(TerritoryInvited(actor=actor, subject=edition))
    return invited


def _check_below(consultation: Consultation, place: Territory) -> None:
    if consultation.territory_id not in place.lineage_ids:
        raise Invalid(
            _l("Places elsewhere take part by asking: invite those that lie in yours."), "territories"
        )


@operation
def take_back_invitation(edition: Edition, *, actor: Actor) -> None:
    """Invite a place no longer; nothing of it stays.

    Raises:
        NotAllowed: the actor does not run the parent.
        Conflict: it has been answered.
    """
    require(may_admit(actor, edition))
    db.session.refresh(edition, with_for_update={"of": Edition.__table__})
    if edition.state is not EditionState.INVITED:
        raise Conflict(_l("This invitation has been answered already."))
    parent = edition.parent
    db.session.delete(edition)
    emit(InvitationTakenBack(actor=actor, subject=parent))


@operation
def ask_to_take_part(
    consultation: Consultation,
    *,
    territory: Territory,
    message: str = "",
    language: str = DEFAULT,
    actor: Actor,
) -> Edition:
    """Ask those who run the parent whether a place can take part.

    Raises:
        NotAllowed: the actor does not speak for the place, or places take part by invitation only.
        Conflict: it has been invited, or asked, already.
    """
    require(may_ask(actor, consultation, territory))
    require(still_exists(territory))
    if consultation.territory_id == territory.id:
        raise Invalid(_l("This consultation is held in this place already."), "territory")
    if edition_in(consultation, territory) is not None:
        raise Conflict(_l("This place has been invited, or has asked, already."))
    edition = Edition(
        parent=consultation,
        territory=territory,
        state=EditionState.ASKED,
        message=normalise(message, longest=LONGEST_MESSAGE),
        message_language=language,
        languages=[],
    )
    db.session.add(edition)
    db.session.flush()
    emit(TerritoryAsked(actor=actor, subject=edition))
    return edition


@operation
def refuse_request(edition: Edition, *, reason: str, language: str = DEFAULT, actor: Actor) -> Edition:
    """Tell a place that asked why it cannot take part. It can be invited later.

    Raises:
        NotAllowed: the actor does not run the parent.
        Conflict: the place does not ask any more.
        Invalid: no reason is given.
    """
    require(may_admit(actor, edition))
    if edition.state is not EditionState.ASKED:
        raise Conflict(_l("This is no longer possible: its state has changed in the meantime."))
    edition.move_to(EditionState.DECLINED)
    give_reason(edition, reason, language=language, actor=actor)
    emit(RequestRefused(actor=actor, subject=edition))
    return edition


def give_reason(edition: Edition, reason: str, *, language: str, actor: Actor) -> None:
    """Write down why, when and by whom an edition went another way.

    Raises:
        Invalid: no reason is given.
    """
    said = normalise(reason, longest=LONGEST_MESSAGE)
    if not said:
        raise Invalid(_l("Give a reason: those who asked want to understand."), "reason")
    edition.reason, edition.reason_language = said, language
    edition.answered_at, edition.answered_by_id = clock.now(), actor.id
