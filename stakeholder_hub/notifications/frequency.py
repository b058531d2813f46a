"""How often somebody is written to, and when it is time again."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l

HOUR = time(7)
"""Digests are written at seven in the morning, where the person lives; weekly ones on Mondays."""


class MailFrequency(StrEnum):
    """What a person chose: the values of ``User.mail_frequency``."""

    AT_ONCE = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            MailFrequency.AT_ONCE: _l("At once"),
            MailFrequency.DAILY: _l("Once a day"),
            MailFrequency.WEEKLY: _l("Once a week"),
            MailFrequency.NEVER: _l("Never"),
        }[self]


def written_up_to(frequency: str, zone: str) -> datetime | None:
    """Up to which moment what happened is told by mail now; ``None``: no mail. It does not depend on earlier mails, so
    that a digest that was missed is made up for, and none is sent twice.
    """
    now = clock.now()
    if frequency == MailFrequency.AT_ONCE:
        return now
    if frequency not in (MailFrequency.DAILY, MailFrequency.WEEKLY):
        return None
    local = clock.to_local(now, zone)
    last = local.replace(hour=HOUR.hour, minute=0, second=0, microsecond=0)
    if last > local:
        last -= timedelta(days=1)
    if frequency == MailFrequency.WEEKLY:
        last -= timedelta(days=last.weekday())
    return last
