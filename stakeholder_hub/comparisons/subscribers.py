"""Counts are kept in the transaction of what they count."""

from stakeholder_hub.accounts.events import AccountErased
from stakeholder_hub.comparisons.keeping import (
    count_in,
    count_record,
    count_support,
    count_supports_of,
    keep_ballot,
)
from stakeholder_hub.comparisons.models import ContributionCount
from stakeholder_hub.comparisons.rebuilding import rebuild_counts
from stakeholder_hub.consultations.events import ConsultationCreated
from stakeholder_hub.decisions.events import BallotClosed, ConsultationImported
from stakeholder_hub.deliberation.events import CommentAdded, CommentWithdrawn, SupportGiven, SupportWithdrawn
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.moderation.events import RecordHidden, RecordShownAgain
from stakeholder_hub.proposals.events import ProposalSubmitted, ProposalWithdrawn
from stakeholder_hub.records.models import Moderation, Record


@subscribe(ConsultationCreated)
def begin_to_count(event: ConsultationCreated) -> None:
    """A consultation begins with nothing."""
    db.session.flush()
    nothing = dict.fromkeys(("proposals", "comments", "supports", "votes"), 0)
    row = {"consultation_id": event.subject.id, **nothing}
    insert_ignore(ContributionCount.__table__, row, index_elements=["consultation_id"])


@subscribe(ProposalSubmitted)
def count_proposal(event: ProposalSubmitted) -> None:
    """One more."""
    count_in(event.subject.context_id, proposals=1)


@subscribe(CommentAdded)
def count_comment(event: CommentAdded) -> None:
    """One more."""
    count_in(event.subject.context_id, comments=1)


@subscribe(ProposalWithdrawn)
def forget_proposal(event: ProposalWithdrawn) -> None:
    """What its author took back is counted no more, nor is the support of it."""
    _withdrawn(event.subject, "proposals")


@subscribe(CommentWithdrawn)
def forget_comment(event: CommentWithdrawn) -> None:
    """What its author took back is counted no more, nor is the support of it."""
    _withdrawn(event.subject, "comments")


def _withdrawn(record: Record, where: str) -> None:
    if record.moderation is Moderation.VISIBLE:
        count_in(record.context_id, **{where: -1}, supports=-record.support_count)


@subscribe(RecordHidden)
def forget_hidden(event: RecordHidden) -> None:
    """What a moderator has hidden is counted no more."""
    count_record(event.subject, -1)


@subscribe(RecordShownAgain)
def count_again(event: RecordShownAgain) -> None:
    """What is shown again is counted again."""
    count_record(event.subject, 1)


@subscribe(SupportGiven)
def count_given(event: SupportGiven) -> None:
    """One more."""
    count_support(event.subject, 1)


@subscribe(SupportWithdrawn)
def count_taken_back(event: SupportWithdrawn) -> None:
    """One less."""
    count_support(event.subject, -1)


@subscribe(AccountErased)
def forget_supports(event: AccountErased) -> None:
    """The counts go down with the rows that are about to go."""
    count_supports_of(event.subject.id, -1)


@subscribe(BallotClosed)
def keep_result(event: BallotClosed) -> None:
    """From the close on, and not before."""
    keep_ballot(event.subject)


@subscribe(ConsultationImported)
def count_imported(event: ConsultationImported) -> None:
    """What came all at once is counted all at once."""
    rebuild_counts(only=event.subject.id)
