"""What people are told about discussions."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

register_sentence("deliberation.comment", _l("%(who)s commented on %(title)s."), icon="comment")
register_sentence(
    "deliberation.comment_on_yours",
    _l("%(who)s commented on %(title)s, which you put forward."),
    icon="comment",
)
register_sentence("deliberation.reply", _l("%(who)s answered your comment on %(title)s."), icon="reply")
