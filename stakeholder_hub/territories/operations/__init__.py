"""Everything that changes the tree and the roles held in it."""

from stakeholder_hub.territories.operations.changes import (
    call_off_change,
    carry_out_if_due,
    dissolve_territory,
    merge_territory,
    plan_change,
)
from stakeholder_hub.territories.operations.places import LONGEST_NAME, create_territory, edit_territory
from stakeholder_hub.territories.operations.roles import choose_home, grant_role, revoke_role
from stakeholder_hub.territories.operations.tree import move_territory

__all__ = [
    "LONGEST_NAME",
    "call_off_change",
    "carry_out_if_due",
    "choose_home",
    "create_territory",
    "dissolve_territory",
    "edit_territory",
    "grant_role",
    "merge_territory",
    "move_territory",
    "plan_change",
    "revoke_role",
]
