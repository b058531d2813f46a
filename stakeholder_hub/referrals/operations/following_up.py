"""After the answer: notes of those on the way, translations, the verdict, asking once more, what became of it."""

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.holding import hold, hold_all
from stakeholder_hub.records.models import Record
from stakeholder_hub.referrals import texts
from stakeholder_hub.referrals.deadlines import earliest_reply, set_reply_by
from stakeholder_hub.referrals.events import (
    AnswerJudged,
    AnswerTranslated,
    NoteAdded,
    ReferralImplemented,
    ReferralLapsed,
    ReferralReopened,
)
from stakeholder_hub.referrals.kinds import ReferralState, Satisfaction
from stakeholder_hub.referrals.models import LocalNote, Referral, Response, Verdict
from stakeholder_hub.referrals.parties import Party
from stakeholder_hub.referrals.policy import (
    may_conclude,
    may_judge,
    may_note,
    may_reopen,
    may_translate,
    round_of,
)
from stakeholder_hub.referrals.queries import chain_of, settled_with, tip_of


@operation
def add_local_note(
    response: Response, *, speaker: Party, text: str, language: str, actor: Actor
) -> LocalNote:
    """Add what an answer means here, in the name of a body or group on its way. It stands beside the answer.

    Raises:
        NotAllowed: the speaker is not on the way, the actor does not act for it, or it has a note already.
        Invalid: there is no text.
    """
    require(may_note(actor, response, speaker))
    plain, html = texts.body(
        text, field="text", missing=_l("Write what the answer means here."), longest=texts.LONGEST_NOTE
    )
    note = LocalNote(
        response=response,
        body_id=speaker.id if isinstance(speaker, Body) else None,
        group_id=speaker.id if isinstance(speaker, Group) else None,
        author_id=actor.id,
        language=texts.written_in(language),
        text=plain,
        html=html,
    )
    db.session.add(note)
    db.session.flush()
    emit(NoteAdded(actor=actor, subject=response))
    return note


@operation
def translate_answer(response: Response, *, language: str, text: str, actor: Actor) -> Response:
    """Give the answer in one more language, or better. The original stays what it is, and one click away.

    Raises:
        NotAllowed: the actor acts for nobody on the way.
        Invalid: there is no text, or it is the language of the original.
    """
    hold(response)
    require(may_translate(actor, response))
    if texts.written_in(language) == response.answer.source:
        raise Invalid(_l("The answer was written in this language. Choose another."), "language")
    plain, html = texts.body(text, field="text", missing=_l("Write the translation."))
    is_new = language not in response.answer.texts
    response.answer = response.answer.with_translation(language, plain)
    response.answer_html = {**response.answer_html, language: html}
    flag_modified(response, "answer_html")
    if is_new:
        emit(AnswerTranslated(actor=actor, subject=response, language=language))
    return response


@operation
def judge_answer(
    referral: Referral, *, satisfaction: Satisfaction, text: str = "", language: str, actor: Actor
) -> Verdict:
    """Say whether the answer answered the question; about the first rung, once for each answer.

    Raises:
        NotAllowed: the actor did not begin it, there is no answer, or it was judged before.
    """
    hold(referral)
    require(may_judge(actor, referral))
    plain, _html = texts.body(text, field="text", longest=texts.LONGEST_NOTE)
    verdict = Verdict(
        referral_id=referral.id,
        round=round_of(referral),
        satisfaction=satisfaction,
        text=plain,
        language=texts.written_in(language),
        user_id=actor.id,
    )
    db.session.add(verdict)
    db.session.flush()
    db.session.expire(referral, ["verdicts"])
    emit(AnswerJudged(actor=actor, subject=referral, satisfaction=satisfaction))
    return verdict


@operation
def reopen_referral(referral: Referral, *, reason: str, actor: Actor) -> Referral:
    """Put the question once more to the body that answered: its clock starts anew. Returns the rung that is open again.

    A matter that was joined with others is reopened on its own, with the body that it was sent to.

    Raises:
        NotAllowed: the actor did not begin it, has not said that something is missing, or has reopened it before.
        Invalid: no reason is given.
    """
    tip = tip_of(referral)
    hold_all({tip, referral})
    require(may_reopen(actor, referral))
    text, _html = texts.body(
        reason, field="reason", missing=_l("Say what the answer left open."), longest=texts.LONGEST_NOTE
    )
    now = clock.now()
    referral.reopened_at = now
    for rung in chain_of(referral):
        rung.answer_id = None
    tip.move_to(ReferralState.IN_DELIBERATION)
    tip.rounds, tip.reopened_at, tip.reopen_reason = 2, now, text
    tip.bundle_id, tip.outcome, tip.concluded_at, tip.conclusion = None, None, None, ""
    set_reply_by(tip, earliest_reply(tip.to_body))
    tip.touch()
    emit(ReferralReopened(actor=actor, subject=tip))
    return tip


@operation
def conclude_referral(referral: Referral, *, implemented: bool, note: str, actor: Actor) -> Referral:
    """Say that what was promised has been done, or will not be, with a word on it.

    Raises:
        NotAllowed: the actor does not act for the body that answered, or nothing was promised.
        Invalid: nothing is said about it.
    """
    hold(referral)
    require(may_conclude(actor, referral))
    text, _html = texts.body(
        note, field="note", missing=_l("Say in a sentence what became of it."), longest=texts.LONGEST_NOTE
    )
    response = db.session.scalar(
        sa.select(Response).where(Response.referral_id == referral.id).order_by(Response.id.desc()).limit(1)
    )
    if response is None:
        raise Invalid(_l("There is no answer yet."))
    _conclude(response, implemented=implemented, note=text, actor=actor)
    return referral


@operation
def conclude_named(named: Record, *, implemented: bool, undone: bool = False) -> int:
    """What an answer named is done, or dropped: so is every referral that it answers. Returns how many rungs.

    ``undone``: it is under way again, and so is what was promised.
    """
    done = 0
    for response in db.session.scalars(sa.select(Response).where(Response.named_id == named.id)):
        done += _conclude(response, implemented=implemented, note="", actor=SYSTEM, undone=undone)
    return done


def _conclude(response: Response, *, implemented: bool, note: str, actor: Actor, undone: bool = False) -> int:
    before = (
        (ReferralState.IMPLEMENTED, ReferralState.LAPSED)
        if undone
        else (ReferralState.ANSWERED, ReferralState.LAPSED if implemented else ReferralState.IMPLEMENTED)
    )
    after = ReferralState.IMPLEMENTED if implemented else ReferralState.LAPSED
    settled = settled_with(response)
    hold_all(settled)
    rungs = [
        rung
        for rung in settled
        if rung.state in before and rung.outcome == response.outcome and rung.escalated_at is None
    ]
    for rung in rungs:
        rung.move_to(ReferralState.ANSWERED if undone else after)
        rung.concluded_at, rung.conclusion = (None, "") if undone else (clock.now(), note)
        if not undone:
            emit((ReferralImplemented if implemented else ReferralLapsed)(actor=actor, subject=rung))
    return len(rungs)
