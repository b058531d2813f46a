"""What people are told about groups."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

ASKED = "groups.joining_asked"
JOINED = "groups.member_joined"
REFUSED = "groups.joining_refused"
MANDATE = "groups.mandate_given"
PLACE_MERGED = "groups.place_merged"
PLACE_DISSOLVED = "groups.place_dissolved"
CHANGE_PLANNED = "groups.place_change_planned"
CHANGE_HINDERED = "groups.place_change_hindered"

register_sentence(ASKED, _l("%(person)s asks for a seat in the group %(group)s."), icon="group")
register_sentence(JOINED, _l("You sit in the group %(group)s now."), icon="group")
register_sentence(REFUSED, _l("The group %(group)s could not give you a seat."), icon="group")
register_sentence(MANDATE, _l("You may speak for %(organisation)s now."), icon="administration")
register_sentence(
    PLACE_MERGED,
    _l("%(place)s is part of %(into)s now. Roles in it have ended; what happened in it can be read."),
    icon="place",
)
register_sentence(
    PLACE_DISSOLVED,
    _l("%(place)s exists no more. Roles in it have ended; what happened in it can be read."),
    icon="place",
)
register_sentence(
    CHANGE_PLANNED,
    _l("A change is planned for %(place)s. Its page says what, and from which day on."),
    icon="place",
)
register_sentence(
    CHANGE_HINDERED,
    _l("What was planned for %(place)s could not be carried out. The page of its changes says why."),
    icon="warning",
)
