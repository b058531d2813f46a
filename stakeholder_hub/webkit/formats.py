"""Dates, numbers and amounts as the reader's locale writes them: the filters of every template."""

from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from flask import Flask, g
from markupsafe import Markup

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.i18n import DEFAULT
from stakeholder_hub.kernel.multilingual import Fragment, Multilingual
from stakeholder_hub.kernel.text import plain, safe_html

NOTHING = "–"


REGIONS = {"en": "en_GB"}
"""English is written here as in Europe: the day before the month."""


def _locale() -> Locale:
    code = str(g.get("lang", DEFAULT))
    return Locale.parse(REGIONS.get(code, code))


def format_date(value: date | datetime | None, zone: str = "UTC", form: str = "long") -> str:
    """A calendar day: ``23 November 2026``."""
    if value is None:
        return NOTHING
    day = clock.to_local(value, zone).date() if isinstance(value, datetime) else value
    return babel_dates.format_date(day, format=form, locale=_locale())


def format_datetime(value: datetime | None, zone: str = "UTC", form: str = "long") -> str:
    """Day and time in ``zone``: ``23 November 2026, 18:00``."""
    if value is None:
        return NOTHING
    local, locale = clock.to_local(value, zone), _locale()
    day = babel_dates.format_date(local.date(), format=form, locale=locale)
    return f"{day}, {babel_dates.format_time(local.time(), format='short', locale=locale)}"


def format_time(value: datetime, zone: str = "UTC") -> str:
    """The time of day in ``zone``."""
    return babel_dates.format_time(clock.to_local(value, zone).time(), format="short", locale=_locale())


def format_since(value: datetime | date | None) -> str:
    """How long ago or from now, in words: ``3 days ago``, ``in 2 weeks``."""
    if value is None:
        return NOTHING
    delta: timedelta
    if isinstance(value, datetime):
        delta = value - clock.now()
    else:
        delta = value - clock.today()
    return babel_dates.format_timedelta(delta, add_direction=True, locale=_locale(), threshold=0.95)


def format_number(value: float | int | None) -> str:
    """A number with the locale's separators."""
    return NOTHING if value is None else babel_numbers.format_decimal(value, locale=_locale())


def format_percent(share: float | None, digits: int = 0) -> str:
    """A share (0 to 1) as a percentage."""
    if share is None:
        return NOTHING
    pattern = "#,##0%" if digits == 0 else "#,##0." + "0" * digits + "%"
    locale = _locale()
    spaced = "%" in locale.percent_formats[None].pattern and "\u00a0%" in locale.percent_formats[None].pattern
    return babel_numbers.format_percent(
        share, format=pattern.replace("%", "\u00a0%") if spaced else pattern, locale=locale
    )


def format_money(hundredths: int | None, currency: str = "EUR") -> str:
    """An amount given in hundredths; whole amounts are written without decimals."""
    if hundredths is None:
        return NOTHING
    pattern = _locale().currency_formats["standard"].pattern
    whole = hundredths % 100 == 0
    if whole:
        pattern = pattern.replace(".00", "")
    return babel_numbers.format_currency(
        hundredths // 100 if whole else hundredths / 100,
        currency,
        format=pattern,
        locale=_locale(),
        currency_digits=False,
    )


def format_size(size: int) -> str:
    """A file size in kB or MB."""
    unit, value = ("MB", size / 1_000_000) if size >= 1_000_000 else ("kB", max(1, size / 1000))
    return f"{babel_numbers.format_decimal(round(value, 1), locale=_locale())}\u00a0{unit}"


def in_language(value: Multilingual | Fragment | None) -> Fragment:
    """The text for this reader, with the language it really is in."""
    if value is None:
        return Fragment("", str(g.get("lang", DEFAULT)))
    return value if isinstance(value, Fragment) else value.in_(str(g.get("lang", DEFAULT)))


def stored_html(value: Any) -> Markup:
    """HTML that was made by ``kernel.text.markdown`` and stored: the only HTML a template may print."""
    return safe_html(str(value or ""))


def init_app(app: Flask) -> None:
    """Give the filters and globals to templates."""
    app.jinja_env.filters.update(
        date=format_date,
        datetime=format_datetime,
        time=format_time,
        since=format_since,
        number=format_number,
        percent=format_percent,
        money=format_money,
        filesize=format_size,
        in_language=in_language,
        stored_html=stored_html,
        excerpt=plain,
    )
