"""What people are told about moderation."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

register_sentence(
    "moderation.reported", _l("Somebody has reported %(title)s. Please look at it."), icon="flag"
)
register_sentence(
    "moderation.kept",
    _l("You reported something in %(title)s. A moderator has looked at it and left it as it is."),
    icon="flag",
)
register_sentence(
    "moderation.was_hidden",
    _l("You reported something in %(title)s. A moderator has hidden it."),
    icon="flag",
)
register_sentence(
    "moderation.hidden",
    _l("A moderator has hidden what you wrote in %(title)s: %(reason)s You can ask for a review."),
    icon="eye",
)
register_sentence("moderation.shown_again", _l("What you wrote in %(title)s is shown again."), icon="check")
register_sentence(
    "moderation.review_asked",
    _l("The author of something hidden in %(title)s asks for a review."),
    icon="flag",
)
register_sentence(
    "moderation.upheld",
    _l("Your request was looked at: what you wrote in %(title)s stays hidden."),
    icon="eye",
)
