"""What the pages of referrals are put together from: each part asked of the policies for this very reader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import url_for

from stakeholder_hub.bodies.models import Topic
from stakeholder_hub.deliberation.queries import is_following
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Fragment
from stakeholder_hub.records.attachments import attachments_of
from stakeholder_hub.records.models import Moderation, Record
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.referrals.kinds import ReferralState
from stakeholder_hub.referrals.listing import STATES
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.parties import Party, acts_for, parties_of
from stakeholder_hub.referrals.policy import (
    may_acknowledge,
    may_answer,
    may_bundle,
    may_conclude,
    may_consent,
    may_deliberate,
    may_edit_draft,
    may_judge,
    may_note,
    may_reopen,
    may_translate,
    may_withdraw,
)
from stakeholder_hub.referrals.queries import (
    Way,
    evidence_of,
    open_request,
    parties_on_the_way,
    way_of,
)
from stakeholder_hub.territories.models import Level
from stakeholder_hub.territories.policy import moderates
from stakeholder_hub.webkit.actor import language


@dataclass(frozen=True)
class Tool:
    """Something this reader can do here. ``main`` is the one button that comes first."""

    label: Reason
    url: str
    icon: str
    main: bool = False


FollowUp = Callable[[Response, Actor], Tool | None]

_follow_ups: list[FollowUp] = []


def register_follow_up(provider: FollowUp) -> FollowUp:
    """Offer those on the way of an answer something to do because of it.

    ``provider(response, actor)`` returns a button, or ``None`` where this reader has none.
    """
    if provider not in _follow_ups:
        _follow_ups.append(provider)
    return provider


def choices() -> dict[str, Any]:
    """The values of the filters."""
    return {
        "levels": [(level.value, level.label) for level in Level],
        "topics": [(topic.value, topic.label) for topic in Topic],
        "states": [
            (state, Referral.state_labels[state] if state != "open" else _l("Open: an answer is owed"))
            for state in STATES
        ],
    }


def referral_page(referral: Referral, actor: Actor) -> dict[str, Any]:
    """One rung with its whole way. A constant number of statements; for visitors none to ask what they may do."""
    way = way_of(referral, actor)
    signed_in = actor.is_authenticated
    return {
        "referral": referral,
        "way": way,
        "source": seen(way.first.source_id, actor),
        "evidence": evidence_of(referral, actor),
        "files": attachments_of(way.first),
        "tools": tools_for(referral, way, actor) if signed_in else [],
        "asked_to_join": _asked(referral, actor) if signed_in else None,
        "following": is_following(referral, actor),
        "moderating": signed_in and moderates(actor, referral),
        "is_own": signed_in and referral.author_id == actor.id,
        "now": clock.now(),
    }


def seen(record_id: int | None, actor: Actor) -> Record | None:
    """The record with this id if the actor may see it."""
    if record_id is None:
        return None
    return db.session.scalar(sa.select(Record).where(Record.id == record_id, visible_to(actor)))


def _asked(referral: Referral, actor: Actor) -> Any:
    if referral.state in (ReferralState.DRAFTED, ReferralState.ANSWERED) or referral.bundle_id is not None:
        return None
    request = open_request(referral)
    return request if request is not None and may_consent(actor, request) else None


def tools_for(referral: Referral, way: Way, actor: Actor) -> list[Tool]:
    """What the reader can do with this rung now, the next step first."""

    def at(endpoint: str, record: Record = referral) -> str:
        return url_for(f"referrals.{endpoint}", reference=record.reference)

    offers = [
        (may_edit_draft(actor, referral), Tool(_l("Check and send"), at("send"), "arrow", True)),
        (may_edit_draft(actor, referral), Tool(_l("Edit the draft"), at("edit"), "edit")),
        (may_acknowledge(actor, referral), Tool(_l("Acknowledge"), at("acknowledge"), "check", True)),
        (may_answer(actor, referral), Tool(_l("Answer"), at("answer"), "reply", True)),
        (may_deliberate(actor, referral), Tool(_l("We deliberate now"), at("deliberate"), "group")),
        (may_bundle(actor, referral), Tool(_l("Join with similar matters"), at("join"), "journey")),
        (may_conclude(actor, referral), Tool(_l("Say what became of it"), at("conclude"), "flag", True)),
        (may_judge(actor, referral), Tool(_l("Judge the answer"), at("judge"), "question", True)),
        (may_reopen(actor, referral), Tool(_l("Ask once more"), at("reopen"), "history")),
        (may_withdraw(actor, referral), Tool(_l("Take it back"), at("withdraw"), "back")),
    ]
    found = [tool for verdict, tool in offers if verdict]
    if (response := way.settled_by) is not None:
        found += response_tools(response, actor)
    return found


def speakers(response: Response, actor: Actor) -> list[Party]:
    """The bodies and groups on the way for whom the reader can still add a note."""
    if not any(acts_for(actor, party) for party in parties_of(actor)):
        return []
    return [party for party in parties_on_the_way(response) if may_note(actor, response, party)]


def response_tools(response: Response, actor: Actor) -> list[Tool]:
    """What the reader can add to an answer."""
    found = []
    if speakers(response, actor):
        url = url_for("referrals.note", reference=response.reference)
        found.append(Tool(_l("Add a note for our people"), url, "comment"))
    if may_translate(actor, response):
        url = url_for("referrals.translate", reference=response.reference)
        found.append(Tool(_l("Translate the answer"), url, "language"))
    offered = (provider(response, actor) for provider in _follow_ups)
    return [*found, *(tool for tool in offered if tool is not None)]


def answer_shown(response: Response, *, original: bool = False) -> Fragment:
    """The answer for this reader, as HTML in the language it has; the original where that is asked for."""
    shown = response.answer.original if original else response.answer.in_(language())
    html = str(response.answer_html.get(shown.lang, ""))
    return Fragment(html, shown.lang, shown.is_original, shown.made_by, shown.stale)


def response_page(response: Response, actor: Actor, *, original: bool) -> dict[str, Any]:
    """One answer: its text for this reader, its notes, what the reader can add."""
    signed_in = actor.is_authenticated
    return {
        "response": response,
        "referral": response.referral,
        "shown": answer_shown(response, original=original),
        "original": original,
        "named": seen(response.named_id, actor),
        "notes": notes_told(response),
        "tools": response_tools(response, actor) if signed_in else [],
        "following": is_following(response, actor),
        "moderating": signed_in and moderates(actor, response),
        "is_own": signed_in and response.author_id == actor.id,
    }


def notes_told(response: Response) -> Sequence[Any]:
    """The notes of those on the way; none while a moderator has hidden the answer."""
    return [] if response.moderation is Moderation.HIDDEN else response.notes
