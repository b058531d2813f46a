"""Who may ask to be verified, and who verifies."""

from typing import Any

from stakeholder_hub.kernel.authorization import (
    ALLOWED,
    Actor,
    Verdict,
    first_refusal,
    is_system,
    permission,
    refused,
    signed_in,
    unseen,
)
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.residents.models import Residence, ResidenceState
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.territories.policy import MODERATORS, roles_in_territory


@permission("residents.ask")
def may_ask_for_residence(actor: Actor, place: Territory) -> Verdict:
    """Ask to be verified as a resident: everybody with a confirmed address, of a town."""
    return first_refusal(
        signed_in(actor, _l("Sign in to be verified as a resident.")),
        _is_person(actor),
        (place.level is Level.LOCAL, _l("Choose the town you live in.")),
    )


def _is_person(actor: Actor) -> Verdict:
    if is_system(actor) or getattr(actor, "confirmed_at", None) is None:
        return refused(_l("Confirm your address first: open the link in the mail we sent you."))
    return ALLOWED


@permission("residents.verify")
def may_verify_residents(actor: Actor, place: Territory) -> Verdict:
    """See requests and verify residents: administrators, coordinators and moderators of the place or above it.

    To everybody else the page does not exist: it names people.
    """
    if not (answer := signed_in(actor, _l("Sign in to verify residents."))):
        return answer
    return ALLOWED if roles_in_territory(actor, place) & MODERATORS else unseen()


@permission("residents.answer")
def may_answer_residence(actor: Any, residence: Residence) -> Verdict:
    """Confirm or refuse a request: an officer, never in their own matter."""
    return first_refusal(
        may_verify_residents(actor, residence.territory),
        (residence.user_id != actor.id, _l("Somebody else has to verify where you live.")),
        (residence.state is ResidenceState.ASKED, _l("This request has been answered already.")),
    )


@permission("residents.revoke")
def may_revoke_residence(actor: Any, residence: Residence) -> Verdict:
    """Take a verification back: an officer, with a reason."""
    return first_refusal(
        may_verify_residents(actor, residence.territory),
        (residence.state is ResidenceState.CONFIRMED, _l("This person is not verified here any more.")),
    )


@permission("residents.give_up")
def may_give_up_residence(actor: Any, residence: Residence) -> Verdict:
    """Take back one's own request, or say that one lives there no longer."""
    if not (answer := signed_in(actor, _l("Sign in to be verified as a resident."))):
        return answer
    if residence.user_id != actor.id:
        return unseen()
    return first_refusal(
        (
            residence.state in (ResidenceState.ASKED, ResidenceState.CONFIRMED),
            _l("This is over already."),
        )
    )
