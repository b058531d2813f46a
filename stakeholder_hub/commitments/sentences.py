"""What people are told about commitments."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

ASKED, ANSWERED, MOVED = "commitments.asked", "commitments.answered", "commitments.moved"
SHOWN, FINDING = "commitments.shown", "commitments.finding"
BEFORE, AFTER = "commitments.due_soon", "commitments.overdue"
TEXT, PROMISED = "commitments.text_changed", "commitments.promised"

register_sentence(ASKED, _l("Your body is asked for a commitment: %(title)s"), icon="check")
register_sentence(ANSWERED, _l("%(body)s has answered: %(title)s"), icon="reply")
register_sentence(PROMISED, _l("A decision became a commitment: %(title)s"), icon="check")
register_sentence(MOVED, _l("The commitment %(title)s has a new state."), icon="check")
register_sentence(SHOWN, _l("There is evidence to be verified: %(title)s"), icon="document")
register_sentence(FINDING, _l("Another body has looked at the evidence of your body: %(title)s"), icon="eye")
register_sentence(BEFORE, _l("The commitment %(title)s of your body is due soon."), icon="clock")
register_sentence(AFTER, _l("The commitment %(title)s is overdue: say what became of it."), icon="warning")
register_sentence(TEXT, _l("%(title)s has a new version; what your body ratified stays."), icon="edit")
