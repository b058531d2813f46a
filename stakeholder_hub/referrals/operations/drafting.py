"""Referring a matter: written first, sent when everything is in order."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from stakeholder_hub.bodies.models import Body, Topic
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.attachments import attach_file
from stakeholder_hub.records.models import Link, Record, Relation, Visibility
from stakeholder_hub.records.operations import add_link, add_record
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.referrals import texts
from stakeholder_hub.referrals.deadlines import checked_wish, start_clock
from stakeholder_hub.referrals.events import ReferralChanged, ReferralDrafted, ReferralSent, ReferralWithdrawn
from stakeholder_hub.referrals.kinds import Gap, ReferralState
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.operations.holding import hold, is_active, no_longer_due, note_stops, stop_at
from stakeholder_hub.referrals.operations.joined import close_requests
from stakeholder_hub.referrals.parties import Party, home_of, let_party_read
from stakeholder_hub.referrals.policy import (
    can_be_referred,
    may_be_asked,
    may_edit_draft,
    may_refer,
    may_withdraw,
)
from stakeholder_hub.referrals.skipping import check_skipping, note_skipped

MOST_EVIDENCE = 10

_NO_REQUEST = _l("Say in one sentence what you ask for.")
_NO_REASON = _l("Say why it cannot be solved here.")
_ENDED = _l("This body no longer works. Choose another.")


@operation
def draft_referral(
    source: Record,
    *,
    sender: Party,
    to_body: Body,
    topic: Topic,
    request: str,
    gap: Gap,
    reason: str,
    evidence: str = "",
    evidence_links: str = "",
    evidence_records: Sequence[Record] = (),
    uploads: Sequence[FileStorage] = (),
    wanted_by: date | None = None,
    skip_reason: str = "",
    language: str,
    actor: Actor,
) -> Referral:
    """Write a referral of ``source`` by ``sender`` to ``to_body``. Only those who act for the sender see the draft.

    Raises:
        NotFound: the actor may not see the source, or a record given as evidence.
        NotAllowed: the actor does not act for the sender, or the record cannot be referred.
        Invalid: no request or reason, a body of the same place, a level passed by without a reason, a broken link.
    """
    require(may_refer(actor, source, sender))
    referral = Referral(
        source=source,
        from_body_id=sender.id if isinstance(sender, Body) else None,
        from_group_id=sender.id if isinstance(sender, Group) else None,
        state=ReferralState.DRAFTED,
        context_id=source.context_id or source.id,
        visibility=Visibility.PRIVATE,
        **home_of(sender),
    )
    _fill(
        referral,
        sender,
        to_body=to_body,
        topic=topic,
        request=request,
        gap=gap,
        reason=reason,
        evidence=evidence,
        evidence_links=evidence_links,
        wanted_by=wanted_by,
        skip_reason=skip_reason,
        language=language,
    )
    add_record(referral, actor=actor)
    add_link(source, Relation.REFERRED_AS, referral, actor=actor)
    _give_evidence(referral, evidence_records, uploads, actor)
    emit(ReferralDrafted(actor=actor, subject=referral))
    return referral


def _fill(
    referral: Referral,
    sender: Party,
    *,
    to_body: Body,
    topic: Topic,
    request: str,
    gap: Gap,
    reason: str,
    evidence: str,
    evidence_links: str,
    wanted_by: date | None,
    skip_reason: str,
    language: str,
) -> None:
    if not (answer := may_be_asked(sender, to_body)):
        raise Invalid(answer.reason, "to_body")
    if not is_active(to_body):
        raise Invalid(_ENDED, "to_body")
    referral.title = texts.sentence(request, language, field="request", missing=_NO_REQUEST)
    referral.source_language = language
    referral.body_text, referral.body_html = texts.body(reason, field="reason", missing=_NO_REASON)
    referral.evidence_text, referral.evidence_html = texts.body(evidence, field="evidence")
    referral.evidence_links = texts.links(evidence_links)
    referral.skip_reason = check_skipping(sender.territory, to_body, topic, skip_reason)
    referral.wanted_by = checked_wish(wanted_by, to_body)
    referral.to_body, referral.topic, referral.gap = to_body, topic, gap


def _give_evidence(
    referral: Referral, records: Sequence[Record], uploads: Sequence[FileStorage], actor: Actor
) -> None:
    if len(records) > MOST_EVIDENCE:
        raise Invalid(_l("Name at most %(most)s records.", most=MOST_EVIDENCE), "evidence_records")
    for record in records:
        require(may_see(actor, record))
        if record.id in (referral.id, referral.source_id):
            continue
        add_link(record, Relation.RELATES_TO, referral, actor=actor)
    for upload in uploads:
        attach_file(referral, upload=upload, field="uploads", actor=actor)


@operation
def edit_referral(
    referral: Referral,
    *,
    to_body: Body,
    topic: Topic,
    request: str,
    gap: Gap,
    reason: str,
    evidence: str = "",
    evidence_links: str = "",
    evidence_records: Sequence[Record] = (),
    uploads: Sequence[FileStorage] = (),
    wanted_by: date | None = None,
    skip_reason: str = "",
    language: str,
    version: int,
    actor: Actor,
) -> Referral:
    """Change a draft. The records given as evidence are those named now.

    Raises:
        Conflict: somebody else changed it since ``version``; both texts are in the error.
    """
    hold(referral)
    require(may_edit_draft(actor, referral))
    if referral.version != version:
        raise Conflict(
            _l("Somebody else changed this draft in the meantime. Compare, and save again what should hold."),
            theirs={
                "request": referral.title.original.text,
                "reason": referral.body_text,
                "evidence": referral.evidence_text,
                "version": referral.version,
            },
            mine={"request": request, "reason": reason, "evidence": evidence},
        )
    _fill(
        referral,
        referral.sender,
        to_body=to_body,
        topic=topic,
        request=request,
        gap=gap,
        reason=reason,
        evidence=evidence,
        evidence_links=evidence_links,
        wanted_by=wanted_by,
        skip_reason=skip_reason,
        language=language,
    )
    db.session.execute(
        sa.delete(Link).where(Link.target_id == referral.id, Link.relation == Relation.RELATES_TO)
    )
    _give_evidence(referral, evidence_records, uploads, actor)
    referral.touch()
    emit(ReferralChanged(actor=actor, subject=referral))
    return referral


@operation
def send_referral(referral: Referral, *, actor: Actor) -> Referral:
    """Put the matter into the hands of the body: from now on its clock runs, for everybody who may see the original.

    Raises:
        NotAllowed: it has been sent, or the original was withdrawn, hidden or made a draft again.
        Invalid: the body has ended since, or a level is passed by without a reason.
    """
    hold(referral)
    require(may_edit_draft(actor, referral))
    source, body = referral.source, referral.to_body
    assert source is not None  # noqa: S101 - held by the database
    require(may_see(actor, source))
    require(can_be_referred(source))
    if not is_active(body):
        raise Invalid(_ENDED, "to_body")
    referral.skip_reason = check_skipping(
        referral.sender.territory, body, referral.topic, referral.skip_reason
    )
    referral.wanted_by = _still_to_come(referral)
    referral.move_to(ReferralState.SENT)
    referral.visibility = source.visibility
    start_clock(referral)
    if isinstance(referral.sender, Body):
        note_stops(referral.id, [referral.sender.id])
    stop_at(referral, body)
    _let_both_read(referral, source)
    note_skipped(referral)
    emit(ReferralSent(actor=actor, subject=referral))
    return referral


def _still_to_come(referral: Referral) -> date | None:
    try:
        return checked_wish(referral.wanted_by, referral.to_body)
    except Invalid:
        return None  # the day that was wished for went by while it was a draft


def _let_both_read(referral: Referral, source: Record) -> None:
    """Whoever may not see the original among everybody still has to be able to answer: both sides read both records."""
    for record in (referral, source):
        let_party_read(record, referral.to_body)
    let_party_read(referral, referral.sender)
    if source.group is not None:
        let_party_read(referral, source.group)


@operation
def withdraw_referral(referral: Referral, *, actor: Actor) -> Referral:
    """Take a matter back before the body deliberates. Its place in the journey stays."""
    hold(referral)
    require(may_withdraw(actor, referral))
    was_sent = referral.state != ReferralState.DRAFTED
    referral.move_to(ReferralState.WITHDRAWN)
    no_longer_due(referral)
    close_requests(referral)
    emit(
        ReferralWithdrawn(actor=actor, subject=referral)
        if was_sent
        else ReferralChanged(actor=actor, subject=referral)
    )
    return referral
