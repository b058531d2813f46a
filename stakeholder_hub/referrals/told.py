"""What the journey tells of matters handed between levels: each step with the body that took it, in its own words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.sql import Select

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.acting import Who, WhoKind
from stakeholder_hub.records.happenings import Happening, Noted, official, shortened, tells, tells_event
from stakeholder_hub.records.kept import Kept, ids_of, kept, tells_kept
from stakeholder_hub.records.models import Record, Voice
from stakeholder_hub.referrals.kinds import Outcome, ReferralState, Satisfaction, Step
from stakeholder_hub.referrals.models import LocalNote, Referral, Response, Verdict

HANDED: Mapping[Step, Reason] = {
    Step.SENT: _l("Sent: an answer is owed"),
    Step.FORWARDED: _l("Forwarded to the body that is competent"),
    Step.ESCALATED: _l("Gone one level up: nobody answered in time"),
    Step.JOINED: _l("Similar matters of several places are answered together"),
}
ANSWERS: Mapping[Outcome, Reason] = {
    Outcome.ACCEPTED: _l("Answered: accepted"),
    Outcome.ACCEPTED_IN_PART: _l("Answered: accepted in part"),
    Outcome.DECLINED: _l("Answered: declined"),
    Outcome.NOT_COMPETENT: _l("Answered: not competent, so it goes to another body"),
}
CONCLUDED: Mapping[str, Reason] = {
    ReferralState.IMPLEMENTED: _l("What was promised has been done"),
    ReferralState.LAPSED: _l("What was promised will not be done"),
}
VERDICTS: Mapping[Satisfaction, Reason] = {
    Satisfaction.YES: _l("Who began it says: the answer answers the question"),
    Satisfaction.PARTLY: _l("Who began it says: the answer answers the question in part"),
    Satisfaction.NO: _l("Who began it says: the answer does not answer the question"),
}


@tells(Referral)
def tell(referral: Referral) -> Iterator[Happening]:
    """One rung: handed over, acknowledged, deliberated, silent, asked once more, and what became of it."""
    if referral.sent_at is None:
        return
    body = Who.body(referral.to_body_id)
    until = None if referral.reopened_at is not None and referral.rounds > 1 else referral.reply_by
    yield Happening(
        referral.sent_at,
        str(referral.step),
        HANDED[referral.step],
        who=Who.body(referral.from_body_id) or Who.group(referral.from_group_id),
        to=body,
        until=until,
    )
    if referral.acknowledged_at is not None:
        yield Happening(
            referral.acknowledged_at,
            "acknowledged",
            _l("Acknowledged"),
            text=official(referral.acknowledgement_text, referral.acknowledgement_language),
            who=body,
            position=referral.acknowledged_as,
        )
    if referral.deliberated_at is not None:
        yield Happening(referral.deliberated_at, "deliberation", _l("The body deliberates"), who=body)
    yield from _later(referral, body)


def _later(referral: Referral, body: Who | None) -> Iterator[Happening]:
    if referral.reopened_at is not None and referral.rounds > 1:
        yield Happening(
            referral.reopened_at,
            "reopened",
            _l("Asked once more"),
            text=official(referral.reopen_reason, referral.source_language),
            who=Who.author_of(referral.source_id),
            to=body,
            until=referral.reply_by,
        )
    joined = referral.bundle_id is not None
    if not joined and referral.due_at is not None and referral.is_overdue(clock.now()):
        yield Happening(
            referral.due_at, "overdue", _l("Overdue since then: no answer came in time"), who=body
        )
    if referral.concluded_at is not None and referral.state in CONCLUDED:
        yield Happening(
            referral.concluded_at,
            f"state:{referral.state}",
            CONCLUDED[referral.state],
            text=official(referral.conclusion, referral.acknowledgement_language),
            is_consequence=True,
            who=body,
        )


@tells_event("referrals.withdrawn", Referral)
def tell_of_withdrawal(referral: Referral, noted: Noted) -> Happening:
    """Those who referred it took it back."""
    return Happening(
        noted.at,
        "withdrawn",
        Referral.state_labels[ReferralState.WITHDRAWN],
        who=Who.body(referral.from_body_id) or Who.group(referral.from_group_id),
    )


@tells(Response)
def tell_of_answer(response: Response) -> Iterator[Happening]:
    """The answer, in every language it has."""
    yield Happening(
        response.created_at,
        f"answered:{response.outcome}",
        ANSWERS[response.outcome],
        text=shortened(response.answer),
        who=Who.body(response.body_id),
        position=response.official_as,
    )


def _verdicts(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    ids = ids_of(records, Referral)
    if not ids:
        return None
    return kept(
        Verdict.referral_id,
        Verdict.created_at,
        who=Referral.source_id,
        kind=WhoKind.AUTHOR,
        state=Verdict.satisfaction,
        text=Verdict.text,
        language=Verdict.language,
    ).where(Verdict.referral_id.in_(ids), Referral.__table__.c.id == Verdict.referral_id)


@tells_kept("referrals.verdict", _verdicts)
def tell_of_verdict(_referral: Referral, row: Kept) -> Happening:
    """Whether the answer answered the question."""
    said = VERDICTS[Satisfaction(row.state)]
    text = official(row.text, row.language)
    return Happening(row.at, f"judged:{row.state}", said, Voice.BODY, text, who=row.who)


def _notes(records: Sequence[Record], kind: WhoKind) -> Select[Any] | None:
    ids = ids_of(records, Response)
    if not ids:
        return None
    speaker = LocalNote.body_id if kind is WhoKind.BODY else LocalNote.group_id
    return kept(
        LocalNote.response_id,
        LocalNote.created_at,
        who=speaker,
        kind=kind,
        text=LocalNote.text,
        language=LocalNote.language,
    ).where(LocalNote.response_id.in_(ids), speaker.is_not(None))


def _of_bodies(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    return _notes(records, WhoKind.BODY)


def _of_groups(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    return _notes(records, WhoKind.GROUP)


@tells_kept("referrals.note_of_body", _of_bodies)
@tells_kept("referrals.note_of_group", _of_groups)
def tell_of_note(_response: Response, row: Kept) -> Happening:
    """What a body or group on the way says the answer means for its own people."""
    return Happening(
        row.at, "noted", _l("What it means here"), text=official(row.text, row.language), who=row.who
    )
