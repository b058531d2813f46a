"""Who may say that a person's contributions stand on one page."""

from stakeholder_hub.kernel.authorization import Actor, Verdict, permission, signed_in
from stakeholder_hub.kernel.i18n import _l


@permission("outcomes.show_contributions")
def may_show_contributions(actor: Actor) -> Verdict:
    """Show or hide one's own page: nobody does it for somebody else."""
    return signed_in(actor, _l("Sign in to see what became of your contributions."))
