"""Who may say what share a sector should have, and who may tell something about themselves."""

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.policy import may_manage
from stakeholder_hub.kernel.authorization import Actor, Verdict, permission, signed_in
from stakeholder_hub.kernel.i18n import _l


@permission("representation.set_targets")
def may_set_targets(actor: Actor, consultation: Consultation) -> Verdict:
    """Agree on the shares a consultation means to reach: those who run it."""
    return may_manage(actor, consultation)


@permission("representation.describe_oneself")
def may_describe_oneself(actor: Actor) -> Verdict:
    """Tell something about oneself: everybody with an account, each for themselves only."""
    return signed_in(actor, _l("Sign in to tell something about yourself."))
