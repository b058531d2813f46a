"""What the pages of ballots and decisions show, put together in a constant number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions import explaining
from stakeholder_hub.decisions.after_pages import after_page
from stakeholder_hub.decisions.binding import binds, conditions_of
from stakeholder_hub.decisions.conditions_told import checks_in_words, conditions_in_words
from stakeholder_hub.decisions.counting import chosen_positions
from stakeholder_hub.decisions.electorate import Source
from stakeholder_hub.decisions.electorates import holds, number_by_now
from stakeholder_hub.decisions.entitlement import lacking
from stakeholder_hub.decisions.evidence.publishing import receipt_in
from stakeholder_hub.decisions.forms import ReasonsForm, VoteForm
from stakeholder_hub.decisions.kinds import GRADES, Method
from stakeholder_hub.decisions.marks import spent_on, used_of
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.models import Ballot, Decision, Objection
from stakeholder_hub.decisions.operations.voting import own_marks
from stakeholder_hub.decisions.order import drawn_for
from stakeholder_hub.decisions.parts import winner_actions
from stakeholder_hub.decisions.policy import (
    may_answer_objection,
    may_change_ballot,
    may_close_ballot,
    may_cross_off,
    may_enter_paper,
    may_explain_decision,
    may_give_proxy,
    may_open_ballot,
    may_vote,
    may_write_list,
)
from stakeholder_hub.decisions.queries import (
    carried_at_the_close,
    carried_votes,
    decision_on,
    has_voted,
    is_noted_as_present,
    objections_to,
    open_votes,
    own_objection,
    own_receipt,
    proposal_urls,
    proxy_of,
)
from stakeholder_hub.decisions.results import outcome_of
from stakeholder_hub.decisions.rolls import paper_balance
from stakeholder_hub.decisions.standing import Standing, standing_of
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Verdict
from stakeholder_hub.kernel.errors import NotFound, Reason
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.suppression import SMALLEST_GROUP
from stakeholder_hub.records.journey import journey_of
from stakeholder_hub.territories.policy import manages


@dataclass(frozen=True)
class Choice:
    """One option as a voter sees it."""

    position: int
    title: Multilingual
    cost: int | None
    group: str | None
    url: str | None
    chosen: bool = False
    number: str = ""


def choices_for(
    ballot: Ballot, actor: Any, chosen: Sequence[int] = (), numbers: Mapping[int, str] | None = None
) -> list[Choice]:
    """The options in the order drawn for this reader; the answers to one question in their own."""
    shown = ballot.options if ballot.method.asks_one_question else drawn_for(ballot, actor.id)
    urls = proposal_urls([option.proposal_id for option in ballot.options], actor)
    return [
        Choice(
            option.position,
            option.title,
            option.cost,
            option.group_label,
            urls.get(option.proposal_id or 0),
            option.position in chosen,
            (numbers or {}).get(option.position, ""),
        )
        for option in shown
    ]


def about(ballot: Ballot) -> dict[str, Any]:
    """What is asked, until when, and how it is counted."""
    standing = standing_of(ballot, clock.now())
    return {
        "ballot": ballot,
        "consultation": ballot.consultation,
        "zone": ballot.consultation.timezone,
        "standing": standing,
        "how": explaining.how_to_vote(ballot),
        "counted": explaining.how_it_is_counted(ballot),
        "who": explaining.who_votes(ballot),
        "conditions": conditions_in_words(ballot) if standing is not Standing.CLOSED else [],
    }


def voting(
    ballot: Ballot, actor: Any, form: VoteForm | None = None, verdict: Verdict | None = None
) -> dict[str, Any]:
    """The options with the reader's choice, and the form where the reader may vote in place, or where ``verdict`` says
    that they may fill it in.
    """
    verdict = may_vote(actor, ballot) if verdict is None else verdict
    before = own_marks(ballot, actor) if actor.is_authenticated else None
    if form is None and verdict:
        form = VoteForm.on(ballot, before, own_objection(ballot, actor))
    chosen = list(form.choices.data or ()) if form else []
    numbers = form.numbers.typed if form else {}
    return {
        **about(ballot),
        "form": form,
        "verdict": verdict,
        "voted": before is not None,
        "options": choices_for(ballot, actor, chosen, numbers),
        "receipt": own_receipt(ballot, actor) if before is not None else None,
        "objections": objections_told(ballot, actor),
        "proxy": proxy_of(ballot, actor),
        "carried": carried_votes(ballot, actor),
        "may_give_proxy": bool(ballot.max_proxies and may_give_proxy(actor, ballot)),
        "spent": _spent(ballot, chosen, form),
        "scale": scale_of(ballot),
        "presence": _presence(ballot, actor, verdict),
        "lacking": _lacking(ballot, actor),
        "may_be_verified": not verdict and _could_be_verified(ballot, actor),
    }


def _presence(ballot: Ballot, actor: Any, verdict: Verdict) -> str:
    """``here`` where the reader said that they are present, ``away`` where they can say so, else nothing."""
    if not (verdict and actor.is_authenticated and conditions_of(ballot).ask_who_is_present):
        return ""
    return "here" if is_noted_as_present(ballot, actor) else "away"


def _lacking(ballot: Ballot, actor: Any) -> "Reason | None":
    """What a signed-in reader lacks for a vote that has not begun: there is still time."""
    if standing_of(ballot, clock.now()) is not Standing.PLANNED or ballot.electorate.for_everyone:
        return None
    return lacking(ballot, actor) if actor.is_authenticated and actor.id is not None else None


def _could_be_verified(ballot: Ballot, actor: Any) -> bool:
    """Whether the vote is for verified residents and the reader is none yet."""
    if Source.RESIDENTS not in ballot.electorate.sources:
        return False
    return not (actor.is_authenticated and holds(ballot, Source.RESIDENTS, actor))


def _spent(ballot: Ballot, chosen: Sequence[int], form: VoteForm | None) -> int:
    """What the choice costs so far: money, dots or credits."""
    if ballot.vote_type is BallotKind.CUMULATIVE:
        return used_of(ballot, list((form.numbers.data or {}).values())) if form else 0
    return spent_on(ballot, chosen) if ballot.method is Method.BUDGET else 0


def objections_told(ballot: Ballot, actor: Any) -> list[tuple[Objection, bool]]:
    """The objections with whether this reader may answer them; none where the vote is not by consent."""
    if ballot.method is not Method.CONSENT:
        return []
    return [(one, bool(may_answer_objection(actor, one))) for one in objections_to(ballot)]


def votes_by_name(ballot: Ballot) -> list[tuple[str, list[tuple[Multilingual, int | None]]]]:
    """Who chose what in a ballot that was held openly, with points where it has them."""
    titles = {option.position: option.title for option in ballot.options}
    return [
        (
            name,
            [(titles[at], marks.by_option[at] if marks.points is not None else None) for at in marks.choices],
        )
        for name, marks in open_votes(ballot)
    ]


def scale_of(ballot: Ballot) -> list[tuple[int, Any]]:
    """The numbers one can give to an option, with their names where they are grades; the lowest first."""
    if ballot.vote_type is not BallotKind.SCORING:
        return []
    if ballot.method is Method.MAJORITY_JUDGMENT:
        return list(enumerate(GRADES))
    return [(number, number) for number in range((ballot.points_each or 0) + 1)]


def ballot_page(ballot: Ballot, actor: Any, language: str) -> dict[str, Any]:
    """Everything about a ballot, as it stands now."""
    page = {
        "may_edit": bool(may_change_ballot(actor, ballot)),
        "may_enter_paper": bool(may_enter_paper(actor, ballot)),
        "may_write_list": bool(may_write_list(actor, ballot)),
        "may_open": bool(may_open_ballot(actor, ballot)),
        "may_close": bool(may_close_ballot(actor, ballot)),
        "may_cross_off": bool(may_cross_off(actor, ballot)),
        "can_manage": manages(actor, ballot),
        "balance": paper_balance(ballot),
        "journey": journey_of(ballot, actor),
        "smallest": SMALLEST_GROUP,
    }
    if standing_of(ballot, clock.now()) is not Standing.CLOSED:
        told = {"by_now": number_by_now(ballot) if page["can_manage"] and page["may_edit"] else None}
        return {**voting(ballot, actor), **page, **told}
    return {
        **about(ballot),
        **page,
        "outcome": outcome_of(ballot, language),
        "checks": checks_in_words(ballot),
        "binding": binds(ballot),
        "grades": GRADES,
        "objections": objections_told(ballot, actor),
        "by_name": votes_by_name(ballot),
        "urls": proposal_urls([option.proposal_id for option in ballot.options], actor),
        "decision": decision_on(ballot, actor),
        "took_part": has_voted(ballot, actor),
        "receipt": own_receipt(ballot, actor),
        "proxy": proxy_of(ballot, actor),
        "carried": carried_at_the_close(ballot, actor),
        "winner_actions": winner_actions(ballot, actor),
        **after_page(ballot, actor),
    }


def receipt_page(ballot: Ballot, code: str) -> dict[str, Any]:
    """What became of a receipt: nothing was asked yet, it is in the count, or there is none like it.

    Raises:
        NotFound: the ballot is not closed, or was held elsewhere.
    """
    if not ballot.checkpoint:
        raise NotFound()
    asked = code.strip().lower()
    return {**about(ballot), "code": asked, "found": receipt_in(ballot, asked) if asked else None}


def decision_page(decision: Decision, actor: Any, form: ReasonsForm | None = None) -> dict[str, Any]:
    """The outcome, its reasons, and the trail it stands on."""
    may_explain = bool(may_explain_decision(actor, decision))
    ballot, winners = decision.ballot, []
    if ballot is not None:
        urls = proposal_urls([option.proposal_id for option in ballot.options], actor)
        by_position = {option.position: option for option in ballot.options}
        won = [by_position[position] for position in chosen_positions(ballot)]
        winners = [
            Choice(o.position, o.title, o.cost, o.group_label, urls.get(o.proposal_id or 0)) for o in won
        ]
    consultation: Consultation | None = ballot.consultation if ballot else None
    return {
        "decision": decision,
        "ballot": ballot,
        "consultation": consultation,
        "zone": consultation.timezone if consultation else decision.territory.timezone,
        "winners": winners,
        "can_manage": may_explain,
        "form": form or (ReasonsForm.on(decision) if may_explain else None),
        "winner_actions": winner_actions(ballot, actor) if ballot else [],
        "journey": journey_of(decision, actor),
    }
