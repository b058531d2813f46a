"""A decision becomes something that a body below is asked to promise."""

from datetime import date

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.officials import let_officials_read
from stakeholder_hub.commitments.events import CommitmentAsked
from stakeholder_hub.commitments.models import Commitment, CommitmentState
from stakeholder_hub.commitments.operations.holding import let_all_read, note_change
from stakeholder_hub.commitments.operations.wording import checked_promise, write_down
from stakeholder_hub.commitments.policy import is_at_or_below, may_ask
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link, add_record


@operation
def ask_for_commitment(
    decision: Decision,
    *,
    asker: Body,
    body: Body,
    title: str,
    text: str = "",
    measure: str,
    due_on: date,
    language: str,
    actor: Actor,
) -> Commitment:
    """Ask ``body`` to promise something because of ``decision``: what, by when, and how one sees that it was kept.

    Raises:
        NotAllowed: the actor does not act for ``asker``, which stands behind the decision, or it does not bind.
        Invalid: the body does not lie at or below the asker, or something is missing, at the field.
    """
    require(may_ask(actor, decision, asker))
    if not is_at_or_below(body, asker) or not body.is_active_on(clock.today(body.territory.timezone)):
        raise Invalid(_l("Choose another body of this place or of one below it."), "body")
    promise = checked_promise(body, title=title, text=text, measure=measure, due_on=due_on, language=language)
    commitment = Commitment(
        state=CommitmentState.ASKED,
        territory=body.territory,
        group_id=body.group_id,
        context_id=decision.context_id,
        visibility=decision.visibility,
        decision=decision,
        asker=asker,
        body=body,
    )
    write_down(commitment, promise)
    add_record(commitment, actor=actor)
    let_officials_read(decision, [body])
    let_all_read(commitment, commitment)
    add_link(decision, Relation.PROMISED_AS, commitment, actor=actor)
    note_change(commitment, None, body=asker, reasons="", language=language, actor=actor)
    emit(CommitmentAsked(actor=actor, subject=commitment))
    return commitment
