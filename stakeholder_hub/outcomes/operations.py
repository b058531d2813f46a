"""Showing one's contributions on one page, and taking that back."""

import secrets
from typing import Any

from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.outcomes.contributions import own_page
from stakeholder_hub.outcomes.events import ContributionsHidden, ContributionsShown
from stakeholder_hub.outcomes.models import ContributionPage
from stakeholder_hub.outcomes.policy import may_show_contributions


@operation
def show_contributions(*, actor: Any) -> ContributionPage:
    """Let everybody read what the actor contributed publicly, at an address that cannot be guessed."""
    require(may_show_contributions(actor))
    page = own_page(actor)
    if page is None:
        page = ContributionPage(user_id=actor.id, address=secrets.token_urlsafe(16))
        db.session.add(page)
        emit(ContributionsShown(actor=actor, subject=actor))
    return page


@operation
def hide_contributions(*, actor: Any) -> None:
    """Take it back: the address leads nowhere from now on, and shown again there will be another."""
    require(may_show_contributions(actor))
    page = own_page(actor)
    if page is not None:
        db.session.delete(page)
        emit(ContributionsHidden(actor=actor, subject=actor))
