"""The one source of time: aware UTC, settable in tests and, by ``HUB_CLOCK``, for a demonstration."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l

_offset: timedelta | None = None
_frozen: datetime | None = None


def now() -> datetime:
    """The present moment as an aware UTC datetime."""
    if _frozen is not None:
        return _frozen
    moment = datetime.now(UTC)
    return moment + _offset if _offset is not None else moment


def today(zone: str = "UTC") -> date:
    """The calendar day it is now in the IANA ``zone``."""
    return now().astimezone(ZoneInfo(zone)).date()


def start_at(moment: datetime | None) -> None:
    """Let the clock run on from ``moment`` (``None``: from the real present)."""
    global _offset
    _offset = None if moment is None else moment.astimezone(UTC) - datetime.now(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at ``moment`` for the length of a ``with`` block."""
    global _frozen
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


def from_local(naive: datetime, zone: str) -> datetime:
    """Turn the wall-clock time ``naive`` in the IANA ``zone`` into aware UTC.

    A time that the clock skips, or shows twice, because daylight saving time begins or ends is refused:
    guessing would open or close a phase an hour away from what was announced.

    Raises:
        Invalid: the local time does not exist, is ambiguous, or lies outside the years 1900 to 2200.
    """
    if not 1900 <= naive.year <= 2200:
        raise Invalid(_l("Choose a date between the years 1900 and 2200."))
    tz = ZoneInfo(zone)
    first, second = naive.replace(tzinfo=tz, fold=0), naive.replace(tzinfo=tz, fold=1)
    if first.utcoffset() != second.utcoffset():
        if first.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != naive:
            raise Invalid(_l("This time does not exist: the clocks are put forward then. Choose another."))
        raise Invalid(_l("This time occurs twice: the clocks are put back then. Choose another."))
    return first.astimezone(UTC)


def to_local(moment: datetime, zone: str) -> datetime:
    """The same moment as an aware datetime in the IANA ``zone``."""
    return moment.astimezone(ZoneInfo(zone))
