"""Mails that tell what is new: at once, or as a digest; never what the person may no longer see."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, url_for
from flask_babel import force_locale
from sqlalchemy.orm import joinedload

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE, NAMES, _, _n
from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.kernel.multilingual import Fragment
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.mail.operations import queue_mail
from stakeholder_hub.notifications.frequency import MailFrequency, written_up_to
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.notifications.queries import notifications_of
from stakeholder_hub.notifications.sentences import quotes_of, sentence_of
from stakeholder_hub.notifications.tokens import stop_token
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.webkit.layout import site_name

MOST_LINES = 30
LONGEST_QUOTE = 6000
"""Characters of the words that go with a sentence; the page has all of them."""
TOO_OLD = timedelta(days=14)
PEOPLE_AT_ONCE = 200


@periodic(seconds=60, name="notifications.mail")
def mail_what_is_new() -> int:
    """Write to everybody for whom something waits and whose time has come; returns how many mails were queued."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.config["HUB_SETTINGS"]
    address = settings.base_url or f"http://{settings.host}:{settings.port}"
    with app.test_request_context("/", base_url=address):
        return sum(write_to(user) for user in people_waiting())


def people_waiting() -> Sequence[User]:
    """People with something new that no mail has told them, the longest waiting first."""
    since = clock.now() - TOO_OLD
    waiting = (
        sa.select(Notification.user_id, sa.func.min(Notification.id).label("first"))
        .where(
            Notification.mailed_at.is_(None),
            Notification.read_at.is_(None),
            Notification.created_at >= since,
        )
        .group_by(Notification.user_id)
        .subquery()
    )
    people = db.session.scalars(
        sa.select(User)
        .join(waiting, waiting.c.user_id == User.id)
        .where(
            User.active.is_(True),
            User.erased_at.is_(None),
            User.confirmed_at.is_not(None),
            User.mail_frequency != MailFrequency.NEVER,
        )
        .options(joinedload(User.home_territory))
        .order_by(waiting.c.first)
    ).all()
    return [user for user in people if _earliest(user) is not None][:PEOPLE_AT_ONCE]


def _earliest(user: User) -> int | None:
    """The first notification that is due for this person."""
    upto = written_up_to(user.mail_frequency, _zone(user))
    if upto is None:
        return None
    return db.session.scalar(
        sa.select(Notification.id).where(*_due(user, upto)).order_by(Notification.id).limit(1)
    )


def _due(user: User, upto: Any) -> list[Any]:
    return [
        Notification.user_id == user.id,
        Notification.mailed_at.is_(None),
        Notification.read_at.is_(None),
        Notification.created_at >= clock.now() - TOO_OLD,
        Notification.created_at <= upto,
    ]


@operation
def write_to(user: User) -> bool:
    """Queue one mail with all that is due for this person, and remember it; tells whether there was anything to tell.

    Runs twice without writing twice: the rows are claimed in the transaction that queues the mail.
    """
    upto = written_up_to(user.mail_frequency, _zone(user))
    if upto is None:
        return False
    due = db.session.scalars(
        sa.select(Notification).where(*_due(user, upto)).order_by(Notification.id).with_for_update()
    ).all()
    if not due:
        return False
    for notification in due:
        notification.mailed_at = clock.now()
    db.session.flush()
    ids = [notification.id for notification in due]
    told = db.session.scalars(
        notifications_of(user).where(Notification.id.in_(ids)).order_by(Notification.id)
    ).all()
    if not told:
        return False
    language = user.language if user.language in INTERFACE else DEFAULT
    with force_locale(language):
        subject, text = _words(user, told, language)
    queue_mail(to=user.email, subject=subject, text=text, language=language)
    return True


def _words(user: User, told: Sequence[Notification], language: str) -> tuple[str, str]:
    subject = _n(
        "%(num)s new thing for you: %(site)s",
        "%(num)s new things for you: %(site)s",
        len(told),
        site=site_name(),
    )
    if len(told) == 1:
        subject = str(sentence_of(told[0], language))[:200]
    lines = [_("Hello %(name)s,", name=user.name), "", _("this is new:"), ""]
    quotes = quotes_of(told[:MOST_LINES], language)
    for notification in told[:MOST_LINES]:
        lines.append(f"- {sentence_of(notification, language)}")
        lines += _quoted(quotes.get(notification.id), language)
        if notification.record is not None:
            lines.append(f"  {record_url(notification.record, external=True, lang=language)}")
    if len(told) > MOST_LINES:
        more = len(told) - MOST_LINES
        lines.append("- " + _n("and %(num)s more", "and %(num)s more", more))
    stop = url_for("notifications.stop", token=stop_token(user), lang=language, _external=True)
    everything = url_for("notifications.index", lang=language, _external=True)
    lines += ["", _("Everything you are told: %(url)s", url=everything)]
    lines += [_("Stop these mails: %(url)s", url=stop)]
    return " ".join(subject.split()), "\n".join(lines)


def _quoted(quote: Fragment | None, language: str) -> list[str]:
    """The words that go with a sentence, marked as somebody's; their language is named where it is another."""
    if quote is None or not quote.text:
        return []
    lines = [f"  > {line}".rstrip() for line in quote.text[:LONGEST_QUOTE].splitlines()]
    if len(quote.text) > LONGEST_QUOTE:
        lines.append("  > …")
    if quote.lang != language:
        lines.append(
            "  "
            + _(
                "In %(language)s: it has not been translated yet.", language=NAMES.get(quote.lang, quote.lang)
            )
        )
    elif not quote.is_original:
        lines.append("  " + _("This is a translation. The original is on the page."))
    return lines


def _zone(user: User) -> str:
    home = user.home_territory
    return home.timezone if home is not None else "UTC"
