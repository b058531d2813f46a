"""Similar matters of several places are joined, each with its consent, and answered once."""

from collections.abc import Sequence

import sqlalchemy as sa

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link, add_record
from stakeholder_hub.referrals import texts
from stakeholder_hub.referrals.deadlines import set_reply_by
from stakeholder_hub.referrals.events import JoiningDecided, JoiningProposed
from stakeholder_hub.referrals.kinds import OPEN_STATES, JoinState, ReferralState, Step
from stakeholder_hub.referrals.models import Bundling, JoinRequest, Referral
from stakeholder_hub.referrals.operations.holding import hold, no_longer_due, note_stops
from stakeholder_hub.referrals.parties import home_of, let_party_read
from stakeholder_hub.referrals.policy import may_bundle, may_consent
from stakeholder_hub.referrals.queries import stops_of

MOST_JOINED = 50


@operation
def ask_to_join(
    referral: Referral,
    *,
    others: Sequence[Referral],
    request: str,
    reason: str = "",
    language: str,
    actor: Actor,
) -> Bundling:
    """Ask the places of ``referral`` and of ``others`` whether the body may answer their matters together.

    Raises:
        NotAllowed: the actor does not act for the body that has them, or one of them is answered or joined.
        Invalid: no other matter, or no sentence that says what is asked in all of them.
        Conflict: one of them is being asked already.
    """
    asked = list(dict.fromkeys([referral, *others]))
    if not 2 <= len(asked) <= MOST_JOINED:
        raise Invalid(
            _l("Choose at least one other matter, and at most %(most)s.", most=MOST_JOINED - 1), "others"
        )
    for one in asked:
        hold(one)
        require(may_bundle(actor, one))
        if one.to_body_id != referral.to_body_id:
            raise Invalid(_l("This matter is with another body."), "others")
        if one.visibility is not referral.visibility:
            raise Invalid(_l("Only matters that the same people can read are answered together."), "others")
    title = texts.sentence(
        request, language, field="request", missing=_l("Say in one sentence what is asked in all of them.")
    )
    text, _html = texts.body(reason, field="reason", longest=texts.LONGEST_NOTE)
    busy = sa.select(JoinRequest.referral_id).where(
        JoinRequest.referral_id.in_([one.id for one in asked]),
        JoinRequest.state.in_((JoinState.ASKED, JoinState.AGREED)),
    )
    if db.session.scalar(busy.limit(1)) is not None:
        raise Conflict(_l("One of these places is being asked already. Please look at it again."))
    bundling = Bundling(body=referral.to_body, title=title, reason=text, language=language, user_id=actor.id)
    bundling.requests = [JoinRequest(referral=one) for one in asked]
    db.session.add(bundling)
    db.session.flush()
    for one in asked:
        emit(JoiningProposed(actor=actor, subject=one))
    return bundling


@operation
def decide_joining(request: JoinRequest, *, agreed: bool, reason: str = "", actor: Actor) -> JoinRequest:
    """Agree that one's matter is joined, or stay alone. The joined matter begins with the first place that agrees.

    Raises:
        NotAllowed: the actor does not act for whoever referred it, or it has been decided.
        Conflict: it was answered or taken back in the meantime.
    """
    # One place after the other: two that agree at once must not begin two joined matters.
    db.session.execute(sa.select(Bundling.id).where(Bundling.id == request.bundling_id).with_for_update())
    db.session.refresh(request)
    db.session.refresh(request.bundling)
    referral = hold(request.referral)
    require(may_consent(actor, request))
    if referral.state not in OPEN_STATES or referral.bundle_id is not None:
        raise Conflict(_l("This was answered or taken back in the meantime. Please look at it again."))
    text, _html = texts.body(reason, field="reason", longest=texts.LONGEST_NOTE)
    request.state = JoinState.AGREED if agreed else JoinState.REFUSED
    request.reason, request.user_id, request.decided_at = text, actor.id, clock.now()
    bundle = _join(request, referral, actor) if agreed else None
    emit(JoiningDecided(actor=actor, subject=referral, agreed=agreed, bundle=bundle))
    return request


def _join(request: JoinRequest, referral: Referral, actor: Actor) -> Referral:
    bundle = request.bundling.bundle
    is_new = bundle is None
    if bundle is None:
        bundle = _begin(request.bundling, referral, actor)
    else:
        hold(bundle)
        if bundle.state not in OPEN_STATES:
            raise Conflict(_l("This was answered or taken back in the meantime. Please look at it again."))
        if bundle.visibility is not referral.visibility:
            raise Conflict(_l("Only matters that the same people can read are answered together."))
    add_link(referral, Relation.JOINED_IN, bundle, actor=actor)
    if is_new:
        request.bundling.bundle = bundle
    _put_into(referral, bundle)
    return bundle


def _begin(bundling: Bundling, first: Referral, actor: Actor) -> Referral:
    """The joined matter: taken on by the official who asked, owed by the earliest day that any place was promised."""
    body = bundling.body
    bundle = Referral(
        step=Step.JOINED,
        title=bundling.title,
        source_language=bundling.language,
        state=ReferralState.ACKNOWLEDGED,
        visibility=first.visibility,
        from_body_id=body.id,
        to_body=body,
        topic=first.topic,
        gap=first.gap,
        body_text=bundling.reason,
        body_html=texts.body(bundling.reason, field="reason")[1],
        author_id=bundling.user_id,
        sent_at=clock.now(),
        ack_due_at=clock.now(),
        acknowledged_at=clock.now(),
        acknowledged_by_id=bundling.user_id,
        acknowledgement_language=bundling.language,
        **home_of(body),
    )
    assert first.reply_by is not None  # noqa: S101 - only what was sent is joined
    set_reply_by(bundle, first.reply_by)
    add_record(bundle, actor=actor)
    note_stops(bundle.id, [body.id])
    return bundle


def _put_into(referral: Referral, bundle: Referral) -> None:
    if referral.state != ReferralState.IN_DELIBERATION:
        referral.move_to(ReferralState.IN_DELIBERATION)
        referral.deliberated_at = clock.now()
    if referral.acknowledged_at is None:
        referral.acknowledged_at, referral.acknowledged_by_id = (
            bundle.acknowledged_at,
            bundle.acknowledged_by_id,
        )
        referral.acknowledged_as = bundle.acknowledged_as
    referral.bundle_id = bundle.id
    no_longer_due(referral)
    if bundle.reply_by is not None and referral.reply_by is not None and referral.reply_by < bundle.reply_by:
        set_reply_by(bundle, referral.reply_by)
    note_stops(bundle.id, stops_of([referral.chain_id]))
    for party in (referral.sender, referral.to_body):
        let_party_read(bundle, party)
    if referral.source is not None and referral.source.group is not None:
        let_party_read(bundle, referral.source.group)
    db.session.flush()
