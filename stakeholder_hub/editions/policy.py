"""Who may publish a core, invite, answer for a place, and change what."""

import sqlalchemy as sa

from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.consultations.policy import may_manage
from stakeholder_hub.editions.content import LocalPart
from stakeholder_hub.editions.models import Edition, EditionState
from stakeholder_hub.editions.queries import content_of, edition_carried_out_by, latest_core
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import (
    ALLOWED,
    Actor,
    Verdict,
    first_refusal,
    is_system,
    permission,
    signed_in,
    unseen,
)
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.policy import MANAGERS, grants_of, manages, manages_territory

_NOT_IN = _l("This place does not take part.")


def answers_for(actor: Actor, territory: Territory) -> bool:
    """Whether the actor speaks for a place: its managers, and coordinators of a group in it."""
    if is_system(actor) or manages_territory(actor, territory):
        return True
    groups = [g.group_id for g in grants_of(actor) if g.group_id is not None and g.role in MANAGERS]
    if not groups:
        return False
    there = sa.select(Group.id).where(
        Group.id.in_(groups), Group.territory_id == territory.id, Group.archived_at.is_(None)
    )
    return db.session.scalar(there.limit(1)) is not None


@permission("editions.publish_core")
def may_run_in_places(actor: Actor, consultation: Consultation) -> Verdict:
    """Give a consultation a core, or a later version of it: those who run it, as long as it is not closed."""
    if not (verdict := may_manage(actor, consultation)):
        return verdict
    return first_refusal(
        (
            consultation.state in (ConsultationState.DRAFT, ConsultationState.PUBLISHED),
            _l("This consultation is closed."),
        ),
        (
            edition_carried_out_by(consultation.id) is None,
            _l("This consultation is itself part of another one. Places take part in that one."),
        ),
    )


@permission("editions.invite")
def may_invite(actor: Actor, consultation: Consultation) -> Verdict:
    """Invite places: those who run the parent, once everybody can read it and it has a core."""
    if not (verdict := may_run_in_places(actor, consultation)):
        return verdict
    return first_refusal(
        (
            consultation.state == ConsultationState.PUBLISHED
            and consultation.visibility is Visibility.PUBLIC,
            _l("Publish the consultation for everyone first: whom you invite has to be able to read it."),
        ),
        (latest_core(consultation.id) is not None, _l("Publish what is common to all places first.")),
    )


@permission("editions.ask")
def may_ask(actor: Actor, consultation: Consultation, territory: Territory) -> Verdict:
    """Ask to take part without an invitation: who speaks for a place, where the parent allows it."""
    if not (answer := signed_in(actor, _l("Sign in to ask whether your place can take part."))):
        return answer
    core = latest_core(consultation.id)
    return first_refusal(
        (answers_for(actor, territory), _l("Only coordinators of a place can ask for it.")),
        (
            consultation.state == ConsultationState.PUBLISHED
            and consultation.visibility is Visibility.PUBLIC,
            _l("This consultation takes in no more places."),
        ),
        (
            core is not None and content_of(core).open_to_all,
            _l("Places take part in this consultation by invitation."),
        ),
    )


@permission("editions.look_for_invitations")
def may_look_for_invitations(actor: Actor) -> Verdict:
    """Ask whether there is an invitation at all: everybody with an account. Strangers are told alike of every place."""
    return signed_in(actor, _l("Sign in to look at the invitation."))


@permission("editions.see_invitation")
def may_see_invitation(actor: Actor, edition: Edition) -> Verdict:
    """Read an invitation and what became of it: who speaks for the place, and who runs the parent."""
    if not (answer := may_look_for_invitations(actor)):
        return answer
    if answers_for(actor, edition.territory) or manages(actor, edition.parent):
        return ALLOWED
    return unseen()


@permission("editions.answer")
def may_answer(actor: Actor, edition: Edition) -> Verdict:
    """Accept or decline: who speaks for the place, while the parent runs."""
    if not (verdict := may_see_invitation(actor, edition)):
        return verdict
    return first_refusal(
        (
            answers_for(actor, edition.territory),
            _l("Only coordinators of this place can answer the invitation."),
        ),
        (
            edition.state in (EditionState.INVITED, EditionState.DECLINED),
            _l("This invitation has been answered already."),
        ),
        (
            edition.parent.state == ConsultationState.PUBLISHED,
            _l("The consultation this belongs to is closed."),
        ),
    )


@permission("editions.admit")
def may_admit(actor: Actor, edition: Edition) -> Verdict:
    """Take in, or refuse, a place that asked; take an invitation back: those who run the parent."""
    if not (verdict := may_see_invitation(actor, edition)):
        return verdict
    return first_refusal(
        (
            manages(actor, edition.parent),
            _l("Only those who run this consultation can do this."),
        ),
    )


@permission("editions.manage")
def may_manage_edition(actor: Actor, edition: Edition) -> Verdict:
    """Answer later versions, change what is agreed, withdraw: those who run the edition's own consultation."""
    if not (verdict := may_see_invitation(actor, edition)):
        return verdict
    return first_refusal(
        (edition.state is EditionState.ACCEPTED, _NOT_IN),
        (
            edition.consultation is not None and manages(actor, edition.consultation),
            _l("Only those who run this edition can do this."),
        ),
    )


@permission("editions.add_background")
def may_add_background(actor: Actor, edition: Edition) -> Verdict:
    """Add the place's own words to the background: those who run the edition, where the core is open to it."""
    if not (verdict := may_manage_edition(actor, edition)):
        return verdict
    return first_refusal(
        (
            edition.core is not None and content_of(edition.core).allows(LocalPart.BACKGROUND),
            _l("The core of this consultation takes no text of the places."),
        ),
    )
