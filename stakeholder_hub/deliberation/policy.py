"""Who may say, support and follow what. Whether a record takes it now is the record's own rule."""

from datetime import timedelta

from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import (
    Actor,
    Verdict,
    first_refusal,
    permission,
    refused,
    signed_in,
    unseen,
)
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.models import Moderation, Record
from stakeholder_hub.records.policy import may_see

QUIET_EDITING = timedelta(minutes=15)
"""For so long after writing, a comment that nobody has answered or supported is mended without a mark."""

_HIDDEN = _l("A moderator has hidden this. Nothing can be added to it now.")


@permission("deliberation.comment")
def may_comment(actor: Actor, subject: Record) -> Verdict:
    """Say something about a record that one may see and that takes comments now."""
    if not may_see(actor, subject):
        return unseen()
    return open_to_comments(actor, subject)


def open_to_comments(actor: Actor, subject: Record) -> Verdict:
    """The same for a record that the actor is known to see: no statement is needed."""
    return first_refusal(
        (subject.moderation is not Moderation.HIDDEN, _HIDDEN),
        subject.takes_comments(actor),
        signed_in(actor, _l("Sign in to take part in the discussion.")),
    )


@permission("deliberation.reply")
def may_reply(actor: Actor, comment: Comment) -> Verdict:
    """Answer a comment that still stands."""
    if not (answer := may_comment(actor, comment.subject)):
        return answer
    return standing(comment)


def standing(comment: Comment) -> Verdict:
    """Whether the comment still says something."""
    return first_refusal(
        (comment.state == "published", _l("This comment has been withdrawn by its author.")),
        (comment.moderation is not Moderation.HIDDEN, _HIDDEN),
    )


@permission("deliberation.edit_comment")
def may_edit_comment(actor: Actor, comment: Comment) -> Verdict:
    """Change one's own comment: for a quarter of an hour, and later as long as nobody has answered it."""
    if not (answer := _own(actor, comment)):
        return answer
    return first_refusal(
        standing(comment),
        comment.subject.takes_comments(actor),
        (
            is_fresh(comment) or comment.comment_count == 0,
            _l("Others have answered this comment. Answer them instead of changing it."),
        ),
    )


@permission("deliberation.withdraw_comment")
def may_withdraw_comment(actor: Actor, comment: Comment) -> Verdict:
    """Take back one's own comment, whenever one wants."""
    if not (answer := _own(actor, comment)):
        return answer
    return first_refusal((comment.state == "published", _l("This comment has been withdrawn already.")))


def _own(actor: Actor, comment: Comment) -> Verdict:
    if not may_see(actor, comment.subject):
        return unseen()
    return first_refusal(
        signed_in(actor, _l("Sign in to change what you wrote.")),
        (
            comment.author_id is not None and comment.author_id == actor.id,
            _l("Only the person who wrote this can change it."),
        ),
    )


def is_fresh(comment: Comment) -> bool:
    """Whether it was written within the last quarter of an hour."""
    return clock.now() - comment.created_at < QUIET_EDITING


@permission("deliberation.support")
def may_support(actor: Actor, record: Record) -> Verdict:
    """Support a record, or take the support back, while the record takes support."""
    if not may_see(actor, record):
        return unseen()
    if isinstance(record, Comment) and not may_see(actor, record.subject):
        return unseen()
    return open_to_support(actor, record)


def open_to_support(actor: Actor, record: Record) -> Verdict:
    """The same for a record that the actor is known to see: no statement is needed."""
    verdict = first_refusal(
        (record.moderation is not Moderation.HIDDEN, _HIDDEN),
        record.takes_support(actor),
        signed_in(actor, _l("Sign in to support this.")),
    )
    if verdict and isinstance(record, Comment) and record.author_id == actor.id:
        return refused(_l("You wrote this comment yourself."))
    return verdict


@permission("deliberation.follow")
def may_follow(actor: Actor, record: Record) -> Verdict:
    """Be told what becomes of a record that one may see."""
    if not may_see(actor, record):
        return unseen()
    return signed_in(actor, _l("Sign in to follow this and be told what becomes of it."))


@permission("deliberation.unfollow")
def may_unfollow(actor: Actor, record: Record) -> Verdict:
    """No longer be told: always, even of what one may see no more."""
    return signed_in(actor, _l("Sign in to change what you follow."))
