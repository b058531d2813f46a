"""Everything that changes a core, an invitation or an edition."""

from stakeholder_hub.editions.operations.accepting import (
    accept_invitation,
    decline_invitation,
    withdraw_edition,
)
from stakeholder_hub.editions.operations.cores import publish_core, save_draft
from stakeholder_hub.editions.operations.following import adopt_core, refuse_core
from stakeholder_hub.editions.operations.inviting import (
    ask_to_take_part,
    invite_territories,
    refuse_request,
    take_back_invitation,
)
from stakeholder_hub.editions.operations.keeping import add_background, choose_languages, set_sharing

__all__ = [
    "accept_invitation",
    "add_background",
    "adopt_core",
    "ask_to_take_part",
    "choose_languages",
    "decline_invitation",
    "invite_territories",
    "publish_core",
    "refuse_core",
    "refuse_request",
    "save_draft",
    "set_sharing",
    "take_back_invitation",
    "withdraw_edition",
]
