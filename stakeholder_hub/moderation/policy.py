"""Who may report, hide and decide again. Nobody decides on what they wrote, nor twice on the same hiding."""

from stakeholder_hub.kernel.authorization import (
    Actor,
    Verdict,
    first_refusal,
    is_system,
    permission,
    refused,
    signed_in,
    unseen,
)
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.moderation.models import ReportOutcome
from stakeholder_hub.moderation.queries import hidden_by, is_moderator, moderators_of, review_of
from stakeholder_hub.records.models import Moderation, Record
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.policy import moderates


@permission("moderation.report")
def may_report(actor: Actor, record: Record) -> Verdict:
    """Tell moderators that a record breaks the rules: everybody who has signed in and did not write it."""
    if not may_see(actor, record):
        return unseen()
    return first_refusal(
        signed_in(actor, _l("Sign in to report this.")),
        (record.moderation is not Moderation.HIDDEN, _l("A moderator has hidden this already.")),
        (not _wrote(actor, record), _l("You wrote this yourself. You can change or withdraw it.")),
    )


@permission("moderation.see_queue")
def may_see_queue(actor: Actor) -> Verdict:
    """See what waits: moderators of anything."""
    if not (answer := signed_in(actor, _l("Sign in to moderate."))):
        return answer
    return first_refusal((is_moderator(actor), _l("This page is for moderators.")))


@permission("moderation.moderate")
def may_moderate(actor: Actor, record: Record) -> Verdict:
    """Hide a record or leave it as it is: moderators of its group or territory, but not its author."""
    if not moderates(actor, record):
        return unseen() if not may_see(actor, record) else _not_a_moderator(actor)
    return first_refusal(
        (not _wrote(actor, record), _l("You wrote this yourself. Another moderator decides."))
    )


@permission("moderation.ask_review")
def may_ask_review(actor: Actor, record: Record) -> Verdict:
    """Ask for a second look at a hiding: the author, once."""
    if not may_see(actor, record):
        return unseen()
    return first_refusal(
        signed_in(actor, _l("Sign in to ask for a review.")),
        (_wrote(actor, record), _l("Only the person who wrote this can ask for a review.")),
        (record.moderation is Moderation.HIDDEN, _l("This is not hidden.")),
        (review_of(record) is None, _l("A review has been asked for already. That is possible once.")),
    )


@permission("moderation.show_again")
def may_show_again(actor: Actor, record: Record) -> Verdict:
    """Take a hiding back. Where a review is open, another moderator than the first decides, if there is one."""
    if not (answer := may_moderate(actor, record)):
        return answer
    review = review_of(record)
    if review is not None and review.outcome is ReportOutcome.OPEN:
        return may_decide_review(actor, record)
    return first_refusal((record.moderation is Moderation.HIDDEN, _l("This is not hidden.")))


@permission("moderation.decide_review")
def may_decide_review(actor: Actor, record: Record) -> Verdict:
    """Answer the author's request for a second look: another moderator than the first, where there is one."""
    if not (answer := may_moderate(actor, record)):
        return answer
    review = review_of(record)
    if (
        review is None
        or review.outcome is not ReportOutcome.OPEN
        or record.moderation is not Moderation.HIDDEN
    ):
        return refused(_l("No review is waiting here."))
    first = hidden_by(record)
    if is_system(actor) or first is None or actor.id != first:
        return Verdict(True)
    others = set(moderators_of(record)) - {first, record.author_id}
    return first_refusal((not others, _l("You have hidden this. Another moderator decides on the review.")))


def _wrote(actor: Actor, record: Record) -> bool:
    return actor.id is not None and record.author_id == actor.id


def _not_a_moderator(actor: Actor) -> Verdict:
    return first_refusal(
        signed_in(actor, _l("Sign in to moderate.")), refused(_l("Only moderators can do this."))
    )
