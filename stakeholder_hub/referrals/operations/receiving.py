"""What a body does with a matter: acknowledge, deliberate, answer. Always a named official, always with reasons."""

from datetime import date

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Record, Relation, Visibility
from stakeholder_hub.records.operations import add_link, add_record
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.referrals import texts
from stakeholder_hub.referrals.deadlines import days_taken, set_reply_by
from stakeholder_hub.referrals.events import DeliberationBegun, ReferralAcknowledged, ReferralAnswered
from stakeholder_hub.referrals.kinds import Outcome, ReferralState
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.operations.handing_on import forward_referral
from stakeholder_hub.referrals.operations.holding import hold, no_longer_due
from stakeholder_hub.referrals.operations.joined import close_requests
from stakeholder_hub.referrals.parties import home_of, let_party_read, position_of
from stakeholder_hub.referrals.policy import may_acknowledge, may_answer, may_deliberate
from stakeholder_hub.referrals.queries import PROMISING_KINDS, chain_of, first_rung, members_of

_NO_NOTE = _l("Say who deals with it, or what happens next.")
_NO_ANSWER = _l("Give the reasons for your answer.")
_NOTHING_NAMED = _l("Name the action item or the decision by which it is carried out.")
_LINK: dict[str, Relation] = {"action_item": Relation.CARRIED_OUT_BY, "decision": Relation.RESULTED_IN}


@operation
def acknowledge_referral(
    referral: Referral, *, note: str, reply_by: date | None = None, language: str, actor: Actor
) -> Referral:
    """Take a matter on, by name and with a word on what happens next.

    ``reply_by`` is an earlier day than owed, where the body agrees to one: that is its consent.

    Raises:
        NotAllowed: the actor does not act for the body, or it was acknowledged before.
        Invalid: no note, or a day that has gone by or is later than what was promised.
    """
    hold(referral)
    require(may_acknowledge(actor, referral))
    text, html = texts.body(note, field="note", missing=_NO_NOTE, longest=texts.LONGEST_NOTE)
    referral.acknowledgement_language = texts.written_in(language)
    referral.acknowledgement_text, referral.acknowledgement_html = text, html
    _agree_to(referral, reply_by)
    referral.move_to(ReferralState.ACKNOWLEDGED)
    referral.acknowledged_at = clock.now()
    referral.acknowledged_by_id = actor.id
    referral.acknowledged_as = position_of(actor, referral.to_body)
    emit(ReferralAcknowledged(actor=actor, subject=referral))
    return referral


def _agree_to(referral: Referral, day: date | None) -> None:
    owed = referral.reply_by
    if day is None or day == owed:
        return
    if day < clock.today(referral.to_body.territory.timezone):
        raise Invalid(_l("Choose a day that is still to come."), "reply_by")
    if owed is not None and day > owed:
        raise Invalid(
            _l("You have promised an answer earlier than that. It can only be made sooner."), "reply_by"
        )
    set_reply_by(referral, day)


@operation
def begin_deliberation(referral: Referral, *, actor: Actor) -> Referral:
    """Say that the body deliberates: from now on the matter can no longer be taken back."""
    hold(referral)
    require(may_deliberate(actor, referral))
    referral.move_to(ReferralState.IN_DELIBERATION)
    referral.deliberated_at = clock.now()
    emit(DeliberationBegun(actor=actor, subject=referral))
    return referral


@operation
def answer_referral(
    referral: Referral,
    *,
    outcome: Outcome,
    answer: str,
    language: str,
    named: Record | None = None,
    forward_to: Body | None = None,
    skip_reason: str = "",
    actor: Actor,
) -> Response:
    """Answer with reasons. The answer walks back down every rung at once; "not competent" hands the matter on instead.

    Raises:
        NotAllowed: the actor does not act for the body, or it has been answered.
        Invalid: no reasons; accepted, but neither action item nor decision is named; not competent, but nobody else is.
        Conflict: somebody else answered at the same time.
    """
    hold(referral)
    require(may_answer(actor, referral))
    text, html = texts.body(answer, field="answer", missing=_NO_ANSWER)
    _check_named(referral, outcome, named, actor)
    if outcome is Outcome.NOT_COMPETENT and forward_to is None:
        raise Invalid(_l("Choose the body that is competent: the matter goes there."), "forward_to")
    response = _respond(referral, outcome, text, html, texts.written_in(language), named, actor)
    now = clock.now()
    referral.move_to(ReferralState.ANSWERED)
    referral.outcome, referral.answered_at = outcome, now
    referral.answer_days = days_taken(referral)
    no_longer_due(referral)
    add_link(referral, Relation.ANSWERED_BY, response, actor=actor)
    if named is not None and outcome.promises:
        add_link(response, _LINK[named.kind], named, actor=actor)
    if outcome is Outcome.NOT_COMPETENT and forward_to is not None:
        close_requests(referral)
        forward_referral(referral, to_body=forward_to, skip_reason=skip_reason, actor=actor)
        emit(ReferralAnswered(actor=actor, subject=response))
        return response
    rungs = _walk_back(referral, response, actor)
    emit(ReferralAnswered(actor=actor, subject=response, rungs=tuple(rungs)))
    return response


def _check_named(referral: Referral, outcome: Outcome, named: Record | None, actor: Actor) -> None:
    if not outcome.promises:
        return
    if named is None:
        raise Invalid(_NOTHING_NAMED, "named")
    require(may_see(actor, named))
    if named.kind not in PROMISING_KINDS:
        raise Invalid(_l("What follows is an action item or a decision, nothing else."), "named")
    if named.id == referral.source_id:
        raise Invalid(_l("This is what was referred. Name what follows from your answer."), "named")
    order = list(Visibility)
    if order.index(named.visibility) > order.index(referral.visibility):
        raise Invalid(_l("Those who get the answer could not read this. Publish it first."), "named")


def _respond(
    referral: Referral,
    outcome: Outcome,
    text: str,
    html: str,
    language: str,
    named: Record | None,
    actor: Actor,
) -> Response:
    body = referral.to_body
    response = Response(
        title=referral.title,
        state=outcome,
        source_language=language,
        visibility=referral.visibility,
        context_id=referral.context_id,
        referral=referral,
        round=referral.rounds,
        body=body,
        outcome=outcome,
        answer=Multilingual.of(text, language),
        answer_html={language: html},
        official_id=actor.id,
        official_as=position_of(actor, body),
        named_id=named.id if named is not None and outcome.promises else None,
        **home_of(body),
    )
    add_record(response, actor=actor)
    return response


def _walk_back(referral: Referral, response: Response, actor: Actor) -> list[Referral]:
    """Bring the answer to every rung before, and to every matter that was joined on the way."""
    rungs = list(chain_of(referral))
    close_requests(referral)
    first = first_rung(referral)
    for member in members_of(first):
        hold(member)
        if member.is_open:
            member.move_to(ReferralState.ANSWERED)
            member.outcome, member.answered_at = response.outcome, clock.now()
            member.answer_days = days_taken(member)
            no_longer_due(member)
        rungs += chain_of(member)
    named = db.session.get(Record, response.named_id) if response.named_id is not None else None
    handed: list[Record] = [response]
    if named is not None and named.visibility is Visibility.MEMBERS:
        handed.append(named)
    for rung in rungs:
        rung.answer_id = response.id
        for record in handed:
            let_party_read(record, rung.to_body)
            let_party_read(record, rung.sender)
            if rung.source is not None and rung.source.group is not None:
                let_party_read(record, rung.source.group)
        add_link(rung, Relation.ANSWERED_BY, response, actor=actor)
    db.session.flush()
    return rungs
