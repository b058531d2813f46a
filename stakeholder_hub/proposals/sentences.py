"""What people are told about proposals they follow."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

register_sentence("proposals.edited", _l("%(title)s was changed by those who put it forward."), icon="edit")
register_sentence("proposals.withdrawn", _l("%(title)s was withdrawn by its author."), icon="back")
register_sentence("proposals.answered", _l("There is an official answer to %(title)s."), icon="check")
register_sentence(
    "proposals.state_changed", _l("%(title)s now stands elsewhere: look what became of it."), icon="flag"
)
