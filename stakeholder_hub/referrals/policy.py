"""Who may refer, acknowledge, answer, add a note, judge and reopen: role by state, on every rung.

Nobody above a body acts for it: roles inherit down the tree, a mandate does not.
"""

from stakeholder_hub.bodies.models import Body, BodyKind
from stakeholder_hub.bodies.policy import may_act_for
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
from stakeholder_hub.records.models import Moderation, Record, Visibility
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.referrals.kinds import JoinState, ReferralState, Satisfaction, Step
from stakeholder_hub.referrals.models import JoinRequest, Referral, Response
from stakeholder_hub.referrals.parties import Party, acts_for
from stakeholder_hub.referrals.queries import parties_on_the_way, tip_of

S = ReferralState

_HIDDEN = _l("A moderator has hidden this. Nothing can be added to it now.")
_ELSEWHERE = _l("This matter was joined with others: it is answered there.")


@permission("referrals.refer")
def may_refer(actor: Actor, record: Record, sender: Party) -> Verdict:
    """Refer a record one may see, in the name of a body or group one acts for."""
    if not may_see(actor, record):
        return unseen()
    if not (answer := signed_in(actor, _l("Sign in to refer this."))):
        return answer
    return first_refusal(can_be_referred(record), acts_for(actor, sender))


def can_be_referred(record: Record) -> Verdict:
    """Whether a record can be handed to another level at all: asked without a statement."""
    return first_refusal(
        (
            not isinstance(record, Referral | Response),
            _l("This is a referral already. The body that has it can forward it."),
        ),
        (record.moderation is not Moderation.HIDDEN, _HIDDEN),
        (
            record.visibility is not Visibility.PRIVATE,
            _l("This is a draft or for its group's coordinators only. Publish it first."),
        ),
        (record.withdrawn_at is None and record.state != "withdrawn", _l("This was withdrawn.")),
    )


def may_be_asked(sender: Party, body: Body) -> Verdict:
    """Whether ``body`` stands elsewhere than ``sender``: above, below or beside it."""
    if isinstance(sender, Body) and sender.id == body.id:
        return refused(_l("This is the body that refers it. Choose another."))
    if isinstance(sender, Body) is False and body.group_id == sender.id:
        return refused(_l("This is the body that refers it. Choose another."))
    same_place = sender.territory.id == body.territory_id
    across = body.kind is BodyKind.TASK_SPECIFIC or (
        isinstance(sender, Body) and sender.kind is BodyKind.TASK_SPECIFIC
    )
    return first_refusal(
        (
            not same_place or across,
            _l("This body belongs to the same place. A referral goes to another level or another place."),
        )
    )


@permission("referrals.edit_draft")
def may_edit_draft(actor: Actor, referral: Referral) -> Verdict:
    """Change or send a draft: those who act for whoever refers it."""
    if not (answer := _for_sender(actor, referral)):
        return answer
    return _in_state(referral, (S.DRAFTED,), _l("This has been sent: it stays as it is."))


@permission("referrals.withdraw")
def may_withdraw(actor: Actor, referral: Referral) -> Verdict:
    """Take back what one referred, until the body deliberates. What was forwarded or joined is no longer one's own."""
    if not (answer := _for_sender(actor, referral)):
        return answer
    return first_refusal(
        (referral.step is Step.SENT, _l("This was handed on by a body: it cannot be taken back.")),
        (referral.bundle_id is None, _ELSEWHERE),
        _in_state(
            referral,
            (S.DRAFTED, S.SENT, S.ACKNOWLEDGED),
            _l("The body deliberates or has answered: it can no longer be taken back."),
        ),
    )


@permission("referrals.acknowledge")
def may_acknowledge(actor: Actor, referral: Referral) -> Verdict:
    """Take a referral on: a named official of the body it was sent to."""
    return _as_official(actor, referral, (S.SENT,), _l("This has been acknowledged already."))


@permission("referrals.deliberate")
def may_deliberate(actor: Actor, referral: Referral) -> Verdict:
    """Say that the body deliberates."""
    return _as_official(actor, referral, (S.ACKNOWLEDGED,), _l("Acknowledge it first, or it is past that."))


@permission("referrals.answer")
def may_answer(actor: Actor, referral: Referral) -> Verdict:
    """Answer or forward: a named official of the body, after it was acknowledged."""
    if referral.state == S.SENT:
        return _as_official(actor, referral, (S.ACKNOWLEDGED,), _l("Acknowledge this first, then answer it."))
    return _as_official(
        actor,
        referral,
        (S.ACKNOWLEDGED, S.IN_DELIBERATION),
        _l("This has been answered, or is not with you."),
    )


@permission("referrals.conclude")
def may_conclude(actor: Actor, referral: Referral) -> Verdict:
    """Say that what was promised is done, or will not be: officials of the body that answered."""
    if not (answer := _official(actor, referral)):
        return answer
    return first_refusal(
        (
            referral.outcome is not None and referral.outcome.promises,
            _l("Nothing was promised in the answer: there is nothing to carry out."),
        ),
        _in_state(referral, (S.ANSWERED,), _l("It has been said already what became of it.")),
    )


