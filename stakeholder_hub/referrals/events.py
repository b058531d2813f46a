"""What happens to referrals. ``subject`` is the referral, unless said otherwise."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event
from stakeholder_hub.records.models import Record


class ReferralDrafted(Event):
    """Somebody means to refer a matter."""

    name: ClassVar[str] = "referrals.drafted"


class ReferralChanged(Event):
    """A draft was changed."""

    name: ClassVar[str] = "referrals.changed"


class ReferralSent(Event):
    """The matter is in the hands of a body; its clock runs."""

    name: ClassVar[str] = "referrals.sent"


class ReferralForwarded(Event):
    """A body that is not competent handed it on. The subject is the new rung."""

    name: ClassVar[str] = "referrals.forwarded"


class ReferralEscalated(Event):
    """Nobody answered in time: it went one level up. The subject is the new rung."""

    name: ClassVar[str] = "referrals.escalated"


class ReferralWithdrawn(Event):
    """Those who referred it took it back."""

    name: ClassVar[str] = "referrals.withdrawn"


class ReferralAcknowledged(Event):
    """A named official has taken it on."""

    name: ClassVar[str] = "referrals.acknowledged"


class DeliberationBegun(Event):
    """The body deliberates."""

    name: ClassVar[str] = "referrals.deliberated"


@dataclass(frozen=True, kw_only=True)
class ReferralAnswered(Event):
    """A body answered and settled the matter. ``subject`` is the response, ``rungs`` every rung it goes back to."""

    name: ClassVar[str] = "referrals.answered"
    rungs: tuple[Any, ...] = ()

    def details(self) -> dict[str, Any]:
        """How it was answered, and for how many rungs."""
        return {"outcome": str(self.subject.outcome), "rungs": len(self.rungs)}


@dataclass(frozen=True, kw_only=True)
class AnswerTranslated(Event):
    """The answer can be read in one more language. ``subject`` is the response."""

    name: ClassVar[str] = "referrals.translated"
    language: str

    def details(self) -> dict[str, Any]:
        """The language."""
        return {"language": self.language}


class NoteAdded(Event):
    """A body on the way added a note to the answer. ``subject`` is the response."""

    name: ClassVar[str] = "referrals.note_added"


@dataclass(frozen=True, kw_only=True)
class AnswerJudged(Event):
    """Who began it said whether the question was answered."""

    name: ClassVar[str] = "referrals.judged"
    satisfaction: str

    def details(self) -> dict[str, Any]:
        """What was said."""
        return {"satisfaction": self.satisfaction}


class ReferralReopened(Event):
    """The matter is with the answering body again. The subject is that rung."""

    name: ClassVar[str] = "referrals.reopened"


class ReferralImplemented(Event):
    """What was promised has been done."""

    name: ClassVar[str] = "referrals.implemented"


class ReferralLapsed(Event):
    """What was promised will not be done."""

    name: ClassVar[str] = "referrals.lapsed"


class JoiningProposed(Event):
    """A body asks whether it may answer similar matters together. ``subject`` is one of those asked."""

    name: ClassVar[str] = "referrals.joining_proposed"


@dataclass(frozen=True, kw_only=True)
class JoiningDecided(Event):
    """A place agreed or refused. ``bundle`` is what it was joined in."""

    name: ClassVar[str] = "referrals.joining_decided"
    agreed: bool
    bundle: Record | None = None

    def details(self) -> dict[str, Any]:
        """What was decided."""
        return {"agreed": self.agreed}


class ReplyDueSoon(Event):
    """The reply-by date comes near."""

    name: ClassVar[str] = "referrals.due_soon"


class ReplyOverdue(Event):
    """The reply-by date went by without an answer."""

    name: ClassVar[str] = "referrals.overdue"
