"""Who may ratify."""

from stakeholder_hub.bodies.policy import may_act_for
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, Verdict, first_refusal, permission, signed_in
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.ratifications.models import RatifyingBody
from stakeholder_hub.ratifications.rules import Outcome, Standing


@permission("ratifications.ratify")
def may_ratify(actor: Actor, seat: RatifyingBody) -> Verdict:
    """Ratify for a body, or refuse to: its named officials, once, until the day is over."""
    ratification = seat.ratification
    return first_refusal(
        signed_in(actor, _l("Sign in to ratify for a body.")),
        may_act_for(actor, seat.body),
        (seat.outcome is Outcome.WAITING, _l("This body has answered already.")),
        (
            ratification.standing is not Standing.FAILED,
            _l("Too few bodies can still ratify: this is decided."),
        ),
        (ratification.is_open(clock.now()), _l("The time to ratify is over.")),
    )
