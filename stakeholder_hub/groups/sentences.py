"""What people are told about groups."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

ASKED = "groups.joining_asked"
JOINED = "groups.member_joined"
REFUSED = "groups.joining_refused"
MANDATE = "groups.mandate_given"

register_sentence(ASKED, _l("%(person)s asks for a seat in the group %(group)s."), icon="group")
register_sentence(JOINED, _l("You sit in the group %(group)s now."), icon="group")
register_sentence(REFUSED, _l("The group %(group)s could not give you a seat."), icon="group")
register_sentence(MANDATE, _l("You may speak for %(organisation)s now."), icon="administration")
