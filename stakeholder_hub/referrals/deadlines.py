"""When an answer is owed: days of the receiving body's published service standard, counted where it works."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.referrals.models import Referral

REMINDED_BEFORE = timedelta(days=7)
LONGEST_WAIT = timedelta(days=5 * 366)
"""Nobody means a date further away than that."""


def end_of(day: date, zone: str) -> datetime:
    """The moment at which ``day`` is over in ``zone``."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


def earliest_reply(body: Body) -> date:
    """The last day for an answer of ``body`` to what is sent to it today, as it has promised."""
    return clock.today(body.territory.timezone) + timedelta(days=body.answer_days)


def checked_wish(wanted_by: date | None, body: Body) -> date | None:
    """The day by which an answer is wished for.

    Raises:
        Invalid: it has gone by, or lies years away.
    """
    if wanted_by is None:
        return None
    today = clock.today(body.territory.timezone)
    if wanted_by <= today:
        raise Invalid(_l("Choose a day that is still to come."), "wanted_by")
    if wanted_by > today + LONGEST_WAIT:
        raise Invalid(_l("Choose a day within the next five years."), "wanted_by")
    return wanted_by


def start_clock(referral: Referral) -> None:
    """Let the clock run from now: never shorter than the body has promised, longer where that is wished."""
    body, now = referral.to_body, clock.now()
    zone = body.territory.timezone
    referral.sent_at = referral.sent_at or now
    day = earliest_reply(body)
    if referral.wanted_by is not None and referral.wanted_by > day:
        day = referral.wanted_by
    referral.ack_due_at = end_of(clock.today(zone) + timedelta(days=body.acknowledge_days), zone)
    set_reply_by(referral, day)


def set_reply_by(referral: Referral, day: date) -> None:
    """Make ``day`` the last one for an answer, and say when an unanswered matter goes one level up."""
    body = referral.to_body
    zone = body.territory.timezone
    referral.reply_by = day
    referral.due_at = end_of(day, zone)
    referral.escalate_at = end_of(day + timedelta(days=body.escalate_days), zone)
    referral.reminded_at = referral.warned_at = None


def days_taken(referral: Referral) -> int:
    """Calendar days from sending to now, where the body works."""
    assert referral.sent_at is not None  # noqa: S101 - only what was sent is answered
    zone = referral.to_body.territory.timezone
    return (clock.today(zone) - clock.to_local(referral.sent_at, zone).date()).days
