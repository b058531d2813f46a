"""What ballots show on the page of their consultation, and what stands above ballots shows on theirs."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import g, url_for

from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.consultations.parts import Action, register_part, register_primary_action
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.policy import may_prepare_ballot
from stakeholder_hub.decisions.queries import ballots_of, voted_in
from stakeholder_hub.decisions.standing import Standing, standing_of
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.addresses import record_url

WinnerAction = Callable[[Ballot, Actor], Action | None]

_winner_actions: list[WinnerAction] = []


def register_winner_action(provider: WinnerAction) -> WinnerAction:
    """Offer something to do with the winners of a closed ballot, such as making action items of them.

    ``provider(ballot, actor)`` returns a button, or ``None`` where this reader has none.
    """
    if provider not in _winner_actions:
        _winner_actions.append(provider)
    return provider


def winner_actions(ballot: Ballot, actor: Actor) -> list[Action]:
    """The buttons for the winners of ``ballot``."""
    return [action for provider in _winner_actions if (action := provider(ballot, actor)) is not None]


def _ballots(consultation: Consultation, actor: Actor) -> Sequence[Ballot]:
    """The ballots that the page shows: the button and the section ask for them once together."""
    kept: dict[int, Sequence[Ballot]] = g.setdefault("hub_ballots", {})
    if consultation.id not in kept:
        kept[consultation.id] = ballots_of(consultation, actor)
    return kept[consultation.id]


def ballots_part(consultation: Consultation, actor: Actor) -> dict[str, Any] | None:
    """The votes of a consultation; for those who run it also the way to a new one."""
    found = _ballots(consultation, actor)
    may_prepare = bool(may_prepare_ballot(actor, consultation))
    if not found and not may_prepare:
        return None
    now = clock.now()
    return {
        "consultation": consultation,
        "ballots": [(ballot, standing_of(ballot, now)) for ballot in found],
        "voted": voted_in([ballot.id for ballot in found], actor),
        "prepare_url": url_for("decisions.prepare", slug=consultation.slug) if may_prepare else None,
    }


def vote_action(consultation: Consultation, actor: Actor) -> Action | None:
    """The big button while a ballot of the consultation is open."""
    now = clock.now()
    ballot = next((b for b in _ballots(consultation, actor) if standing_of(b, now) is Standing.OPEN), None)
    if ballot is None:
        return None
    if voted_in([ballot.id], actor):
        label, text = _l("Look at your vote"), _l("You have voted. You can change your vote until the end.")
    else:
        label, text = _l("Vote now"), ""
    return Action(label, record_url(ballot), what=_l("Vote"), text=text, icon="ballot")


def register() -> None:
    """Show ballots on the page of their consultation."""
    register_part("ballots", 20, ballots_part, "decisions/part.html")
    register_primary_action(Activity.BALLOT, vote_action)
