"""A rung hands the matter on: forwarded by a body that is not competent, or gone up because nobody answered."""

from datetime import timedelta

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.queries import suggest_addressees
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link, add_record
from stakeholder_hub.referrals.deadlines import start_clock
from stakeholder_hub.referrals.events import ReferralEscalated, ReferralForwarded
from stakeholder_hub.referrals.kinds import OPEN_STATES, ReferralState, Step
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.operations.holding import (
    chains_of,
    hold,
    is_active,
    no_longer_due,
    stop_at,
)
from stakeholder_hub.referrals.operations.joined import close_requests
from stakeholder_hub.referrals.parties import home_of, let_party_read
from stakeholder_hub.referrals.policy import may_be_asked
from stakeholder_hub.referrals.queries import chain_of, stops_of
from stakeholder_hub.referrals.skipping import check_skipping, note_skipped

LOOK_AGAIN = timedelta(days=7)
"""So much later it is looked again whether there is a body one level up."""


@operation
def forward_referral(referral: Referral, *, to_body: Body, skip_reason: str = "", actor: Actor) -> Referral:
    """Hand a matter on to the body that is competent. Part of an answer "not competent": who may is asked there.

    Raises:
        Invalid: the body has had it, belongs to the same place or has ended, or a level is passed by without a reason.
        Conflict: two forward it at the same time.
    """
    sender = referral.to_body
    if to_body.id in stops_of(chains_of(referral)):
        raise Invalid(
            _l("This body has had the matter in its hands already. It cannot come back to it."), "forward_to"
        )
    if not (answer := may_be_asked(sender, to_body)):
        raise Invalid(answer.reason, "forward_to")
    if not is_active(to_body):
        raise Invalid(_l("This body no longer works. Choose another."), "forward_to")
    reason = check_skipping(sender.territory, to_body, referral.topic, skip_reason)
    onward = _onward(referral, to_body, Step.FORWARDED, reason, actor)
    emit(ReferralForwarded(actor=actor, subject=onward))
    return onward


def _onward(referral: Referral, to_body: Body, step: Step, reason: str, actor: Actor) -> Referral:
    """The next rung: the same request, a clock of its own, seen by whoever sees the rungs before."""
    onward = Referral(
        step=step,
        title=referral.title,
        source_language=referral.source_language,
        state=ReferralState.SENT,
        context_id=referral.context_id,
        visibility=referral.visibility,
        source_id=referral.source_id,
        previous_id=referral.id,
        root_id=referral.chain_id,
        from_body_id=referral.to_body_id,
        to_body=to_body,
        topic=referral.topic,
        gap=referral.gap,
        body_text=referral.body_text,
        body_html=referral.body_html,
        evidence_text=referral.evidence_text,
        evidence_html=referral.evidence_html,
        evidence_links=list(referral.evidence_links),
        skip_reason=reason,
        **home_of(referral.to_body),
    )
    start_clock(onward)
    add_record(onward, actor=actor)
    add_link(referral, Relation.FORWARDED_AS, onward, actor=actor)
    stop_at(onward, to_body)
    for rung in chain_of(onward):
        let_party_read(rung, to_body)
        let_party_read(onward, rung.to_body)
        let_party_read(onward, rung.sender)
    if onward.source is not None:
        let_party_read(onward.source, to_body)
        if onward.source.group is not None:
            let_party_read(onward, onward.source.group)
    note_skipped(onward)
    return onward


@operation
def escalate_referral(referral_id: int) -> int:
    """Let an unanswered matter go one level up, if its time has come; returns 1 where it did.

    Can run twice, and in several workers at once: the rung is held, and is open no more afterwards.
    """
    referral = db.session.get(Referral, referral_id)
    if referral is None:
        return 0
    hold(referral)
    now = clock.now()
    if referral.state not in OPEN_STATES or referral.bundle_id is not None:
        return 0
    if referral.escalate_at is None or referral.escalate_at > now:
        return 0
    body = _one_level_up(referral)
    if body is None:
        referral.escalate_at = now + LOOK_AGAIN
        return 0
    referral.move_to(ReferralState.LAPSED)
    referral.escalated_at = now
    no_longer_due(referral)
    close_requests(referral)
    onward = _onward(referral, body, Step.ESCALATED, "", SYSTEM)
    emit(ReferralEscalated(actor=SYSTEM, subject=onward))
    return 1


def _one_level_up(referral: Referral) -> Body | None:
    """The nearest body above that may decide about the topic and has not had the matter."""
    place = referral.to_body.territory
    had = stops_of(chains_of(referral))
    return next(
        (s.body for s in suggest_addressees(place, referral.topic, above=place) if s.body.id not in had), None
    )
