"""Everybody reads their own notifications, and nobody else's."""

from stakeholder_hub.kernel.authorization import ALLOWED, Actor, Verdict, permission, unseen
from stakeholder_hub.notifications.models import Notification


@permission("notifications.read")
def may_read(actor: Actor, notification: Notification) -> Verdict:
    """Read it and mark it as read: the person who is told."""
    return ALLOWED if actor.is_authenticated and actor.id == notification.user_id else unseen()
