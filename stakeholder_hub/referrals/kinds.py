"""The words of a referral: where it stands, why it could not be solved, how it was answered."""

from enum import StrEnum

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l


class ReferralState(StrEnum):
    """Where a referral stands with the body it was sent to."""

    DRAFTED = "drafted"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    IN_DELIBERATION = "in_deliberation"
    ANSWERED = "answered"
    IMPLEMENTED = "implemented"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


OPEN_STATES: tuple[ReferralState, ...] = (
    ReferralState.SENT,
    ReferralState.ACKNOWLEDGED,
    ReferralState.IN_DELIBERATION,
)
"""The clock runs."""


class Step(StrEnum):
    """How the matter came to the body."""

    SENT = "sent"
    FORWARDED = "forwarded"
    ESCALATED = "escalated"
    JOINED = "joined"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Step.SENT: _l("Referred"),
            Step.FORWARDED: _l("Forwarded: the body before was not competent"),
            Step.ESCALATED: _l("Gone one level up: nobody answered in time"),
            Step.JOINED: _l("Joined from similar matters of several places"),
        }[self]


class Gap(StrEnum):
    """Why it cannot be solved here: the seven gaps between levels of government (OECD, Charbit 2011)."""

    ADMINISTRATIVE = "administrative"
    INFORMATION = "information"
    POLICY = "policy"
    CAPACITY = "capacity"
    FUNDING = "funding"
    OBJECTIVE = "objective"
    ACCOUNTABILITY = "accountability"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Gap.ADMINISTRATIVE: _l("The borders do not fit"),
            Gap.INFORMATION: _l("We lack information"),
            Gap.POLICY: _l("Departments work past each other"),
            Gap.CAPACITY: _l("We lack people or knowledge"),
            Gap.FUNDING: _l("We lack money"),
            Gap.OBJECTIVE: _l("Levels want different things"),
            Gap.ACCOUNTABILITY: _l("Nobody has to give account"),
        }[self]

    @property
    def sentence(self) -> Reason:
        """What the gap means, in plain words."""
        return {
            Gap.ADMINISTRATIVE: _l(
                "The matter reaches beyond our boundary, so that no single town or region can settle it."
            ),
            Gap.INFORMATION: _l("Another level has the facts that we would need, or does not have ours."),
            Gap.POLICY: _l("Several departments would have to act together, and each decides for itself."),
            Gap.CAPACITY: _l("We may decide it, but have not the people or the skills to carry it out."),
            Gap.FUNDING: _l("We may decide it, but our own income does not pay for it."),
            Gap.OBJECTIVE: _l("What is good for us conflicts with what another level aims at."),
            Gap.ACCOUNTABILITY: _l(
                "It is not clear who answers for it, or nobody can check that it is done."
            ),
        }[self]


class Outcome(StrEnum):
    """How a body answered."""

    ACCEPTED = "accepted"
    ACCEPTED_IN_PART = "accepted_in_part"
    DECLINED = "declined"
    NOT_COMPETENT = "not_competent"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Outcome.ACCEPTED: _l("Accepted"),
            Outcome.ACCEPTED_IN_PART: _l("Accepted in part"),
            Outcome.DECLINED: _l("Declined"),
            Outcome.NOT_COMPETENT: _l("Not competent: forwarded"),
        }[self]

    @property
    def promises(self) -> bool:
        """Whether something has to follow from it, and be named."""
        return self in (Outcome.ACCEPTED, Outcome.ACCEPTED_IN_PART)


class Satisfaction(StrEnum):
    """Whether the answer answered the question: said by who began it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Satisfaction.YES: _l("Yes, it answers the question"),
            Satisfaction.PARTLY: _l("It answers the question in part"),
            Satisfaction.NO: _l("No, it does not answer the question"),
        }[self]


class JoinState(StrEnum):
    """What a place says to its matter being joined with similar ones."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    CLOSED = "closed"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            JoinState.ASKED: _l("Asked"),
            JoinState.AGREED: _l("Agreed"),
            JoinState.REFUSED: _l("Stays alone"),
            JoinState.CLOSED: _l("Not decided in time: stays alone"),
        }[self]
