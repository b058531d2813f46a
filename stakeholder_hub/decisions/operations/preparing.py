"""Putting something to the vote, and changing it as long as nobody can have voted."""

from typing import Unpack

import structlog

from stakeholder_hub.consultations.drafts import LONGEST_QUESTION, LONGEST_TITLE, checked_line
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.events import BallotChanged, BallotPrepared
from stakeholder_hub.decisions.locks import with_locked
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.decisions.operations.options import clear_options, set_options
from stakeholder_hub.decisions.operations.terms import Terms, set_terms
from stakeholder_hub.decisions.policy import may_change_ballot, may_prepare_ballot
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link, add_record

log = structlog.get_logger(__name__)

_NO_TITLE = _l("Give the vote a name.")
_NO_QUESTION = _l("Write the question people vote on.")


@operation
def prepare_ballot(consultation: Consultation, *, actor: Actor, **terms: Unpack[Terms]) -> Ballot:
    """Prepare a vote in a consultation, its options in the order given (see :class:`Terms`).

    Raises:
        NotAllowed: the actor does not run the consultation, or it is closed.
        Invalid: dates, amounts or options do not fit.
    """
    require(may_prepare_ballot(actor, consultation))
    ballot = Ballot(
        state=BallotState.PREPARED,
        territory=consultation.territory,
        group_id=consultation.group_id,
        context_id=consultation.id,
        consultation=consultation,
        visibility=consultation.visibility,
        source_language=terms["title"].source,
        currency=consultation.currency,
    )
    _set_words(ballot, terms)
    set_terms(ballot, terms)
    add_record(ballot, actor=actor)
    set_options(ballot, terms, actor=actor)
    add_link(consultation, Relation.PROMPTED, ballot, actor=actor)
    emit(BallotPrepared(actor=actor, subject=ballot))
    return ballot


@operation
def edit_ballot(ballot: Ballot, *, version: int, actor: Actor, **terms: Unpack[Terms]) -> Ballot:
    """Change a ballot that has not opened.

    Raises:
        NotAllowed: it has opened, or the actor does not run it (refused and logged).
        Invalid: the terms do not fit, or one of them is locked.
        Conflict: somebody else changed it since ``version``.
    """
    if not (verdict := may_change_ballot(actor, ballot)):
        log.warning("ballot_change_refused", ballot=ballot.reference, state=ballot.state)
    require(verdict)
    if ballot.version != version:
        raise Conflict(
            _l("Somebody else changed this ballot in the meantime."),
            theirs={
                "title": ballot.title.original.text,
                "question": ballot.question.original.text,
                "version": ballot.version,
            },
            mine={"title": terms["title"].original.text, "question": terms["question"].original.text},
        )
    kept = with_locked(ballot, terms)
    _set_words(ballot, kept)
    set_terms(ballot, kept)
    clear_options(ballot)
    set_options(ballot, kept, actor=actor)
    ballot.touch()
    emit(BallotChanged(actor=actor, subject=ballot))
    return ballot


def _set_words(ballot: Ballot, terms: Terms) -> None:
    ballot.title = checked_line(terms["title"], "title", longest=LONGEST_TITLE, missing=_NO_TITLE)
    ballot.question = checked_line(
        terms["question"], "question", longest=LONGEST_QUESTION, missing=_NO_QUESTION
    )
