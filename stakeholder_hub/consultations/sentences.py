"""What people are told about consultations."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

PUBLISHED = "consultations.published"
PHASE_BEGAN = "consultations.phase_began"
PHASES_CHANGED = "consultations.phases_changed"
CLOSED = "consultations.closed"
REOPENED = "consultations.reopened"

register_sentence(PUBLISHED, _l("Your group has published %(title)s."), icon="consultation")
register_sentence(PHASE_BEGAN, _l("A new phase has begun in %(title)s."), icon="clock")
register_sentence(PHASES_CHANGED, _l("The dates of %(title)s have changed."), icon="calendar")
register_sentence(CLOSED, _l("%(title)s is closed. Read what came of it."), icon="lock")
register_sentence(REOPENED, _l("%(title)s is open again."), icon="consultation")
