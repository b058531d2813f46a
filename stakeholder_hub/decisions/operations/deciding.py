"""The recorded outcome, and the group's reasons for it."""

from stakeholder_hub.decisions.counting import chosen_positions
from stakeholder_hub.decisions.events import DecisionExplained, DecisionRecorded
from stakeholder_hub.decisions.models import Ballot, Decision
from stakeholder_hub.decisions.policy import may_explain_decision
from stakeholder_hub.decisions.wording import decision_title
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import markdown, normalise
from stakeholder_hub.ratifications.rules import Standing
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link, add_record


@operation
def record_decision(ballot: Ballot, *, actor: Actor) -> Decision:
    """Put the outcome of a closed ballot on record; the group may add its reasons later."""
    decided_at = ballot.closed_at or clock.now()
    decision = Decision(
        created_at=decided_at,
        title=decision_title(ballot.title),
        state=_state_of(ballot),
        territory=ballot.territory,
        group_id=ballot.group_id,
        context_id=ballot.context_id,
        consultation_id=ballot.consultation_id,
        ballot=ballot,
        visibility=ballot.visibility,
        source_language=ballot.source_language,
        decided_at=decided_at,
    )
    add_record(decision, actor=actor)
    add_link(ballot, Relation.DECIDED_BY, decision, at=decided_at, actor=actor)
    emit(DecisionRecorded(actor=actor, subject=decision))
    return decision


def _state_of(ballot: Ballot) -> str:
    if ballot.after_close is Standing.PENDING:
        return "pending"
    return "adopted" if chosen_positions(ballot) else "rejected"


@operation
def explain_decision(
    decision: Decision, *, reasons: str, language: str, version: int, actor: Actor
) -> Decision:
    """Give, or change, the group's reasons for a decision.

    Raises:
        Conflict: somebody else changed them since ``version``.
    """
    require(may_explain_decision(actor, decision))
    if decision.version != version:
        raise Conflict(
            _l("Somebody else changed this in the meantime."),
            theirs={"reasons": decision.reasons_text, "version": decision.version},
            mine={"reasons": reasons},
        )
    decision.reasons_text = normalise(reasons)
    decision.reasons_html, decision.source_language = markdown(decision.reasons_text), language
    decision.touch()
    emit(DecisionExplained(actor=actor, subject=decision))
    return decision