@permission("referrals.note")
def may_note(actor: Actor, response: Response, speaker: Party) -> Verdict:
    """Add a note for one's own people to an answer: each body on the way, once. The answer itself nobody changes."""
    if not may_see(actor, response):
        return unseen()
    if not (answer := signed_in(actor, _l("Sign in to add a note."))):
        return answer
    on_the_way = parties_on_the_way(response)
    return first_refusal(
        (speaker in on_the_way, _l("Only the bodies and groups on the way of this answer add notes to it.")),
        acts_for(actor, speaker),
        (
            all(note.speaker is not speaker for note in response.notes),
            _l("There is a note of this body already."),
        ),
    )


@permission("referrals.translate")
def may_translate(actor: Actor, response: Response) -> Verdict:
    """Translate an answer: the body that gave it, and every body or group on its way."""
    if not may_see(actor, response):
        return unseen()
    if not (answer := signed_in(actor, _l("Sign in to translate."))):
        return answer
    if any(acts_for(actor, party) for party in (response.body, *parties_on_the_way(response))):
        return ALLOWED
    return refused(_l("Only the bodies and groups on the way of this answer translate it."))


@permission("referrals.judge")
def may_judge(actor: Actor, referral: Referral) -> Verdict:
    """Say whether the answer answered the question: who put the original forward, else those who referred it."""
    if not (answer := _as_proposer(actor, referral)):
        return answer
    return first_refusal(
        (referral.answer_id is not None, _l("There is no answer yet.")),
        (
            all(verdict.round != round_of(referral) for verdict in referral.verdicts),
            _l("You have said already whether this answer answered the question."),
        ),
    )


@permission("referrals.reopen")
def may_reopen(actor: Actor, referral: Referral) -> Verdict:
    """Ask again, once, after having said that the answer did not, or not wholly, answer the question."""
    if not (answer := _as_proposer(actor, referral)):
        return answer
    said = {verdict.round: verdict.satisfaction for verdict in referral.verdicts}
    return first_refusal(
        (referral.reopened_at is None, _l("This has been reopened already. That is possible once.")),
        (referral.answer_id is not None, _l("There is no answer yet.")),
        (
            said.get(1) in (Satisfaction.PARTLY, Satisfaction.NO),
            _l("Say first that the answer does not, or not wholly, answer the question."),
        ),
        (
            bool(may_be_active(tip_of(referral).to_body)),
            _l("The body that answered has ended. Refer the matter to another."),
        ),
    )


@permission("referrals.bundle")
def may_bundle(actor: Actor, referral: Referral) -> Verdict:
    """Ask whether similar matters may be joined with this one: officials of the body that has them."""
    return first_refusal(
        _as_official(
            actor,
            referral,
            (S.SENT, S.ACKNOWLEDGED, S.IN_DELIBERATION),
            _l("This has been answered, or is not with you."),
        ),
        (referral.step is not Step.JOINED, _l("This joins several matters already.")),
        (referral.rounds == 1, _l("This was reopened: it is answered on its own.")),
    )


@permission("referrals.consent")
def may_consent(actor: Actor, request: JoinRequest) -> Verdict:
    """Agree that one's matter is joined with others, or refuse: those who act for whoever referred it."""
    if not may_see(actor, request.referral):
        return unseen()
    return first_refusal(
        signed_in(actor, _l("Sign in to decide.")),
        acts_for(actor, request.referral.sender),
        (request.state is JoinState.ASKED, _l("This has been decided already.")),
    )


@permission("referrals.see_inbox")
def may_see_inbox(actor: Actor, body: Body) -> Verdict:
    """Read the inbox of a body: its officials."""
    return may_act_for(actor, body)


def round_of(referral: Referral) -> int:
    """Which answer the first rung has: 1, or 2 after it was reopened."""
    return 2 if referral.reopened_at is not None else 1


def may_be_active(body: Body) -> Verdict:
    """Whether a body still works; the system may act for it exactly then."""
    return first_refusal((body.archived_at is None, _l("This body has ended.")))


def _for_sender(actor: Actor, referral: Referral) -> Verdict:
    if not may_see(actor, referral):
        return unseen()
    return first_refusal(signed_in(actor, _l("Sign in first.")), acts_for(actor, referral.sender))


def _as_proposer(actor: Actor, referral: Referral) -> Verdict:
    if not may_see(actor, referral):
        return unseen()
    if not (answer := signed_in(actor, _l("Sign in to judge the answer."))):
        return answer
    if referral.root_id is not None or referral.source is None:
        return refused(_l("Only who began the matter judges its answer."))
    if is_system(actor):
        return ALLOWED
    if referral.source.author_id is not None:
        return first_refusal(
            (
                actor.id == referral.source.author_id,
                _l("Only the person who put the original forward can say this."),
            )
        )
    return acts_for(actor, referral.sender)


def _official(actor: Actor, referral: Referral) -> Verdict:
    if not may_see(actor, referral):
        return unseen()
    return first_refusal(
        signed_in(actor, _l("Sign in to act for this body.")),
        (referral.moderation is not Moderation.HIDDEN, _HIDDEN),
        may_act_for(actor, referral.to_body),
    )


def _as_official(
    actor: Actor, referral: Referral, states: tuple[ReferralState, ...], otherwise: Reason
) -> Verdict:
    if not (answer := _official(actor, referral)):
        return answer
    return first_refusal((referral.bundle_id is None, _ELSEWHERE), _in_state(referral, states, otherwise))


def _in_state(referral: Referral, states: tuple[ReferralState, ...], otherwise: Reason) -> Verdict:
    return first_refusal((referral.state in states, otherwise))
