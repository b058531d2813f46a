"""What people are told about ratifications."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

ASKED, REMINDER, AGAIN = "ratifications.asked", "ratifications.reminder", "ratifications.asked_again"
GIVEN, HELD, FAILED = "ratifications.given", "ratifications.held", "ratifications.failed"

register_sentence(ASKED, _l("%(title)s waits for your body to ratify it."), icon="decision")
register_sentence(
    REMINDER, _l("The time to ratify %(title)s ends soon, and your body has not answered."), icon="clock"
)
register_sentence(AGAIN, _l("%(title)s has changed for your body: please ratify it anew."), icon="edit")
register_sentence(GIVEN, _l("%(body)s has answered whether it ratifies %(title)s."), icon="decision")
register_sentence(HELD, _l("%(title)s has been ratified."), icon="check")
register_sentence(FAILED, _l("%(title)s has not been ratified."), icon="close")
