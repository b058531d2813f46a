"""Referrals as rows of a table."""

from collections.abc import Iterable, Iterator
from typing import Any

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.webkit.formats import in_language


def columns() -> list[str]:
    """The headings, in the reader's language."""
    return [
        _("Reference"),
        _("What is asked for"),
        _("From"),
        _("Place"),
        _("To"),
        _("Level"),
        _("Topic"),
        _("State"),
        _("Answer"),
        _("Sent on"),
        _("Answer due by"),
        _("Answered on"),
        _("Days overdue"),
    ]


def rows(referrals: Iterable[Referral]) -> Iterator[list[Any]]:
    """One row for each referral."""
    now = clock.now()
    for referral in referrals:
        zone = referral.to_body.territory.timezone
        yield [
            referral.reference,
            in_language(referral.title).text,
            in_language(referral.sender.name).text,
            in_language(referral.territory.name).text,
            in_language(referral.to_body.name).text,
            str(referral.to_body.territory.level.label),
            str(referral.topic.label),
            str(referral.state_label),
            str(referral.outcome.label) if referral.outcome else "",
            clock.to_local(referral.sent_at, zone).date() if referral.sent_at else None,
            referral.reply_by,
            clock.to_local(referral.answered_at, zone).date() if referral.answered_at else None,
            referral.days_over(now),
        ]
