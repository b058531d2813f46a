"""What other pages show of referrals, any record's, a body's and a group's, and what others show on theirs."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import url_for

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.parts import register_part as register_body_part
from stakeholder_hub.bodies.policy import may_act_for
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.parts import AFTER_BACKGROUND
from stakeholder_hub.consultations.parts import register_part as register_consultation_part
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.parts import Work, WorkOfKind, show_work
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.parts import register_record_part
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.referrals.kinds import ReferralState
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.pages import Tool
from stakeholder_hub.referrals.parties import may_hand_over_any
from stakeholder_hub.referrals.policy import can_be_referred
from stakeholder_hub.referrals.queries import figures_of, listed, of_record

POSITION = 40
SHOWN = 5

AnswerStep = Callable[[Referral, Actor], Tool | None]

_answer_steps: list[AnswerStep] = []


def register_answer_step(provider: AnswerStep) -> AnswerStep:
    """Offer officials something to do before they answer, such as making the action item that they will name.

    ``provider(referral, actor)`` returns a button, or ``None`` where this reader has none.
    """
    if provider not in _answer_steps:
        _answer_steps.append(provider)
    return provider


def answer_steps(referral: Referral, actor: Actor) -> list[Tool]:
    """The buttons beside the form of an answer."""
    return [tool for provider in _answer_steps if (tool := provider(referral, actor)) is not None]


def record_part(record: Record, actor: Actor) -> dict[str, Any] | None:
    """Where a record was referred to; for those who act for a group or body also the way to refer it."""
    if isinstance(record, Referral | Response):
        return None
    referrals = of_record(record, actor)
    may = actor.is_authenticated and bool(can_be_referred(record)) and may_hand_over_any(actor)
    if not referrals and not may:
        return None
    address = f"{url_for('referrals.new')}?{urlencode({'from': record.reference})}"
    return {"referrals": referrals, "refer_url": address if may else None, "now": clock.now()}


def consultation_part(consultation: Consultation, actor: Actor) -> dict[str, Any] | None:
    """The same on the page of a consultation, for those who have signed in: others read it in its journey."""
    return record_part(consultation, actor) if actor.is_authenticated else None


def body_part(body: Body, actor: Actor) -> dict[str, Any]:
    """How a body keeps its promise, and what it was asked last. Two statements for visitors."""
    referrals = db.session.scalars(
        listed()
        .where(Referral.to_body_id == body.id, Referral.state != ReferralState.DRAFTED, visible_to(actor))
        .order_by(Referral.id.desc())
        .limit(SHOWN)
    ).all()
    mine = actor.is_authenticated and may_act_for(actor, body)
    return {
        "body": body,
        "figures": figures_of(body),
        "referrals": referrals,
        "all_url": url_for("referrals.index", body=body.slug),
        "inbox_url": url_for("referrals.inbox", slug=body.slug) if mine else None,
        "now": clock.now(),
    }


def work_of_group(group: Group, actor: Actor) -> WorkOfKind:
    """What a group has referred to other levels, and what was referred to it."""
    bodies = sa.select(Body.id).where(Body.group_id == group.id)
    found = db.session.scalars(
        listed()
        .where(
            sa.or_(
                Referral.from_group_id == group.id,
                Referral.from_body_id.in_(bodies),
                Referral.to_body_id.in_(bodies),
            ),
            Referral.state != ReferralState.DRAFTED,
            visible_to(actor),
        )
        .order_by(Referral.id.desc())
        .limit(SHOWN)
    )
    items = [Work(r.title, record_url(r), r.state, r.state_label) for r in found]
    return WorkOfKind(_("Referrals"), items, url_for("referrals.index", place=group.territory.slug))


def register() -> None:
    """Show the sections on the pages of records, bodies and groups."""
    register_body_part("referrals", POSITION, body_part, "referrals/_body.html")
    register_consultation_part(
        "referrals", AFTER_BACKGROUND + POSITION, consultation_part, "referrals/_record.html"
    )
    register_record_part("referrals", POSITION, record_part, "referrals/_record.html")
    show_work("referrals", work_of_group)
