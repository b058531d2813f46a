"""What people are told about votes."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

OPENED, COUNTED, VOTED_COUNTED, EXPLAINED = (
    "decisions.opened",
    "decisions.counted",
    "decisions.voted_counted",
    "decisions.explained",
)
REMINDER, RESOLVED, CARRIED = (
    "decisions.reminder",
    "decisions.objection_resolved",
    "decisions.proxy_given",
)
ON_PAPER, NOT_ON_PAPER = "decisions.crossed_off", "decisions.crossing_undone"
CAN_VETO, VETOED, BINDS, FELL = (
    "decisions.can_veto",
    "decisions.vetoed",
    "decisions.result_binds",
    "decisions.result_failed",
)
CHOSEN, NOT_CHOSEN = "decisions.proposal_chosen", "decisions.proposal_not_chosen"

register_sentence(OPENED, _l("The vote %(title)s is open."), icon="ballot")
register_sentence(REMINDER, _l("The vote %(title)s ends soon, and you have not voted yet."), icon="clock")
register_sentence(RESOLVED, _l("Your objection in %(title)s is marked as resolved."), icon="check")
register_sentence(CARRIED, _l("Somebody gave you their vote in %(title)s."), icon="ballot")
register_sentence(
    ON_PAPER,
    _l(
        "It is noted that you were handed a ballot on paper in %(title)s. "
        "If this is wrong, tell those who run the vote."
    ),
    icon="document",
)
register_sentence(
    NOT_ON_PAPER,
    _l("It is no longer noted that you vote on paper in %(title)s: you can vote here."),
    icon="ballot",
)
register_sentence(COUNTED, _l("The vote %(title)s is counted: look at the result."), icon="ballot")
register_sentence(VOTED_COUNTED, _l("You voted in %(title)s: here is the result."), icon="ballot")
register_sentence(EXPLAINED, _l("The group has given its reasons: %(title)s"), icon="decision")
register_sentence(CHOSEN, _l("%(title)s was chosen in the vote."), icon="star")
register_sentence(NOT_CHOSEN, _l("%(title)s was not chosen in the vote."), icon="flag")
register_sentence(CAN_VETO, _l("Your body can veto the result of %(title)s."), icon="flag")
register_sentence(VETOED, _l("%(body)s has vetoed the result of %(title)s: read why."), icon="flag")
register_sentence(BINDS, _l("The result of %(title)s binds now."), icon="check")
register_sentence(FELL, _l("The result of %(title)s does not bind: read why."), icon="close")
