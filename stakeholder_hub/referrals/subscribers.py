"""Who is told about referrals, and what is found by search."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import Event, subscribe
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.operations import note_answer_elsewhere
from stakeholder_hub.records.models import Record
from stakeholder_hub.referrals import events, sentences
from stakeholder_hub.referrals.audience import concerned_with
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.parties import Party, official_ids
from stakeholder_hub.referrals.queries import chain_of, first_rung, members_of, settled_with
from stakeholder_hub.search.operations import index_record
from stakeholder_hub.search.sources import source


def index_referral(referral: Referral) -> None:
    """Make a referral findable by its request, its reasons and its evidence."""
    index_record(referral, text=f"{referral.body_text}\n{referral.evidence_text}")


def index_response(response: Response) -> None:
    """Make an answer findable by its words in every language."""
    index_record(response, text=response.answer.everything(), by_title=False)


def _tell(people: Iterable[int], kind: str, record: Record, actor: Any, **data: str) -> None:
    own = getattr(actor, "id", None)
    notify([i for i in people if i != own], kind=kind, record=record, data=data)


def _tell_officials(parties: Iterable[Party], kind: str, record: Record, actor: Any, **data: str) -> None:
    _tell(official_ids(parties), kind, record, actor, **data)


def _people_of(referral: Referral) -> list[int]:
    """Everybody who is concerned with what the matter began with, also where several are joined; and who follows it."""
    first = first_rung(referral)
    matters = [first, *[first_rung(member) for member in members_of(first)]]
    records: list[Record | None] = [matter.source for matter in matters]
    return sorted({*concerned_with(records), *concerned_with(matters), *concerned_with([referral])})


def _name(party: Party) -> str:
    return party.name.original.text


def _day(referral: Referral) -> str:
    return referral.reply_by.isoformat() if referral.reply_by else ""


def _index_draft(event: Event) -> None:
    index_referral(event.subject)


subscribe(events.ReferralDrafted)(_index_draft)
subscribe(events.ReferralChanged)(_index_draft)


@subscribe(events.ReferralSent)
def _tell_of_sending(event: events.ReferralSent) -> None:
    referral: Referral = event.subject
    index_referral(referral)
    _tell_officials([referral.to_body], sentences.ASKED, referral, event.actor, by=_name(referral.sender))
    asked = set(official_ids([referral.to_body]))
    others = [i for i in _people_of(referral) if i not in asked]
    _tell(others, sentences.SENT, referral, event.actor, body=_name(referral.to_body))
    _tell_skipped(referral, event.actor)


def _tell_skipped(referral: Referral, actor: Any) -> None:
    _tell_officials([skipped.body for skipped in referral.skipped], sentences.SKIPPED, referral, actor)


@subscribe(events.ReferralForwarded)
def _tell_of_forwarding(event: events.ReferralForwarded) -> None:
    _tell_of_handing_on(event.subject, sentences.FORWARDED, event.actor)


@subscribe(events.ReferralEscalated)
def _tell_of_escalation(event: events.ReferralEscalated) -> None:
    _tell_of_handing_on(event.subject, sentences.ESCALATED, event.actor)


def _tell_of_handing_on(onward: Referral, kind: str, actor: Any) -> None:
    index_referral(onward)
    asked = set(official_ids([onward.to_body]))
    _tell(asked, sentences.ASKED, onward, actor, by=_name(onward.sender))
    before = [party for rung in chain_of(onward) for party in (rung.sender, *_receiver(rung, onward))]
    first = first_rung(onward)
    for member in members_of(first):
        before += [party for rung in chain_of(member) for party in (rung.sender, rung.to_body)]
    others = {*official_ids(before), *_people_of(onward)} - asked
    _tell(sorted(others), kind, onward, actor, body=_name(onward.to_body))
    _tell_skipped(onward, actor)


def _receiver(rung: Referral, but: Referral) -> list[Party]:
    return [] if rung.id == but.id else [rung.to_body]


@subscribe(events.ReferralWithdrawn)
def _tell_of_withdrawal(event: events.ReferralWithdrawn) -> None:
    index_referral(event.subject)
    _tell_officials([event.subject.to_body], sentences.WITHDRAWN, event.subject, event.actor)


@subscribe(events.ReferralAcknowledged)
def _tell_of_acknowledgement(event: events.ReferralAcknowledged) -> None:
    referral: Referral = event.subject
    people = {*_people_of(referral), *official_ids([referral.sender])}
    words = {"body": _name(referral.to_body), "by": _day(referral)}
    _tell(sorted(people), sentences.ACKNOWLEDGED, referral, event.actor, **words)


@subscribe(events.ReferralAnswered)
def _tell_of_answer(event: events.ReferralAnswered) -> None:
    """Those who asked get the answer; those who act for a body on the way learn that they can add a note."""
    response: Response = event.subject
    index_response(response)
    if not event.rungs:
        return
    for original in {rung.source for rung in event.rungs}:
        if isinstance(original, Proposal):
            note_answer_elsewhere(original, actor=event.actor)
    people = _who_gets(response, event.rungs)
    kind = sentences.ANSWERED[response.outcome]
    _tell(people, kind, response, event.actor, body=_name(response.body))
    on_the_way = [party for rung in event.rungs for party in (rung.sender, rung.to_body)]
    officials = set(official_ids(on_the_way)) - set(official_ids([response.body]))
    _tell(sorted(officials), sentences.PASSED_DOWN, response, event.actor)


def _who_gets(response: Response, rungs: Iterable[Referral], language: str | None = None) -> list[int]:
    found = list(rungs)
    sources = {rung.source_id: rung.source for rung in found if rung.source_id is not None}
    people = {
        *concerned_with(sources.values(), language=language),
        *concerned_with([*found, response], language=language),
    }
    return sorted(people - set(official_ids([response.body])))


@subscribe(events.AnswerTranslated)
def _tell_of_translation(event: events.AnswerTranslated) -> None:
    response: Response = event.subject
    index_response(response)
    people = _who_gets(response, settled_with(response), event.language)
    _tell(people, sentences.TRANSLATED, response, event.actor)


@subscribe(events.NoteAdded)
def _tell_of_note(event: events.NoteAdded) -> None:
    response: Response = event.subject
    _tell(_who_gets(response, settled_with(response)), sentences.NOTED, response, event.actor)


@subscribe(events.AnswerJudged)
def _tell_of_verdict(event: events.AnswerJudged) -> None:
    referral: Referral = event.subject
    if isinstance(referral.answer, Response):
        _tell_officials([referral.answer.body], sentences.JUDGED, referral, event.actor)


@subscribe(events.ReferralReopened)
def _tell_of_reopening(event: events.ReferralReopened) -> None:
    _tell_officials([event.subject.to_body], sentences.REOPENED, event.subject, event.actor)


@subscribe(events.ReferralImplemented)
def _tell_that_it_is_done(event: events.ReferralImplemented) -> None:
    _tell(_people_of(event.subject), sentences.IMPLEMENTED, event.subject, event.actor)


@subscribe(events.ReferralLapsed)
def _tell_that_it_lapsed(event: events.ReferralLapsed) -> None:
    _tell(_people_of(event.subject), sentences.LAPSED, event.subject, event.actor)


@subscribe(events.JoiningProposed)
def _tell_who_is_asked(event: events.JoiningProposed) -> None:
    _tell_officials([event.subject.sender], sentences.JOIN_ASKED, event.subject, event.actor)


@subscribe(events.JoiningDecided)
def _tell_of_joining(event: events.JoiningDecided) -> None:
    referral: Referral = event.subject
    kind = sentences.JOIN_AGREED if event.agreed else sentences.JOIN_REFUSED
    _tell_officials([referral.to_body], kind, referral, event.actor)
    if isinstance(event.bundle, Referral):
        index_referral(event.bundle)
        people = [*concerned_with([referral.source]), *concerned_with([referral])]
        _tell(sorted(set(people)), sentences.JOINED, event.bundle, event.actor)


@subscribe(events.ReplyDueSoon)
def _remind_officials(event: events.ReplyDueSoon) -> None:
    referral: Referral = event.subject
    _tell_officials([referral.to_body], sentences.DUE_SOON, referral, event.actor, by=_day(referral))


@subscribe(events.ReplyOverdue)
def _warn_officials(event: events.ReplyOverdue) -> None:
    referral: Referral = event.subject
    concerned = [referral.to_body, referral.sender]
    _tell_officials(concerned, sentences.OVERDUE, referral, event.actor, body=_name(referral.to_body))


@source("referral")
def index_referrals() -> Iterator[int]:
    """Every referral, for making the index anew."""
    for referral in db.session.scalars(sa.select(Referral).order_by(Referral.id)):
        index_referral(referral)
        yield referral.id


@source("response")
def index_responses() -> Iterator[int]:
    """Every answer."""
    for response in db.session.scalars(sa.select(Response).order_by(Response.id)):
        index_response(response)
        yield response.id
