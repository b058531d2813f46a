"""Everything that changes groups, their members, organisations, mandates and invitations."""

from stakeholder_hub.groups.operations.groups import archive_group, create_group, edit_group
from stakeholder_hub.groups.operations.invitations import (
    accept_invitation,
    ask_to_join,
    invite_by_link,
    invite_people,
    refuse_request,
    revoke_invitation,
    take_in,
)
from stakeholder_hub.groups.operations.members import add_member, join_group, remove_member
from stakeholder_hub.groups.operations.organisations import (
    create_organisation,
    edit_organisation,
    give_mandate,
    revoke_mandate,
    seat_organisation,
    unseat_organisation,
)

__all__ = [
    "accept_invitation",
    "add_member",
    "archive_group",
    "ask_to_join",
    "create_group",
    "create_organisation",
    "edit_group",
    "edit_organisation",
    "give_mandate",
    "invite_by_link",
    "invite_people",
    "join_group",
    "refuse_request",
    "remove_member",
    "revoke_invitation",
    "revoke_mandate",
    "seat_organisation",
    "take_in",
    "unseat_organisation",
]
