"""Who may change the site itself."""

from typing import Any

from stakeholder_hub.kernel.authorization import Actor, Verdict, first_refusal, permission, signed_in
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.territories.policy import is_administrator


@permission("installation.change")
def may_change_site(actor: Actor, _subject: Any = None) -> Verdict:
    """Name the site, say whom to write to: administrators of the whole tree."""
    return first_refusal(
        signed_in(actor, _l("Sign in to change the site.")),
        (is_administrator(actor), _l("Only administrators of the site can do this.")),
    )


@permission("installation.remove_demonstration")
def may_remove_demonstration(actor: Actor, _subject: Any = None) -> Verdict:
    """Take the demonstration out: administrators who are real. Everybody knows the passwords of the others."""
    return first_refusal(
        may_change_site(actor),
        (
            not getattr(actor, "is_demo", False),
            _l("Set up the site first: its own administrator can remove the demonstration."),
        ),
    )
