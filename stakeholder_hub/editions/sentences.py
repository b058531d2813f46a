"""What people are told about consultations that run in many places."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

INVITED, ASKED, REFUSED = "editions.invited", "editions.asked", "editions.request_refused"
ACCEPTED, DECLINED, WITHDRAWN = "editions.accepted", "editions.declined", "editions.withdrawn"
NEW_VERSION, ADOPTED, STAYED = "editions.new_version", "editions.adopted", "editions.stayed"

register_sentence(INVITED, _l("%(place)s is invited to carry out %(title)s."), icon="mail")
register_sentence(ASKED, _l("%(place)s asks to carry out %(title)s."), icon="mail")
register_sentence(REFUSED, _l("%(place)s cannot take part in %(title)s. Read why."), icon="flag")
register_sentence(ACCEPTED, _l("%(place)s takes part in %(title)s."), icon="check")
register_sentence(DECLINED, _l("%(place)s does not take part in %(title)s. Read why."), icon="flag")
register_sentence(WITHDRAWN, _l("%(place)s no longer takes part in %(title)s. Read why."), icon="flag")
register_sentence(
    NEW_VERSION,
    _l("There is a new version of what is common for %(title)s. Adopt it, or say why not."),
    icon="edit",
)
register_sentence(ADOPTED, _l("%(place)s has taken over the new version of %(title)s."), icon="check")
register_sentence(STAYED, _l("%(place)s stays on its version of %(title)s. Read why."), icon="flag")
