"""What the form of a ballot begins with: as most will want it, or as the ballot is."""

from typing import Any

from stakeholder_hub.consultations.models import Activity, Consultation, Phase
from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.body_fields import USUAL_VETO_DAYS, filled_body_terms
from stakeholder_hub.decisions.electorate import Electorate
from stakeholder_hub.decisions.kinds import BudgetRule, Family, Method, offer_of
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.proposals.models import Proposal


def coming_phases(consultation: Consultation) -> list[Phase]:
    """Phases a ballot can still run in: those with a vote first."""
    now = clock.now()
    ahead = [phase for phase in consultation.phases if phase.ends_at > now]
    return sorted(ahead, key=lambda phase: (Activity.BALLOT not in phase.activities, phase.starts_at))


def usual_values(consultation: Consultation, proposals: list[Proposal], method: Method) -> dict[str, Any]:
    """What most will want of a ballot with ``proposals``."""
    phases = [p for p in coming_phases(consultation) if Activity.BALLOT in p.activities]
    offer = offer_of(method)
    return {
        "method": method.value,
        "proposals": [] if offer.family is Family.QUESTION else [proposal.id for proposal in proposals],
        "vote_type": offer.kinds[0].value,
        "points_each": offer.points,
        "budget": consultation.budget,
        "rule": BudgetRule.GREEDY.value,
        "secret": "secret",
        "winners_wanted": 1,
        "min_choices": 1,
        "electorate": "everyone",
        "veto_days": USUAL_VETO_DAYS,
        "phase": str(phases[0].id) if phases else "",
    }


def values_of(ballot: Ballot, method: Method) -> dict[str, Any]:
    """The ballot as it is; what belongs to its way of voting only where that stays the same."""
    zone = ballot.consultation.timezone
    own_dates = ballot.phase_id is None
    terms: dict[str, Any] = {} if method is not ballot.method else _filled_terms(ballot)
    return terms | {
        "title": ballot.title.original.text,
        "question": ballot.question.original.text,
        "proposals": [option.proposal_id for option in ballot.options],
        "secret": "secret" if ballot.secret else "open",
        **_filled_conditions(ballot),
        **filled_body_terms(ballot),
        "electorate": _who_votes(ballot.electorate),
        "sources": ballot.electorate.ordered,
        "max_proxies": ballot.max_proxies,
        "paper": ballot.paper,
        "phase": "" if own_dates else str(ballot.phase_id),
        "opens_at": clock.to_local(ballot.opens_at, zone).replace(tzinfo=None) if own_dates else None,
        "closes_at": clock.to_local(ballot.closes_at, zone).replace(tzinfo=None) if own_dates else None,
        "version": ballot.version,
    }


def _who_votes(electorate: Electorate) -> str:
    if electorate.for_everyone:
        return "everyone"
    return "all" if electorate.every else "any"


def _filled_conditions(ballot: Ballot) -> dict[str, Any]:
    asked = conditions_of(ballot)
    return {
        "quorum_votes": asked.quorum_votes or None,
        "quorum_share": str(asked.quorum_share or ""),
        "quorum_sector": asked.quorum_sector or None,
        "quorum_territory": asked.quorum_territory or None,
        "threshold": f"{asked.threshold} {asked.threshold_base}" if asked.threshold else "",
        "winner_share": str(asked.winner_share or ""),
        "sectors": str(asked.sectors or ""),
        "organisations": str(asked.organisations or ""),
        "territories": asked.territories or "",
        "overrule": str(asked.overrule or ""),
    }


def _filled_terms(ballot: Ballot) -> dict[str, Any]:
    return {
        "answers": _own_answers(ballot),
        "vote_type": ballot.vote_type.value,
        "points_each": ballot.points_each,
        "budget": ballot.budget,
        "rule": ballot.rule,
        "one_per_category": ballot.one_per_category,
        "least_support": ballot.least_support,
        "winners_wanted": ballot.winners_wanted,
        "min_choices": ballot.min_choices,
        "max_choices": ballot.max_choices,
    }


def _own_answers(ballot: Ballot) -> str:
    if ballot.method.asks_one_question:
        return ""
    return "\n".join(option.title.original.text for option in ballot.options if option.proposal_id is None)
