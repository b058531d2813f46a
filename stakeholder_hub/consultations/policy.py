"""Who may do what with consultations, and when."""

from typing import Any

from stakeholder_hub.consultations.models import Activity, Consultation, ConsultationState
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import (
    ALLOWED,
    Actor,
    Verdict,
    first_refusal,
    is_system,
    permission,
    refused,
    signed_in,
    unseen,
)
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.models import Role, Territory
from stakeholder_hub.territories.policy import (
    manages,
    manages_group,
    manages_territory,
    roles_in_group,
    still_exists,
)

_NOT_YET: dict[Activity, Reason] = {
    Activity.PROPOSALS: _l("Proposals can be put forward later. The timeline says when."),
    Activity.SUPPORT: _l("Proposals can be supported later. The timeline says when."),
    Activity.DISCUSSION: _l("The discussion opens later. The timeline says when."),
    Activity.BALLOT: _l("The vote opens later. The timeline says when."),
}
_OVER: dict[Activity, Reason] = {
    Activity.PROPOSALS: _l("The time for proposals is over."),
    Activity.SUPPORT: _l("The time for supporting proposals is over."),
    Activity.DISCUSSION: _l("The discussion is closed."),
    Activity.BALLOT: _l("The vote is over."),
}
_NEVER: dict[Activity, Reason] = {
    Activity.PROPOSALS: _l("This consultation takes no proposals."),
    Activity.SUPPORT: _l("In this consultation proposals are not supported."),
    Activity.DISCUSSION: _l("This consultation has no open discussion."),
    Activity.BALLOT: _l("This consultation holds no vote."),
}
_OTHERWISE = _l("This cannot be done in the present phase.")


@permission("consultations.create")
def may_create(actor: Actor, group: Any) -> Verdict:
    """Begin a consultation in a group: those who coordinate it or manage its territory."""
    if not (answer := signed_in(actor, _l("Sign in to create a consultation."))):
        return answer
    return first_refusal(
        (manages_group(actor, group), _l("Only coordinators of the group can create a consultation.")),
        (group.archived_at is None, _l("This group has been put away. It can hold no new consultation.")),
        still_exists(group.territory),
    )


@permission("consultations.create_in_territory")
def may_create_in_territory(actor: Actor, territory: Territory) -> Verdict:
    """Begin a consultation that belongs to no group: those who manage the territory."""
    if not (answer := signed_in(actor, _l("Sign in to create a consultation."))):
        return answer
    return first_refusal(
        (
            manages_territory(actor, territory),
            _l("Only coordinators of the place can create a consultation."),
        ),
        still_exists(territory),
    )


@permission("consultations.manage")
def may_manage(actor: Actor, consultation: Consultation) -> Verdict:
    """Edit, publish, close, copy: those who run the group or the territory. A stranger's draft is not told of."""
    if manages(actor, consultation):
        return ALLOWED
    if not may_see(actor, consultation):
        return unseen()
    return first_refusal(
        signed_in(actor, _l("Sign in to manage this consultation.")),
        refused(_l("Only those who run this consultation can do this.")),
    )


@permission("consultations.take_part")
def may_take_part(actor: Actor, consultation: Consultation, activity: Activity) -> Verdict:
    """Do ``activity`` now. A refusal with ``sign_in`` says that it is open, but not to strangers."""
    if not may_see(actor, consultation):
        return unseen()
    return open_to(actor, consultation, activity)


def open_to(actor: Actor, consultation: Consultation, activity: Activity) -> Verdict:
    """The same for a consultation that the actor is known to see: no statement is needed."""
    if not (answer := phase_verdict(consultation, activity)):
        return answer
    if not (answer := signed_in(actor, _l("Sign in to take part."))):
        return answer
    if consultation.audience != Visibility.PUBLIC and _only_observes(actor, consultation):
        return refused(_l("Observers read along here but do not take part."))
    return ALLOWED


def phase_verdict(consultation: Consultation, activity: Activity) -> Verdict:
    """Whether ``activity`` is open now to anybody at all, with the reason if not."""
    if consultation.state == ConsultationState.DRAFT:
        return refused(_l("This consultation has not been published yet."))
    if consultation.state != ConsultationState.PUBLISHED:
        return refused(_l("This consultation is closed."))
    moment = clock.now()
    if consultation.allows(activity, moment):
        return ALLOWED
    holding = [phase for phase in consultation.phases if activity in phase.activities]
    if not holding:
        return refused(_NEVER.get(activity, _OTHERWISE))
    if any(phase.starts_at > moment for phase in holding):
        return refused(_NOT_YET.get(activity, _OTHERWISE))
    return refused(_OVER.get(activity, _OTHERWISE))


def _only_observes(actor: Actor, consultation: Consultation) -> bool:
    if is_system(actor) or consultation.group_id is None:
        return False
    return roles_in_group(actor, consultation.group) == {Role.OBSERVER}
