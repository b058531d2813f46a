"""The pages of referrals and responses."""

from stakeholder_hub.referrals.views import following_up, joining, receiving, sending, showing
from stakeholder_hub.referrals.views.blueprint import bp

__all__ = ["bp", "following_up", "joining", "receiving", "sending", "showing"]
