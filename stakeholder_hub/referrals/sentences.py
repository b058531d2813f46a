"""What people are told about referrals."""

from collections.abc import Sequence

import sqlalchemy as sa

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Fragment
from stakeholder_hub.notifications.sentences import register_quotes, register_sentence
from stakeholder_hub.referrals.kinds import Outcome
from stakeholder_hub.referrals.models import Response

ASKED = "referrals.asked"
SENT = "referrals.sent"
SKIPPED = "referrals.skipped"
FORWARDED = "referrals.forwarded"
ESCALATED = "referrals.escalated"
WITHDRAWN = "referrals.withdrawn"
ACKNOWLEDGED = "referrals.acknowledged"
PASSED_DOWN = "referrals.passed_down"
TRANSLATED = "referrals.translated"
NOTED = "referrals.noted"
JUDGED = "referrals.judged"
REOPENED = "referrals.reopened"
IMPLEMENTED = "referrals.implemented"
LAPSED = "referrals.lapsed"
JOIN_ASKED = "referrals.join_asked"
JOIN_AGREED = "referrals.join_agreed"
JOIN_REFUSED = "referrals.join_refused"
JOINED = "referrals.joined"
DUE_SOON = "referrals.due_soon"
OVERDUE = "referrals.overdue"

ANSWERED: dict[Outcome, str] = {outcome: f"referrals.answered_{outcome}" for outcome in Outcome}
"""The kind that tells of an answer, by how it was answered."""

register_sentence(ASKED, _l("You are asked for an answer by %(by)s: “%(title)s”"), icon="referral")
register_sentence(SENT, _l("What you follow was referred to %(body)s: “%(title)s”"), icon="referral")
register_sentence(
    SKIPPED, _l("A referral passed your level by; its page says why: “%(title)s”"), icon="referral"
)
register_sentence(
    FORWARDED, _l("It was forwarded to %(body)s, which is competent: “%(title)s”"), icon="referral"
)
register_sentence(
    ESCALATED,
    _l("Nobody answered in time, so it went one level up, to %(body)s: “%(title)s”"),
    icon="warning",
)
register_sentence(WITHDRAWN, _l("A referral to you was taken back: “%(title)s”"), icon="back")
register_sentence(
    ACKNOWLEDGED, _l("%(body)s has taken it on and answers by %(by)s: “%(title)s”"), icon="check"
)
register_sentence(
    PASSED_DOWN, _l("An answer came back on your way; you can add a note: “%(title)s”"), icon="reply"
)
register_sentence(
    ANSWERED[Outcome.ACCEPTED], _l("There is an answer from %(body)s, accepted: “%(title)s”"), icon="reply"
)
register_sentence(
    ANSWERED[Outcome.ACCEPTED_IN_PART],
    _l("There is an answer from %(body)s, accepted in part: “%(title)s”"),
    icon="reply",
)
register_sentence(
    ANSWERED[Outcome.DECLINED], _l("There is an answer from %(body)s, declined: “%(title)s”"), icon="reply"
)
register_sentence(TRANSLATED, _l("The answer can now be read in your language: “%(title)s”"), icon="language")
register_sentence(
    NOTED, _l("There is a note on the answer from those on its way: “%(title)s”"), icon="comment"
)
register_sentence(JUDGED, _l("Your answer was judged by who asked: “%(title)s”"), icon="question")
register_sentence(
    REOPENED, _l("Your answer left something open and was reopened: “%(title)s”"), icon="question"
)
register_sentence(IMPLEMENTED, _l("What was promised has been done: “%(title)s”"), icon="check")
register_sentence(LAPSED, _l("What was promised will not be done: “%(title)s”"), icon="warning")
register_sentence(
    JOIN_ASKED, _l("May your matter be answered together with similar ones? “%(title)s”"), icon="question"
)
register_sentence(JOIN_AGREED, _l("A place agreed that its matter is joined: “%(title)s”"), icon="check")
register_sentence(JOIN_REFUSED, _l("A place wants an answer of its own: “%(title)s”"), icon="close")
register_sentence(
    JOINED, _l("It will be answered together with similar matters: “%(title)s”"), icon="referral"
)
register_sentence(DUE_SOON, _l("An answer is due by %(by)s: “%(title)s”"), icon="clock")
register_sentence(
    OVERDUE, _l("The answer of %(body)s is overdue, and everybody sees it: “%(title)s”"), icon="warning"
)


def answers_in(record_ids: Sequence[int], language: str) -> dict[int, Fragment]:
    """The answers in the reader's language where they were translated, else in their own. One statement."""
    rows = db.session.execute(sa.select(Response.id, Response.answer).where(Response.id.in_(record_ids)))
    return {row[0]: row[1].in_(language) for row in rows}


for kind in (*ANSWERED.values(), TRANSLATED):
    register_quotes(kind, answers_in)
